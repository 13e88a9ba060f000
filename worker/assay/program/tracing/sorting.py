"""Sorting by rank counts: each element's rank is its place, ties in their order."""

from __future__ import annotations

from math import prod
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType
from assay.program.ops import Op
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import out_spec, rule


@rule("sort")
def _sort(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    """Sorts all operands by the first `num_keys`, lexicographically; stable, as no other order is stated."""
    axis, keys = eqn.params["dimension"], eqn.params["num_keys"]
    rows = [_rows(low, operand, axis) for operand in operands]
    order = sorting_order(low, rows[:keys])
    return [_unrows(low, permuted(low, one, order), operands[0].dims, axis) for one in rows]


@rule("top_k", "approx_top_k")
def _top_k(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    """The k greatest along an axis, the greatest first, equal ones in their order; and where they were."""
    x, k = operands[0], out_spec(eqn).dims
    axis = eqn.params.get("axis", len(x.dims) - 1) % len(x.dims)
    rows = _rows(low, x, axis)
    order = sorting_order(low, [low.negate(rows)])  # bitwise not reverses the order of any dtype
    found = [permuted(low, rows, order), order]
    whole = [_unrows(low, one, x.dims, axis) for one in found]
    return [low.part(one, (0,) * len(k), k) for one in whole]


def _rows(low: Lowering, x: Ref, axis: int) -> Ref:
    """[P, K]: the sorted dimension last, the others joined."""
    others = [d for d in range(len(x.dims)) if d != axis]
    moved = low.transpose(x, (*others, axis))
    return low.reshape(moved, (prod(x.dims[d] for d in others), x.dims[axis]))


def _unrows(low: Lowering, rows: Ref, dims: tuple[int, ...], axis: int) -> Ref:
    others = [d for d in range(len(dims)) if d != axis]
    spread = low.reshape(rows, (*(dims[d] for d in others), dims[axis]))
    order = list(range(len(others)))
    order.insert(axis, len(others))
    return low.transpose(spread, order)


def sorting_order(low: Lowering, keys: list[Ref]) -> Ref:
    """i32[P, K]: for each place, which element comes there. Least significant key first, each pass stable."""
    order: Ref | None = None
    for key in reversed(keys):
        seen = key if order is None else permuted(low, key, order)
        step = _inverse(low, low.op(Op.RANK, seen))
        order = step if order is None else permuted(low, order, step)
    assert order is not None
    return order


def _inverse(low: Lowering, ranks: Ref) -> Ref:
    """The permutation whose ranks these are, row by row."""
    flat = _flat(low, ranks)
    count = flat.dims[0]
    places = low.reshape(low.iota(DType.I32, ranks.dims, 1), (count, 1))
    made = low.op(Op.SCATTER, low.like(0, places), flat, places, params=(0,))
    return low.reshape(made, ranks.dims)


def permuted(low: Lowering, rows: Ref, order: Ref) -> Ref:
    """rows[p, order[p, k]]."""
    count = rows.spec.size
    taken = low.op(Op.TAKE, low.reshape(rows, (count, 1)), _flat(low, order))
    return low.reshape(taken, rows.dims)


def _flat(low: Lowering, order: Ref) -> Ref:
    """Flat indices of places stated within each row."""
    rows, size = order.dims
    dtype = DType.I32 if rows * size <= DType.I32.greatest else DType.I64
    index = low.convert(order, dtype)
    if rows > 1:
        row = low.iota(dtype, order.dims, 0)
        index = low.op(Op.ADD, index, low.op(Op.MUL, row, low.like(size, row)))
    return low.reshape(index, (rows * size,))
