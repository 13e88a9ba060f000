"""Integers of the user's own: passed through, except where JAX leaves an edge to the device.

The program format states every edge (FORMAT.md); these rules say the same to JAX, so that both give one result.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, broadcast, each_part, reshape, shape_of, transpose

INTEGER_PRIMITIVES = frozenset(
    [
        "abs",
        "argmax",
        "argmin",
        "bitcast_convert_type",
        "broadcast_in_dim",
        "clz",
        "concatenate",
        "convert_element_type",
        "cummax",
        "cummin",
        "cumsum",
        "dynamic_slice",
        "dynamic_update_slice",
        "expand_dims",
        "iota",
        "neg",
        "not",
        "pad",
        "population_count",
        "reduce_and",
        "reduce_max",
        "reduce_min",
        "reduce_or",
        "reduce_sum",
        "reshape",
        "rev",
        "select_n",
        "sign",
        "slice",
        "squeeze",
        "transpose",
    ]
)
"""Primitives whose integer result is stated by JAX for every operand: they are bound unchanged."""


ELEMENTWISE = frozenset(
    [
        "add",
        "add_any",
        "and",
        "clamp",
        "eq",
        "eq_to",
        "ge",
        "gt",
        "le",
        "le_to",
        "lt",
        "lt_to",
        "max",
        "min",
        "mul",
        "ne",
        "or",
        "sub",
        "xor",
    ]
)


@rule(*sorted(ELEMENTWISE), floats=False, integers=True)
def same_shapes(call: Call, *operands: Value) -> Any:
    """JAX lets scalars and axes of size 1 stand beside full shapes; what comes out here has one shape throughout."""
    name = {"add_any": "add", "eq_to": "eq", "le_to": "le", "lt_to": "lt"}.get(call.name, call.name)
    return getattr(lax, {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}.get(name, name))(
        *_same(call, *operands)
    )


def _same(call: Call, *operands: Value) -> list[Any]:
    shape = tuple(call.out.shape)
    return [broadcast(jnp.asarray(v, a.dtype), shape) for v, a in zip(operands, call.ins, strict=True)]


@rule("div", "rem", floats=False, integers=True)
def divide(call: Call, x: Value, y: Value) -> Any:
    """Truncates; x / 0 = x rem 0 = 0; the least value / -1 wraps to itself, with remainder 0."""
    x, y = _same(call, x, y)
    zero, one = lax.full_like(x, 0), lax.full_like(x, 1)
    none = lax.eq(y, zero)
    found = (lax.div if call.name == "div" else lax.rem)(x, lax.select(none, one, y))
    return lax.select(none, zero, found)


@rule("shift_left", "shift_right_logical", "shift_right_arithmetic", floats=False, integers=True)
def shift(call: Call, x: Value, amount: Value) -> Any:
    """By an amount clamped to [0, bits]; by all bits, only the filling is left."""
    x, amount = _same(call, x, amount)
    bits = lax.full_like(amount, x.dtype.itemsize * 8)
    return getattr(lax, call.name)(x, lax.clamp(lax.full_like(amount, 0), amount, bits))


@rule("integer_pow", floats=False, integers=True)
def integer_pow(call: Call, x: Value) -> Any:
    """By squaring, wrapping."""
    exponent = call.params["y"]
    if exponent < 0:
        raise call.refuse("An integer has no negative power: convert it to a float first.")
    x = jnp.asarray(x)
    found, square = lax.full_like(x, 1), x
    while exponent:
        found = lax.mul(found, square) if exponent & 1 else found
        exponent >>= 1
        square = lax.mul(square, square) if exponent else square
    return found


@rule("square", floats=False, integers=True)
def square(call: Call, x: Value) -> Any:
    """x * x, wrapping."""
    x = jnp.asarray(x)
    return lax.mul(x, x)


@rule("reduce_prod", "reduce_xor", floats=False, integers=True)
def reduce_in_pairs(call: Call, x: Value) -> Any:
    """Products and exclusive ors in any order are the same modulo 2^n: halves are joined until one is left."""
    join, unit = (lax.mul, 1) if call.name == "reduce_prod" else (lax.bitwise_xor, 0)
    return fold_axes(jnp.asarray(x), call.params["axes"], join, lambda like: lax.full_like(like, unit))


def fold_axes(x: Any, axes: tuple[int, ...], join: Any, unit: Any) -> Any:
    """Joins all elements along `axes` by a tree of halves. x: array or Wide; unit: a value like its argument."""
    rank = len(shape_of(x))
    kept = tuple(d for d in range(rank) if d not in axes)
    shape = shape_of(x)
    count = int(np.prod([shape[d] for d in axes], dtype=np.int64))
    flat = reshape(transpose(x, (*kept, *axes)), (*(shape[d] for d in kept), count))
    if count == 0:
        return unit(each_part(lambda p: lax.full(p.shape[:-1], 0, p.dtype), flat))
    while count > 1:
        half = count // 2
        low, high = _span(flat, 0, half), _span(flat, half, 2 * half)
        joined = join(low, high)
        if count % 2:
            joined = each_part(
                lambda a, b: lax.concatenate([a, b], a.ndim - 1), joined, _span(flat, count - 1, count)
            )
        flat, count = joined, half + count % 2
    return reshape(flat, shape_of(flat)[:-1])


def _span(x: Any, start: int, stop: int) -> Any:
    return each_part(lambda p: lax.slice_in_dim(p, start, stop, axis=p.ndim - 1), x)


@rule("cumprod", floats=False, integers=True)
def cumprod(call: Call, x: Value) -> Any:
    """Prefix products, wrapping."""
    return lax.associative_scan(
        lax.mul, jnp.asarray(x), reverse=call.params["reverse"], axis=call.params["axis"]
    )


@rule("dot_general", floats=False, integers=True)
def dot_general(call: Call, a: Value, b: Value) -> Any:
    """Integer products as JAX has them, without hints of precision."""
    return lax.dot_general(
        jnp.asarray(a),
        jnp.asarray(b),
        call.params["dimension_numbers"],
        preferred_element_type=call.out.dtype,
    )
