"""The wide number: an int32 mantissa and an int16 exponent for every element; value = m · 2^e.

Its width w counts the sign bit: a number other than zero has 2^(w-2) ≤ |m| < 2^(w-1), so each value has one
representation. The default, 25, holds every finite float32 that is not subnormal bit for bit (24 magnitude bits).

Exponents, chosen so that sums and products need not ask for zero or infinity first:

- zero is m = 0, e = E_MIN; every other number has E_LOW ≤ e ≤ E_INF;
- where e > E_HIGH a number is infinite: it decodes as ±inf, equals every infinity of its sign, and otherwise behaves as
  the very large number it is: -inf + x = -inf, 0 · inf = 0, inf - inf = 0 for equal patterns. It serves as the masked
  fill. Encoding, and every function but sums and products, writes it as m = ±2^(w-2), e = E_INF. There is no NaN;
- sums and products saturate the exponent at both ends; the other functions give 0 below E_LOW.

ROUNDING: half up, floor(x + 1/2) in units of the last place of the result, wherever a page does not say otherwise.

Patterns that are not numbers in this sense (foreign inputs) never fail: each operation is a fixed list of total
integer operations. `normalise` turns any pattern into a number.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import jax

E_MIN = -(2**14)
"""The exponent of zero, and of nothing else."""
E_LOW = -(2**12)
"""The smallest exponent of a number that is not zero."""
E_HIGH = 2**12
"""The largest exponent of a finite number."""
E_INF = 2**13 + 2**11
"""The largest exponent: with E_LOW added it is still infinite, and two of them fit an int16 as two E_MIN do."""

WIDTH = 25
MIN_WIDTH = 8
MAX_WIDTH = 28
ROUNDING = "half up"

Array = Any
"""A JAX or NumPy array, or a tracer of one."""


class Wide(NamedTuple):
    """Numbers m · 2^e, elementwise; a JAX pytree of two arrays of one shape."""

    m: Array
    """int32"""
    e: Array
    """int16"""

    @property
    def shape(self) -> tuple[int, ...]:
        return cast(tuple[int, ...], self.m.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)


Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def operation(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Makes `function` one named, cached piece of a jaxpr, with 64-bit integers whatever the caller's setting is.

    Its keyword-only arguments are static. Inside, only integer operations; the caller's own setting is not touched.
    """
    parameters = inspect.signature(function).parameters.values()
    static = [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    compiled = jax.jit(function, static_argnames=static)

    @functools.wraps(function)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with jax.enable_x64(True):
            return cast(Result, compiled(*args, **kwargs))

    return call


def magnitude_bits(width: int) -> int:
    """Bits of |m| at this width; ValueError outside MIN_WIDTH … MAX_WIDTH."""
    if not isinstance(width, int) or not MIN_WIDTH <= width <= MAX_WIDTH:
        raise ValueError(
            f"the width of exact numbers is {width!r}, but must be {MIN_WIDTH} to {MAX_WIDTH} bits"
        )
    return width - 1
