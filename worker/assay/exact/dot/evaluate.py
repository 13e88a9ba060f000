"""Running one route: saturate, cut into digits, multiply by blocks, join. Traced by JAX; needs x64 in its context."""

import jax
import jax.numpy as jnp
from jax import lax

from assay.exact.dot.bounds import limit_of
from assay.exact.dot.routes import NATIVE, UNITS, Route, Unit, blocks_of

UNROLLED_BLOCKS = 8
_LAST_AXES = (((2,), (2,)), ((0,), (0,)))


def saturate(x: jax.Array, width: int) -> jax.Array:
    """clamp(x, -(2^(width-1) - 1), 2^(width-1) - 1) in x's own signed dtype."""
    bits = x.dtype.itemsize * 8
    if width > bits:
        return x
    limit = limit_of(width)
    return lax.clamp(x.dtype.type(-limit), x, x.dtype.type(limit))


def digits_of(x: jax.Array, count: int, width: int) -> list[jax.Array]:
    """Balanced digits, lowest first: x = sum of digit_i * 2^(width * i), as signed integers of 32 bits or more."""
    if count == 1:
        return [x]
    # One bit above the operand's 32 is needed while rounding: i32 suffices below 31 bits, i64 always does.
    wide = x.astype(jnp.int32 if count * width < 31 and x.dtype.itemsize <= 4 else jnp.int64)
    kind = wide.dtype.type
    half, mask = kind(1 << (width - 1)), kind((1 << width) - 1)
    digits = []
    for _ in range(count - 1):
        low = lax.sub(lax.bitwise_and(lax.add(wide, half), mask), half)
        digits.append(low)
        wide = lax.shift_right_arithmetic(lax.sub(wide, low), kind(width))
    return [*digits, wide]


def evaluate(a: jax.Array, b: jax.Array, *, p_a: int, p_b: int, out: str, route: Route) -> jax.Array:
    """a[B, M, K], b[B, N, K] -> [B, M, N] of dtype `out`, computed the way `route` says."""
    a, b = saturate(a, p_a), saturate(b, p_b)
    dtype = jnp.dtype(out)
    if route.unit == NATIVE:
        return _product(a.astype(dtype), b.astype(dtype), dtype, None)
    unit = UNITS[route.unit]
    rows, columns = a.shape[1], b.shape[1]
    left = _stacked(a, route.digits_a, route.width_a, unit)
    right = _stacked(b, route.digits_b, route.width_b, unit)
    sums = _blocks(left, right, route, unit, dtype)
    if route.products == 1:
        return sums
    total = None
    for i in range(route.digits_a):
        for j in range(route.digits_b):
            part = sums[:, i * rows : (i + 1) * rows, j * columns : (j + 1) * columns]
            shift = min(route.width_a * i + route.width_b * j, dtype.itemsize * 8)
            part = lax.shift_left(part, dtype.type(shift)) if shift else part
            total = part if total is None else lax.add(total, part)
    assert total is not None
    return total


def _stacked(x: jax.Array, count: int, width: int, unit: Unit) -> jax.Array:
    """[B, R, K] -> [B, count * R, K]: the digits one below the other, so that one product serves them all."""
    operand = jnp.dtype(unit.operand)
    parts = [digit.astype(operand) for digit in digits_of(x, count, width)]
    return parts[0] if count == 1 else lax.concatenate(parts, 1)


def _blocks(left: jax.Array, right: jax.Array, route: Route, unit: Unit, dtype: jnp.dtype) -> jax.Array:
    """The product over all of K, a block at a time, added as integers of `dtype`."""
    terms = left.shape[2]
    count = blocks_of(route, terms)

    def of(start: int | jax.Array, size: int) -> jax.Array:
        cut = [lax.dynamic_slice_in_dim(x, start, size, 2) if count > 1 else x for x in (left, right)]
        return _to_integer(_product(cut[0], cut[1], jnp.dtype(unit.accumulator), unit), dtype)

    if count <= 1:
        return of(0, terms)
    if count <= UNROLLED_BLOCKS:
        total = of(0, route.block)
        for start in range(route.block, terms, route.block):
            total = lax.add(total, of(start, min(route.block, terms - start)))
        return total
    whole = terms // route.block
    total = lax.fori_loop(
        1, whole, lambda i, acc: lax.add(acc, of(i * route.block, route.block)), of(0, route.block)
    )
    rest = terms - whole * route.block
    return lax.add(total, of(whole * route.block, rest)) if rest else total


def _product(a: jax.Array, b: jax.Array, accumulator: jnp.dtype, unit: Unit | None) -> jax.Array:
    # HIGHEST keeps float32 units whole where a device would lower them to TF32 or bfloat16 passes.
    full = unit is not None and unit.operand in ("float32", "float64")
    precision = lax.Precision.HIGHEST if full else None
    return lax.dot_general(a, b, _LAST_AXES, precision=precision, preferred_element_type=accumulator)


def _to_integer(x: jax.Array, dtype: jnp.dtype) -> jax.Array:
    """Exact block sums as integers of `dtype`, modulo its size."""
    if x.dtype == jnp.float64 and dtype == jnp.int32:
        return x.astype(jnp.int64).astype(dtype)  # a float to int32 conversion would saturate, not wrap
    return x.astype(dtype)
