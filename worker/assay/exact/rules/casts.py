"""Between floats and integers: conversion by value, and reading a float out of its bits."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact import wide
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, is_float
from assay.exact.wide import E_INF, E_MIN, Wide
from assay.exact.wide.number import magnitude_bits
from assay.exact.wide.packing import int32, int64, round_off64, where

COMPLEX_HINT = "Complex numbers have no exact form: keep real and imaginary parts apart."


@rule("convert_element_type")
def convert_element_type(call: Call, x: Value) -> Value:
    """Float to float changes nothing: the region's width holds, whatever float type the function names."""
    dtype = np.dtype(call.params["new_dtype"])
    if isinstance(x, Wide):
        if jnp.issubdtype(dtype, np.floating):
            return x
        if dtype == np.bool_:
            m = jnp.asarray(x.m)
            return lax.ne(m, lax.full_like(m, 0))
        if not jnp.issubdtype(dtype, np.integer):
            raise call.refuse(COMPLEX_HINT, f"to {dtype}")
        return wide.to_int(x, dtype=dtype)
    if not is_float(call.out):
        raise call.refuse(COMPLEX_HINT, f"to {dtype}")
    return wide.from_int(jnp.asarray(x), width=call.width)


@rule("bitcast_convert_type")
def bitcast_convert_type(call: Call, x: Value) -> Value:
    """Between integers and IEEE floats of the same size: a number is rounded to the width, NaN reads 0; bits are those
    of the nearest float of the type that the function names.
    """
    finfo: Any = jnp.finfo
    named, other = (call.ins[0], call.out) if isinstance(x, Wide) else (call.out, call.ins[0])
    layout = finfo(named.dtype)
    if np.dtype(other.dtype).itemsize * 8 != layout.bits or layout.bits < 16 or is_float(other):
        raise call.refuse(
            "Only integers of the float's own size, 16 to 64 bits, are read as floats, and the reverse."
        )
    if isinstance(x, Wide):
        return ieee_bits(x, layout, call)
    mantissa_bits, exponent_bits = layout.nmant, layout.nexp
    word = lax.convert_element_type(jnp.asarray(x), jnp.int64)
    fraction = lax.bitwise_and(word, lax.full_like(word, (1 << mantissa_bits) - 1))
    shifted = lax.shift_right_logical(word, lax.full_like(word, mantissa_bits))
    exponent = int32(lax.bitwise_and(shifted, lax.full_like(shifted, (1 << exponent_bits) - 1)))
    negative = lax.shift_right_logical(word, lax.full_like(word, layout.bits - 1)) & 1
    hidden = where(exponent == 0, 0, lax.full_like(fraction, 1 << mantissa_bits))
    magnitude = lax.bitwise_or(fraction, hidden)
    signed = where(negative == 1, -magnitude, magnitude)
    bias = (1 << (exponent_bits - 1)) - 1 + mantissa_bits
    value = round_off64(signed, lax.max(exponent, jnp.int32(1)) - bias, magnitude_bits(call.width))
    return _special(value, exponent == (1 << exponent_bits) - 1, fraction != 0, call.width)


def ieee_bits(x: Wide, layout: Any, call: Call) -> Any:
    """The IEEE pattern of each number: ±inf beyond the type's range, subnormals cut towards zero, no negative zero."""
    kept = layout.nmant + 1
    if kept < magnitude_bits(call.width):
        x = wide.resize(x, width=max(kept + 1, wide.MIN_WIDTH))
        bits = max(kept, wide.MIN_WIDTH - 1)
    else:
        bits = magnitude_bits(call.width)
    last = (1 << layout.nexp) - 1
    exponent = int32(x.e) + (bits - 1 + (last >> 1))
    size = lax.shift_left(int64(lax.abs(x.m)), lax.full(x.shape, kept - bits, jnp.int64))
    below = lax.clamp(jnp.int32(0), 1 - exponent, jnp.int32(63))
    fraction = lax.shift_right_logical(size, int64(below)) & ((1 << layout.nmant) - 1)
    over = exponent >= last
    biased = lax.clamp(jnp.int32(0), exponent, jnp.int32(last))
    word = where(over, 0, fraction) | (int64(biased) << layout.nmant)
    word = where(x.m == 0, 0, where(x.m < 0, word | lax.full_like(word, -(1 << (layout.bits - 1))), word))
    return lax.convert_element_type(word, call.out.dtype)


def _special(value: Wide, special: Value, nan: Value, width: int) -> Wide:
    """±inf and NaN of the float format: ±infinity and 0."""
    power = 1 << (width - 2)
    infinite = where(value.m < 0, lax.full_like(value.m, -power), lax.full_like(value.m, power))
    m = where(special, where(nan, 0, infinite), value.m)
    e = where(special, where(nan, jnp.int16(E_MIN), jnp.int16(E_INF)), value.e)
    return Wide(m, e)


@rule("complex", "real_imag", "conj", "imag")
def complex_numbers(call: Call, *_: Value) -> Value:
    """Named, so that the way out is said."""
    raise call.refuse(COMPLEX_HINT)
