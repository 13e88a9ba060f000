"""The defender's strategy: position → answer, from its own run. An honest run always has one."""

from collections.abc import Callable, Sequence

from assay.commitment.row import leaf_hash
from assay.disputes.answers import segments_of
from assay.disputes.cursor import Cursor
from assay.disputes.moves import (
    Move,
    RevealItem,
    RevealPage,
    RevealRow,
    RevealStates,
    RevealStep,
    RevealTerms,
)
from assay.disputes.positions import Frame, Position
from assay.disputes.rows import children_of, path_in, row_levels
from assay.disputes.runs import FrameRun
from assay.disputes.states import State
from assay.disputes.terms import partials_of


def row_ids(position: Position, cursor: Cursor) -> list[bytes]:
    """What a row's leaves are made of in one's own run: ids; of PAGES: leaf hashes."""
    match position.state:
        case State.ITEMS:
            return cursor.lot.item_roots
        case State.NODES:
            return cursor.in_frame.roots
        case State.TUPLE:
            first = cursor.in_frame.body.nodes[position.node].param("first")
            return cursor.in_frame.roots[first : first + position.count]
        case State.STATES:
            return cursor.in_loop.committed
        case _:
            return cursor.in_frame.page_row(position.node)[0]


def row_children(position: Position, cursor: Cursor) -> tuple[bytes, ...]:
    """One's own children of a row's node, as RevealRow shows them."""
    ids = row_ids(position, cursor)
    number, levels = children_of(position.count, position.level, position.index)
    first = position.index << levels
    if position.level == levels:
        return tuple(ids[first : first + number])
    leaves = ids if position.state is State.PAGES else [leaf_hash(item) for item in ids]
    return tuple(row_levels(leaves)[position.level - levels][first : first + number])


def frame_children(run: FrameRun) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Top children of a frame's node trace, and the path of its last value below the last child."""
    count = len(run.roots)
    levels = row_levels(run.leaves)
    height = len(levels) - 1
    number, down = children_of(count, height, 0)
    below = height - down
    children = tuple(run.roots) if below == 0 else tuple(levels[below][:number])
    return children, path_in(levels, count - 1)[:below]


def _item(position: Position, cursor: Cursor) -> RevealItem:
    item, program = cursor.in_item, cursor.lot.program
    children, last = frame_children(item.main)
    return RevealItem(
        Frame(program.root),
        program.input_count,
        program.main.root,
        item.main.body_head,
        children,
        last,
        item.entries,
        item.loops,
    )


def _step(position: Position, cursor: Cursor) -> RevealStep:
    run = cursor.in_frame
    children, last = frame_children(run)
    return RevealStep(run.frame.template, run.body_head, children, last)


def own_states(position: Position, cursor: Cursor) -> tuple[bytes, ...]:
    """One's own roots at the split points of LOOP."""
    width, number = segments_of(position.first, position.last)
    return tuple(cursor.in_loop.state_root(position.first + k * width) for k in range(1, number))


def own_partials(position: Position, cursor: Cursor) -> tuple[int, ...]:
    """One's own partial values of TERMS."""
    run = cursor.in_frame
    terms = run.terms(position.node, position.element)
    return partials_of(run.body.nodes[position.node], terms, position.first, position.last)


_ANSWERS: dict[State, Callable[[Position, Cursor], Move]] = {
    State.ITEM: _item,
    State.STEP: _step,
    State.LOOP: lambda position, cursor: RevealStates(own_states(position, cursor)),
    State.PAGE: lambda position, cursor: RevealPage(cursor.in_frame.page(position.node, position.index)),
    State.TERMS: lambda position, cursor: RevealTerms(own_partials(position, cursor)),
}


class Defender:
    """Answers from one's own run. Tests derive liars from it."""

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """The answer to the last of a game's positions; None: nothing to say."""
        position = positions[-1]
        if position.state in _ANSWERS:
            return _ANSWERS[position.state](position, cursor)
        return RevealRow(row_children(position, cursor))
