"""Windowed reductions and their derivatives: pooling of any kind."""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact import aligned, wide
from assay.exact.rules.convolution import spatial_axes
from assay.exact.rules.integers import fold_axes
from assay.exact.rules.reductions import first_extreme, from_key, key
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, each_part, shape_of
from assay.exact.wide import E_MIN, Wide
from assay.exact.wide.packing import int32
from assay.exact.windows import flat_reads, take_rows

LOWEST = -(2**62)
"""Below every order key."""


def _windows(call: Call, x: Any, fill: Any) -> Any:
    """x by windows: [window elements, places], padding filled."""
    axes = spatial_axes(call, tuple(np.shape(x)))
    reads = flat_reads(axes).reshape(math.prod(a.window for a in axes), math.prod(a.count for a in axes))
    column = lax.reshape(jnp.asarray(x), (int(np.size(x)), 1))
    return lax.reshape(take_rows(column, reads, fill), reads.shape)


@rule("reduce_window_sum", always=True)
def window_sum(call: Call, x: Value) -> Value:
    """One exact sum for each window."""
    shape = tuple(call.out.shape)
    if not isinstance(x, Wide):
        return lax.reshape(lax.reduce(_windows(call, x, 0), x.dtype.type(0), lax.add, (0,)), shape)
    parts = Wide(_windows(call, x.m, 0), _windows(call, x.e, E_MIN))
    return each_part(lambda p: lax.reshape(p, shape), wide.reduce_sum(parts, axes=(0,), width=call.width))


@rule("reduce_window_max", "reduce_window_min", always=True)
def window_extreme(call: Call, x: Value) -> Value:
    """The largest or smallest of each window, padding apart."""
    shape = tuple(call.out.shape)
    largest = call.name.endswith("max")
    keys = key(x, call) if isinstance(x, Wide) else jnp.asarray(x)
    limits = np.iinfo(keys.dtype)
    worst = limits.min if largest else limits.max
    if isinstance(x, Wide):
        worst = LOWEST if largest else -LOWEST
    reduce = lax.reduce_max if largest else lax.reduce_min
    found = lax.reshape(reduce(_windows(call, keys, worst), axes=(0,)), shape)
    return from_key(found, call) if isinstance(x, Wide) else found


@rule("reduce_window", always=True)
def window_reduce(call: Call, *operands: Value) -> list[Value]:
    """By the user's own function over each window, a tree of halves from the stated start."""
    if len(operands) != 2:
        raise call.refuse("Reduce one array at a time.")
    from assay.exact.rules.reductions import _elementwise

    x, start = operands
    shape = tuple(call.outs[0].shape)
    parts = each_part(lambda p, s: _windows(call, p, jnp.asarray(s)), x, start)
    body = call.params["jaxpr"]
    closed = (
        body
        if hasattr(body, "consts") and hasattr(body, "jaxpr")
        else _closed(body, call.params.get("consts", ()))
    )

    def join(a: Value, b: Value) -> Value:
        return _elementwise(call, closed, a, b)

    found = fold_axes(parts, (0,), join, lambda like: like)
    spread = each_part(lambda s: lax.broadcast(jnp.asarray(s), shape_of(found)), start)
    return [each_part(lambda p: lax.reshape(p, shape), join(spread, found))]


def _closed(jaxpr: Any, consts: Any) -> Any:
    from jax.extend.core import ClosedJaxpr

    return ClosedJaxpr(jaxpr, consts)


def chosen(call: Call, source: Value, largest: bool) -> Any:
    """For each window, the flat index of its first largest (or smallest) element: int32[places]."""
    keys = key(source, call)
    axes = spatial_axes(call, source.shape)
    reads = flat_reads(axes).reshape(math.prod(a.window for a in axes), math.prod(a.count for a in axes))
    which = first_extreme(_windows(call, keys, LOWEST if largest else -LOWEST), 0, largest, jnp.int32)
    picked = lax.eq(lax.broadcasted_iota(jnp.int32, reads.shape, 0), lax.broadcast(which, reads.shape[:1]))
    table = jnp.asarray(np.maximum(reads, 0), jnp.int32)
    return lax.reduce_max(lax.select(picked, table, lax.full_like(table, 0)), axes=(0,))


def _selects_largest(call: Call) -> bool:
    """Whether a select primitive takes the larger or the smaller."""
    chooser = call.params.get("select_prim") or call.params["select_jaxpr"]
    name = getattr(chooser, "name", None)
    if name is None:
        body = getattr(chooser, "jaxpr", chooser)
        names = [eqn.primitive.name for eqn in body.eqns]
        name = names[0] if len(names) == 1 else ""
    if name not in ("ge", "le", "gt", "lt"):
        raise call.refuse("Only max and min pooling have derivatives here.")
    return name in ("ge", "gt")


@rule("select_and_scatter_add")
def select_and_scatter_add(call: Call, source: Value, operand: Wide) -> Wide:
    """Derivative of max and min pooling: each window's gradient goes to its first extreme; sums are exact."""
    at = chosen(call, operand, _selects_largest(call))
    size = math.prod(operand.shape)
    rows = lax.reshape(at, (at.size, 1))
    flat = each_part(lambda p: lax.reshape(jnp.asarray(p), (at.size,)), source)
    dims = lax.ScatterDimensionNumbers(
        update_window_dims=(), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,)
    )
    top = int32(lax.scatter_max(lax.full((size,), E_MIN, jnp.int16), rows, flat.e, dims))
    take = lax.GatherDimensionNumbers(offset_dims=(), collapsed_slice_dims=(0,), start_index_map=(0,))
    guard = aligned.guard_bits(at.size, call.width)
    lifted = aligned.lift(flat, lax.gather(top, rows, take, (1,)), guard)
    total = lax.scatter_add(lax.full((size,), 0, jnp.int64), rows, lifted, dims)
    summed = aligned.settle_sum(total, top, guard, call.width)
    found: Wide = each_part(lambda p: lax.reshape(p, tuple(call.out.shape)), summed)
    return found


@rule("select_and_gather_add")
def select_and_gather_add(call: Call, tangents: Wide, operand: Wide) -> Wide:
    """Forward derivative of max and min pooling: the tangent at each window's first extreme."""
    at = lax.reshape(chosen(call, operand, _selects_largest(call)), (math.prod(call.out.shape), 1))
    take = lax.GatherDimensionNumbers(offset_dims=(), collapsed_slice_dims=(0,), start_index_map=(0,))

    def pick(part: Any) -> Any:
        flat = lax.reshape(jnp.asarray(part), (math.prod(operand.shape),))
        return lax.reshape(lax.gather(flat, at, take, (1,)), tuple(call.out.shape))

    found: Wide = each_part(pick, tangents)
    return found
