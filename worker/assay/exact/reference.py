"""One equation of a jaxpr in float64, for reports."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay.exact.values import is_float, is_key

_UNCOMPARED = frozenset(
    [
        "random_bits",
        "threefry2x32",
        "random_wrap",
        "random_unwrap",
        "random_seed",
        "random_split",
        "random_fold_in",
    ]
)


def float64_results(eqn: Any, operands: Sequence[Any]) -> list[Any] | None:
    """The primitive on float64 operands; None where there is nothing to compare."""
    name = eqn.primitive.name
    if name in _UNCOMPARED or any(is_key(v.aval) for v in (*eqn.invars, *eqn.outvars)):
        return None
    if not any(is_float(v.aval) for v in eqn.outvars):
        return None
    if name == "bitcast_convert_type":
        raw = jax.lax.bitcast_convert_type(np.asarray(operands[0]), eqn.outvars[0].aval.dtype)
        return [np.asarray(raw, np.float64)]
    with jax.enable_x64(True):
        arrays = [
            jnp.asarray(x, jnp.float64 if is_float(v.aval) else v.aval.dtype)
            for x, v in zip(operands, eqn.invars, strict=True)
        ]
        try:
            found = _bind(eqn, arrays)
        except (TypeError, ValueError, NotImplementedError):
            return None
    results = list(found) if eqn.primitive.multiple_results else [found]
    return [np.asarray(r) for r in results]


_BINARY = frozenset(
    [
        "add",
        "add_any",
        "sub",
        "mul",
        "div",
        "max",
        "min",
        "rem",
        "pow",
        "atan2",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "nextafter",
    ]
)


def _bind(eqn: Any, arrays: list[Any]) -> Any:
    name = eqn.primitive.name
    if name in _BINARY and name != "pow":
        shape = tuple(eqn.outvars[0].aval.shape)
        arrays = [jnp.broadcast_to(a, shape) for a in arrays]
    if name.startswith("scatter"):
        kinds: dict[str, Any] = {
            "scatter-add": jax.lax.scatter_add,
            "scatter_add": jax.lax.scatter_add,
            "scatter": jax.lax.scatter,
        }
        if name not in kinds:
            raise NotImplementedError
        p = eqn.params
        return kinds[name](
            arrays[0],
            arrays[1],
            arrays[2],
            p["dimension_numbers"],
            indices_are_sorted=p["indices_are_sorted"],
            unique_indices=p["unique_indices"],
            mode=p["mode"],
        )
    params = {k: _wider(k, v) for k, v in eqn.params.items()}
    return eqn.primitive.bind(*arrays, **params)


def _wider(key: str, value: Any) -> Any:
    """float64 wherever a parameter names a float type."""
    if key in ("new_dtype", "dtype", "preferred_element_type") and value is not None:
        return np.dtype(np.float64) if jnp.issubdtype(value, np.floating) else value
    return value
