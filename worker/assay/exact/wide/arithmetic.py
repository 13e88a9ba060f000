"""Sums, products and quotients of wide numbers."""

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.fixed import product, reciprocal
from assay.exact.wide.number import WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.packing import int32, int64, leading, round_mantissa, round_off, saturate, settle, where


def aligned(a: Wide, b: Wide, guard: int) -> tuple[Array, Array, Array]:
    """Mantissas of both with one exponent, `guard` bits below the larger's last place, cut downwards; and it."""
    e_a, e_b = jnp.broadcast_arrays(int32(a.e), int32(b.e))
    top = lax.max(e_a, e_b)

    def part(m: Array, e: Array) -> Array:
        # unsigned, so that the compiler sees that the amount is in range
        distance = jnp.minimum(lax.convert_element_type(top - e, jnp.uint32), 31)
        return lax.shift_right_arithmetic(*jnp.broadcast_arrays(m << guard, int32(distance)))

    return part(a.m, e_a), part(b.m, e_b), top


def _rounded_sum(s: Array, top: Array, bits: int) -> Wide:
    """The number nearest to s · 2^(top - guard): as round_off, but the exponent saturates."""
    shift = leading(s)
    m, carry = round_mantissa(lax.shift_left(s, shift), bits)
    e = top - shift
    return saturate(m, where(carry, e + 2, e + 1))


@operation
def add(a: Wide, b: Wide, *, width: int = WIDTH) -> Wide:
    """a + b, rounded once from the exact sum: error ≤ 0.5 units in the last place."""
    bits = magnitude_bits(width)
    x, y, top = aligned(a, b, 30 - bits)
    return _rounded_sum(x + y, top, bits)


@operation
def sub(a: Wide, b: Wide, *, width: int = WIDTH) -> Wide:
    """a - b, rounded once from the exact difference: error ≤ 0.5 units in the last place."""
    bits = magnitude_bits(width)
    x, y, top = aligned(a, Wide(-b.m, b.e), 30 - bits)
    return _rounded_sum(x + y, top, bits)


def place(q: Array, e: Array, bits: int, high: Array, zero: Array | None = None) -> Wide:
    """The number nearest to q · 2^e; |q| of int32 rounds to 2^30 … 2^31 where `high`, elsewhere to 2^29 … 2^30 or is 0.

    With `high` and `zero` from the operands, the exponent is computed without the mantissa.
    """
    return settle(_rounded(q, high, bits), where(high, e + (31 - bits), e + (30 - bits)), bits, zero)


def _rounded(q: Array, high: Array, bits: int) -> Array:
    drop = 31 - bits
    return where(high, (q + (1 << (drop - 1))) >> drop, (q + (1 << (drop - 2))) >> (drop - 1))


def _high(q: Array, bits: int) -> Array:
    """Whether q of [2^29, 2^31) in size is 2^30 or more, or would be by rounding."""
    return lax.abs(q) + (1 << (29 - bits)) >= 1 << 30


def round_pair(q: Array, e: Array, bits: int) -> Wide:
    """The number nearest to q · 2^e, where int32 |q| is 0 or in [2^29, 2^31 - 2^(31 - bits)]."""
    return place(q, e, bits, _high(q, bits))


@operation
def mul(a: Wide, b: Wide, *, width: int = WIDTH) -> Wide:
    """a · b, rounded once from the exact product: error ≤ 0.5 units in the last place."""
    bits = magnitude_bits(width)
    cut = 2 * bits - 31
    q = (a.m * b.m) << -cut if cut <= 0 else int32((int64(a.m) * int64(b.m)) >> cut)
    high = _high(q, bits)
    e = a.e + b.e  # int16 throughout: half the work of int32
    return saturate(_rounded(q, high, bits), where(high, e + bits, e + (bits - 1)))


@operation
def square(x: Wide, *, width: int = WIDTH) -> Wide:
    """x², error ≤ 0.5 units in the last place."""
    return mul(x, x, width=width)


def quotient(above: Array, below: Array, bits: int) -> Array:
    """above · 2^30 / below of normal mantissas as int32, below > 0; relative error ≤ 2^-29; of below = 0 some value."""
    t = where(below == 0, 1 << 30, below << (31 - bits))
    return product(above, reciprocal(t), bits - 1)


@operation
def div(a: Wide, b: Wide, *, width: int = WIDTH) -> Wide:
    """a / b, error ≤ 0.54 units in the last place; a / 0 is infinite with the sign of a, 0 / 0 = 0, a / inf = 0."""
    bits = magnitude_bits(width)
    q = quotient(where(b.m < 0, -a.m, a.m), lax.abs(b.m), bits)
    high = lax.abs(a.m) >= lax.abs(b.m)
    return place(q, int32(a.e) - int32(b.e) - 30, bits, high, a.m == 0)


@operation
def neg(x: Wide) -> Wide:
    """-x, exact."""
    return Wide(-x.m, x.e)


@operation
def abs(x: Wide) -> Wide:
    """|x|, exact."""
    return Wide(lax.abs(x.m), x.e)


@operation
def sign(x: Wide, *, width: int = WIDTH) -> Wide:
    """-1, 0 or 1."""
    return round_off(lax.sign(x.m), jnp.int32(0), magnitude_bits(width))


@operation
def integer_pow(x: Wide, *, y: int, width: int = WIDTH) -> Wide:
    """x^y for a Python integer y, by squaring; relative error ≤ 2|y| · 2^-(width - 1); 0^-n is infinite, 0^0 = 1."""
    bits = magnitude_bits(width)
    one = Wide(lax.full_like(x.m, 1 << (bits - 1)), lax.full_like(x.e, 1 - bits))
    result, base, n = None, x, -y if y < 0 else y
    while n:
        if n & 1:
            result = base if result is None else mul(result, base, width=width)
        n >>= 1
        if n:
            base = mul(base, base, width=width)
    if result is None:
        return one
    return div(one, result, width=width) if y < 0 else result
