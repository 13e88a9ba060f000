"""gather in its full XLA generality: index arithmetic and `take`.

Starts are clamped in every mode; in mode fill the windows that did not fit are then filled. A promise of indices
in bounds is not believed: they are clamped too, so the result is stated for all.
"""

from __future__ import annotations

from math import prod
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType
from assay.program.ops import Op
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import Empty, out_spec, rule
from assay.program.tracing.windows import (
    Windows,
    batch_order,
    clamped,
    inside,
    mode_of,
    row_numbers,
    starts_of,
)


@rule("gather")
def _gather(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, indices = operands[:2]
    numbers, spec = eqn.params["dimension_numbers"], out_spec(eqn)
    batch_at = batch_order(len(spec.dims), numbers.offset_dims)
    windows = Windows(
        operand=x.dims,
        sizes=tuple(eqn.params["slice_sizes"]),
        indexed=tuple(numbers.start_index_map),
        batching=tuple(zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True)),
        batch=tuple(spec.dims[d] for d in batch_at),
    )
    starts = starts_of(low, windows, indices)
    moved = {d: clamped(low, start, x.dims[d] - windows.sizes[d]) for d, start in starts.items()}
    rows = low.reshape(row_numbers(low, windows, moved), (prod(windows.batch) * prod(windows.leading),))
    taken = low.op(Op.TAKE, low.reshape(x, (windows.rows, windows.columns)), rows)
    made = _arranged(low, taken, windows, numbers, batch_at)
    if not mode_of(eqn).startswith("fill"):
        return made
    fits = inside(low, windows, starts)
    if fits is None:
        return made
    filler = low.like(_fill_value(eqn.params["fill_value"], x.dtype), made)
    return low.select(low.spread(fits, spec.dims, batch_at), made, filler)


def _arranged(low: Lowering, taken: Ref, windows: Windows, numbers: Any, batch_at: list[int]) -> Ref:
    """[windows * leading rows, columns] as the result: dropped dimensions gone, the others in their places."""
    dropped = {*numbers.collapsed_slice_dims, *numbers.operand_batching_dims}
    kept = [size for d, size in enumerate(windows.sizes) if d not in dropped]
    listed = low.reshape(taken, (*windows.batch, *kept))
    order = [0] * len(listed.dims)
    for at, d in enumerate((*batch_at, *numbers.offset_dims)):
        order[d] = at
    return low.transpose(listed, order)


def _fill_value(stated: Any, dtype: DType) -> int:
    """JAX's default for what lies outside: the least signed, the greatest unsigned value, True."""
    if stated is not None:
        return int(stated)
    return dtype.least if dtype.signed else dtype.greatest


@rule("scatter", "scatter-add", "scatter_add", "scatter-max", "scatter_max", "scatter-min", "scatter_min",
      "scatter-sub", "scatter_sub", empty=True)  # fmt: skip
def _scatter(low: Lowering, eqn: Any, operands: list[Any]) -> Ref:
    """Windows that do not fit whole are dropped (mode clip moves them). Plain scatter: the last update wins."""
    x, indices, updates = operands
    if isinstance(x, Empty) or isinstance(updates, Empty) or isinstance(indices, Empty):
        return x if isinstance(x, Ref) else low.fill(0, x.dtype, x.dims)
    numbers = eqn.params["dimension_numbers"]
    batch_at = batch_order(len(updates.dims), numbers.update_window_dims)
    dropped = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    sizes_left = iter(updates.dims[d] for d in numbers.update_window_dims)
    windows = Windows(
        operand=x.dims,
        sizes=tuple(1 if d in dropped else next(sizes_left) for d in range(len(x.dims))),
        indexed=tuple(numbers.scatter_dims_to_operand_dims),
        batching=tuple(
            zip(numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True)
        ),
        batch=tuple(updates.dims[d] for d in batch_at),
    )
    starts = starts_of(low, windows, indices)
    moved = {d: clamped(low, start, x.dims[d] - windows.sizes[d]) for d, start in starts.items()}
    rows = row_numbers(low, windows, moved)
    fits = None if mode_of(eqn) == "clip" else inside(low, windows, starts)
    if fits is not None:
        flags = low.spread(fits, rows.dims, range(len(windows.batch)))
        rows = low.select(flags, rows, low.like(-1, rows))
    count = prod(windows.batch) * prod(windows.leading)
    listed = low.transpose(updates, (*batch_at, *numbers.update_window_dims))
    table = low.reshape(x, (windows.rows, windows.columns))
    index, values = low.reshape(rows, (count,)), low.reshape(listed, (count, windows.columns))
    return low.reshape(_joined(low, eqn.primitive.name.replace("_", "-"), table, index, values), x.dims)


def _joined(low: Lowering, name: str, table: Ref, index: Ref, values: Ref) -> Ref:
    if name == "scatter":
        return _replaced(low, table, index, values)
    if name == "scatter-sub":
        values = low.op(Op.SUB, low.like(0, values), values)
    kind = {"scatter-add": 0, "scatter-sub": 0, "scatter-max": 1, "scatter-min": 2}[name]
    return low.op(Op.SCATTER, table, index, values, params=(kind,))


def _replaced(low: Lowering, table: Ref, index: Ref, values: Ref) -> Ref:
    """Each row becomes the last update that names it: a scatter of update numbers finds which."""
    count, rows = index.dims[0], table.dims[0]
    numbers = low.iota(DType.I32, (count, 1), 0)
    winner = low.op(Op.SCATTER, low.fill(-1, DType.I32, (rows, 1)), index, numbers, params=(1,))
    winner = low.reshape(winner, (rows,))
    written = low.op(Op.LE, low.like(0, winner), winner)
    taken = low.op(Op.TAKE, values, winner)
    return low.select(low.spread(written, table.dims, (0,)), taken, table)
