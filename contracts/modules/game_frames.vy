# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Frames that a defender reveals: bound to the contested result by the last value of their node trace
"""

from contracts.interfaces import IDisputeGame
from contracts.interfaces import ILeaf
from contracts.modules import game_position
from contracts.modules import game_rows
from contracts.modules import game_states
from contracts.modules import merkle_row
from contracts.modules import node_descriptor

PROGRAM_DOMAIN: constant(Bytes[16]) = b"\x02assay/program/1"
MAX_NODES: constant(uint256) = 65_535


@pure
@internal
def _body_root(body: IDisputeGame.BodyHead) -> bytes32:
    assert body.nodes > 0 and body.nodes <= MAX_NODES, "game: no such body"
    assert body.descriptor_bytes < 2**64, "game: no such body"
    nodes: Bytes[8] = merkle_row._u64(body.nodes)
    length: Bytes[8] = merkle_row._u64(body.descriptor_bytes)
    return sha256(concat(node_descriptor.BODY_DOMAIN, nodes, length, body.top))


@pure
@internal
def _program_root(inputs: uint256, body_root: bytes32) -> bytes32:
    assert inputs < 2**64, "game: another program"
    count: Bytes[8] = merkle_row._u64(inputs)
    return sha256(concat(PROGRAM_DOMAIN, count, body_root))


@pure
@internal
def _trace_root(
    result: bytes32, body: IDisputeGame.BodyHead, children: DynArray[bytes32, 16], last: DynArray[bytes32, 12]
) -> bytes32:
    """
    @notice The node trace above these children, whose last value is the contested result. Without this a liar could show a
            right trace under a wrong result, and nobody could name anything in it.
    """
    height: uint256 = merkle_row._height(body.nodes)
    number: uint256 = 1
    levels: uint256 = 0
    if height > 0:
        number, levels = merkle_row._children_of(body.nodes, height, 0)
    below: uint256 = height - levels
    assert len(children) == number, "game: wrong number of children"
    assert len(last) == below, "game: wrong path of the last value"
    hashes: DynArray[bytes32, 16] = children
    end: bytes32 = result
    if below == 0:
        hashes = game_rows._leaves(children)
    else:
        end = merkle_row._id_leaf(result)
        index: uint256 = body.nodes - 1
        for sibling: bytes32 in last:
            if index & 1 == 0:
                end = sha256(concat(0x01, end, sibling))
            else:
                end = sha256(concat(0x01, sibling, end))
            index >>= 1
    assert children[number - 1] == end, "game: the trace does not end in what is contested"
    top: bytes32 = merkle_row._parent_of(hashes, below, levels)
    return merkle_row._list_root(body.nodes, top)


@pure
@internal
def _opened_digest(opened: IDisputeGame.Opened) -> bytes32:
    key: bytes32 = game_rows._frame_key(opened.frame)
    return keccak256(abi_encode(key, opened.nodes, opened.extra))


@pure
@internal
def _item_root(entries: DynArray[bytes32, 16], single: bool) -> bytes32:
    """
    @notice The item root of these entries, or the lot root of a lot that has this item alone.
    """
    leaves: DynArray[bytes32, 16] = game_rows._leaves(entries)
    height: uint256 = merkle_row._height(len(entries))
    top: bytes32 = merkle_row._parent_of(leaves, 0, height)
    item: bytes32 = merkle_row._list_root(len(entries), top)
    if not single:
        return item
    return merkle_row._list_root(1, merkle_row._id_leaf(item))


@pure
@internal
def _entered(
    position: game_position.Position, opened: IDisputeGame.Opened
) -> (game_position.Position, uint256):
    """
    @notice The row of the node trace that an answer to ITEM or STEP has shown, or the subtree of it contested already; and the
            digest that this answer must have.
    """
    key: bytes32 = game_rows._frame_key(opened.frame)
    if position.state == game_states.NODES:
        assert key == position.frame and opened.nodes == position.count, "game: another frame"
        return position, 0
    assert position.state == game_states.ITEM or position.state == game_states.STEP, "game: another naming is due"
    shown: bytes32 = self._opened_digest(opened)
    row: game_position.Position = game_position.Position(
        state=game_states.NODES,
        frame=key,
        node=0,
        root=opened.frame.trace_root,
        head=b"",
        rooted=True,
        count=opened.nodes,
        level=merkle_row._height(opened.nodes),
        index=0,
        agreed=empty(bytes32),
        first=0,
        last=0,
        kind=0,
        element=0,
        value=0,
    )
    return row, game_rows._digest(shown)


@pure
@internal
def _steps(
    begun: game_position.Position, body: bytes32, invariants: bytes32, first: uint256, last: uint256
) -> game_position.Position:
    """
    @notice Steps of a loop between an agreed and a contested state; a single one is a frame.
    """
    named: game_position.Position = begun
    named.frame = game_rows._frame_key(
        ILeaf.Frame(
            body_root=body,
            trace_root=empty(bytes32),
            carry_root=empty(bytes32),
            invariants_root=invariants,
            step=0,
        )
    )
    named.first = first
    named.state = game_states.STEP
    if last - first > 1:
        named.state = game_states.LOOP
        named.last = last
    return named


@pure
@internal
def _listed(
    position: game_position.Position,
    opened: IDisputeGame.Opened,
    entries: DynArray[bytes32, 16],
    loops: DynArray[uint256, 15],
) -> uint256:
    """
    @notice Digest of the answer that showed these entries of an item.
    """
    assert position.state == game_states.ITEM, "game: another naming is due"
    listed: bytes32 = keccak256(abi_encode(entries, loops))
    assert listed == opened.extra, "game: other entries"
    shown: bytes32 = self._opened_digest(opened)
    return game_rows._digest(shown)
