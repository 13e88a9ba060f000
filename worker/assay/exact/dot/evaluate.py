"""Running one route: saturate, cut into digits, multiply by blocks, join. Traced by JAX; needs x64 in its context."""

import jax
import jax.numpy as jnp
from jax import lax

from assay.exact.dot.bounds import limit_of
from assay.exact.dot.routes import NATIVE, UNITS, Route, Unit, blocks_of

UNROLLED_BLOCKS = 8
STACKED_SUMS = 1 << 24  # more digit sums than this are made pair by pair, so that they need not all be held
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
    left, right = (
        _digits(a, route.digits_a, route.width_a, unit),
        _digits(b, route.digits_b, route.width_b, unit),
    )
    if route.products * a.shape[0] * a.shape[1] * b.shape[1] > STACKED_SUMS:
        sums = [[_blocks(x, y, route, unit, dtype) for y in right] for x in left]
    else:
        sums = _stacked_sums(left, right, route, unit, dtype)
    return _joined(sums, route, dtype)


def _digits(x: jax.Array, count: int, width: int, unit: Unit) -> list[jax.Array]:
    """The digits of an operand in the unit's own type."""
    operand = jnp.dtype(unit.operand)
    return [digit.astype(operand) for digit in digits_of(x, count, width)]


def _stacked_sums(
    left: list[jax.Array], right: list[jax.Array], route: Route, unit: Unit, dtype: jnp.dtype
) -> list[list[jax.Array]]:
    """Sums of every pair of digits by one product, the digits one below the other: small products gain by it."""
    rows, columns = left[0].shape[1], right[0].shape[1]
    a = left[0] if len(left) == 1 else lax.concatenate(left, 1)
    b = right[0] if len(right) == 1 else lax.concatenate(right, 1)
    sums = _blocks(a, b, route, unit, dtype)
    return [
        [sums[:, i * rows : (i + 1) * rows, j * columns : (j + 1) * columns] for j in range(len(right))]
        for i in range(len(left))
    ]


def _joined(sums: list[list[jax.Array]], route: Route, dtype: jnp.dtype) -> jax.Array:
    """Digit sums by their places, modulo 2^bits of `dtype`."""
    total = None
    for i, line in enumerate(sums):
        for j, part in enumerate(line):
            shift = route.width_a * i + route.width_b * j
            if shift >= dtype.itemsize * 8:
                continue  # a multiple of 2^bits
            placed = lax.shift_left(part, dtype.type(shift)) if shift else part
            total = placed if total is None else lax.add(total, placed)
    assert total is not None
    return total


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
