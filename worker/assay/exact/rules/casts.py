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
from assay.exact.wide.packing import int32, round_off64, where

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
    """Reads integers as IEEE floats of the same size, the value rounded to the width; NaN reads 0."""
    if isinstance(x, Wide):
        raise call.refuse(
            "An exact number has no IEEE bits. Compute with the value instead: jnp.sign, jnp.floor, comparisons.",
            "from a float",
        )
    finfo: Any = jnp.finfo
    layout = finfo(call.out.dtype)
    if np.dtype(call.ins[0].dtype).itemsize * 8 != layout.bits or call.out.dtype.itemsize < 2:
        raise call.refuse("Only integers of the float's own size, 16 to 64 bits, are read as floats.")
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


def _special(value: Wide, special: Value, nan: Value, width: int) -> Wide:
    """±inf and NaN of the float format: ±infinity and 0."""
    power = 1 << (width - 2)
    infinite = where(value.m < 0, lax.full_like(value.m, -power), lax.full_like(value.m, power))
    m = where(special, where(nan, 0, infinite), value.m)
    e = where(special, where(nan, jnp.int16(E_MIN), jnp.int16(E_INF)), value.e)
    return Wide(m, e)


@rule("nextafter")
def nextafter(call: Call, *_: Value) -> Value:
    """Neighbouring floats are not neighbouring exact numbers."""
    raise call.refuse("Add or multiply by a stated small amount instead, such as x * (1 + 2**-23).")


@rule("complex", "real_imag", "conj", "imag")
def complex_numbers(call: Call, *_: Value) -> Value:
    """Named, so that the way out is said."""
    raise call.refuse(COMPLEX_HINT)
