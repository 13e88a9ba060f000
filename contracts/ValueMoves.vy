# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma optimize codesize
#pragma nonreentrancy on
"""
@title Moves of the dispute game about values: tensors of a pack, pages, elements, terms, and the leaf that ends a game
@notice The defender reveals a page, or partial values that join to the contested one; the challenger names an element or a term
        and opens its operands; the leaf recomputes it. It convicts when it gets another value and reverts when it gets the same:
        against an honest defender no opening can convict. Trusted, fixed at deployment: the three leaves; the game trusts this
        contract to have checked.
@custom:kill Not stopped: no state, no money. Every game ends by the clocks of DisputeGame.
"""

from contracts.interfaces import IDisputeGame
from contracts.interfaces import ILeaf
from contracts.modules import game_position
from contracts.modules import game_rows
from contracts.modules import game_states
from contracts.modules import game_verdicts
from contracts.modules import leaf_calls
from contracts.modules import leaf_codes
from contracts.modules import partial_values
from contracts.modules import program_ops
from contracts.modules import tensor_proof

GAME: immutable(IDisputeGame)
LEAF: immutable(address)
TERM_LEAF: immutable(address)
ROOT_LEAF: immutable(address)


@deploy
def __init__(game: address, leaf: address, term_leaf: address, root_leaf: address):
    GAME = IDisputeGame(game)
    LEAF = leaf
    TERM_LEAF = term_leaf
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


@internal
def _reply(
    game_id: uint256, claim_id: bytes32, position: Bytes[game_position.SIZE], challenger: address, answer: Bytes[320]
):
    """
    @notice Hands a checked answer to the game, which keeps its digest.
    """
    key: bytes32 = game_position._key(claim_id, position)
    digest: uint256 = game_rows._digest(keccak256(answer))
    extcall GAME.take_answer(game_id, claim_id, key, challenger, digest, msg.sender)
    log IDisputeGame.PositionAnswered(claim_id=claim_id, position_key=key, game_id=game_id, answer=answer)


@external
def name_entry(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    frame: ILeaf.Frame,
    child: IDisputeGame.Child,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: the first tensor of a pack that differs.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.TUPLE, "game: another naming is due"
    assert game_rows._frame_key(frame) == at.frame, "game: another frame"
    entry: uint256 = game_rows._leaf_of(at, child)
    code: uint256 = 0
    right: bytes32 = empty(bytes32)
    code, right = leaf_calls._root_in(leaf_calls._ask(ROOT_LEAF, leaf_calls.VALUE_ROOT, frame, abi_encode(at.node, entry), evidence))
    self._rule(game_id, claim_id, position, 0, game_verdicts._ruled(code, right != child.hash))


@external
def reveal_page(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    challenger: address,
    page: Bytes[256],
):
    """
    @notice Defender: the bytes of a page without its padding.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.PAGE, "game: another answer is due"
    game_rows._check_page(at, page)
    self._reply(game_id, claim_id, position, challenger, abi_encode(page))


@external
def name_element(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    page: Bytes[256],
    place: uint256,
    frame: ILeaf.Frame,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: an element of the revealed page: recomputed at once, or split into its terms.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.PAGE, "game: another naming is due"
    shown: bytes32 = keccak256(abi_encode(page))
    digest: uint256 = game_rows._digest(shown)
    assert game_rows._frame_key(frame) == at.frame, "game: another frame"
    dtype: uint256 = convert(slice(at.head, 0, 1), uint256)
    width: uint256 = tensor_proof._width(dtype)
    assert place < len(page) // width, "game: no such element"
    element: uint256 = at.index * (tensor_proof.PAGE_BYTES // width) + place
    value: int256 = tensor_proof._written(tensor_proof._whole(page), dtype, place)
    code: uint256 = 0
    if at.kind < program_ops.SUM:
        right: int256 = 0
        code, right = leaf_calls._value_in(leaf_calls._ask(LEAF, leaf_calls.ELEMENT, frame, abi_encode(at.node, element), evidence))
        self._rule(game_id, claim_id, position, digest, game_verdicts._ruled(code, right != value))
        return
    count: uint256 = 0
    join: uint256 = 0
    result: uint256 = 0
    code, count, join, result = leaf_calls._terms_in(leaf_calls._ask(TERM_LEAF, leaf_calls.TERMS, frame, abi_encode(at.node), evidence))
    if code != leaf_codes.OK:
        self._rule(game_id, claim_id, position, digest, game_verdicts.DEFENDED_PROGRAM)
        return
    named: game_position.Position = empty(game_position.Position)
    named.state = game_states.TERMS
    named.frame = at.frame
    named.node = at.node
    named.head = at.head
    named.last = count
    named.kind = join
    named.element = element
    named.value = value
    self._go_on(game_id, claim_id, position, digest, named)


@external
def reveal_terms(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    challenger: address,
    partials: Bytes[256],
):
    """
    @notice Defender: a partial value of each segment of the terms, joining to the contested one. Eight bytes each, big-endian.
    """
    at: game_position.Position = game_position._unpack(position)
    assert at.state == game_states.TERMS, "game: another answer is due"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(at.first, at.last)
    assert len(partials) == 8 * number, "game: wrong number of partial values"
    dtype: uint256 = convert(slice(at.head, 0, 1), uint256)
    total: int256 = partial_values._joined(at.kind, dtype, partials)
    assert total == at.value, "game: partial values do not join to the contested one"
    self._reply(game_id, claim_id, position, challenger, abi_encode(partials))


@view
@internal
def _segment(at: game_position.Position, partials: Bytes[256], index: uint256) -> (uint256, uint256, int256):
    """
    @notice (first term, number of terms, partial value) of a segment that was revealed.
    """
    assert at.state == game_states.TERMS, "game: another naming is due"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(at.first, at.last)
    assert index < number and len(partials) == 8 * number, "game: no such segment"
    first: uint256 = at.first + index * width
    dtype: uint256 = convert(slice(at.head, 0, 1), uint256)
    return first, min(width, at.last - first), partial_values._partial(dtype, partials, index)


@external
def name_terms(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    partials: Bytes[256],
    index: uint256,
):
    """
    @notice Challenger: the first segment that differs, of more than one term.
    """
    named: game_position.Position = game_position._unpack(position)
    number: uint256 = 0
    named.first, number, named.value = self._segment(named, partials, index)
    assert number > 1, "game: name the term itself"
    named.last = named.first + number
    digest: uint256 = game_rows._digest(keccak256(abi_encode(partials)))
    self._go_on(game_id, claim_id, position, digest, named)


@external
def name_term(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    partials: Bytes[256],
    index: uint256,
    frame: ILeaf.Frame,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: one term of the contested element, recomputed.
    """
    at: game_position.Position = game_position._unpack(position)
    digest: uint256 = game_rows._digest(keccak256(abi_encode(partials)))
    assert game_rows._frame_key(frame) == at.frame, "game: another frame"
    term: uint256 = 0
    number: uint256 = 0
    claimed: int256 = 0
    term, number, claimed = self._segment(at, partials, index)
    assert number == 1, "game: the segment has more terms"
    code: uint256 = 0
    right: int256 = 0
    code, right = leaf_calls._value_in(leaf_calls._ask(TERM_LEAF, leaf_calls.TERM, frame, abi_encode(at.node, at.element, term), evidence))
    self._rule(game_id, claim_id, position, digest, game_verdicts._ruled(code, right != claimed))
