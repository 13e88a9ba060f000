"""Sine, cosine and tangent, and the inverse tangent of two numbers."""

from jax import lax

from assay.exact.wide.arithmetic import abs, div, quotient
from assay.exact.wide.coefficients import ATAN, COS, SIN
from assay.exact.wide.fixed import horner, product, shifted_right
from assay.exact.wide.number import WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.order import lt, select
from assay.exact.wide.packing import bounded, int32, int64, leading, round_off64, where

TURN_HIGH, TURN_LOW = 0x28BE60DB9391054A, 0x7F09D5F47D4D3770  # 1 / (2 pi) = .HIGH LOW, 128 bits
QUARTER = 0.6366197723675814  # 2 / pi
PI_Q58 = 905502432259640320  # pi · 2^58


def _turns(x: Wide, bits: int) -> tuple[Array, Array, Array]:
    """x = (quadrant + r) · pi/2 with |r| ≤ 1/2: quadrant (int32), and r as t · 2^-place with |t| in [2^30, 2^31).

    The product with 1 / (2 pi) is taken modulo whole turns, exact to 2^-39 of a turn for |x| < 2^80; larger
    arguments are read as 0. Below 1/4 of a quadrant the relative error of r is 2^-29.
    """
    e = int32(x.e)
    left, right = int64(bounded(e, 0, 63)), int64(bounded(-e, 0, 63))
    high, low = lax.full_like(left, TURN_HIGH), lax.full_like(left, TURN_LOW)
    window = lax.shift_right_logical((high << left) | lax.shift_right_logical(low, 64 - left), right)
    turn = int64(where(e > 63, 0, x.m)) * window  # wraps: whole turns are gone
    quadrant = int32((turn + (1 << 61)) >> 62)
    small = e < -1 - bits  # |x| < 1/4
    factor = round(QUARTER * 2 ** (61 - bits))
    r = where(small, int64(x.m) * factor, turn - (int64(quadrant) << 62))
    place = where(small, 61 - bits - e, 62)
    shift = leading(r)
    return quadrant, int32((r << shift) >> 32), place - 32 + int32(shift)


def _wave(quadrant: Array, t: Array, place: Array, bits: int) -> Wide:
    """sin((quadrant + r) · pi/2), r = t · 2^-place."""
    r = shifted_right(t, place - 30)
    z = product(r, r, 30)
    odd = quadrant & 1 == 1
    s = where(odd, int64(horner(z, COS)), int64(t) * int64(horner(z, SIN)))
    s = where(quadrant & 2 == 2, -s, s)
    return round_off64(s, where(odd, -30, -30 - place), bits)


@operation
def sin(x: Wide, *, width: int = WIDTH) -> Wide:
    """sin x; relative error ≤ 2^-23.5 for |x| ≤ 1, absolute error ≤ 2^-24 for |x| < 2^80; beyond 0."""
    bits = magnitude_bits(width)
    quadrant, t, place = _turns(x, bits)
    return _wave(quadrant, t, place, bits)


@operation
def cos(x: Wide, *, width: int = WIDTH) -> Wide:
    """cos x; relative error ≤ 2^-23.5 for |x| ≤ 1, absolute error ≤ 2^-24 for |x| < 2^80; beyond 1."""
    bits = magnitude_bits(width)
    quadrant, t, place = _turns(x, bits)
    return _wave(quadrant + 1, t, place, bits)


@operation
def tan(x: Wide, *, width: int = WIDTH) -> Wide:
    """sin x / cos x; relative error ≤ 2^-22.5 for |x| ≤ 1."""
    bits = magnitude_bits(width)
    quadrant, t, place = _turns(x, bits)
    above, below = _wave(quadrant, t, place, bits), _wave(quadrant + 1, t, place, bits)
    return div(above, below, width=width)


@operation
def atan2(y: Wide, x: Wide, *, width: int = WIDTH) -> Wide:
    """The angle of the point (x, y), -pi … pi; relative error ≤ 2^-23.5; of (0, 0): 0. Infinities as IEEE has them."""
    bits = magnitude_bits(width)
    steep = lt(abs(x), abs(y))
    small = select(steep, abs(x), abs(y))
    large = select(steep, abs(y), abs(x))
    q = int64(quotient(small.m, large.m, bits))  # q · 2^place = |small / large| ≤ 1
    place = int32(small.e) - int32(large.e) - 30
    r = int32(shifted_right(q, -30 - place))
    base = q * int64(horner(product(r, r, 30), ATAN))
    angle = shifted_right(base, -28 - place)  # Q58
    angle = where(steep, (PI_Q58 >> 1) - angle, angle)
    angle = where(x.m < 0, PI_Q58 - angle, angle)
    plain = ~steep & (x.m >= 0)
    s = where(plain, base, angle)
    return round_off64(where(y.m < 0, -s, s), where(plain, place - 30, -58), bits)
