"""Float primitives that work element by element: each is one function of `assay.exact.wide`."""

from collections.abc import Callable
from typing import Any

from jax import lax

from assay.exact import wide
from assay.exact.rules import shortcuts
from assay.exact.rules.registry import Call, rule
from assay.exact.values import Keys, Value, broadcast
from assay.exact.wide import Wide

ROUNDED: dict[str, Any] = {
    "add": wide.add,
    "add_any": wide.add,
    "sub": wide.sub,
    "mul": wide.mul,
    "div": wide.div,
    "square": wide.square,
    "sign": wide.sign,
}
"""Results that are rounded to the region's width."""

UNROUNDED: dict[str, Any] = {
    "neg": wide.neg,
    "abs": wide.abs,
    "max": wide.maximum,
    "min": wide.minimum,
    "clamp": wide.clamp,
    "eq": wide.eq,
    "ne": wide.ne,
    "lt": wide.lt,
    "le": wide.le,
    "gt": wide.gt,
    "ge": wide.ge,
    "eq_to": wide.eq,
    "lt_to": wide.lt,
    "le_to": wide.le,
    "is_finite": wide.is_finite,
}
"""Results that are exact."""


def _spread(call: Call, operands: tuple[Value, ...]) -> list[Value]:
    shape = tuple(call.out.shape)
    return [broadcast(v, shape) for v in operands]


def _rounded(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(call: Call, *operands: Value) -> Value:
        return function(*_spread(call, operands), width=call.width)

    return apply


def _unrounded(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(call: Call, *operands: Value) -> Value:
        if any(isinstance(v, Keys) for v in operands):
            return _keys(call, *operands)
        return function(*_spread(call, operands))

    return apply


def _keys(call: Call, a: Keys, b: Keys) -> Any:
    """Keys are equal when all their words are."""
    words = lax.eq(a.data, b.data)
    same = lax.reduce_and(words, axes=(words.ndim - 1,))
    return lax.bitwise_not(same) if call.name == "ne" else same


for _name, _function in ROUNDED.items():
    rule(_name)(shortcuts.first(_rounded(_function)))
for _name, _function in UNROUNDED.items():
    rule(_name)(shortcuts.first(_unrounded(_function)))


@rule("integer_pow")
def integer_pow(call: Call, x: Wide) -> Wide:
    """x^y, y a Python integer; x^2 and x^3 by products alone."""
    return wide.integer_pow(x, y=call.params["y"], width=call.width)
