"""Defenders whose run departs from the program at one place, consistently from there on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from assay.disputes.runs import FrameRun, ItemRun, LotRun, Path, Value
from assay.program.node import Node
from assay.program.program import Program

Change = Callable[[Value], Value]


def one_more(value: Value) -> Value:
    """One element of a tensor, or of a tuple's last tensor, is another."""
    if isinstance(value, tuple):
        return (*value[:-1], np.asarray(one_more(value[-1])))
    changed = np.array(value)
    place = changed.size * 2 // 3
    old = changed.reshape(-1)[place]
    changed.reshape(-1)[place] = (not old) if changed.dtype == bool else old ^ changed.dtype.type(1)
    return changed


def lying_lot(
    program: Program, inputs: Any, path: Path, node: int, change: Change = one_more, items: int = 1
) -> LotRun:
    """A lot in whose every item the value of `node` in the frame at `path` is changed."""

    class LyingFrame(FrameRun):
        def _value(self, index: int, made: Node, values: list[Value]) -> Value:
            value = super()._value(index, made, values)
            return change(value) if self.path == path and index == node else value

    class LyingItem(ItemRun):
        frame_type = LyingFrame

    class LyingLot(LotRun):
        item_type = LyingItem

    return LyingLot(program, inputs, items)
