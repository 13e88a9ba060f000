# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title One padded Merkle row, folded up its siblings; twin of assay.commitment.row
@notice leaf = sha256(0x00 ‖ data), node = sha256(0x01 ‖ left ‖ right); rows are padded with 32 zero bytes to a power of two.
        The height is always the one that the count demands, never the prover's choice.
        Siblings of several proofs come as one flat list; each function takes where its own begin.
"""

MAX_SIBLINGS: constant(uint256) = 192
MAX_HEIGHT: constant(uint256) = 64
MAX_PATHS: constant(uint256) = 8
MAX_CHILDREN: constant(uint256) = 16
CHILD_LEVELS: constant(uint256) = 4
LIST_DOMAIN: constant(Bytes[13]) = b"\x02assay/list/1"


# leaves of one row, at ascending positions
struct Paths:
    count: uint256
    positions: uint256[MAX_PATHS]
    nodes: bytes32[MAX_PATHS]


@pure
@internal
def _u64(number: uint256) -> Bytes[8]:
    """
    @notice Eight bytes, big-endian; the number is below 2**64.
    """
    return slice(abi_encode(number), 24, 8)


@pure
@internal
def _id_leaf(id: bytes32) -> bytes32:
    return sha256(concat(0x00, id))


@pure
@internal
def _node(left: bytes32, right: bytes32) -> bytes32:
    return sha256(concat(0x01, left, right))


@pure
@internal
def _height(count: uint256) -> uint256:
    """
    @notice Levels above the leaves of a row of 1 ≤ count ≤ 2**64 leaves.
    """
    rest: uint256 = count - 1
    height: uint256 = 0
    if rest >= 2**32:
        rest >>= 32
        height += 32
    if rest >= 2**16:
        rest >>= 16
        height += 16
    if rest >= 2**8:
        rest >>= 8
        height += 8
    if rest >= 2**4:
        rest >>= 4
        height += 4
    if rest >= 2**2:
        rest >>= 2
        height += 2
    if rest >= 2:
        rest >>= 1
        height += 1
    return height + rest


@pure
@internal
def _climb(
    leaf: bytes32, index: uint256, height: uint256, siblings: DynArray[bytes32, MAX_SIBLINGS], start: uint256
) -> bytes32:
    """
    @notice The top above a leaf; it uses `height` siblings from `start` on, lowest first.
    """
    assert start + height <= len(siblings), "row: proof too short"
    top: bytes32 = leaf
    position: uint256 = index
    for k: uint256 in range(start, start + height, bound=MAX_HEIGHT):
        # _node written out: this is where a dispute's gas goes
        if position & 1 == 0:
            top = sha256(concat(0x01, top, siblings[k]))
        else:
            top = sha256(concat(0x01, siblings[k], top))
        position >>= 1
    return top


@pure
@internal
def _climb_pair(
    paths: Paths, height: uint256, siblings: DynArray[bytes32, MAX_SIBLINGS], start: uint256
) -> (bytes32, uint256):
    """
    @notice _climb_together of two leaves, which is what nearly every leaf of a dispute opens.
    """
    left: bytes32 = paths.nodes[0]
    right: bytes32 = paths.nodes[1]
    first: uint256 = paths.positions[0]
    second: uint256 = paths.positions[1]
    next: uint256 = start
    met: bool = False
    for _: uint256 in range(height, bound=MAX_HEIGHT):
        if not met and first ^ 1 == second:
            left = sha256(concat(0x01, left, right))
            met = True
            first >>= 1
            continue
        assert next < len(siblings), "row: proof too short"
        if first & 1 == 0:
            left = sha256(concat(0x01, left, siblings[next]))
        else:
            left = sha256(concat(0x01, siblings[next], left))
        next += 1
        first >>= 1
        if met:
            continue
        assert next < len(siblings), "row: proof too short"
        if second & 1 == 0:
            right = sha256(concat(0x01, right, siblings[next]))
        else:
            right = sha256(concat(0x01, siblings[next], right))
        next += 1
        second >>= 1
    assert met, "row: the paths do not meet"
    return left, next


@pure
@internal
def _climb_together(
    paths: Paths, height: uint256, siblings: DynArray[bytes32, MAX_SIBLINGS], start: uint256
) -> (bytes32, uint256):
    """
    @notice The top above one or more leaves of a row, and where the next sibling is. Level by level, from left to right: two
            that meet need no sibling, so what their paths share is sent once.
    """
    now: Paths = paths
    next: uint256 = start
    rest: uint256 = height
    for _: uint256 in range(height, bound=MAX_HEIGHT):
        if now.count == 1:
            break
        kept: uint256 = 0
        k: uint256 = 0
        for _path: uint256 in range(MAX_PATHS):
            if k == now.count:
                break
            position: uint256 = now.positions[k]
            left: bytes32 = now.nodes[k]
            right: bytes32 = left
            k += 1
            if position & 1 == 0 and k < now.count and now.positions[k] == position + 1:
                right = now.nodes[k]
                k += 1
            else:
                assert next < len(siblings), "row: proof too short"
                if position & 1 == 0:
                    right = siblings[next]
                else:
                    left = siblings[next]
                next += 1
            now.nodes[kept] = self._node(left, right)
            now.positions[kept] = position >> 1
            kept += 1
        now.count = kept
        rest -= 1
    return self._climb(now.nodes[0], now.positions[0], rest, siblings, next), next + rest


@pure
@internal
def _list_root(count: uint256, top: bytes32) -> bytes32:
    """
    @notice The root of a list of `count` 32-byte ids.
    """
    assert count > 0 and count < 2**32, "row: no such list"
    sizes: Bytes[16] = slice(abi_encode(count * 2**64 + count * 32), 16, 16)
    return sha256(concat(LIST_DOMAIN, sizes, top))


@pure
@internal
def _padding(height: uint256) -> bytes32:
    """
    @notice The top of a subtree that lies wholly behind the last leaf.
    """
    top: bytes32 = empty(bytes32)
    for _: uint256 in range(height, bound=MAX_HEIGHT):
        top = self._node(top, top)
    return top


@pure
@internal
def _children_of(count: uint256, height: uint256, index: uint256) -> (uint256, uint256):
    """
    @notice Of the node at (height ≥ 1, index) in a row of `count` leaves: how many children, up to four levels down, stand over
            a leaf, and the levels between. Their height is `height - levels`, the first one's index `index << levels`.
    """
    assert height > 0, "row: a leaf has no children"
    levels: uint256 = min(height, CHILD_LEVELS)
    span: uint256 = 1 << (height - levels)
    filled: uint256 = (count + span - 1) // span
    first: uint256 = index << levels
    assert first < filled, "row: no such node"
    return min(filled - first, 1 << levels), levels


@pure
@internal
def _parent_of(children: DynArray[bytes32, MAX_CHILDREN], child_height: uint256, levels: uint256) -> bytes32:
    """
    @notice The node `levels` (≤ 4) above these children. Those behind the last leaf are not shown: they are the padding, by
            computation, so that nobody can commit to another one.
    """
    nodes: DynArray[bytes32, MAX_CHILDREN] = children
    width: uint256 = 1 << levels
    assert len(nodes) > 0 and len(nodes) <= width, "row: wrong number of children"
    if len(nodes) < width:
        padding: bytes32 = self._padding(child_height)
        for _: uint256 in range(width - len(nodes), bound=MAX_CHILDREN):
            nodes.append(padding)
    for _: uint256 in range(levels, bound=CHILD_LEVELS):
        width >>= 1
        from_: uint256 = 0
        for k: uint256 in range(width, bound=MAX_CHILDREN):
            nodes[k] = sha256(concat(0x01, nodes[from_], nodes[from_ | 1]))
            from_ = (k << 1) + 2
    return nodes[0]
