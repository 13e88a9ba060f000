"""Sums, products, extremes and where they are, and their running forms."""

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax

from assay.exact import aligned, wide
from assay.exact.rules.integers import fold_axes
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, each_part
from assay.exact.wide import Wide


@rule("reduce_sum")
def reduce_sum(call: Call, x: Wide) -> Wide:
    """One exact integer sum after alignment."""
    return wide.reduce_sum(x, axes=tuple(call.params["axes"]), width=call.width)


@rule("cumsum")
def cumsum(call: Call, x: Wide) -> Wide:
    """Prefix sums, each rounded once."""
    return aligned.running_total(x, call.params["axis"], call.params["reverse"], call.width)


@rule("reduce_prod")
def reduce_prod(call: Call, x: Wide) -> Wide:
    """A tree of products in a fixed order: halves joined until one is left."""
    found: Wide = fold_axes(
        x, tuple(call.params["axes"]), _times(call.width), lambda like: one_like(like, call.width)
    )
    return found


def _times(width: int) -> Callable[[Any, Any], Any]:
    return lambda a, b: wide.mul(a, b, width=width)


def one_like(like: Wide, width: int) -> Wide:
    """Ones of the shape of `like`."""
    return wide.from_int(jnp.ones(like.shape, jnp.int32), width=width)


@rule("cumprod")
def cumprod(call: Call, x: Wide) -> Wide:
    """Prefix products by a fixed tree."""
    return scan_tree(_times(call.width), x, call)


def scan_tree(join: Callable[[Any, Any], Any], x: Wide, call: Call) -> Wide:
    """`lax.associative_scan`, whose tree depends on the length alone."""
    found: Wide = lax.associative_scan(
        join, Wide(*map(jnp.asarray, x)), reverse=call.params["reverse"], axis=call.params["axis"]
    )
    return found


@rule("cumlogsumexp")
def cumlogsumexp(call: Call, x: Wide) -> Wide:
    """Prefix log-sum-exp by a fixed tree of log(e^a + e^b) = max + log1p(e^-|a - b|)."""
    width = call.width

    def join(a: Wide, b: Wide) -> Wide:
        gap = wide.neg(wide.abs(wide.sub(a, b, width=width)))
        return wide.add(wide.maximum(a, b), wide.log1p(wide.exp(gap, width=width), width=width), width=width)

    return scan_tree(join, x, call)


@rule("reduce_max", "reduce_min")
def reduce_extreme(call: Call, x: Wide) -> Wide:
    """The largest or smallest along axes, exact."""
    find = wide.reduce_max if call.name == "reduce_max" else wide.reduce_min
    found: Wide = find(x, axes=tuple(call.params["axes"]), width=call.width)
    return found


@rule("cummax", "cummin")
def running_extreme(call: Call, x: Wide) -> Wide:
    """The largest or smallest so far, exact."""
    run = lax.cummax if call.name == "cummax" else lax.cummin
    return from_key(run(key(x, call), axis=call.params["axis"], reverse=call.params["reverse"]), call)


def key(x: Wide, call: Call) -> Any:
    """int64 keys in the order of the numbers."""
    return wide.order_key(x, width=call.width)


def from_key(keys: Any, call: Call) -> Wide:
    """The numbers of those keys."""
    return wide.from_order_key(keys, width=call.width)


@rule("argmax", "argmin")
def arg_extreme(call: Call, x: Wide) -> Value:
    """Index of the first largest or smallest."""
    return first_extreme(
        key(x, call), call.params["axes"][0], call.name == "argmax", call.params["index_dtype"]
    )


def first_extreme(keys: Any, axis: int, largest: bool, dtype: Any) -> Any:
    """Index along `axis` of the first largest (or smallest) key.

    Not lax.argmax: it is lowered by a Python function that reads the caller's 64-bit setting, which may be off.
    """
    best = (lax.reduce_max if largest else lax.reduce_min)(keys, (axis,))
    kept = tuple(d for d in range(keys.ndim) if d != axis)
    found = lax.eq(keys, lax.broadcast_in_dim(best, keys.shape, kept))
    index = lax.broadcasted_iota(dtype, keys.shape, axis)
    return lax.reduce_min(lax.select(found, index, lax.full_like(index, keys.shape[axis] - 1)), (axis,))


@rule("reduce", always=True)
def reduce(call: Call, *operands: Value) -> list[Value]:
    """A reduction by the user's own function, which JAX takes to be associative: a tree of halves in a fixed order."""
    count = len(operands) // 2
    values, starts = operands[:count], operands[count:]
    if count != 1:
        raise call.refuse("Reduce one array at a time, or use sum, max, min or argmax.")
    body = call.params["jaxpr"]
    axes = tuple(call.params["dimensions"])
    if math.prod(call.ins[0].shape[d] for d in axes) == 0:
        raise call.refuse("Give the reduction at least one element.", "over nothing")

    def join(a: Value, b: Value) -> Value:
        return _elementwise(call, body, a, b)

    found = fold_axes(each_part(jnp.asarray, values[0]), axes, join, lambda like: like)
    start = each_part(lambda s: lax.broadcast(jnp.asarray(s), tuple(call.outs[0].shape)), starts[0])
    return [join(start, found)]


def _elementwise(call: Call, body: Any, *values: Value) -> Value:
    """A scalar jaxpr on whole tensors."""
    import jax

    def one(*scalars: Value) -> Value:
        return call.run_apart(body, *scalars)[0][0]  # nothing may leave the mapped function beside its result

    ndim = len(values[0].shape)
    function = one
    for _ in range(ndim):
        function = jax.vmap(function)
    return function(*values)
