"""Scatters. Sums are exact whatever their order; a plain scatter says who wins where two updates meet: the last."""

import math
from typing import Any

import jax.numpy as jnp
from jax import lax

from assay.exact import aligned, wide
from assay.exact.rules.gathers import CLIP, FILL
from assay.exact.rules.reductions import from_key, key
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Keys, Value, broadcast, each_part, shape_of
from assay.exact.wide import Wide
from assay.exact.wide.packing import int32

_OPS = {
    "add": lax.scatter_add,
    "max": lax.scatter_max,
    "min": lax.scatter_min,
    "set": lax.scatter,
}


def _scatter(call: Call, how: str, operand: Any, indices: Any, updates: Any) -> Any:
    """Updates whose slice is not wholly inside are dropped; in mode CLIP they were moved inside before."""
    p = call.params
    return _OPS[how](
        jnp.asarray(operand),
        indices,
        jnp.asarray(updates),
        p["dimension_numbers"],
        indices_are_sorted=p["indices_are_sorted"],
        unique_indices=p["unique_indices"],
        mode=FILL,
    )


def window_sizes(shape: tuple[int, ...], update_shape: tuple[int, ...], dims: Any) -> tuple[int, ...]:
    """Size of the slice each index writes, for every axis of the operand."""
    dropped = (*dims.inserted_window_dims, *dims.operand_batching_dims)
    sizes, at = [], 0
    for d in range(len(shape)):
        if d in dropped:
            sizes.append(1)
        else:
            sizes.append(update_shape[dims.update_window_dims[at]])
            at += 1
    return tuple(sizes)


def _read_back(call: Call, operand: Any, indices: Any, update_shape: tuple[int, ...]) -> Any:
    """operand at the places the updates go to, in the updates' shape."""
    s = call.params["dimension_numbers"]
    dims = lax.GatherDimensionNumbers(
        offset_dims=s.update_window_dims,
        collapsed_slice_dims=s.inserted_window_dims,
        start_index_map=s.scatter_dims_to_operand_dims,
        operand_batching_dims=s.operand_batching_dims,
        start_indices_batching_dims=s.scatter_indices_batching_dims,
    )
    return lax.gather(operand, indices, dims, window_sizes(operand.shape, update_shape, s), mode=CLIP)


def _indices(call: Call, operand: Value, indices: Value, updates: Value) -> Any:
    """Indices as they are, or moved inside where the mode is CLIP."""
    indices = jnp.asarray(indices)
    if call.params["mode"] != CLIP:
        return indices
    s = call.params["dimension_numbers"]
    shape = shape_of(operand)
    sizes = window_sizes(shape, shape_of(updates), s)
    limits = jnp.asarray([shape[d] - sizes[d] for d in s.scatter_dims_to_operand_dims], indices.dtype)
    room = lax.broadcast_in_dim(limits, indices.shape, (indices.ndim - 1,))
    return lax.clamp(lax.full_like(indices, 0), indices, room)


@rule("scatter-add", "scatter_add", always=True)
def scatter_add(call: Call, operand: Value, indices: Value, updates: Value) -> Value:
    """Each place is one exact integer sum, aligned to the largest exponent that meets there."""
    indices = _indices(call, operand, indices, updates)
    if not isinstance(operand, Wide):
        return _scatter(call, "add", operand, indices, updates)
    operand, updates = Wide(*map(jnp.asarray, operand)), Wide(*map(jnp.asarray, updates))
    guard = aligned.guard_bits(1 + math.prod(updates.shape), call.width)
    top = int32(_scatter(call, "max", operand.e, indices, updates.e))
    there = _read_back(call, top, indices, updates.shape)
    total = _scatter(
        call, "add", aligned.lift(operand, top, guard), indices, aligned.lift(updates, there, guard)
    )
    return aligned.settle_sum(total, top, guard, call.width)


@rule("scatter-max", "scatter_max", "scatter-min", "scatter_min", always=True)
def scatter_extreme(call: Call, operand: Value, indices: Value, updates: Value) -> Value:
    """By integer keys in the order of the numbers."""
    indices = _indices(call, operand, indices, updates)
    how = "max" if call.name.endswith("max") else "min"
    if not isinstance(operand, Wide):
        return _scatter(call, how, operand, indices, updates)
    return from_key(_scatter(call, how, key(operand, call), indices, key(updates, call)), call)


@rule("scatter", always=True)
def scatter(call: Call, operand: Value, indices: Value, updates: Value) -> Value:
    """Unique indices: a plain scatter. Otherwise the update that stands last wins (JAX leaves it open)."""
    indices = _indices(call, operand, indices, updates)
    if isinstance(operand, Keys):
        raise call.refuse("Scatter jax.random.key_data(keys) instead.", "of random keys")
    if call.params["unique_indices"] or indices.size <= len(
        call.params["dimension_numbers"].scatter_dims_to_operand_dims
    ):
        return each_part(lambda x, u: _scatter(call, "set", x, indices, u), operand, updates)
    shape = shape_of(updates)
    order = lax.reshape(lax.iota(jnp.int32, math.prod(shape)), shape)
    none = lax.full(shape_of(operand), -1, jnp.int32)
    winner = _scatter(call, "max", none, indices, order)
    untouched = lax.lt(winner, lax.full_like(winner, 0))
    rows = lax.reshape(winner, (winner.size, 1))
    dims = lax.GatherDimensionNumbers(offset_dims=(), collapsed_slice_dims=(0,), start_index_map=(0,))

    def choose(x: Any, u: Any) -> Any:
        flat = lax.reshape(jnp.asarray(u), (math.prod(shape),))
        won = lax.reshape(lax.gather(flat, rows, dims, (1,), mode=CLIP), winner.shape)
        return lax.select(untouched, jnp.asarray(x), won)

    return each_part(choose, operand, updates)


@rule("scatter-mul", "scatter_mul", always=True)
def scatter_mul(call: Call, operand: Value, indices: Value, updates: Value) -> Value:
    """Products where indices are unique."""
    if not call.params["unique_indices"]:
        raise call.refuse(
            "Say unique_indices=True, or add logarithms with .at[].add.", "with repeated indices"
        )
    indices = _indices(call, operand, indices, updates)
    shape = shape_of(updates)
    there = each_part(lambda x: _read_back(call, jnp.asarray(x), indices, shape), operand)
    if isinstance(operand, Wide):
        joined: Value = wide.mul(there, updates, width=call.width)
    else:
        joined = lax.mul(there, jnp.asarray(updates))
    return each_part(lambda x, u: _scatter(call, "set", x, indices, u), operand, joined)


@rule("scatter-sub", "scatter_sub", always=True)
def scatter_sub(call: Call, operand: Value, indices: Value, updates: Value) -> Value:
    """A sum of negatives."""
    negative = wide.neg(updates) if isinstance(updates, Wide) else lax.neg(jnp.asarray(updates))
    return scatter_add(call, operand, indices, broadcast(negative, shape_of(updates)))
