"""Whole numbers: floor, ceil, round and the remainder; the neighbours of a number. Exact unless said otherwise."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.number import E_HIGH, E_LOW, E_MIN, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.order import lt, select
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
def nextafter(x: Wide, y: Wide, *, width: int = WIDTH) -> Wide:
    """The number of this width next to x on the way to y; x where they are equal; of ±inf the largest finite."""
    bits = magnitude_bits(width)
    up = lt(x, y)
    step = where(up, 1, where(lt(y, x), jnp.int32(-1), jnp.int32(0)))
    # below a power of two the neighbour is half a unit away
    inwards = (lax.abs(x.m) == 1 << (bits - 1)) & ((x.m < 0) == up)
    e = int32(x.e)
    near = round_off(where(inwards, (x.m << 1) + step, x.m + step), where(inwards, e - 1, e), bits)
    limit = where(
        x.m == 0, step << (bits - 1), where(x.m < 0, -jnp.int32((1 << bits) - 1), jnp.int32((1 << bits) - 1))
    )
    edge = (x.m == 0) | (e > E_HIGH)
    moved = Wide(
        where(edge, limit, near.m),
        where(edge, where(x.m == 0, lax.full_like(x.e, E_LOW), lax.full_like(x.e, E_HIGH)), near.e),
    )
    return select(step == 0, x, moved)


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
