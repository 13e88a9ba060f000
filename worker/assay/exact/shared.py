"""Shared exponents: integer mantissas and one exponent for many numbers, for operands of dots and convolutions."""

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import lax

from assay.exact.dot import exact_dot, max_terms
from assay.exact.errors import PrecisionError
from assay.exact.values import broadcast, reshape
from assay.exact.wide import E_HIGH, E_MIN, Wide, reduce_sum
from assay.exact.wide.number import magnitude_bits
from assay.exact.wide.packing import int32, round_off, round_off64, where

CHUNK = 32
"""Longer reductions of a last axis are done in two steps."""


class Shared(NamedTuple):
    """Numbers m · 2^e. m: signed integers; e: int32, the same shape with size 1 on the axes that share it."""

    m: Any
    e: Any


def share(x: Wide, bits: int, axes: tuple[int, ...], width: int) -> Shared:
    """Numbers rounded (half up) to `bits` bits, sign counted, below the largest exponent along `axes`.

    The error is half a unit of 2^-(bits - 1) of that largest number's power of two. An infinity takes no part in the
    largest and becomes the largest finite power of two there. A mantissa that rounding carries to 2^(bits - 1) is
    saturated by the dot itself.
    """
    finite = where(x.e > E_HIGH, jnp.int16(E_MIN), x.e)
    shape = tuple(1 if d in axes else n for d, n in enumerate(x.shape))
    top = lax.reshape(largest(finite, axes), shape)
    e = int32(x.e)
    spare = magnitude_bits(width) - (bits - 1)
    mantissa = x.m if spare >= 1 else lax.shift_left(x.m, lax.full_like(x.m, 1 - spare))
    drop = lax.clamp(
        jnp.int32(0),
        lax.add(lax.sub(broadcast(top, x.shape), e), jnp.int32(max(spare, 1) - 1)),
        jnp.int32(31),
    )
    if bits == 32 and spare < 1:
        # no room for the rounding bit: cut in 64-bit units
        wide = lax.convert_element_type(x.m, jnp.int64)
        raised = lax.shift_left(wide, lax.full_like(wide, 1 - spare))
        half = lax.shift_right_arithmetic(raised, lax.convert_element_type(drop, jnp.int64))
    else:
        half = lax.shift_right_arithmetic(mantissa, drop)
    one = lax.full_like(half, 1)
    rounded = lax.shift_right_arithmetic(lax.add(half, one), one)
    return Shared(_narrow(rounded, bits), lax.add(top, lax.full_like(top, spare)))


def read_in_blocks(bits: tuple[int, int], terms: int) -> bool:
    """Whether 32-bit floats multiply these widths in blocks of K: narrow operands, more terms than one block has."""
    spare = 24 - (bits[0] + bits[1] - 2)
    return spare >= 6 and terms > 1 << spare


def largest(x: Any, axes: tuple[int, ...]) -> Any:
    """Maximum along `axes`, int32. A long last axis is folded first, so that its columns are reduced side by side.

    XLA's CPU compiler would otherwise store the operand and reduce it in windows; the conversion between the two steps
    keeps it from joining them again.
    """
    last = x.ndim - 1
    length = x.shape[last] if x.ndim else 0
    if last in axes and length > CHUNK and length % CHUNK == 0:
        folded = lax.reshape(x, (*x.shape[:last], CHUNK, length // CHUNK))
        x = lax.reduce_max(folded, (last,))
    return lax.reduce_max(int32(x), axes)


def _narrow(m: Any, bits: int) -> Any:
    """Saturated where the smaller dtype needs it; the dot saturates to `bits` in any case."""
    dtype = jnp.int8 if bits <= 8 else jnp.int16 if bits <= 16 else jnp.int32
    if m.dtype == dtype:
        return m
    limit = (1 << (bits - 1)) - 1
    low, high = jnp.asarray(-limit, m.dtype), jnp.asarray(limit, m.dtype)
    return lax.convert_element_type(lax.clamp(low, m, high), dtype)


def product(a: Shared, b: Shared, bits: tuple[int, int], width: int) -> Wide:
    """Wide[B, M, N] of the shared a[B, M, K] and b[B, N, K]: exact products and sums, each result rounded once.

    Exponents must be shared along K: e is [B or 1, M or 1, 1] and [B or 1, N or 1, 1].
    """
    terms = a.m.shape[2]
    longest = max_terms(bits[0], bits[1], "int64")
    if terms > longest:
        return _in_blocks(a, b, bits, width, longest)
    small = terms << (bits[0] + bits[1] - 2) < 1 << 31
    summed = exact_dot(a.m, b.m, p_a=bits[0], p_b=bits[1], out=jnp.int32 if small else jnp.int64)
    shape = summed.shape
    e = lax.add(broadcast(a.e, shape), broadcast(lax.transpose(b.e, (0, 2, 1)), shape))
    return (round_off if small else round_off64)(summed, e, magnitude_bits(width))


def _in_blocks(a: Shared, b: Shared, bits: tuple[int, int], width: int, longest: int) -> Wide:
    """A product too long for one 64-bit sum: blocks of K, each exact and rounded once, then summed as numbers."""
    if longest < 1:
        raise PrecisionError(
            f"dot={bits}: one product of these widths overflows 64 bits; use at most (32, 31)"
        )
    batch, rows, terms = a.m.shape
    blocks = -(-terms // longest)

    def split(x: Shared) -> Shared:
        count = x.m.shape[1]
        zero = jnp.zeros((), x.m.dtype)
        padded = lax.pad(x.m, zero, ((0, 0, 0), (0, 0, 0), (0, blocks * longest - terms, 0)))
        m = lax.transpose(lax.reshape(padded, (batch, count, blocks, longest)), (0, 2, 1, 3))
        e = broadcast(x.e, (batch, *x.e.shape[1:]))
        spread = lax.broadcast_in_dim(e, (batch, blocks, *e.shape[1:]), (0, 2, 3))
        return Shared(
            lax.reshape(m, (batch * blocks, count, longest)),
            lax.reshape(spread, (batch * blocks, *e.shape[1:])),
        )

    parts = product(split(a), split(b), bits, width)
    columns = b.m.shape[1]
    by_block = reshape(parts, (batch, blocks, rows, columns))
    return reduce_sum(by_block, axes=(1,), width=width)
