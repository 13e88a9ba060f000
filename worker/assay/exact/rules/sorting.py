"""Sorting and the k largest, by integer keys in the order of the numbers."""

from typing import Any

import jax.numpy as jnp
from jax import lax

from assay.exact.rules.reductions import from_key, key
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Keys, Value, each_part
from assay.exact.wide import Wide


@rule("sort", always=True)
def sort(call: Call, *operands: Value) -> list[Value]:
    """Always stable, so that equal keys leave no choice. Floats are sorted as int64 keys and read back from them."""
    if any(isinstance(v, Keys) for v in operands):
        raise call.refuse("Sort jax.random.key_data(keys) instead.", "of random keys")
    packed = [key(v, call) if isinstance(v, Wide) else jnp.asarray(v) for v in operands]
    found = lax.sort(
        tuple(packed), dimension=call.params["dimension"], is_stable=True, num_keys=call.params["num_keys"]
    )
    return [
        from_key(after, call) if isinstance(before, Wide) else after
        for before, after in zip(operands, found, strict=True)
    ]


@rule("top_k", always=True)
def top_k(call: Call, x: Value) -> list[Value]:
    """The k largest, largest first, and their indices; of equals, the first."""
    axis = call.params.get("axis", call.params.get("operand_axis", -1)) % len(call.ins[0].shape)
    return largest(call, x, int(call.params["k"]), axis, call.outs[1].dtype)


@rule("approx_top_k", always=True)
def approx_top_k(call: Call, x: Value) -> list[Value]:
    """The exact answer is one of the allowed approximate ones."""
    p = call.params
    axis = p["reduction_dimension"] % len(call.ins[0].shape)
    if not p["is_max_k"]:
        raise call.refuse("Use lax.top_k of the negated values.", "of the smallest")
    return largest(call, x, int(call.outs[0].shape[axis]), axis, call.outs[1].dtype)


def largest(call: Call, x: Value, count: int, axis: int, index_dtype: Any) -> list[Value]:
    """Values and indices of the `count` largest along `axis`."""
    keys = key(x, call) if isinstance(x, Wide) else jnp.asarray(x)
    where = lax.broadcasted_iota(index_dtype, keys.shape, axis)
    falling = lax.bitwise_not(keys)  # order reversed without overflow, also for unsigned integers
    falling, where = lax.sort((falling, where), dimension=axis, is_stable=True, num_keys=1)
    kept = lax.bitwise_not(lax.slice_in_dim(falling, 0, count, axis=axis))
    values = from_key(kept, call) if isinstance(x, Wide) else kept
    return [values, each_part(lambda i: lax.slice_in_dim(i, 0, count, axis=axis), where)]
