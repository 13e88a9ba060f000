"""Reductions, positions of extremes, cumulative sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType, dtype_of
from assay.program.ops import Op
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import out_spec, rule

NEUTRAL: dict[Op, Callable[[DType], int]] = {
    Op.ADD: lambda dtype: 0,
    Op.MUL: lambda dtype: 1,
    Op.MAX: lambda dtype: dtype.least,
    Op.MIN: lambda dtype: dtype.greatest,
    Op.AND: lambda dtype: 1 if dtype is DType.BOOL else -1,
    Op.OR: lambda dtype: 0,
    Op.XOR: lambda dtype: 0,
}
_REDUCTIONS = {
    "reduce_sum": Op.ADD, "reduce_max": Op.MAX, "reduce_min": Op.MIN, "reduce_prod": Op.MUL,
    "reduce_and": Op.AND, "reduce_or": Op.OR, "reduce_xor": Op.XOR,
}  # fmt: skip
_AT_ONCE = {Op.ADD: Op.SUM, Op.MAX: Op.MAX_OF, Op.MIN: Op.MIN_OF}
_CUMULATIVE = {"cumsum": Op.ADD, "cumprod": Op.MUL, "cummax": Op.MAX, "cummin": Op.MIN}


def _at_once(op: Op, dtype: DType) -> Op | None:
    if dtype is DType.BOOL:
        return {Op.AND: Op.MIN_OF, Op.OR: Op.MAX_OF, Op.MAX: Op.MAX_OF, Op.MIN: Op.MIN_OF}.get(op)
    return _AT_ONCE.get(op)


@rule(*_REDUCTIONS, empty=True)
def _reduce(low: Lowering, eqn: Any, operands: list[Any]) -> Ref:
    op, x = _REDUCTIONS[eqn.primitive.name], operands[0]
    if not isinstance(x, Ref):
        return low.fill(NEUTRAL[op](x.dtype), x.dtype, out_spec(eqn).dims)
    if not eqn.params["axes"]:
        return x
    return reduced(low, op, low.last(x, eqn.params["axes"]))


def reduced(low: Lowering, op: Op, rows: Ref) -> Ref:
    """The last axis of `rows` joined by an operation, at once where programs have that reduction."""
    whole = _at_once(op, rows.dtype)
    return low.op(whole, rows) if whole is not None else _halved(low, op, rows)


def _halved(low: Lowering, op: Op, x: Ref) -> Ref:
    """The last axis joined half with half until one is left."""
    *kept, size = x.dims
    height = (size - 1).bit_length()
    if size != 1 << height:
        filler = low.fill(NEUTRAL[op](x.dtype), x.dtype)
        x = low.op(Op.PAD, x, filler, dims=(*kept, 1 << height), params=[0] * (2 * len(x.dims)))
    for half in (1 << level for level in range(height - 1, -1, -1)):
        starts = [0] * len(kept)
        x = low.op(op, low.part(x, (*starts, 0), (*kept, half)), low.part(x, (*starts, half), (*kept, half)))
    return low.reshape(x, kept)


@rule("argmax", "argmin")
def _arg(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    rows = low.last(operands[0], eqn.params["axes"])
    kept, size = rows.dims[:-1], rows.dims[-1]
    dtype = dtype_of(eqn.params["index_dtype"])
    assert dtype is not None
    best = low.op(Op.MAX_OF if eqn.primitive.name == "argmax" else Op.MIN_OF, rows)
    here = low.op(Op.EQ, rows, low.spread(best, rows.dims, range(len(kept))))
    places = low.iota(dtype, rows.dims, len(kept))
    return low.op(Op.MIN_OF, low.select(here, places, low.like(size - 1, places)))


@rule(*_CUMULATIVE)
def _cumulative(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, axis, op = operands[0], eqn.params["axis"], _CUMULATIVE[eqn.primitive.name]
    x = low.reverse(x, (axis,)) if eqn.params["reverse"] else x
    by = 1
    while by < x.dims[axis]:
        x = low.op(op, x, low.shifted(x, axis, by, NEUTRAL[op](x.dtype)))
        by *= 2
    return low.reverse(x, (axis,)) if eqn.params["reverse"] else x
