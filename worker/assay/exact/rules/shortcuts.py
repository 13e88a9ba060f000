"""Cheaper forms of operations with a constant scalar: the same bits by fewer integer operations.

Products and quotients by a power of two change exponents only; comparisons with zero look at the mantissa only.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.rules.registry import Call
from assay.exact.values import Value, broadcast, zero_like
from assay.exact.wide import E_HIGH, E_MIN, Wide
from assay.exact.wide.number import magnitude_bits
from assay.exact.wide.packing import int32, settle

_SIGN_TESTS: dict[str, tuple[Any, Any]] = {
    "eq": (lax.eq, lax.eq),
    "ne": (lax.ne, lax.ne),
    "lt": (lax.lt, lax.gt),
    "gt": (lax.gt, lax.lt),
    "le": (lax.le, lax.ge),
    "ge": (lax.ge, lax.le),
}
"""Comparison of a mantissa with zero, and the same when zero stands left."""


def first(general: Callable[..., Value]) -> Callable[..., Value]:
    """The rule that tries a shortcut first."""

    def apply(call: Call, *operands: Value) -> Value:
        if len(operands) == 2:
            found = _with_constant(call, operands[0], operands[1])
            if found is not None:
                return found
        return general(call, *operands)

    return apply


def _with_constant(call: Call, a: Value, b: Value) -> Value | None:
    shape = tuple(call.out.shape)
    for side, (x, constant) in enumerate(((a, b), (b, a))):
        if not (_is_scalar(constant) and isinstance(x, Wide)):
            continue
        if constant.m == 0 and call.name in _SIGN_TESTS:
            return _test(_SIGN_TESTS[call.name][side], broadcast(x, shape))
        if constant.m == 0 and call.name in ("max", "min"):
            return _cut_at_zero(broadcast(x, shape), call)
        if call.name == "mul" or (call.name == "div" and side == 0):
            return _scaled(broadcast(x, shape), constant, call)
    return None


def _is_scalar(value: Value) -> bool:
    return isinstance(value, Wide) and isinstance(value.m, (np.ndarray, np.generic)) and np.ndim(value.m) == 0


def _test(compare: Any, x: Wide) -> Any:
    m = jnp.asarray(x.m)
    return compare(m, lax.full_like(m, 0))


def _cut_at_zero(x: Wide, call: Call) -> Wide:
    nothing = zero_like(call.out)
    keeps = _test(lax.gt if call.name == "max" else lax.lt, x)
    return Wide(
        lax.select(keeps, jnp.asarray(x.m), nothing.m), lax.select(keeps, jnp.asarray(x.e), nothing.e)
    )


def _scaled(x: Wide, by: Wide, call: Call) -> Wide | None:
    """x times or over ±2^k, finite; None for other constants."""
    bits = magnitude_bits(call.width)
    if abs(int(by.m)) != 1 << (bits - 1) or not E_MIN < int(by.e) <= E_HIGH:
        return None
    power = int(by.e) + bits - 1
    m, e = jnp.asarray(x.m), int32(jnp.asarray(x.e))
    moved = lax.add(e, lax.full_like(e, power if call.name == "mul" else -power))
    return settle(lax.neg(m) if by.m < 0 else m, moved, bits)
