"""What an answer of the defender must show in each state. Pure; twin of contracts/modules/game_answers.vy.

`check_answer` returns the digest that the game keeps (20 bytes; zero where the tree binds the answer) or raises
MoveRefused: then nothing is stored and the defender's clock runs on. That an answer is *bound* to what is contested is
what leaves a liar nothing to say: it can only show something that hashes, ends or joins to its own lie.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from assay.commitment.row import climb, height_of, leaf_hash
from assay.disputes.errors import MoveRefused
from assay.disputes.moves import (
    BodyHead,
    Move,
    Opened,
    RevealItem,
    RevealPage,
    RevealRow,
    RevealStates,
    RevealStep,
    RevealTerms,
    digest_of,
    extra_of,
    group_hashes,
    groups_digest,
    packed_partials,
    partials_from,
)
from assay.disputes.positions import Frame, Position
from assay.disputes.rows import (
    PAGE_BYTES,
    body_root_of,
    children_of,
    head_bytes,
    list_root_of,
    page_leaf,
    parent_of,
    program_root_of,
    tensor_root_of,
)
from assay.disputes.states import State
from assay.disputes.transitions import TRANSITIONS
from assay.disputes.values import join

SEGMENTS = 32
MAX_ENTRIES = 16
NO_DIGEST = bytes(20)


def require(holds: bool, text: str) -> None:
    """Raises MoveRefused unless it holds."""
    if not holds:
        raise MoveRefused(text)


def segments_of(first: int, last: int) -> tuple[int, int]:
    """(steps or terms of a segment, number of segments) of [first, last), at most 32."""
    width = -(-(last - first) // SEGMENTS)
    return width, -(-(last - first) // width)


def check_answer(position: Position, move: Move) -> bytes:
    """The digest of an answer that is allowed here and bound to what is contested."""
    if move.name not in _ANSWERS:
        raise MoveRefused(f"{move.name} is no answer")
    require(TRANSITIONS[position.state].answer == move.name, "game: another answer is due")
    return _ANSWERS[move.name](position, move)


def _row(position: Position, move: RevealRow) -> bytes:
    number, levels = children_of(position.count, position.level, position.index)
    require(len(move.children) == number, "game: wrong number of children")
    bottom = position.level == levels
    hashes = move.children
    if bottom and position.state is not State.PAGES:
        hashes = tuple(leaf_hash(child) for child in hashes)
    top = parent_of(hashes, position.level - levels, levels)
    require(headed(position, top) == position.root, "game: children do not hash to the parent")
    return NO_DIGEST


def headed(position: Position, top: bytes) -> bytes:
    """The contested root as it is built from its row's top."""
    if not position.rooted:
        return top
    if position.state in (State.PAGES, State.PAGE):
        return tensor_root_of(position.head, top)
    return list_root_of(position.count, top)


def _trace(
    result: bytes, frame: Frame, body: BodyHead, children: Sequence[bytes], last: Sequence[bytes]
) -> Frame:
    """The whole frame, its node trace bound to the contested result by its last value."""
    require(
        body_root_of(body.nodes, body.descriptor_bytes, body.top) == frame.body_root, "game: another body"
    )
    height = height_of(body.nodes)
    number, levels = children_of(body.nodes, height, 0)
    require(len(children) == number, "game: wrong number of children")
    below = height - levels
    require(len(last) == below, "game: wrong path of the last value")
    if below == 0:
        require(children[-1] == result, "game: the trace does not end in what is contested")
        hashes = [leaf_hash(child) for child in children]
    else:
        end = climb(leaf_hash(result), (body.nodes - 1) & ((1 << below) - 1), tuple(last))
        require(children[-1] == end, "game: the trace does not end in what is contested")
        hashes = list(children)
    trace = list_root_of(body.nodes, parent_of(hashes, below, levels))
    return replace(frame, trace_root=trace)


def opened_by(position: Position, move: Move) -> Opened:
    """The frame that an answer to STEP or ITEM shows. Raises MoveRefused as check_answer does."""
    if isinstance(move, RevealItem):
        return _item(position, move)
    if isinstance(move, RevealStep):
        return _step(position, move)
    raise MoveRefused(f"{move.name} opens no frame")


def _item(position: Position, move: RevealItem) -> Opened:
    require(move.template.key == position.frame, "game: another frame")
    require(program_root_of(move.inputs, move.body_root) == move.template.body_root, "game: another program")
    require(1 <= len(move.entries) <= MAX_ENTRIES, "game: wrong number of entries")
    require(len(move.loops) == len(move.entries) - 1, "game: a loop for each state trace")
    require(all(a < b for a, b in pairwise(move.loops)), "game: loops not in order")
    require(all(loop < move.body.nodes for loop in move.loops), "game: no such loop")
    leaves = [leaf_hash(entry) for entry in move.entries]
    height = height_of(len(leaves))
    item = list_root_of(len(leaves), parent_of(leaves, 0, height))
    if position.rooted:  # a lot of one item is contested by its lot root
        item = list_root_of(1, leaf_hash(item))
    require(item == position.root, "game: entries do not hash to the item")
    frame = Frame(move.body_root, carry_root=position.agreed, step=position.first)
    whole = _trace(move.entries[0], frame, move.body, move.children, move.last)
    return Opened(whole, move.body.nodes, extra_of(move.entries, move.loops))


def _page(position: Position, move: RevealPage) -> bytes:
    length = min(PAGE_BYTES, head_bytes(position.head) - position.index * PAGE_BYTES)
    require(len(move.page) == length, "game: wrong length of the page")
    require(
        headed(position, page_leaf(move.page)) == position.root, "game: the page does not hash to its leaf"
    )
    return digest_of(["bytes"], [move.page])


def _terms(position: Position, move: RevealTerms) -> bytes:
    _, number = segments_of(position.first, position.last)
    require(len(move.partials) == number, "game: wrong number of partial values")
    require(
        move.partials == partials_from(position.head[0], packed_partials(move.partials)),
        "game: no partial values",
    )
    total = move.partials[0]
    for partial in move.partials[1:]:
        total = join(position.kind, position.head[0], total, partial)
    require(total == position.value, "game: partial values do not join to the contested one")
    return digest_of(["bytes"], [packed_partials(move.partials)])


def _step(position: Position, move: RevealStep) -> Opened:
    require(move.template.key == position.frame, "game: another frame")
    frame = replace(move.template, carry_root=position.agreed, step=position.first)
    whole = _trace(position.root, frame, move.body, move.children, move.last)
    return Opened(whole, move.body.nodes)


def _states(position: Position, move: RevealStates) -> bytes:
    _, number = segments_of(position.first, position.last)
    require(len(move.states) == number - 1, "game: wrong number of states")
    return groups_digest(group_hashes(move.states))


_ANSWERS: dict[str, Callable[[Position, Any], bytes]] = {
    "reveal_row": _row,
    "reveal_item": lambda position, move: _item(position, move).digest,
    "reveal_step": lambda position, move: _step(position, move).digest,
    "reveal_states": _states,
    "reveal_page": _page,
    "reveal_terms": _terms,
}
