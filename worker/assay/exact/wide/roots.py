"""Square and cube roots."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.arithmetic import place, round_pair
from assay.exact.wide.coefficients import RCBRT
from assay.exact.wide.fixed import horner_short, product, reciprocal_root
from assay.exact.wide.number import E_HIGH, E_INF, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.packing import int32, settle, where

ROOT_2 = 1518500250  # sqrt(2), Q30
ROOT_HALF = 759250125  # sqrt(1/2), Q30
CUBE_ROOT_2 = 1352829926  # 2^(1/3), Q30
CUBE_ROOT_4 = 1704458901  # 2^(2/3), Q30


def _parts(x: Wide, bits: int) -> tuple[Array, Array]:
    """(t, k) with |x| = t / 2^30 · 2^k, t in [2^30, 2^31)."""
    return lax.abs(x.m) << (31 - bits), int32(x.e) + (bits - 1)


@operation
def sqrt(x: Wide, *, width: int = WIDTH) -> Wide:
    """The square root; error ≤ 0.6 units in the last place at width 25, exact where it is a number; of x < 0: 0."""
    bits = magnitude_bits(width)
    t, k = _parts(x, bits)
    root = product(t, reciprocal_root(t), 31)
    q = where(k & 1 == 1, product(root, ROOT_2, 30), root)
    m = jnp.minimum((q + (1 << (29 - bits))) >> (30 - bits), (1 << bits) - 1)
    zero = x.m <= 0
    return settle(where(zero, 0, m), where(int32(x.e) > E_HIGH, E_INF, (k >> 1) + (1 - bits)), bits, zero)


@operation
def rsqrt(x: Wide, *, width: int = WIDTH) -> Wide:
    """1 / sqrt(x); error ≤ 0.6 units in the last place at width 25; of x ≤ 0: infinity."""
    bits = magnitude_bits(width)
    t, k = _parts(x, bits)
    root = reciprocal_root(t)
    odd = k & 1 == 1
    q = where(odd, product(root, ROOT_HALF, 30), root)
    e = where(x.m > 0, where(int32(x.e) > E_HIGH, -E_INF, -30 - (k >> 1)), E_INF)
    high = (x.m <= 0) | ((t == 1 << 30) & ~odd)
    return place(where(x.m > 0, q, 1 << 30), e, bits, high, lax.full_like(high, False))


@operation
def cbrt(x: Wide, *, width: int = WIDTH) -> Wide:
    """The cube root with the sign of x; error ≤ 0.7 units in the last place at width 25."""
    bits = magnitude_bits(width)
    t, k = _parts(x, bits)
    y = horner_short(t - (3 << 29), RCBRT)
    short = (1 << 30) - product(product(product(y, y, 30), y, 30), t, 30)
    y = y + product(product(y, 1431655765, 32), short, 30)  # y · short / 3
    root = product(product(t, y, 31), y, 30)
    third = lax.div(k + 3 * 2**14, jnp.full_like(k, 3)) - 2**14
    rest = k - 3 * third
    factor = where(rest == 1, CUBE_ROOT_2, where(rest == 2, jnp.int32(CUBE_ROOT_4), jnp.int32(1 << 30)))
    q = product(root, factor, 30)
    return round_pair(
        where(x.m < 0, -q, where(x.m == 0, 0, q)), where(int32(x.e) > E_HIGH, E_INF, third - 29), bits
    )
