"""Arithmetic of one padded Merkle row, descended at most four levels a move. Twin of modules/merkle_row.vy."""

from collections.abc import Sequence
from hashlib import sha256

from assay.commitment.row import PADDING, climb, height_of, leaf_hash, node_hash
from assay.disputes.errors import MoveRefused

CHILD_LEVELS = 4
CHILDREN = 1 << CHILD_LEVELS
PAGE_BYTES = 256
TENSOR_DOMAIN = b"\x02assay/tensor/1"
LIST_DOMAIN = b"\x02assay/list/1"
BODY_DOMAIN = b"\x02assay/body/1"
PROGRAM_DOMAIN = b"\x02assay/program/1"
_WIDTHS = (1, 1, 2, 4, 8, 1, 2, 4, 8)


def u64(number: int) -> bytes:
    """Eight bytes, big-endian."""
    return number.to_bytes(8, "big")


def list_root_of(count: int, top: bytes) -> bytes:
    """Root of a list of `count` ids from its row's top."""
    if not 0 < count < 1 << 32:
        raise MoveRefused(f"no list has {count} entries")
    return sha256(LIST_DOMAIN + u64(count) + u64(32 * count) + top).digest()


def tensor_root_of(head: bytes, top: bytes) -> bytes:
    """Root of a tensor from its head (dtype, rank, dimensions) and its page row's top."""
    return sha256(TENSOR_DOMAIN + head + top).digest()


def body_root_of(nodes: int, body_bytes: int, top: bytes) -> bytes:
    """Root of a body from its counts and its row's top."""
    return sha256(BODY_DOMAIN + u64(nodes) + u64(body_bytes) + top).digest()


def program_root_of(inputs: int, body_root: bytes) -> bytes:
    """Root of a program from the number of its inputs and its main body."""
    return sha256(PROGRAM_DOMAIN + u64(inputs) + body_root).digest()


def head_dims(head: bytes) -> tuple[int, ...]:
    """Dimensions in a tensor head."""
    return tuple(int.from_bytes(head[2 + 8 * d : 10 + 8 * d], "big") for d in range(head[1]))


def head_bytes(head: bytes) -> int:
    """Bytes of all elements of a tensor."""
    size = _WIDTHS[head[0]]
    for dimension in head_dims(head):
        size *= dimension
    return size


def pages_of(head: bytes) -> int:
    """Pages of a tensor."""
    return -(-head_bytes(head) // PAGE_BYTES)


def page_leaf(page: bytes) -> bytes:
    """Leaf of a page whose padding was not sent."""
    return leaf_hash(page.ljust(PAGE_BYTES, b"\x00"))


def written(head: bytes, page: bytes, place: int) -> int:
    """What stands at an element's place in its page; of a bool the byte."""
    width = _WIDTHS[head[0]]
    chunk = page.ljust(PAGE_BYTES + 8, b"\x00")[place * width : (place + 1) * width]
    return int.from_bytes(chunk, "little", signed=1 <= head[0] <= 4)


def children_of(count: int, level: int, index: int) -> tuple[int, int]:
    """How many children of the node at (level, index) stand over a leaf, and how many levels down they are."""
    levels = min(level, CHILD_LEVELS)
    filled = -(-count // (1 << (level - levels)))
    first = index << levels
    if first >= filled:
        raise MoveRefused(f"a row of {count} leaves has no node {index} at height {level}")
    return min(filled - first, 1 << levels), levels


def parent_of(children: Sequence[bytes], child_level: int, levels: int) -> bytes:
    """The node above these children; those behind the last leaf are the padding, by computation."""
    nodes = list(children) + [PADDING[child_level]] * ((1 << levels) - len(children))
    while len(nodes) > 1:
        nodes = [node_hash(nodes[k], nodes[k + 1]) for k in range(0, len(nodes), 2)]
    return nodes[0]


def child_siblings(children: Sequence[bytes], child_level: int, levels: int, index: int) -> tuple[bytes, ...]:
    """Siblings, lowest first, of one child up to the parent."""
    nodes = list(children) + [PADDING[child_level]] * ((1 << levels) - len(children))
    siblings = []
    while len(nodes) > 1:
        siblings.append(nodes[index ^ 1])
        nodes = [node_hash(nodes[k], nodes[k + 1]) for k in range(0, len(nodes), 2)]
        index >>= 1
    return tuple(siblings)


def row_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """All levels of a row over leaf hashes, the leaves first; only nodes over a leaf, padding left out."""
    levels = [list(leaves)]
    for height in range(height_of(len(leaves))):
        below = levels[-1]
        if len(below) % 2:
            below = [*below, PADDING[height]]
        levels.append([node_hash(below[k], below[k + 1]) for k in range(0, len(below), 2)])
    return levels


def path_in(levels: Sequence[Sequence[bytes]], index: int, start: int = 0) -> tuple[bytes, ...]:
    """Siblings of node `index` at level `start` up to the top."""
    siblings = []
    for height in range(start, len(levels) - 1):
        other = index ^ 1
        siblings.append(levels[height][other] if other < len(levels[height]) else PADDING[height])
        index >>= 1
    return tuple(siblings)


def opened_root(count: int, item: bytes, index: int, siblings: Sequence[bytes]) -> bytes:
    """The list root above `item` at `index`; refuses a path of another length than the count demands."""
    if not 0 <= index < count:
        raise MoveRefused(f"a list of {count} has no entry {index}")
    if len(siblings) != height_of(count):
        raise MoveRefused(f"a path in {count} entries has {height_of(count)} siblings, not {len(siblings)}")
    return list_root_of(count, climb(leaf_hash(item), index, tuple(siblings)))
