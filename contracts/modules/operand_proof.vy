# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Operands of a node, opened against the node trace of its frame
@notice Operands come packed, in the order in which the operation needs them. Each begins with its head (u8 dtype ‖ u8 rank ‖
        u64be dimension…), then either u16be length ‖ page without its trailing zeros, or, when only the shape is needed,
        the top of its page tree (32 bytes). Its siblings follow the descriptor's: of each page in the same order, then, in one,
        those of all the roots in the trace. Nothing is believed until _finish has folded all of it into the trace root.
"""

from contracts.modules import merkle_row
from contracts.modules import tensor_proof

MAX_BYTES: constant(uint256) = 1_024  # seven shapes and a page: 7 * 98 + 324
MAX_RANK: constant(uint256) = 8
MAX_OPERANDS: constant(uint256) = 8


struct Head:
    dtype: uint256
    rank: uint256
    dims: uint256[MAX_RANK]
    size: uint256    # elements
    end: uint256     # where it ends in the operands
    length: uint256  # the number that follows: bytes of the page, if a page follows


struct Reading:
    at: uint256              # next byte of the operands
    next: uint256            # next sibling
    seen: merkle_row.Paths   # nodes opened so far, and the leaves of their roots in the trace


@pure
@internal
def _head(operands: Bytes[MAX_BYTES], at: uint256) -> Head:
    assert at + 2 <= len(operands), "operand: too short"
    # with a word behind them, so that every number is the beginning of a word
    data: Bytes[MAX_BYTES + 32] = concat(operands, empty(bytes32))
    start: uint256 = extract32(data, at, output_type=uint256) >> 240
    head: Head = empty(Head)
    head.dtype = start >> 8
    head.rank = start & 255
    assert head.dtype <= tensor_proof.U64 and head.rank <= MAX_RANK, "operand: no such tensor"
    head.end = at + 2 + 8 * head.rank
    assert head.end <= len(operands), "operand: too short"
    for axis: uint256 in range(head.rank, bound=MAX_RANK):
        head.dims[axis] = extract32(data, at + 2 + 8 * axis, output_type=uint256) >> 192
    head.length = extract32(data, head.end, output_type=uint256) >> 240
    head.size = tensor_proof._size(head.rank, head.dims)
    assert head.size > 0, "operand: no such tensor"
    return head


@pure
@internal
def _noted(reading: Reading, id: uint256, root: bytes32) -> Reading:
    """
    @notice Remembers that node `id` has this root; the same node opened twice must have the same one.
    """
    noted: Reading = reading
    leaf: bytes32 = merkle_row._id_leaf(root)
    place: uint256 = reading.seen.count
    for _: uint256 in range(reading.seen.count, bound=MAX_OPERANDS):
        before: uint256 = reading.seen.positions[place - 1]
        if before == id:
            assert reading.seen.nodes[place - 1] == leaf, "operand: one node, two roots"
            return reading
        if before < id:
            break
        # one place up, so that the ids stay in order
        noted.seen.positions[place] = before
        noted.seen.nodes[place] = reading.seen.nodes[place - 1]
        place -= 1
    noted.seen.positions[place] = id
    noted.seen.nodes[place] = leaf
    noted.seen.count += 1
    return noted


@pure
@internal
def _open(
    operands: Bytes[MAX_BYTES],
    siblings: DynArray[bytes32, merkle_row.MAX_SIBLINGS],
    reading: Reading,
    id: uint256,
    head: Head,
    index: uint256,
) -> (Bytes[tensor_proof.PAGE_BYTES], Reading):
    """
    @notice The page of the operand that holds element `index`. An index behind its elements: its shape alone, and no page.
    """
    opened: Reading = reading
    page: Bytes[tensor_proof.PAGE_BYTES] = b""
    top: bytes32 = empty(bytes32)
    inside: bool = index < head.size
    opened.at = head.end + (2 + head.length if inside else 32)
    assert opened.at <= len(operands), "operand: too short"
    if inside:
        page = tensor_proof._whole(slice(operands, head.end + 2, head.length))
        height: uint256 = tensor_proof._height(head.size, head.dtype)
        number: uint256 = index * tensor_proof._width(head.dtype) // tensor_proof.PAGE_BYTES
        leaf: bytes32 = tensor_proof._page_leaf(page)
        top = merkle_row._climb(leaf, number, height, siblings, reading.next)
        opened.next += height
    else:
        top = extract32(operands, head.end)
    root: bytes32 = tensor_proof._root(slice(operands, reading.at, head.end - reading.at), top)
    return page, self._noted(opened, id, root)


@pure
@internal
def _element(page: Bytes[tensor_proof.PAGE_BYTES], dtype: uint256, index: uint256) -> int256:
    """
    @notice Element `index` of a tensor, in its page.
    """
    return tensor_proof._number(page, dtype, index % (tensor_proof.PAGE_BYTES // tensor_proof._width(dtype)))


@pure
@internal
def _finish(
    trace_root: bytes32,
    nodes: uint256,
    length: uint256,
    siblings: DynArray[bytes32, merkle_row.MAX_SIBLINGS],
    reading: Reading,
):
    """
    @notice Reverts unless all that was opened stands in the trace, and nothing is left over. `length` is that of the operands.
    """
    assert reading.at == length, "operand: bytes left over"
    next: uint256 = reading.next
    if reading.seen.count > 0:
        top: bytes32 = empty(bytes32)
        height: uint256 = merkle_row._height(nodes)
        if reading.seen.count == 2:
            top, next = merkle_row._climb_pair(reading.seen, height, siblings, reading.next)
        else:
            top, next = merkle_row._climb_together(reading.seen, height, siblings, reading.next)
        root: bytes32 = merkle_row._list_root(nodes, top)
        assert root == trace_root, "operand: not in the trace"
    assert next == len(siblings), "operand: siblings left over"
