# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Rows of a position: its children, one child proven, segments; twin of assay.disputes.rows and naming_rows
"""

from contracts.interfaces import IDisputeGame
from contracts.interfaces import ILeaf
from contracts.modules import game_position
from contracts.modules import game_states
from contracts.modules import merkle_row
from contracts.modules import tensor_proof

SEGMENTS: constant(uint256) = 32
# what is kept of an answer that no tree binds: the low 20 bytes of a hash
DIGEST: constant(uint256) = 2**160 - 1


@pure
@internal
def _frame_key(frame: ILeaf.Frame) -> bytes32:
    return keccak256(abi_encode(frame))


@pure
@internal
def _digest(hash: bytes32) -> uint256:
    return convert(hash, uint256) & DIGEST


@pure
@internal
def _headed(position: game_position.Position, top: bytes32) -> bytes32:
    """
    @notice The contested root as it is built from its row's top.
    """
    if not position.rooted:
        return top
    if position.state == game_states.PAGES or position.state == game_states.PAGE:
        return tensor_proof._root(position.head, top)
    return merkle_row._list_root(position.count, top)


@pure
@internal
def _children_of(position: game_position.Position) -> (uint256, uint256):
    """
    @notice How many children stand over a leaf, and how many levels down.
    """
    if position.level == 0:
        return 1, 0
    return merkle_row._children_of(position.count, position.level, position.index)


@pure
@internal
def _check_row(state: uint256):
    rows: bool = state in [
        game_states.ITEMS, game_states.NODES, game_states.TUPLE, game_states.STATES, game_states.PAGES
    ]
    assert rows, "game: another move is due"


@pure
@internal
def _check_page(position: game_position.Position, page: Bytes[256]):
    """
    @notice Reverts unless this is the contested page, whole and without its padding.
    """
    size: uint256 = tensor_proof._width(convert(slice(position.head, 0, 1), uint256))
    for axis: uint256 in range(len(position.head) // 8, bound=8):
        size *= convert(slice(position.head, 2 + 8 * axis, 8), uint256)
    length: uint256 = min(tensor_proof.PAGE_BYTES, size - position.index * tensor_proof.PAGE_BYTES)
    assert len(page) == length, "game: wrong length of the page"
    leaf: bytes32 = tensor_proof._page_leaf(tensor_proof._whole(page))
    contested: bytes32 = self._headed(position, leaf)
    assert contested == position.root, "game: the page does not hash to its leaf"


@pure
@internal
def _check_children(position: game_position.Position, children: DynArray[bytes32, 16]):
    """
    @notice Reverts unless these are the node's children, all that stand over a leaf.
    """
    number: uint256 = 0
    levels: uint256 = 0
    number, levels = self._children_of(position)
    assert len(children) == number, "game: wrong number of children"
    hashes: DynArray[bytes32, 16] = children
    if position.level == levels and position.state != game_states.PAGES:
        hashes = self._leaves(children)
    top: bytes32 = merkle_row._parent_of(hashes, position.level - levels, levels)
    contested: bytes32 = self._headed(position, top)
    assert contested == position.root, "game: children do not hash to the parent"


@pure
@internal
def _leaves(ids: DynArray[bytes32, 16]) -> DynArray[bytes32, 16]:
    leaves: DynArray[bytes32, 16] = []
    for id: bytes32 in ids:
        leaves.append(merkle_row._id_leaf(id))
    return leaves


@pure
@internal
def _lift(leaf: bytes32, index: uint256, siblings: DynArray[bytes32, 4]) -> bytes32:
    top: bytes32 = leaf
    position: uint256 = index
    for sibling: bytes32 in siblings:
        if position & 1 == 0:
            top = sha256(concat(0x01, top, sibling))
        else:
            top = sha256(concat(0x01, sibling, top))
        position >>= 1
    return top


@pure
@internal
def _proven(position: game_position.Position, child: IDisputeGame.Child) -> (uint256, uint256):
    """
    @notice (level, index) of a child that hashes to its parent.
    """
    number: uint256 = 0
    levels: uint256 = 0
    number, levels = self._children_of(position)
    assert child.index < number, "game: no such child"
    assert len(child.siblings) == levels, "game: wrong path of the child"
    hashed: bytes32 = child.hash
    if position.level == levels and position.state != game_states.PAGES:
        hashed = merkle_row._id_leaf(child.hash)
    top: bytes32 = self._lift(hashed, child.index, child.siblings)
    contested: bytes32 = self._headed(position, top)
    assert contested == position.root, "game: the child does not hash to its parent"
    return position.level - levels, (position.index << levels) + child.index


@pure
@internal
def _below(position: game_position.Position, child: IDisputeGame.Child) -> game_position.Position:
    """
    @notice The same row, further down; an item or a page at its bottom.
    """
    named: game_position.Position = position
    named.level, named.index = self._proven(position, child)
    named.root = child.hash
    named.rooted = False
    if named.level > 0:
        return named
    if position.state == game_states.ITEMS:
        named.state = game_states.ITEM
        named.first += named.index
        named.count = 0
        named.index = 0
        return named
    assert position.state == game_states.PAGES, "game: name the leaf itself"
    named.state = game_states.PAGE
    return named


@pure
@internal
def _leaf_of(position: game_position.Position, child: IDisputeGame.Child) -> uint256:
    """
    @notice Index of a proven child that is a leaf of its row.
    """
    level: uint256 = 0
    index: uint256 = 0
    level, index = self._proven(position, child)
    assert level == 0, "game: the child is no leaf"
    return index


@pure
@internal
def _segments(first: uint256, last: uint256) -> (uint256, uint256):
    """
    @notice (steps or terms of a segment, number of segments) of [first, last): at most 32.
    """
    width: uint256 = (last - first + SEGMENTS - 1) // SEGMENTS
    return width, (last - first + width - 1) // width
