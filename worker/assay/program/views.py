"""Affine views in JAX: slices, reversals, transposes and broadcasts where a plan exists, else a gather."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.program.dtypes import row_major
from assay.program.view_plans import SlicePlan, StackPlan, plan_view

_plan = lru_cache(maxsize=4096)(plan_view)


def view(x: Any, dims: tuple[int, ...], offset: int, strides: tuple[int, ...]) -> Any:
    """x at flat index offset + sum(stride * index), of dimensions `dims`. The view is already checked."""
    if offset == 0 and x.size == np.prod(dims, dtype=object) and _is_row_major(dims, strides):
        return x if x.shape == dims else lax.reshape(x, dims)
    plan = _plan(tuple(x.shape), dims, offset, strides)
    return _gathered(x, dims, offset, strides) if plan is None else _planned(x, dims, plan)


def _is_row_major(dims: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    return all(s == own or size == 1 for s, own, size in zip(strides, row_major(dims), dims, strict=True))


def _planned(x: Any, dims: tuple[int, ...], plan: StackPlan) -> Any:
    """The moving dimensions in plan order, transposed to theirs, then broadcast to the others."""
    order = [axis.dim for axis in plan.unrolled]
    order += [axis.dim for axis in plan.plans[0].axes if axis is not None]
    parts = [_sliced(x, one) for one in plan.plans]
    made = parts[0] if len(parts) == 1 else jnp.stack(parts)
    made = lax.reshape(made, tuple(dims[dim] for dim in order))
    made = lax.transpose(made, tuple(int(i) for i in np.argsort(order)))
    return lax.broadcast_in_dim(made, dims, tuple(sorted(order)))


def _sliced(x: Any, plan: SlicePlan) -> Any:
    """One slice plan: dimensions in the order of its extents, those of size 1 dropped."""
    if plan.crop is not None:
        first, last = plan.crop
        flat = lax.reshape(x, (x.size,))
        held = lax.slice(flat, (first,), (min(last, x.size),))
        x = lax.pad(held, np.zeros((), x.dtype), [(0, max(0, last - x.size), 0)])
    made = lax.reshape(x, plan.extents)
    starts, limits, steps = zip(*plan.slices, strict=True) if plan.slices else ((), (), ())
    made = lax.slice(made, starts, limits, steps)
    back = [d for d, axis in enumerate(plan.axes) if axis is not None and axis.back]
    made = lax.rev(made, back) if back else made
    return lax.reshape(made, tuple(axis.size for axis in plan.axes if axis is not None))


def _gathered(x: Any, dims: tuple[int, ...], offset: int, strides: tuple[int, ...]) -> Any:
    dtype = jnp.int32 if x.size < 1 << 31 else jnp.int64
    flat = jnp.full(dims, offset, dtype)
    for dim, stride in enumerate(strides):
        if dims[dim] > 1 and stride:
            flat = flat + lax.broadcasted_iota(dtype, dims, dim) * np.array(stride, dtype)
    return lax.reshape(x, (x.size,)).at[flat].get(mode="promise_in_bounds")
