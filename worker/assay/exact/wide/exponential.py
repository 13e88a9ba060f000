"""Exponentials: exp, exp2, expm1, and the logistic function and tanh that are made of them."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.arithmetic import place, round_pair, sub
from assay.exact.wide.coefficients import EXPM1, TANH
from assay.exact.wide.fixed import exp2_fixed, fraction, horner, product, reciprocal, shifted_right
from assay.exact.wide.number import WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.order import select
from assay.exact.wide.packing import int32, int64, round_off, where

LOG2_E = 1.4426950408889634
ONE = 1 << 30


def scaled(m: Array, e: Array, unit: float, bits: int) -> Array:
    """m · 2^e · unit as int64 Q30, 1 ≤ unit < 2; where |m · 2^e| ≥ 2^13 some value over 2^12 of the same sign."""
    factor = round(unit * 2**40) << (21 - bits) if bits <= 21 else round(unit * 2 ** (61 - bits))
    return shifted_right(int64(m) * factor, 31 - bits - e, low=18)


def _power(t: Array, bits: int) -> Wide:
    """2^t of a Q30 `t`."""
    p, n = exp2_fixed(t)
    # 2^f reaches 2^bits by rounding from f = -2^-(bits + 1) / ln 2 on
    high = ((int32(t) + (ONE >> 1)) & (ONE - 1)) >= (ONE >> 1) - round(LOG2_E * 2 ** (29 - bits))
    drop = 31 - bits
    capped = jnp.minimum(p, ONE - (1 << (drop - 2)) - 1)
    return place(where(high, jnp.maximum(p, ONE), capped), n - 30, bits, high, lax.full_like(high, False))


@operation
def exp(x: Wide, *, width: int = WIDTH) -> Wide:
    """e^x; error ≤ 0.6 units in the last place at width 25; beyond the exponents 0 or infinite."""
    bits = magnitude_bits(width)
    return _power(scaled(x.m, int32(x.e), LOG2_E, bits), bits)


@operation
def exp2(x: Wide, *, width: int = WIDTH) -> Wide:
    """2^x; error ≤ 0.6 units in the last place at width 25, exact for whole x."""
    bits = magnitude_bits(width)
    return _power(scaled(x.m, int32(x.e), 1.0, bits), bits)


@operation
def expm1(x: Wide, *, width: int = WIDTH) -> Wide:
    """e^x - 1; error ≤ 2 units in the last place, for tiny x too."""
    bits = magnitude_bits(width)
    e = int32(x.e)
    near = int64(x.m) * int64(horner(fraction(x.m, e, bits), EXPM1))
    small = round_off(int32(near >> bits), e + (bits - 30), bits)
    one = Wide(lax.full_like(x.m, 1 << (bits - 1)), lax.full_like(x.e, 1 - bits))
    return select(e < -bits, small, sub(exp(x, width=width), one, width=width))


@operation
def logistic(x: Wide, *, width: int = WIDTH) -> Wide:
    """1 / (1 + e^-x); error ≤ 0.7 units in the last place at width 25, both tails included."""
    bits = magnitude_bits(width)
    p, n = exp2_fixed(-scaled(lax.abs(x.m), int32(x.e), LOG2_E, bits))
    tail = jnp.minimum(shifted_right(p, -n), ONE - 1)
    negative = x.m < 0
    q = product(where(negative, p, ONE), reciprocal(tail + ONE), 30)
    return round_off(q, where(negative, n - 30, -30), bits)


@operation
def tanh(x: Wide, *, width: int = WIDTH) -> Wide:
    """tanh x; error ≤ 0.7 units in the last place at width 25, for tiny x too."""
    bits = magnitude_bits(width)
    e = int32(x.e)
    size = lax.abs(x.m)
    p, n = exp2_fixed(-scaled(size, e + 1, LOG2_E, bits))
    tail = jnp.minimum(shifted_right(p, -n), ONE - 1)
    far = product(ONE - tail, reciprocal(tail + ONE), 30)
    r = fraction(size, e, bits)
    near = product(size, horner(product(r, r, 30), TANH), bits - 1)
    small = (e <= -bits) & (r < (6 * ONE) // 10)
    q = where(small, near, far)
    return round_pair(where(x.m < 0, -q, q), where(small, e + (bits - 31), -30), bits)
