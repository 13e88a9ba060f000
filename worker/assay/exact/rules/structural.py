"""Primitives that move numbers and compute nothing: the same move for mantissas and exponents."""

from typing import Any

import jax.numpy as jnp
from jax import lax

from assay.exact import wide
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, each_part, reshape, shape_of, zero_like
from assay.exact.wide import Wide


@rule(
    "broadcast_in_dim",
    "reshape",
    "transpose",
    "squeeze",
    "expand_dims",
    "slice",
    "rev",
    "pad",
    "concatenate",
    "select_n",
)
def move(call: Call, *operands: Value) -> Value:
    """One bind for each part. A boolean `which` of select_n goes to both parts unchanged."""
    if call.name == "select_n":
        shape = tuple(call.out.shape)
        operands = (operands[0], *(wide_if_number(v, shape) for v in operands[1:]))
    return each_part(call.bind, *operands)


def wide_if_number(value: Value, shape: tuple[int, ...]) -> Value:
    """Cases of a select have the result's shape."""
    return value if shape_of(value) == shape else each_part(lambda x: lax.broadcast(x, shape), value)


@rule("dynamic_slice", "dynamic_update_slice")
def move_at(call: Call, *operands: Value) -> Value:
    """Start indices are clamped, as JAX does."""
    return each_part(call.bind, *operands)


@rule("split", always=True)
def split(call: Call, operand: Value) -> list[Value]:
    """Consecutive slices of the stated sizes."""
    axis, found, start = call.params["axis"], [], 0
    for size in call.params["sizes"]:
        stop = start + int(size)
        found.append(each_part(_slicer(start, stop, axis), operand))
        start = stop
    return found


def _slicer(start: int, stop: int, axis: int) -> Any:
    return lambda x: lax.slice_in_dim(x, start, stop, axis=axis)


@rule("stack", always=True)
def stack(call: Call, *operands: Value) -> Value:
    """Joined along a new axis."""
    axis = call.params["axis"]
    return each_part(
        lambda *parts: lax.concatenate([lax.expand_dims(p, (axis,)) for p in parts], axis), *operands
    )


@rule("unstack", always=True)
def unstack(call: Call, operand: Value) -> list[Value]:
    """The slices along an axis, without it."""
    axis, count = call.params["axis"], len(call.outs)
    return [
        each_part(lambda x, i=i: lax.index_in_dim(x, i, axis, keepdims=False), operand) for i in range(count)
    ]


@rule("tile", always=True)
def tile(call: Call, operand: Value) -> Value:
    """Copies side by side along every axis."""
    shape, times = shape_of(operand), tuple(call.params["reps"])
    spread = tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    axes = tuple(range(1, 2 * len(shape), 2))
    copies = each_part(lambda x: lax.broadcast_in_dim(x, spread, axes), operand)
    return reshape(copies, tuple(call.out.shape))


@rule(
    "copy", "copy_p", "stop_gradient", "sharding_constraint", "name", "pvary", "reshard", "real", always=True
)
def unchanged(call: Call, operand: Value) -> Value:
    """Nothing happens to the number."""
    return operand


@rule("optimization_barrier", "device_put", always=True)
def unchanged_all(call: Call, *operands: Value) -> list[Value]:
    """A barrier pins the order of float operations; integers need none."""
    return list(operands)


@rule("iota")
def iota(call: Call) -> Value:
    """Counts along an axis, as numbers."""
    p = call.params
    return wide.from_int(lax.broadcasted_iota(jnp.int32, p["shape"], p["dimension"]), width=call.width)


@rule("full", "empty", "empty2", "zeros_like", always=True)
def zeros(call: Call, *_: Value) -> Value:
    """Uninitialised memory does not exist here: it is zero."""
    return zero_like(call.out)


@rule("reduce_precision")
def reduce_precision(call: Call, operand: Wide) -> Wide:
    """Rounds to the stated mantissa, its hidden bit and the sign counted; exponents keep this library's range."""
    kept = call.params["mantissa_bits"] + 2
    if kept >= call.width:
        return operand
    if kept < wide.MIN_WIDTH:
        raise call.refuse(f"At least {wide.MIN_WIDTH - 2} mantissa bits can be kept.")
    return wide.resize(wide.resize(operand, width=kept), width=call.width)
