"""Where a position lies in one's own run. Found by walking the positions of a game, so chain logs are enough."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assay.disputes.positions import Position
from assay.disputes.runs import FrameRun, ItemRun, LoopRun, LotRun
from assay.disputes.states import State


@dataclass(frozen=True, slots=True)
class Cursor:
    """The innermost part of the run that a position speaks of; what it does not speak of is None."""

    lot: LotRun
    item: ItemRun | None = None
    frame: FrameRun | None = None
    loop: LoopRun | None = None

    @property
    def in_item(self) -> ItemRun:
        """The item; a position below ITEMS has one."""
        assert self.item is not None
        return self.item

    @property
    def in_frame(self) -> FrameRun:
        """The frame; a position from STEP on has one."""
        assert self.frame is not None
        return self.frame

    @property
    def in_loop(self) -> LoopRun:
        """The loop of LOOP and STATES."""
        assert self.loop is not None
        return self.loop

    def to(self, before: State, position: Position) -> "Cursor":
        """One position further."""
        if position.state is State.ITEM:
            item = self.lot.item(position.first)
            return replace(self, item=item, frame=item.main)
        if position.state is State.STATES:
            return replace(self, loop=self.in_frame.loop(position.node))
        if position.state in (State.LOOP, State.STEP):
            loop = self.in_loop if before is State.LOOP else self.in_frame.loop(position.node)
            frame = loop.frame(position.first) if position.state is State.STEP else self.frame
            return replace(self, loop=loop, frame=frame)
        return self


def cursor_at(lot: LotRun, positions: Sequence[Position]) -> Cursor:
    """The cursor of the last of a game's positions, the first being its start."""
    cursor, before = Cursor(lot), positions[0].state
    for position in positions:
        if position.state is State.ITEM or position is not positions[0]:
            cursor = cursor.to(before, position)
        before = position.state
    return cursor
