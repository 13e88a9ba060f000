"""One JAX function for each tensor operation, to the bit of FORMAT.md. Called inside a trace with x64 enabled.

Every guard is written out (division by 0 and -1, shift amounts, indices): what a device does with the unguarded
case is then never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.dot import exact_dot
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.views import view

Array = Any


def evaluate(node: Node, operands: Sequence[Array]) -> Array:
    """The value of a tensor operation that is neither param, const, part nor a tuple's."""
    made = _KERNELS[node.op](node, *operands)
    assert made.shape == node.dims and made.dtype == node.spec.dtype.numpy, node
    return made


def _fill(node: Node) -> Array:
    dtype = node.spec.dtype
    return jnp.full(node.dims, np.array(dtype.wrap(node.param("value")), dtype.numpy))


def _div(node: Node, a: Array, b: Array) -> Array:
    zero, one = np.zeros((), b.dtype), np.ones((), b.dtype)
    plain = b != zero
    if not node.spec.dtype.signed:
        return jnp.where(plain, lax.div(a, jnp.where(plain, b, one)), zero)
    minus = b == -one
    quotient = lax.div(a, jnp.where(plain & ~minus, b, one))
    return jnp.where(plain, jnp.where(minus, lax.neg(a), quotient), zero)


def _rem(node: Node, a: Array, b: Array) -> Array:
    zero, one = np.zeros((), b.dtype), np.ones((), b.dtype)
    plain = (b != zero) & (b != -one) if node.spec.dtype.signed else b != zero
    return jnp.where(plain, lax.rem(a, jnp.where(plain, b, one)), zero)


def _shift(node: Node, x: Array, s: Array) -> Array:
    """XLA fills for any amount of n or more, read as unsigned; only negative ones need a guard."""
    dtype = node.spec.dtype
    amount = lax.max(s, jnp.zeros_like(s)) if dtype.signed else s
    if node.op is Op.SHL:
        return lax.shift_left(x, amount)
    return lax.shift_right_arithmetic(x, amount) if dtype.signed else lax.shift_right_logical(x, amount)


def _convert(node: Node, x: Array) -> Array:
    if node.spec.dtype is DType.BOOL:
        return x != np.zeros((), x.dtype)
    return lax.convert_element_type(x, node.spec.dtype.numpy)


def _view(node: Node, x: Array) -> Array:
    return view(x, node.dims, node.numbers[0], node.numbers[1:])


def _pad(node: Node, x: Array, filler: Array) -> Array:
    config = []
    for d, size in enumerate(node.dims):
        low, interior = node.numbers[2 * d : 2 * d + 2]
        if low >= size:
            return jnp.broadcast_to(filler, node.dims)
        if interior >= size:  # one element at most is seen
            x, interior = lax.slice_in_dim(x, 0, 1, axis=d), 0
        config.append((low, size - low - (x.shape[d] - 1) * (interior + 1) - 1, interior))
    return lax.pad(x, filler, config)


def _iota(node: Node) -> Array:
    dtype, axis = node.spec.dtype, node.param("axis")
    wide = jnp.int64 if node.dims[axis] - 1 > dtype.greatest else dtype.numpy
    return lax.convert_element_type(lax.broadcasted_iota(wide, node.dims, axis), dtype.numpy)


def _clamped(index: Array, greatest: int) -> Array:
    """Indices of any integer dtype clamped to [0, greatest], in the narrower of i32 and i64."""
    top = min(greatest, int(np.iinfo(index.dtype).max))
    bounded = lax.clamp(np.zeros((), index.dtype), index, np.array(top, index.dtype))
    return bounded.astype(jnp.int32 if greatest < 1 << 31 else jnp.int64)


def _take(node: Node, x: Array, index: Array) -> Array:
    return x.at[_clamped(index, x.shape[0] - 1)].get(mode="promise_in_bounds")


def _starts(start: Array, whole: Sequence[int], part: Sequence[int]) -> list[Array]:
    most = [a - b for a, b in zip(whole, part, strict=True)]
    return [_clamped(start[d], top) for d, top in enumerate(most)]


