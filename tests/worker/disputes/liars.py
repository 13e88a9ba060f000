"""Players that depart from the program, the format or the rules at one place, as cleverly as they can."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assay.commitment.row import leaf_hash
from assay.disputes.cursor import Cursor
from assay.disputes.defender import Defender
from assay.disputes.moves import Move, RevealItem, RevealRow, RevealTerms
from assay.disputes.positions import Position
from assay.disputes.rows import list_root_of, row_levels
from assay.disputes.runs import FrameRun, ItemRun, LotRun, Path, Value
from assay.disputes.states import State
from assay.disputes.values import JOIN_ADD, join, wrap
from assay.program.node import Node
from assay.program.program import Program

Change = Callable[[Value], Value]
GARBAGE = b"\x66" * 32


def one_more(value: Value) -> Value:
    """One element of a tensor, or of a tuple's last tensor, is another."""
    if isinstance(value, tuple):
        return (*value[:-1], np.asarray(one_more(value[-1])))
    changed = np.array(value)
    place = changed.size * 2 // 3
    old = changed.reshape(-1)[place]
    changed.reshape(-1)[place] = (not old) if changed.dtype == bool else old ^ changed.dtype.type(1)
    return changed


def lot_of(frame: type[FrameRun], item: type[ItemRun] = ItemRun) -> type[LotRun]:
    """A kind of lot whose frames and items are of these kinds."""
    made = type("LyingItem", (item,), {"frame_type": frame})
    return type("LyingLot", (LotRun,), {"item_type": made})


def lying_lot(
    program: Program, inputs: Any, path: Path, node: int, *, change: Change = one_more, items: int = 1
) -> LotRun:
    """A lot in whose every item the value of `node` in the frame at `path` is changed, consistently from there on."""

    class LyingFrame(FrameRun):
        def _value(self, index: int, made: Node, values: list[Value]) -> Value:
            value = super()._value(index, made, values)
            return change(value) if self.path == path and index == node else value

    return lot_of(LyingFrame)(program, inputs, items)


class WrongRoot(FrameRun):
    """The right node trace, under a result root of no such result."""

    @property
    def roots(self) -> list[bytes]:
        return [*super().roots[:-1], GARBAGE] if not self.path else super().roots


class WrongPadding(FrameRun):
    """The right outputs in a list whose padding is not zero."""

    @property
    def roots(self) -> list[bytes]:
        roots = list(super().roots)
        if not self.path:
            last = len(roots) - 1
            entries = [roots[k] for k in self.body.entries(last)]
            leaves = [leaf_hash(entry) for entry in entries]
            padded = leaves + [GARBAGE] * (-len(leaves) % 8)
            roots[last] = list_root_of(len(entries), row_levels(padded)[-1][0])
        return roots


class WrongTrace(ItemRun):
    """Right outputs; one committed state is made up."""

    wrong = 3

    @property
    def states(self) -> list[bytes]:
        """The committed states of the first loop."""
        states = list(self.main.loop(self.loops[0]).committed)
        states[self.wrong] = GARBAGE
        return states

    @property
    def entries(self) -> tuple[bytes, ...]:
        right, states = super().entries, self.states
        row = row_levels([leaf_hash(state) for state in states])
        return (right[0], list_root_of(len(states), row[-1][0]), *right[2:])


class WrongStart(WrongTrace):
    """The state that the loop begins with is made up."""

    wrong = 0


class TermLiar(Defender):
    """Hides a wrong sum in the last segment of the right partial values, down to one term."""

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """Partial values that join to the lie."""
        answer, position = super().answer(positions, cursor), positions[-1]
        if not isinstance(answer, RevealTerms):
            return answer
        partials, dtype = list(answer.partials), position.head[0]
        if position.kind == JOIN_ADD:
            partials[-1] = wrap(dtype, partials[-1] + position.value - sum(partials))
        else:
            partials = [join(position.kind, dtype, partial, position.value) for partial in partials]
            partials = [position.value if partial != position.value else partial for partial in partials]
        return RevealTerms(tuple(partials))


class StatesLiar(Defender):
    """Shows the made-up states that its item commits to."""

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """Rows of STATES from the item's own lie."""
        if positions[-1].state is not State.STATES:
            return super().answer(positions, cursor)
        item = cursor.in_item
        assert isinstance(item, WrongTrace)
        return RevealRow(tuple(item.states))


class LoopsLiar(Defender):
    """Says of its entries that they belong to other nodes."""

    def __init__(self, change: Callable[[tuple[int, ...]], tuple[int, ...]]) -> None:
        self.change = change

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """The item with other loops."""
        answer = super().answer(positions, cursor)
        return replace(answer, loops=self.change(answer.loops)) if isinstance(answer, RevealItem) else answer


class Silent(Defender):
    """Answers a few times and then withholds."""

    def __init__(self, answers: int) -> None:
        self.answers = answers

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """Nothing after the last answer."""
        return super().answer(positions, cursor) if len(positions) <= self.answers else None
