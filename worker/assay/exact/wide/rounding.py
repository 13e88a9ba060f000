"""Whole numbers: floor, ceil, round and the remainder. Exact unless said otherwise."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.number import E_MIN, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.packing import bounded, int32, int64, round_off, round_off64, where


def _places(x: Wide) -> tuple[Array, Array]:
    """How many bits of m lie behind the point (at most 31), and the exponent without them."""
    e = int32(x.e)
    return bounded(-e, 0, 31), jnp.maximum(e, 0)


@operation
def floor(x: Wide, *, width: int = WIDTH) -> Wide:
    """The largest whole number ≤ x."""
    places, e = _places(x)
    return round_off(x.m >> places, e, magnitude_bits(width))


@operation
def ceil(x: Wide, *, width: int = WIDTH) -> Wide:
    """The smallest whole number ≥ x."""
    places, e = _places(x)
    return round_off(-(-x.m >> places), e, magnitude_bits(width))


@operation
def round(x: Wide, *, to_even: bool = True, width: int = WIDTH) -> Wide:
    """The nearest whole number; halves to the even one, or away from zero."""
    places, e = _places(x)
    down = x.m >> places
    rest = x.m - (down << places)
    half = lax.shift_right_logical(lax.full_like(places, 1) << places, lax.full_like(places, 1))
    tie_up = down & 1 == 1 if to_even else x.m >= 0
    up = (rest > half) | ((rest == half) & tie_up)
    return round_off(where(up & (places > 0), down + 1, down), e, magnitude_bits(width))


@operation
def rem(a: Wide, b: Wide, *, width: int = WIDTH) -> Wide:
    """a - trunc(a / b) · b with the sign of a, exact for |a / b| < 2^33; beyond, for b = 0 and infinite a: 0."""
    bits = magnitude_bits(width)
    e_a, e_b = int32(a.e), int32(b.e)
    most = 62 - bits
    up_a, up_b = bounded(e_a - e_b, 0, most), bounded(e_b - e_a, 0, most)
    size_b = int64(lax.abs(b.m)) << int64(up_b)
    rest = lax.rem(int64(a.m) << int64(up_a), where(size_b == 0, 1, size_b))
    far = (e_a - e_b > most) | (b.m == 0)
    whole = round_off64(rest, e_a - up_a, bits)
    keeps = e_b - e_a > most  # then |b| > |a|
    m = where(keeps, a.m, where(far, 0, whole.m))
    e = where(keeps, a.e, where(far, lax.full_like(whole.e, E_MIN), whole.e))
    return Wide(m, e)
