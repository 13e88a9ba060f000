"""The index arithmetic that gather and scatter share.

Both move windows between an operand and a list of windows: an index vector gives each window's start. The trailing
dimensions that a window covers whole become the columns R of a table [N, R]; the others become row numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType
from assay.program.ops import Op
from assay.program.tracing.lowering import Lowering


@dataclass(frozen=True)
class Windows:
    """sizes: the window along each operand dimension. indexed: operand dimension of each index component.
    batching: (operand dimension, index dimension) pairs that go along. batch: dimensions of the list of windows.
    """

    operand: tuple[int, ...]
    sizes: tuple[int, ...]
    indexed: tuple[int, ...]
    batching: tuple[tuple[int, int], ...]
    batch: tuple[int, ...]

    @property
    def split(self) -> int:
        """Dimensions before this one make rows, the rest make columns."""
        at = len(self.operand)
        batched = {d for d, _ in self.batching}
        while at and self.sizes[at - 1] == self.operand[at - 1] and at - 1 not in batched:
            at -= 1
        return at

    @property
    def rows(self) -> int:
        """Rows of the operand's table."""
        return prod(self.operand[: self.split])

    @property
    def columns(self) -> int:
        """Columns of the operand's table."""
        return prod(self.operand[self.split :])

    @property
    def leading(self) -> tuple[int, ...]:
        """Window sizes along the row dimensions: each window is this many rows."""
        return self.sizes[: self.split]


def starts_of(low: Lowering, windows: Windows, indices: Ref) -> dict[int, Ref]:
    """For each indexed operand dimension, the i64 starts (as they came), of dimensions `windows.batch`."""
    found = {}
    for component, d in enumerate(windows.indexed):
        begin = [0] * len(windows.batch) + [component]
        one = low.part(indices, begin, (*windows.batch, 1))
        found[d] = low.index(low.reshape(one, windows.batch))
    return found


def inside(low: Lowering, windows: Windows, starts: dict[int, Ref]) -> Ref | None:
    """Whether each whole window lies in the operand; None when nothing is indexed."""
    flag: Ref | None = None
    for d, start in starts.items():
        most = windows.operand[d] - windows.sizes[d]
        fits = low.op(Op.EQ, start, clamped(low, start, most))
        flag = fits if flag is None else low.op(Op.AND, flag, fits)
    return flag


def clamped(low: Lowering, start: Ref, most: int) -> Ref:
    """A start moved to where its window fits."""
    return low.op(Op.MIN, low.op(Op.MAX, start, low.like(0, start)), low.like(most, start))


def row_numbers(low: Lowering, windows: Windows, starts: dict[int, Ref]) -> Ref:
    """Row of every (window, leading window position), i64[batch..., leading...]; starts must be in range."""
    dims = (*windows.batch, *windows.leading)
    at_batch = range(len(windows.batch))
    axis_of = dict(windows.batching)
    positions = []
    for d in range(windows.split):
        position: Ref | None = None
        if d in starts:
            position = low.spread(starts[d], dims, at_batch)
        elif d in axis_of:
            position = low.iota(DType.I64, dims, axis_of[d])
        if windows.leading[d] > 1:
            along = low.iota(DType.I64, dims, len(windows.batch) + d)
            position = along if position is None else low.op(Op.ADD, position, along)
        positions.append(low.fill(0, DType.I64, dims) if position is None else position)
    if not positions:
        return low.fill(0, DType.I64, dims)
    return low.flat_index(positions, windows.operand[: windows.split])


def batch_order(rank: int, window_dims: Sequence[int]) -> list[int]:
    """Dimensions of a result or update that count windows."""
    return [d for d in range(rank) if d not in window_dims]


def mode_of(eqn: Any) -> str:
    """clip, fill_or_drop, promise_in_bounds or one_hot, whatever JAX calls them."""
    return str(getattr(eqn.params["mode"], "name", eqn.params["mode"])).lower()
