"""How every result becomes a number again: normalised, rounded once, saturated. Used by all operations on Wide."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.wide.number import E_HIGH, E_INF, E_LOW, E_MIN, WIDTH, Array, Wide, magnitude_bits, operation


def where(condition: Array, chosen: Array | int, other: Array | int) -> Array:
    """`chosen` where the condition holds, else `other`; Python ints take the other's dtype, two are int32."""
    dtype = next((x.dtype for x in (chosen, other) if not isinstance(x, int)), jnp.int32)
    shape = jnp.broadcast_shapes(*(jnp.shape(x) for x in (condition, chosen, other)))
    a, b = (
        lax.full(shape, x, dtype) if isinstance(x, int) else jnp.broadcast_to(x, shape)
        for x in (chosen, other)
    )
    return lax.select(jnp.broadcast_to(condition, shape), a, b)


def int32(x: Array) -> Array:
    return lax.convert_element_type(x, jnp.int32)


def int64(x: Array) -> Array:
    return lax.convert_element_type(x, jnp.int64)


def bounded(x: Array, low: int, high: int) -> Array:
    """min(max(x, low), high) for Python ints that fit the dtype of `x`."""
    return jnp.minimum(jnp.maximum(x, low), high)


def settle(m: Array, e: Array, bits: int, zero: Array | None = None) -> Wide:
    """The number m · 2^e of a mantissa that is already normal or 0, and an int32 exponent that may be out of range.

    `zero` says where m is 0, for callers who know it from their operands: the exponent then does not need m.
    """
    over = e > E_HIGH
    nothing = (e < E_LOW) | (m == 0 if zero is None else zero)
    infinite = ((m >> 31) | 1) << (bits - 1)
    mantissa = where(nothing, 0, where(over, infinite, m))
    exponent = where(nothing, E_MIN, where(over, E_INF, e))
    return Wide(mantissa, lax.convert_element_type(exponent, jnp.int16))


def saturate(m: Array, e: Array) -> Wide:
    """The number of a mantissa that is already normal or 0, the exponent (int16 or int32) held to its limits."""
    exponent = where(m == 0, E_MIN, bounded(e, E_LOW, E_INF))
    return Wide(m, lax.convert_element_type(exponent, jnp.int16))


def round_mantissa(t: Array, bits: int) -> tuple[Array, Array]:
    """t / 2^(31 - bits) rounded, and whether that carried and was halved; |t| of int32 is 0 or in [2^30, 2^31]."""
    m = ((t >> (30 - bits)) + 1) >> 1
    carry = lax.abs(m) == 1 << bits
    return where(carry, m >> 1, m), carry


def round_top(t: Array, e: Array, bits: int) -> Wide:
    """The number nearest to t · 2^e, where |t| of int32 is 0 or in [2^30, 2^31]."""
    m, carry = round_mantissa(t, bits)
    return settle(m, where(carry, e + (32 - bits), e + (31 - bits)), bits)


def leading(s: Array) -> Array:
    """How far `s` (int32 or int64) can be shifted left without changing its sign; 31 or 63 for 0 and -1."""
    sign = s >> (np.iinfo(s.dtype).bits - 1)
    return lax.clz(s ^ sign) - 1


def round_off(s: Array, e: Array | int, bits: int) -> Wide:
    """The number nearest to s · 2^e, for every int32 `s`; `e` is int32 and may be out of range."""
    shift = leading(s)
    return round_top(lax.shift_left(s, shift), e - shift, bits)


def round_off64(s: Array, e: Array | int, bits: int) -> Wide:
    """The number nearest to s · 2^e, for every int64 `s`; `e` is int32 and may be out of range."""
    shift = leading(s)
    return round_top(int32(lax.shift_left(s, shift) >> 32), e + 32 - int32(shift), bits)


@operation
def normalise(x: Wide, *, width: int = WIDTH) -> Wide:
    """Any pattern of bits as a number: rounded to the width; exponents over E_HIGH are infinite, under E_LOW zero."""
    return round_off(x.m, int32(x.e), magnitude_bits(width))


def resize(x: Wide, *, width: int = WIDTH) -> Wide:
    """A number of any width at this width; ≤ 0.5 units in the last place when it narrows, exact when it widens."""
    return normalise(x, width=width)
