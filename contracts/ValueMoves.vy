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
from contracts.modules import game_rows
from contracts.modules import game_states
from contracts.modules import game_verdicts
from contracts.modules import leaf_calls
from contracts.modules import leaf_codes
from contracts.modules import program_ops
from contracts.modules import scalar_ops
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
def _pass(
    game_id: uint256,
    claim_id: bytes32,
    position: IDisputeGame.Position,
    digest: uint256,
    verdict: uint256,
    next: IDisputeGame.Position,
):
    """
    @notice Hands a checked naming to the game, which holds the clocks.
    """
    key: bytes32 = game_rows._key(claim_id, position)
    next_key: bytes32 = game_rows._key(claim_id, next)
    extcall GAME.take_naming(game_id, claim_id, key, digest, next_key, verdict, msg.sender)
    if verdict == game_verdicts.GOES_ON:
        log IDisputeGame.PositionNamed(game_id=game_id, claim_id=claim_id, position_key=next_key, position=next)


@internal
def _reply(game_id: uint256, claim_id: bytes32, position: IDisputeGame.Position, answer: Bytes[576]):
    """
    @notice Hands a checked answer to the game, which keeps its digest.
    """
    key: bytes32 = game_rows._key(claim_id, position)
    digest: uint256 = game_rows._digest(keccak256(answer))
    extcall GAME.take_answer(game_id, claim_id, key, digest, msg.sender)
    log IDisputeGame.PositionAnswered(claim_id=claim_id, position_key=key, game_id=game_id, answer=answer)


@external
def name_entry(
    game_id: uint256,
    claim_id: bytes32,
    position: IDisputeGame.Position,
    frame: ILeaf.Frame,
    child: IDisputeGame.Child,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: the first tensor of a pack that differs.
    """
    assert position.state == game_states.TUPLE, "game: another naming is due"
    assert game_rows._frame_key(frame) == position.frame, "game: another frame"
    entry: uint256 = game_rows._leaf_of(position, child)
    code: uint256 = 0
    right: bytes32 = empty(bytes32)
    code, right = leaf_calls._value_root(ROOT_LEAF, frame, position.node, entry, evidence)
    self._pass(
        game_id, claim_id, position, 0, game_verdicts._ruled(code, right != child.hash), empty(IDisputeGame.Position)
    )


@external
def reveal_page(game_id: uint256, claim_id: bytes32, position: IDisputeGame.Position, page: Bytes[256]):
    """
    @notice Defender: the bytes of a page without its padding.
    """
    assert position.state == game_states.PAGE, "game: another answer is due"
    game_rows._check_page(position, page)
    self._reply(game_id, claim_id, position, abi_encode(page))


@external
def name_element(
    game_id: uint256,
    claim_id: bytes32,
    position: IDisputeGame.Position,
    page: Bytes[256],
    place: uint256,
    frame: ILeaf.Frame,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: an element of the revealed page: recomputed at once, or split into its terms.
    """
    assert position.state == game_states.PAGE, "game: another naming is due"
    shown: bytes32 = keccak256(abi_encode(page))
    digest: uint256 = game_rows._digest(shown)
    assert game_rows._frame_key(frame) == position.frame, "game: another frame"
    dtype: uint256 = convert(slice(position.head, 0, 1), uint256)
    width: uint256 = tensor_proof._width(dtype)
    assert place < len(page) // width, "game: no such element"
    element: uint256 = position.index * (tensor_proof.PAGE_BYTES // width) + place
    value: int256 = tensor_proof._written(tensor_proof._whole(page), dtype, place)
    code: uint256 = 0
    if position.kind < program_ops.SUM:
        right: int256 = 0
        code, right = leaf_calls._element(LEAF, frame, position.node, element, evidence)
        self._pass(
            game_id, claim_id, position, digest, game_verdicts._ruled(code, right != value), empty(IDisputeGame.Position)
        )
        return
    count: uint256 = 0
    join: uint256 = 0
    result: uint256 = 0
    code, count, join, result = leaf_calls._terms(TERM_LEAF, frame, position.node, evidence)
    if code != leaf_codes.OK:
        self._pass(
            game_id, claim_id, position, digest, game_verdicts.DEFENDED_PROGRAM, empty(IDisputeGame.Position)
        )
        return
    named: IDisputeGame.Position = empty(IDisputeGame.Position)
    named.state = game_states.TERMS
    named.frame = position.frame
    named.node = position.node
    named.head = position.head
    named.last = count
    named.kind = join
    named.element = element
    named.value = value
    self._pass(game_id, claim_id, position, digest, game_verdicts.GOES_ON, named)


@external
def reveal_terms(game_id: uint256, claim_id: bytes32, position: IDisputeGame.Position, partials: DynArray[int256, 16]):
    """
    @notice Defender: a partial value of each segment of the terms, joining to the contested one.
    """
    assert position.state == game_states.TERMS, "game: another answer is due"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(position.first, position.last)
    assert len(partials) == number, "game: wrong number of partial values"
    dtype: uint256 = convert(slice(position.head, 0, 1), uint256)
    total: int256 = partials[0]
    for k: uint256 in range(1, number, bound=16):
        total = scalar_ops._join(position.kind, dtype, total, partials[k])
    assert total == position.value, "game: partial values do not join to the contested one"
    self._reply(game_id, claim_id, position, abi_encode(partials))


@external
def name_terms(
    game_id: uint256,
    claim_id: bytes32,
    position: IDisputeGame.Position,
    partials: DynArray[int256, 16],
    index: uint256,
):
    """
    @notice Challenger: the first segment that differs, of more than one term.
    """
    assert position.state == game_states.TERMS, "game: another naming is due"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(position.first, position.last)
    assert index < number and len(partials) == number, "game: no such segment"
    named: IDisputeGame.Position = position
    named.first += index * width
    named.last = min(named.first + width, position.last)
    assert named.last - named.first > 1, "game: name the term itself"
    named.value = partials[index]
    digest: uint256 = game_rows._digest(keccak256(abi_encode(partials)))
    self._pass(game_id, claim_id, position, digest, game_verdicts.GOES_ON, named)


@external
def name_term(
    game_id: uint256,
    claim_id: bytes32,
    position: IDisputeGame.Position,
    partials: DynArray[int256, 16],
    index: uint256,
    frame: ILeaf.Frame,
    evidence: Bytes[8192],
):
    """
    @notice Challenger: one term of the contested element, recomputed.
    """
    assert position.state == game_states.TERMS, "game: another naming is due"
    shown: bytes32 = keccak256(abi_encode(partials))
    digest: uint256 = game_rows._digest(shown)
    assert game_rows._frame_key(frame) == position.frame, "game: another frame"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(position.first, position.last)
    assert index < number and len(partials) == number, "game: no such segment"
    term: uint256 = position.first + index * width
    assert min(term + width, position.last) - term == 1, "game: the segment has more terms"
    code: uint256 = 0
    right: int256 = 0
    code, right = leaf_calls._term(TERM_LEAF, frame, position.node, position.element, term, evidence)
    self._pass(
        game_id, claim_id, position, digest, game_verdicts._ruled(code, right != partials[index]), empty(IDisputeGame.Position)
    )
