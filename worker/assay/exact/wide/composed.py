"""Functions made of the others: hyperbolic functions and inverses. Each is a formula that loses no small argument."""

from jax import lax

from assay.exact.wide.arithmetic import abs, add, div, mul, neg, sub
from assay.exact.wide.exponential import exp, expm1
from assay.exact.wide.logarithm import log, log1p
from assay.exact.wide.number import WIDTH, Wide, magnitude_bits, operation
from assay.exact.wide.order import ge, lt, select
from assay.exact.wide.packing import where
from assay.exact.wide.roots import sqrt
from assay.exact.wide.trigonometry import atan2


def power_of_two(like: Wide, exponent: int, width: int) -> Wide:
    """2^exponent everywhere, in the shape of `like`."""
    bits = magnitude_bits(width)
    return Wide(lax.full_like(like.m, 1 << (bits - 1)), lax.full_like(like.e, exponent + 1 - bits))


def signed(x: Wide, size: Wide) -> Wide:
    """`size` with the sign of x."""
    return Wide(where(x.m < 0, -size.m, size.m), size.e)


@operation
def sinh(x: Wide, *, width: int = WIDTH) -> Wide:
    """(e^x - e^-x) / 2; relative error ≤ 2^-21.5."""
    half = power_of_two(x, -1, width)
    u = expm1(abs(x), width=width)
    inner = add(u, div(u, add(u, power_of_two(x, 0, width), width=width), width=width), width=width)
    far = mul(exp(abs(x), width=width), half, width=width)
    large = ge(abs(x), power_of_two(x, 5, width))
    return signed(x, select(large, far, mul(inner, half, width=width)))


@operation
def cosh(x: Wide, *, width: int = WIDTH) -> Wide:
    """(e^x + e^-x) / 2; relative error ≤ 2^-22.5."""
    both = add(exp(abs(x), width=width), exp(neg(abs(x)), width=width), width=width)
    return mul(both, power_of_two(x, -1, width), width=width)


@operation
def asinh(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of sinh; relative error ≤ 2^-21; infinite where x² is."""
    a, one = abs(x), power_of_two(x, 0, width)
    squared = mul(a, a, width=width)
    root = sqrt(add(squared, one, width=width), width=width)
    inner = add(a, div(squared, add(root, one, width=width), width=width), width=width)
    return signed(x, log1p(inner, width=width))


@operation
def acosh(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of cosh; relative error ≤ 2^-20.5; of x ≤ 1: 0; infinite where x² is."""
    one = power_of_two(x, 0, width)
    t = sub(x, one, width=width)
    root = sqrt(mul(t, add(x, one, width=width), width=width), width=width)
    inside = lt(x, one)
    result = log1p(add(t, root, width=width), width=width)
    return select(inside, sub(x, x, width=width), result)


@operation
def atanh(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of tanh; relative error ≤ 2^-20.5; of |x| ≥ 1 infinite with the sign of x."""
    a, one = abs(x), power_of_two(x, 0, width)
    ratio = div(add(a, a, width=width), sub(one, a, width=width), width=width)
    result = mul(log1p(ratio, width=width), power_of_two(x, -1, width), width=width)
    infinite = neg(log(sub(a, a, width=width), width=width))
    return signed(x, select(ge(a, one), infinite, result))


@operation
def asin(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of sin; relative error ≤ 2^-22; |x| > 1 is read as ±1."""
    return atan2(x, _leg(x, width), width=width)


@operation
def acos(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of cos; relative error ≤ 2^-22; |x| > 1 is read as ±1."""
    return atan2(_leg(x, width), x, width=width)


def _leg(x: Wide, width: int) -> Wide:
    """sqrt((1 - x)(1 + x)), 0 outside -1 … 1."""
    one = power_of_two(x, 0, width)
    gap = mul(sub(one, x, width=width), add(one, x, width=width), width=width)
    return sqrt(gap, width=width)


@operation
def atan(x: Wide, *, width: int = WIDTH) -> Wide:
    """The inverse of tan; relative error ≤ 2^-23.5; of infinities ±pi/2."""
    return atan2(x, power_of_two(x, 0, width), width=width)
