"""Gathers: mantissas and exponents by the same indices. Out of bounds is stated, for integers too."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.rules.registry import Call, rule
from assay.exact.values import Keys, Value, each_part, shape_of
from assay.exact.wide import E_MIN, Wide

CLIP = lax.GatherScatterMode.CLIP
FILL = lax.GatherScatterMode.FILL_OR_DROP


@rule("gather", always=True)
def gather(call: Call, operand: Value, indices: Value) -> Value:
    """Indices outside are clamped; where the mode asks for a fill: 0 for numbers, the stated fill for integers."""
    p = call.params
    dims, sizes = p["dimension_numbers"], tuple(p["slice_sizes"])
    indices = jnp.asarray(indices)

    def take(part: Any) -> Any:
        return lax.gather(
            jnp.asarray(part),
            indices,
            dims,
            sizes,
            unique_indices=p["unique_indices"],
            indices_are_sorted=p["indices_are_sorted"],
            mode=CLIP,
        )

    found = each_part(take, operand)
    if p["mode"] != FILL or isinstance(operand, Keys):
        return found
    inside = _inside(indices, shape_of(operand), dims, sizes)
    batch = tuple(d for d in range(len(call.out.shape)) if d not in dims.offset_dims)
    mask = lax.broadcast_in_dim(inside, tuple(call.out.shape), batch)
    if isinstance(found, Wide):
        return Wide(_choose(mask, found.m, 0), _choose(mask, found.e, E_MIN))
    return _choose(mask, found, _integer_fill(found.dtype, p["fill_value"]))


def _choose(mask: Any, x: Any, fill: Any) -> Any:
    return lax.select(mask, x, lax.full_like(x, fill))


def _integer_fill(dtype: Any, stated: Any) -> Any:
    if stated is not None:
        return stated
    if dtype == jnp.bool_:
        return True
    limits = np.iinfo(dtype)
    return limits.min if limits.min < 0 else limits.max


def _inside(indices: Any, shape: tuple[int, ...], dims: Any, sizes: tuple[int, ...]) -> Any:
    """Whether each index's whole slice lies inside, bool[indices.shape[:-1]]."""
    last = indices.ndim - 1
    if not dims.start_index_map:
        return lax.full(indices.shape[:-1], True)
    limits = np.array([shape[d] - sizes[d] for d in dims.start_index_map], np.int64)
    wide = lax.convert_element_type(indices, jnp.int64)
    room = lax.broadcast_in_dim(limits, wide.shape, (last,))
    zero = lax.full_like(wide, 0)
    return lax.reduce_and(lax.bitwise_and(lax.ge(wide, zero), lax.le(wide, room)), axes=(last,))
