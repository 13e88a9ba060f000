"""Elementary functions: each is the function of the same name in `assay.exact.wide`."""

from typing import Any

from assay.exact import wide
from assay.exact.rules.dots import as_wide
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, broadcast

SAME_NAME = [
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "tanh",
    "logistic",
    "erf",
    "erfc",
    "erf_inv",
    "sqrt",
    "rsqrt",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "asinh",
    "acosh",
    "atanh",
    "floor",
    "ceil",
]
"""Functions of one number."""

TWO = ("pow", "atan2", "rem", "nextafter")
"""Functions of two numbers."""


def _one(name: str) -> Any:
    def apply(call: Call, x: Value) -> Value:
        return getattr(wide, name)(x, width=call.width)

    return apply


def _two(name: str) -> Any:
    def apply(call: Call, a: Value, b: Value) -> Value:
        shape = tuple(call.out.shape)
        return getattr(wide, name)(*(broadcast(as_wide(v, call), shape) for v in (a, b)), width=call.width)

    return apply


for _name in SAME_NAME:
    rule(_name)(_one(_name))
for _name in TWO:
    rule(_name)(_two(_name))


@rule("round")
def round_(call: Call, x: Value) -> Value:
    """To whole numbers; halves to even, or away from zero."""
    return wide.round(x, to_even="EVEN" in str(call.params["rounding_method"]), width=call.width)
