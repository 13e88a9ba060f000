# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma optimize codesize
#pragma nonreentrancy on
"""
@title Moves of the dispute game that open a frame: one run of a body
@notice The defender reveals the node trace of a frame, bound to the contested result by its last value; the challenger names a
        subtree of it, or the node whose value differs, and the leaf says where that leads. Nothing that a mover states is
        trusted: all of it is hashed into the position or proven to the leaf. Trusted, fixed at deployment: RootLeaf; the game
        trusts this contract to have checked.
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
from contracts.modules import tensor_proof

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


@pure
@internal
def _head(dtype: uint256, dims: DynArray[uint256, 8]) -> Bytes[66]:
    """
    @notice dtype, rank and dimensions as a tensor root has them.
    """
    words: uint256[2] = [0, 0]
    k: uint256 = 0
    for dimension: uint256 in dims:
        words[k // 4] |= dimension << (192 - 64 * (k % 4))
        k += 1
    begin: Bytes[2] = slice(abi_encode((dtype << 8) | len(dims)), 30, 2)
    shape: Bytes[64] = slice(abi_encode(words[0], words[1]), 0, 8 * len(dims))
    return concat(begin, shape)


@external
def reveal_step(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    challenger: address,
    template: ILeaf.Frame,
    body: IDisputeGame.BodyHead,
    children: DynArray[bytes32, 16],
    last: DynArray[bytes32, 12],
):
    """
    @notice Defender: the node trace of one run of a body.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.STEP, "game: another answer is due"
    assert game_rows._frame_key(template) == at.frame, "game: another frame"
    assert game_frames._body_root(body) == template.body_root, "game: another body"
    frame: ILeaf.Frame = template
    frame.carry_root = at.agreed
    frame.step = at.first
    frame.trace_root = game_frames._trace_root(at.root, body, children, last)
    hash: bytes32 = game_frames._opened_digest(
        IDisputeGame.Opened(frame=frame, nodes=body.nodes, extra=empty(bytes32))
    )
    key: bytes32 = game_position._key(claim_id, position)
    extcall GAME.take_answer(game_id, claim_id, key, challenger, game_rows._digest(hash), msg.sender)
    log IDisputeGame.PositionAnswered(
        claim_id=claim_id,
        position_key=key,
        game_id=game_id,
        answer=abi_encode(template, body, children, last),
    )


@external
def reveal_item(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    challenger: address,
    template: ILeaf.Frame,
    inputs: uint256,
    body_root: bytes32,
    body: IDisputeGame.BodyHead,
    children: DynArray[bytes32, 16],
    last: DynArray[bytes32, 12],
    entries: DynArray[bytes32, 16],
    loops: DynArray[uint256, 15],
):
    """
    @notice Defender: the node trace of the main frame, whose result is the item's first entry, and all entries with the loops
            they belong to.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.ITEM, "game: another answer is due"
    assert game_rows._frame_key(template) == at.frame, "game: another frame"
    assert game_frames._program_root(inputs, body_root) == template.body_root, "game: another program"
    assert game_frames._body_root(body) == body_root, "game: another body"
    assert len(entries) > 0 and len(loops) + 1 == len(entries), "game: a loop for each state trace"
    next: uint256 = 0
    for loop: uint256 in loops:
        assert loop >= next and loop < body.nodes, "game: loops not in order"
        next = loop + 1
    assert game_frames._item_root(entries, at.rooted) == at.root, "game: entries do not hash to the item"
    frame: ILeaf.Frame = ILeaf.Frame(
        body_root=body_root,
        trace_root=game_frames._trace_root(entries[0], body, children, last),
        carry_root=at.agreed,
        invariants_root=empty(bytes32),
        step=at.first,
    )
    extra: bytes32 = keccak256(abi_encode(entries, loops))
    hash: bytes32 = game_frames._opened_digest(
        IDisputeGame.Opened(frame=frame, nodes=body.nodes, extra=extra)
    )
    key: bytes32 = game_position._key(claim_id, position)
    extcall GAME.take_answer(game_id, claim_id, key, challenger, game_rows._digest(hash), msg.sender)
    log IDisputeGame.PositionAnswered(
        claim_id=claim_id,
        position_key=key,
        game_id=game_id,
        answer=abi_encode(template, inputs, body_root, body, children, last, entries, loops),
    )


@external
def name_nodes(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    opened: IDisputeGame.Opened,
    child: IDisputeGame.Child,
):
    """
    @notice Challenger: a subtree of the node trace that an answer has just shown.
    """
    at: game_position.Position = game_position._unpack(position)
    row: game_position.Position = empty(game_position.Position)
    digest: uint256 = 0
    row, digest = game_frames._entered(at, opened)
    named: game_position.Position = row
    named.level, named.index = game_rows._proven(row, child)
    assert named.level > 0, "game: name the leaf itself"
    named.root = child.hash
    named.rooted = False
    self._go_on(game_id, claim_id, position, digest, named)


@external
def name_node(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    opened: IDisputeGame.Opened,
    child: IDisputeGame.Child,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: the first node whose value differs: roots are compared here, tuples, loops and tensors are descended.
    """
    at: game_position.Position = game_position._unpack(position)
    row: game_position.Position = empty(game_position.Position)
    digest: uint256 = 0
    row, digest = game_frames._entered(at, opened)
    node: uint256 = game_rows._leaf_of(row, child)
    op: uint256 = leaf_calls._op_of(evidence)
    code: uint256 = 0
    if op in [program_ops.PARAM, program_ops.CONST, program_ops.PART]:
        right: bytes32 = empty(bytes32)
        code, right = leaf_calls._root_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.VALUE_ROOT, opened.frame, abi_encode(node, empty(uint256)), evidence))
        self._rule(game_id, claim_id, position, digest, game_verdicts._ruled(code, right != child.hash))
        return
    named: game_position.Position = empty(game_position.Position)
    named.root = child.hash
    named.node = node
    if op == program_ops.LOOP:
        body: bytes32 = empty(bytes32)
        trips: uint256 = 0
        stride: uint256 = 0
        carry: bytes32 = empty(bytes32)
        invariants: bytes32 = empty(bytes32)
        code, body, trips, stride, carry, invariants = leaf_calls._loop_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.LOOP_OF, opened.frame, abi_encode(node), evidence))
        if code != leaf_codes.OK:
            self._rule(game_id, claim_id, position, digest, game_verdicts.DEFENDED_PROGRAM)
            return
        named.agreed = carry
        self._go_on(game_id, claim_id, position, digest, game_frames._steps(named, body, invariants, 0, trips)
        )
        return
    dtype: uint256 = 0
    dims: DynArray[uint256, 8] = []
    code, op, dtype, dims = leaf_calls._node_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.NODE_OF, opened.frame, abi_encode(node), evidence))
    if code != leaf_codes.OK:
        self._rule(game_id, claim_id, position, digest, game_verdicts.DEFENDED_PROGRAM)
        return
    named.frame = row.frame
    named.rooted = True
    if op == program_ops.PACK:
        named.state = game_states.TUPLE
        named.count = dims[0]
    else:
        size: uint256 = tensor_proof._width(dtype)
        for dimension: uint256 in dims:
            size *= dimension
        named.count = (size + tensor_proof.PAGE_BYTES - 1) // tensor_proof.PAGE_BYTES
        named.state = game_states.PAGES if named.count > 1 else game_states.PAGE
        named.kind = op
        named.head = self._head(dtype, dims)
    named.level = merkle_row._height(named.count)
    self._go_on(game_id, claim_id, position, digest, named)
