# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma optimize codesize
#pragma nonreentrancy on
"""
@title Moves of the dispute game about an item's committed state traces
@notice An item commits to the states of the strided loops of its main body. The outputs may be right and a trace wrong: then the
        defender's own list of loops is challenged (an entry that is no such loop, a loop that has no entry), or the trace is
        descended to its first wrong state, and from the agreed state before it the game goes on as in any loop.
        Trusted, fixed at deployment: RootLeaf; the game trusts this contract to have checked.
@custom:kill Not stopped: no state, no money. Every game ends by the clocks of DisputeGame.
"""

from contracts.interfaces import IDisputeGame
from contracts.interfaces import ILeaf
from contracts.modules import game_frames
from contracts.modules import game_position
from contracts.modules import game_rows
from contracts.modules import game_states
from contracts.modules import game_verdicts
from contracts.modules import leaf_calls
from contracts.modules import leaf_codes
from contracts.modules import merkle_row
from contracts.modules import program_ops

GAME: immutable(IDisputeGame)
ROOT_LEAF: immutable(address)


@deploy
def __init__(game: address, root_leaf: address):
    GAME = IDisputeGame(game)
    ROOT_LEAF = root_leaf


@internal
def _rule(
    game_id: uint256, claim_id: bytes32, position: Bytes[game_position.SIZE], digest: uint256, verdict: uint256
):
    """
    @notice Hands a verdict to the game, which holds the clocks.
    """
    key: bytes32 = game_position._key(claim_id, position)
    extcall GAME.take_naming(game_id, claim_id, key, digest, empty(bytes32), verdict, msg.sender)


@internal
def _go_on(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    digest: uint256,
    named: game_position.Position,
):
    """
    @notice Hands a checked naming to the game, which holds the clocks.
    """
    next: Bytes[game_position.SIZE] = game_position._pack(named)
    next_key: bytes32 = game_position._key(claim_id, next)
    key: bytes32 = game_position._key(claim_id, position)
    extcall GAME.take_naming(game_id, claim_id, key, digest, next_key, game_verdicts.GOES_ON, msg.sender)
    log IDisputeGame.PositionNamed(game_id=game_id, claim_id=claim_id, position_key=next_key, position=next)


@external
def name_trace(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    opened: IDisputeGame.Opened,
    entries: DynArray[bytes32, 16],
    loops: DynArray[uint256, 15],
    entry: uint256,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: the node trace is right and an entry behind the first is not. What the defender called its loop may be
            none.
    """
    at: game_position.Position = game_position._unpack(position)
    digest: uint256 = game_frames._listed(at, opened, entries, loops)
    assert entry > 0 and entry < len(entries), "game: no such state trace"
    node: uint256 = loops[entry - 1]
    code: uint256 = 0
    trips: uint256 = 0
    stride: uint256 = 0
    op: uint256 = leaf_calls._op_of(evidence)
    if op == program_ops.LOOP:
        body: bytes32 = empty(bytes32)
        carry: bytes32 = empty(bytes32)
        invariants: bytes32 = empty(bytes32)
        code, body, trips, stride, carry, invariants = leaf_calls._loop_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.LOOP_OF, opened.frame, abi_encode(node), evidence))
    else:
        dtype: uint256 = 0
        dims: DynArray[uint256, 8] = []
        code, op, dtype, dims = leaf_calls._node_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.NODE_OF, opened.frame, abi_encode(node), evidence))
    if code != leaf_codes.OK or stride == 0:
        self._rule(game_id, claim_id, position, digest, game_verdicts._ruled(code, True))
        return
    named: game_position.Position = empty(game_position.Position)
    named.state = game_states.STATES
    named.frame = game_rows._frame_key(opened.frame)
    named.node = node
    named.root = entries[entry]
    named.rooted = True
    named.count = 1 + (trips + stride - 1) // stride
    named.level = merkle_row._height(named.count)
    named.agreed = entries[entry]
    self._go_on(game_id, claim_id, position, digest, named)


@external
def name_loop(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    opened: IDisputeGame.Opened,
    entries: DynArray[bytes32, 16],
    loops: DynArray[uint256, 15],
    node: uint256,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: a loop of the main body with committed states that the defender's entries leave out.
    """
    at: game_position.Position = game_position._unpack(position)
    digest: uint256 = game_frames._listed(at, opened, entries, loops)
    assert node not in loops, "game: this loop is listed"
    code: uint256 = 0
    body: bytes32 = empty(bytes32)
    trips: uint256 = 0
    stride: uint256 = 0
    carry: bytes32 = empty(bytes32)
    invariants: bytes32 = empty(bytes32)
    code, body, trips, stride, carry, invariants = leaf_calls._loop_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.LOOP_OF, opened.frame, abi_encode(node), evidence))
    self._rule(game_id, claim_id, position, digest, game_verdicts._ruled(code, stride > 0))


@external
def name_state(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    frame: ILeaf.Frame,
    child: IDisputeGame.Child,
    before: bytes32,
    path: DynArray[bytes32, 32],
    evidence: Bytes[8192],
):
    """
    @notice Challenger: the first committed state that differs, and the agreed one before it. The first of all is the loop's own
            carry.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.STATES, "game: another naming is due"
    assert game_rows._frame_key(frame) == at.frame, "game: another frame"
    index: uint256 = game_rows._leaf_of(at, child)
    code: uint256 = 0
    body: bytes32 = empty(bytes32)
    trips: uint256 = 0
    stride: uint256 = 0
    carry: bytes32 = empty(bytes32)
    invariants: bytes32 = empty(bytes32)
    code, body, trips, stride, carry, invariants = leaf_calls._loop_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.LOOP_OF, frame, abi_encode(at.node), evidence))
    if code != leaf_codes.OK or index == 0:
        self._rule(game_id, claim_id, position, 0, game_verdicts._ruled(code, carry != child.hash))
        return
    height: uint256 = merkle_row._height(at.count)
    assert len(path) == height, "game: wrong path of the state before"
    leaf: bytes32 = merkle_row._id_leaf(before)
    top: bytes32 = merkle_row._climb(leaf, index - 1, height, path, 0)
    listed: bytes32 = merkle_row._list_root(at.count, top)
    assert listed == at.agreed, "game: the state before is another"
    named: game_position.Position = empty(game_position.Position)
    named.node = at.node
    named.root = child.hash
    named.agreed = before
    first: uint256 = (index - 1) * stride
    self._go_on(game_id, claim_id, position, 0, game_frames._steps(named, body, invariants, first, min(first + stride, trips))
    )
