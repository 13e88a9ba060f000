"""One's own re-execution of a lot, computed where a game looks: items, their frames and loops, their roots.

Nothing is kept that can be made again cheaply. Here all is the NumPy reference; `fast.py` has the same on JAX.
"""

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from assay.commitment.listing import list_root
from assay.disputes.facts import ClaimFacts
from assay.disputes.frames import Arrays, FrameRun, Path, Value, head_of, tuple_root
from assay.disputes.loops import LoopRun
from assay.program.ops import Op
from assay.program.program import Program

__all__ = ["Arrays", "FrameRun", "ItemRun", "LoopRun", "LotRun", "Path", "Value", "head_of", "tuple_root"]

KEPT_ITEMS = 2


class ItemRun:
    """One item of a lot: the main frame and the entries of the item root."""

    frame_type: type[FrameRun] = FrameRun

    def __init__(self, program: Program, inputs: Sequence[Any], index: int) -> None:
        self.program = program
        self.inputs = tuple(np.asarray(array) for array in inputs)
        self.index = index

    @cached_property
    def main(self) -> FrameRun:
        """The run of the main body."""
        return self.frame_type(self.program, self.program.main, self.inputs, None, step=self.index)

    @cached_property
    def loops(self) -> tuple[int, ...]:
        """Nodes of the main body whose states are committed."""
        nodes = self.program.main.nodes
        return tuple(k for k, node in enumerate(nodes) if node.op is Op.LOOP and node.param("stride") > 0)

    @cached_property
    def entries(self) -> tuple[bytes, ...]:
        """Outputs root and state trace roots."""
        return (self.main.roots[-1], *(list_root(self.main.loop(loop).committed) for loop in self.loops))

    @cached_property
    def root(self) -> bytes:
        """The item root."""
        return list_root(self.entries)


class LotRun:
    """All items of a lot, each run when it is first looked at."""

    item_type: type[ItemRun] = ItemRun

    def __init__(self, program: Program, inputs: Sequence[Any], items: int = 1, first_item: int = 0) -> None:
        self.program = program
        self.inputs = inputs
        self.items = items
        self.first_item = first_item
        self._items: OrderedDict[int, ItemRun] = OrderedDict()

    def item(self, index: int) -> ItemRun:
        """Item `index` of the job; the last few are kept."""
        if index not in self._items:
            self._items[index] = self._made(index)
            while len(self._items) > KEPT_ITEMS:
                self._items.popitem(last=False)
        self._items.move_to_end(index)
        return self._items[index]

    def _made(self, index: int) -> ItemRun:
        return self.item_type(self.program, self.inputs, index)

    @cached_property
    def item_roots(self) -> list[bytes]:
        """Root of each item, in order."""
        return [self.item(self.first_item + k).root for k in range(self.items)]

    @cached_property
    def root(self) -> bytes:
        """The lot root: what is sealed and claimed."""
        return list_root(self.item_roots)

    def facts(self, defender: str, window_end: int, move_seconds: int) -> ClaimFacts:
        """A claim of this lot."""
        inputs = tuple_root([np.asarray(array) for array in self.inputs])
        return ClaimFacts(
            self.root,
            self.items,
            self.first_item,
            self.program.root,
            inputs,
            defender,
            window_end,
            move_seconds,
        )
