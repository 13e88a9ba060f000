"""The error function, its complement and its inverse."""

from jax import lax

from assay.exact.wide.coefficients import ERF, ERF_INV, ERF_INV_TAIL, ERFCX
from assay.exact.wide.exponential import LOG2_E, ONE
from assay.exact.wide.fixed import (
    exp2_fixed,
    fraction,
    horner,
    logarithm,
    product,
    reciprocal_root,
    shifted_right,
)
from assay.exact.wide.number import E_INF, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.packing import int32, int64, leading, round_off64, where
from assay.exact.wide.roots import ROOT_2


def _inner(size: Array, e: Array, bits: int) -> tuple[Array, Array]:
    """erf(|x|) / |x| as Q30 and |x| as Q30, for |x| < 1."""
    r = fraction(size, e, bits)
    return horner(product(r, r, 30), ERF), r


def _tail(size: Array, e: Array, bits: int) -> tuple[Array, Array]:
    """(q, e) with erfc(|x|) = q · 2^e, q < 2^36 of int64, for |x| ≥ 1; relative error ≤ 2^-26 + x² · 2^-31."""
    cut = 2 * bits - 31
    squared = int64(size) * int64(size)
    squared = squared >> cut if cut > 0 else squared << -cut
    p, n = exp2_fixed(-shifted_right(squared * round(LOG2_E * 2**30), -2 * e - cut, low=15))
    x = shifted_right(int64(size) << (32 - bits), 8 - bits - e)  # Q24; larger than 2^8: some value over it
    two = 2 << 24
    s = int32(lax.div((x - two) << 30, x + two))
    scaled = int64(p) * int64(horner(s, ERFCX))  # Q59
    return lax.div(scaled, (x << 1) + (1 << 24)), n - 35


@operation
def erf(x: Wide, *, width: int = WIDTH) -> Wide:
    """erf x; error ≤ 0.6 units in the last place at width 25, for tiny x too."""
    bits = magnitude_bits(width)
    e, size = int32(x.e), lax.abs(x.m)
    ratio, _ = _inner(size, e, bits)
    tail, place = _tail(size, e, bits)
    near = e <= -bits
    s = where(near, int64(size) * int64(ratio), ONE - shifted_right(tail, -30 - place))
    return round_off64(where(x.m < 0, -s, s), where(near, e - 30, -30), bits)


@operation
def erfc(x: Wide, *, width: int = WIDTH) -> Wide:
    """1 - erf x; relative error ≤ 2^-22.5 for x ≤ 10 at width 25, growing with x² · 2^-31."""
    bits = magnitude_bits(width)
    e, size = int32(x.e), lax.abs(x.m)
    ratio, r = _inner(size, e, bits)
    tail, place = _tail(size, e, bits)
    near = e <= -bits
    negative = x.m < 0
    inside = int64(ratio) * int64(r)  # Q60
    one = 1 << 60
    outside = (2 << 30) - shifted_right(tail, -30 - place)
    s = where(near, where(negative, one + inside, one - inside), where(negative, outside, tail))
    place = where(near, -60, where(negative, -30, place))
    return round_off64(s, place, bits)


@operation
def erf_inv(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of erf; relative error ≤ 2^-22 at width 25; of |x| ≥ 1 infinite with the sign of x."""
    bits = magnitude_bits(width)
    e, size = int32(x.e), lax.abs(x.m)
    r = int64(fraction(size, e, bits))
    gap = (ONE - r) * (ONE + r)  # 1 - x², Q60
    shift = leading(gap)
    s, q = logarithm(int32((gap << shift) >> 32), -int32(shift) - 28, binary=False)
    w = -shifted_right(s, q - 48)  # Q48
    centre = int32((w - (5 << 47)) >> 20)
    up = leading(w)
    t, k = int32((w << up) >> 32), 14 - int32(up)  # w = t / 2^30 · 2^k; 5 ≤ w < 20 has k = 2, 3 or 4
    root = product(t, reciprocal_root(t), 30)
    root = where(k == 3, product(root, ROOT_2, 31), where(k == 2, root >> 1, root))  # sqrt(w) in Q28
    far = horner((root - (3 << 28)) << 2, ERF_INV_TAIL)
    middle = w < 5 << 48
    ratio = where(middle, horner(centre, ERF_INV), far)
    over = e > -bits
    s = where(over, int64(x.m), int64(x.m) * int64(ratio))
    return round_off64(s, where(over, E_INF, where(middle, e - 29, e - 28)), bits)
