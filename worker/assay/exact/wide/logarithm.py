"""Logarithms and powers."""

from jax import lax

from assay.exact.wide.arithmetic import add, round_pair
from assay.exact.wide.coefficients import LOG
from assay.exact.wide.fixed import exp2_fixed, fraction, horner, logarithm, shifted_right
from assay.exact.wide.number import E_HIGH, E_INF, WIDTH, Wide, magnitude_bits, operation
from assay.exact.wide.order import select
from assay.exact.wide.packing import bounded, int32, int64, leading, round_off64, settle, where


@operation
def log(x: Wide, *, width: int = WIDTH) -> Wide:
    """ln x; error ≤ 0.6 units in the last place at width 25, near 1 too; of 0 and below -infinity, of infinity it."""
    bits = magnitude_bits(width)
    e = int32(x.e)
    s, q = logarithm(lax.abs(x.m) << (31 - bits), e + (bits - 31), binary=False)
    result = round_off64(s, -q, bits)
    infinite = settle(where(x.m > 0, 1, -1) << (bits - 1), lax.full_like(e, E_INF), bits)
    return select((x.m > 0) & (e <= E_HIGH), result, infinite)


@operation
def log1p(x: Wide, *, width: int = WIDTH) -> Wide:
    """ln(1 + x); error ≤ 2.5 units in the last place, for tiny x too; of -1 and below -infinity."""
    bits = magnitude_bits(width)
    e = int32(x.e)
    u = fraction(x.m, e, bits)
    near = round_off64(int64(x.m) * int64(horner(u, LOG)), e - 30, bits)
    one = Wide(lax.full_like(x.m, 1 << (bits - 1)), lax.full_like(x.e, 1 - bits))
    far = log(add(x, one, width=width), width=width)
    # the polynomial holds for sqrt(1/2) ≤ 1 + u ≤ sqrt(2)
    return select((e < -bits) & (u > -314491699) & (u < 444758425), near, far)


@operation
def pow(x: Wide, y: Wide, *, width: int = WIDTH) -> Wide:
    """x^y; relative error ≤ 2^-23.7 + |y ln x| · 2^-29 at width 25.

    x^0 = 1; 0^y is 0 or infinite; a negative x is raised to whole powers, with another y the result is 0.
    """
    bits = magnitude_bits(width)
    e, e_y = int32(x.e), int32(y.e)
    s, q = logarithm(lax.abs(x.m) << (31 - bits), e + (bits - 31), binary=True)
    extreme = (x.m == 0) | (e > E_HIGH)
    s = where(extreme, where(x.m == 0, lax.full_like(s, -(1 << 61)), lax.full_like(s, 1 << 61)), s)
    shift = leading(s)
    top = (s << shift) >> (bits + 1)  # 62 - bits bits
    right = q + int32(shift) - (bits + 1) - e_y - 30
    p, n = exp2_fixed(shifted_right(top * int64(y.m), where(extreme, 17, right), low=17))
    places = bounded(-e_y, 0, 31)
    part = y.m & ((lax.full_like(places, 1) << places) - 1)
    whole = (e_y >= 0) | (part == 0)
    odd = (e_y <= 0) & (((y.m >> places) & 1) == 1)
    p = where(x.m < 0, where(whole, where(odd, -p, p), 0), p)
    return round_pair(p, n - 30, bits)
