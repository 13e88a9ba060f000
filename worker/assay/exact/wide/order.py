"""Comparison, choice and order of wide numbers. Everything here is exact; infinities of one sign are equal."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.arithmetic import aligned
from assay.exact.wide.number import E_HIGH, E_INF, E_MIN, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.packing import int32, int64, where


def _same_infinity(a: Wide, b: Wide) -> Array:
    return (jnp.minimum(a.e, b.e) > E_HIGH) & ((a.m ^ b.m) >= 0)


@operation
def eq(a: Wide, b: Wide) -> Array:
    """a = b; infinities of one sign are equal."""
    return ((a.m == b.m) & (a.e == b.e)) | _same_infinity(a, b)


@operation
def ne(a: Wide, b: Wide) -> Array:
    """a ≠ b."""
    return ~(((a.m == b.m) & (a.e == b.e)) | _same_infinity(a, b))


def _less(a: Wide, b: Wide) -> Array:
    """a < b, infinities ordered by their patterns."""
    # One guard bit: with exponents one apart the shift is exact, further apart the larger one wins by itself.
    x, y, _ = aligned(a, b, 1)
    return x < y


@operation
def lt(a: Wide, b: Wide) -> Array:
    """a < b."""
    return _less(a, b) & ~_same_infinity(a, b)


@operation
def le(a: Wide, b: Wide) -> Array:
    """a ≤ b."""
    return ~_less(b, a) | _same_infinity(a, b)


@operation
def gt(a: Wide, b: Wide) -> Array:
    """a > b."""
    return _less(b, a) & ~_same_infinity(a, b)


@operation
def ge(a: Wide, b: Wide) -> Array:
    """a ≥ b."""
    return ~_less(a, b) | _same_infinity(a, b)


@operation
def select(condition: Array, chosen: Wide, other: Wide) -> Wide:
    """`chosen` where the bool condition holds, else `other`; `lax.select`'s order, shapes broadcast."""
    return Wide(where(condition, chosen.m, other.m), where(condition, chosen.e, other.e))


@operation
def maximum(a: Wide, b: Wide) -> Wide:
    """The larger of both."""
    return select(_less(a, b), b, a)


@operation
def minimum(a: Wide, b: Wide) -> Wide:
    """The smaller of both."""
    return select(_less(b, a), b, a)


@operation
def clamp(low: Wide, x: Wide, high: Wide) -> Wide:
    """min(max(x, low), high), as `lax.clamp`."""
    return minimum(maximum(x, low), high)


@operation
def is_finite(x: Wide) -> Array:
    """False for ±infinity."""
    return int32(x.e) <= E_HIGH


@operation
def order_key(x: Wide, *, width: int = WIDTH) -> Array:
    """int64 keys in the order of the numbers, equal for equal ones; |key| < 2^(width + 14): for sorts and maxima."""
    bits = magnitude_bits(width)
    key = (int64(int32(x.e) - E_MIN) << bits) | int64(lax.abs(x.m))
    key = where(x.e > E_HIGH, ((E_INF - E_MIN) << bits) | (1 << (bits - 1)), key)
    return where(x.m < 0, -key, key)


@operation
def from_order_key(key: Array, *, width: int = WIDTH) -> Wide:
    """The numbers whose keys these are."""
    bits = magnitude_bits(width)
    magnitude = lax.abs(key)
    m = int32(magnitude & ((1 << bits) - 1))
    e = int32(magnitude >> bits) + E_MIN
    return Wide(where(key < 0, -m, m), lax.convert_element_type(e, jnp.int16))