def _slice_at(node: Node, x: Array, start: Array) -> Array:
    return lax.dynamic_slice(x, _starts(start, x.shape, node.dims), node.dims)


def _update_at(node: Node, x: Array, u: Array, start: Array) -> Array:
    return lax.dynamic_update_slice(x, u, _starts(start, x.shape, u.shape))


def _sum(node: Node, x: Array) -> Array:
    return jnp.sum(x, axis=-1, dtype=x.dtype)


def _extreme(node: Node, x: Array) -> Array:
    if node.spec.dtype is DType.BOOL:
        return jnp.any(x, axis=-1) if node.op is Op.MAX_OF else jnp.all(x, axis=-1)
    return jnp.max(x, axis=-1) if node.op is Op.MAX_OF else jnp.min(x, axis=-1)


def _dot(node: Node, a: Array, b: Array) -> Array:
    return exact_dot(a, b, p_a=node.param("p_a"), p_b=node.param("p_b"), out=node.spec.dtype.numpy)


def _rank(node: Node, x: Array) -> Array:
    places = lax.broadcasted_iota(jnp.int32, x.shape, x.ndim - 1)
    _, order = lax.sort((x, places), dimension=-1, is_stable=True, num_keys=1)
    _, ranks = lax.sort((order, places), dimension=-1, is_stable=False, num_keys=1)
    return ranks


def _scatter(node: Node, x: Array, index: Array, u: Array) -> Array:
    rows = x.shape[0]
    inside = index >= np.zeros((), index.dtype)
    if rows <= int(np.iinfo(index.dtype).max):
        inside &= index < np.array(rows, index.dtype)
    target = jnp.where(inside, index.astype(jnp.int64), rows)  # the row after the last is dropped
    narrow = node.spec.dtype is DType.BOOL
    values, updates = (x.astype(jnp.uint8), u.astype(jnp.uint8)) if narrow else (x, u)
    at = values.at[target.astype(jnp.int32 if rows < (1 << 31) - 1 else jnp.int64)]
    made = (at.add, at.max, at.min)[node.param("kind")](updates, mode="drop")
    return made.astype(bool) if narrow else made


_KERNELS: dict[Op, Callable[..., Array]] = {
    Op.FILL: _fill,
    Op.ADD: lambda node, a, b: lax.add(a, b),
    Op.SUB: lambda node, a, b: lax.sub(a, b),
    Op.MUL: lambda node, a, b: lax.mul(a, b),
    Op.DIV: _div,
    Op.REM: _rem,
    Op.MIN: lambda node, a, b: lax.min(a, b),
    Op.MAX: lambda node, a, b: lax.max(a, b),
    Op.AND: lambda node, a, b: lax.bitwise_and(a, b),
    Op.OR: lambda node, a, b: lax.bitwise_or(a, b),
    Op.XOR: lambda node, a, b: lax.bitwise_xor(a, b),
    Op.SHL: _shift,
    Op.SHR: _shift,
    Op.EQ: lambda node, a, b: lax.eq(a, b),
    Op.LT: lambda node, a, b: lax.lt(a, b),
    Op.LE: lambda node, a, b: lax.le(a, b),
    Op.SELECT: lambda node, c, a, b: lax.select(c, a, b),
    Op.CONVERT: _convert,
    Op.CLZ: lambda node, x: lax.clz(x),
    Op.VIEW: _view,
    Op.PAD: _pad,
    Op.CONCAT: lambda node, *parts: lax.concatenate(parts, node.param("axis")),
    Op.IOTA: _iota,
    Op.TAKE: _take,
    Op.SLICE_AT: _slice_at,
    Op.UPDATE_AT: _update_at,
    Op.SUM: _sum,
    Op.MAX_OF: _extreme,
    Op.MIN_OF: _extreme,
    Op.DOT: _dot,
    Op.RANK: _rank,
    Op.SCATTER: _scatter,
}
