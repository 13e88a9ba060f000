"""Fixed-point pieces that the elementary functions share. 'Q30' is an integer with 30 fractional bits."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.coefficients import EXP2, LOG, LOG2, RECIPROCAL, RSQRT
from assay.exact.wide.number import Array
from assay.exact.wide.packing import bounded, int32, int64, where

SIGN = -(2**31)
ROOT_HALF = 1518500250  # 2^31 / sqrt(2)
LN2_Q48 = 195103586505167  # ln 2 · 2^48


def product(a: Array, b: Array | int, shift: int) -> Array:
    """floor(a · b / 2^shift) of int32 operands as int32; the exact product is 64 bits wide."""
    return int32((int64(a) * (b if isinstance(b, int) else int64(b))) >> shift)


def shifted_right(x: Array, by: Array, low: int = 0) -> Array:
    """floor(x / 2^by) for an int32 `by`, clamped to low … the last bit of x."""
    last = 31 if x.dtype == jnp.int32 else 63
    amount = lax.convert_element_type(bounded(by, low, last), x.dtype)
    return lax.shift_right_arithmetic(*jnp.broadcast_arrays(x, amount))


def horner(x: Array, coefficients: tuple[int, ...]) -> Array:
    """The polynomial at a Q30 `x` of |x| < 2, int32, in the fractional bits of its coefficients."""
    result = product(x, coefficients[-1], 30) + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        result = product(result, x, 30) + coefficient
    return result


def horner_short(x: Array, coefficients: tuple[int, ...]) -> Array:
    """The same to 2^-15, in int32 alone, for |x| ≤ 1/2 and values up to 1: a start for Newton's method, Q30."""
    short = (x + (1 << 14)) >> 15  # Q15; the sum below is Q16
    result: Array | int = (coefficients[-1] + (1 << 13)) >> 14
    for coefficient in coefficients[-2::-1]:
        result = ((short * result) >> 15) + ((coefficient + (1 << 13)) >> 14)
    return result << 14


def fraction(m: Array, e: Array, bits: int) -> Array:
    """m · 2^e as Q30, int32, for |m · 2^e| < 1 (larger ones are read as if their exponent were -bits)."""
    return shifted_right(m << (30 - bits), -e - bits)


def exp2_fixed(t: Array) -> tuple[Array, Array]:
    """(p, n) with 2^t = p · 2^(n - 30), p in [2^29.5, 2^30.5], for an int64 Q30 `t` of |t| < 2^31."""
    half = 1 << 29
    n = int32((t + half) >> 30)
    f = ((int32(t) + half) & ((1 << 30) - 1)) - half
    return horner(f, EXP2), n


def logarithm(t: Array, e: Array, binary: bool) -> tuple[Array, Array]:
    """(s, q) with log(t · 2^e) = s · 2^-q, int64 and int32, for int32 t in [2^30, 2^31); base 2 or e.

    Near 1, q = 61 and the relative error is 2^-29; elsewhere q = 48.
    """
    low = t < ROOT_HALF
    u = where(low, t << 1, t) ^ SIGN  # y - 1 in Q31, where y = t · 2^e / 2^k is in [sqrt(1/2), sqrt(2))
    k = where(low, e + 30, e + 31)
    near = int64(u) * int64(horner(u >> 1, LOG2 if binary else LOG))
    whole = int64(k) << 48 if binary else int64(k) * LN2_Q48
    return where(k == 0, near, (near >> 13) + whole), where(k == 0, jnp.int32(61), jnp.int32(48))


def reciprocal(t: Array) -> Array:
    """2^60 / t in Q30 for int32 t in [2^30, 2^31): 1 / v of v = t / 2^30; error ≤ 2^-29 of the result. No division."""
    y = horner_short(t - (3 << 29), RECIPROCAL)
    # rounded, not cut: both steps would err to one side
    short = (1 << 30) - int32((int64(y) * int64(t) + (1 << 29)) >> 30)
    return y + int32((int64(y) * int64(short) + (1 << 29)) >> 30)


def reciprocal_root(t: Array) -> Array:
    """2^45 / sqrt(t) in Q30 for int32 t in [2^30, 2^31): 1 / sqrt(v) of v = t / 2^30; error ≤ 2^-29."""
    y = horner_short(t - (3 << 29), RSQRT)
    short = (1 << 30) - product(product(y, y, 30), t, 30)
    return y + product(y, short, 31)
