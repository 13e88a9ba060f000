"""Between a caller's arrays and number values, on the host."""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay.exact import wide
from assay.exact.errors import ArgumentMismatch
from assay.exact.values import Keys, Value, impl_of, is_float, is_key
from assay.exact.wide import Wide


def host_value(array: Any, aval: Any, width: int) -> Value:
    """An array of the caller as a value of JAX type `aval`: floats encoded at `width`, keys as their words.

    Raises ArgumentMismatch for a tracer, ValueError for a NaN.
    """
    if isinstance(array, jax.core.Tracer):
        raise ArgumentMismatch(
            "exact(fn) takes arrays, not tracers: it compiles itself. Inside jit or grad, transform the whole function "
            "instead: exact(jax.grad(loss)), or use .integers on encoded numbers."
        )
    if is_key(aval):
        return Keys(np.asarray(jax.random.key_data(array)), impl_of(aval))
    if is_float(aval):
        return wide.encode(np.asarray(array), width=width)
    return np.asarray(array).astype(aval.dtype)


def constant_value(array: Any, aval: Any, width: int) -> Value:
    """A constant of the function's own. A NaN there marks what must not be read (an empty mean, say): it is 0."""
    if not is_float(aval):
        return host_value(array, aval, width)
    if np.ndim(array) == 0:
        return _scalar(float(array), width)
    values = np.asarray(array).astype(np.float64)
    return wide.encode(np.where(np.isnan(values), 0.0, values), width=width)


@lru_cache(maxsize=4096)
def _scalar(value: float, width: int) -> Wide:
    return wide.encode(np.float64(0.0 if np.isnan(value) else value), width=width)


def host_array(value: Value, aval: Any) -> Any:
    """A value as the caller's own kind of array: NumPy of the dtype the function would have returned, or JAX keys."""
    if isinstance(value, Keys):
        return jax.random.wrap_key_data(jnp.asarray(value.data), impl=value.impl.name)
    if isinstance(value, Wide):
        return wide.decode(value, dtype=np.dtype(aval.dtype))
    return np.asarray(value)
