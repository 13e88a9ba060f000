"""Between wide numbers and floats (on the host, NumPy) and between wide numbers and integers (on the device)."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.wide.number import E_INF, E_MIN, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.packing import bounded, int32, int64, round_off, round_off64, where


def encode(values: Any, *, width: int = WIDTH) -> Wide:
    """Floats (any NumPy-like float array, bfloat16 too) as numbers, NumPy arrays; ±inf stays infinite.

    Rounds half up to the width. ValueError for a NaN, TypeError for anything that is not real numbers.
    """
    bits = magnitude_bits(width)
    array = np.asarray(values)
    if array.dtype.kind == "c" or array.dtype.kind in "OSUMm":
        raise TypeError(
            f"cannot encode values of dtype {array.dtype}: exact numbers are made from real floats"
        )
    wide = array.astype(np.float64)
    if np.isnan(wide).any():
        where_nan = tuple(int(i) for i in np.argwhere(np.isnan(wide))[0])
        raise ValueError(
            f"cannot encode NaN (first at index {where_nan}): exact numbers have none; mask it before"
        )
    infinite = np.isinf(wide)
    fraction, exponent = np.frexp(np.where(infinite, np.copysign(1.0, wide), wide))
    m = np.floor(np.ldexp(fraction, bits) + 0.5).astype(np.int64)
    carry = np.abs(m) == 1 << bits
    m = np.where(carry, m >> 1, m)
    e = exponent.astype(np.int64) - bits + carry
    e = np.where(m == 0, E_MIN, np.where(infinite, E_INF, e))
    return Wide(m.astype(np.int32), e.astype(np.int16))


def decode(x: Wide, *, dtype: Any = np.float64) -> Any:
    """The numbers as NumPy floats, nearest to each; what is too large for the dtype is infinite."""
    m, e = np.asarray(x.m), np.asarray(x.e).astype(np.int32)
    with np.errstate(over="ignore", under="ignore"):
        value = np.ldexp(m.astype(np.float64), np.clip(e, -5000, 5000))
        return value.astype(dtype)


@operation
def from_int(x: Array, *, width: int = WIDTH) -> Wide:
    """Integers or bools of any dtype as numbers; error ≤ 0.5 units in the last place, exact below 2^(width - 1)."""
    bits = magnitude_bits(width)
    x = jnp.asarray(x)
    zero = jnp.int32(0)
    if x.dtype in (jnp.uint32, jnp.int64):
        return round_off64(int64(x), zero, bits)
    if x.dtype == jnp.uint64:
        # half of it, its last bit kept as the one that rounding may see
        halved = lax.shift_right_logical(x, lax.full_like(x, 1)) | (x & 1)
        low = round_off64(int64(x), zero, bits)
        high = round_off64(int64(halved), zero + 1, bits)
        top = int64(x) < 0
        return Wide(where(top, high.m, low.m), where(top, high.e, low.e))
    if not (jnp.issubdtype(x.dtype, jnp.integer) or x.dtype == jnp.bool_):
        raise TypeError(f"from_int takes integers or bools, not {x.dtype}")
    return round_off(int32(x), zero, bits)


@operation
def to_int(x: Wide, *, dtype: Any = jnp.int32) -> Array:
    """The integers towards zero, as JAX converts floats; beyond the dtype its nearest limit, infinities too."""
    limits = np.iinfo(dtype)
    small = limits.bits <= 32 and limits.min < 0
    work = jnp.dtype(jnp.int32 if small else jnp.uint64 if limits.max == 2**64 - 1 else jnp.int64)
    room = np.iinfo(work)
    size = lax.convert_element_type(lax.abs(x.m), work)
    e = int32(x.e)
    left = lax.convert_element_type(bounded(e, 0, room.bits - 1), work)
    right = lax.convert_element_type(bounded(-e, 0, room.bits - 1), work)
    top = lax.full_like(size, room.max)
    over = size > lax.shift_right_logical(top, left)
    grown = lax.shift_left(size, left)
    whole = where(over, top, lax.shift_right_logical(grown, right))
    if limits.min == 0:
        result = where(x.m < 0, lax.full_like(whole, 0), whole)
    else:
        lowest = lax.full_like(whole, room.min)
        result = where(x.m < 0, where(over, lowest, -whole), whole)
    if limits.bits < room.bits:
        result = bounded(result, limits.min, limits.max)
    return lax.convert_element_type(result, dtype)
