"""What the interpreter holds for one variable: a Wide for floats, a Keys for random keys, else an integer array."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.wide import E_MIN, Wide


@jax.tree_util.register_pytree_node_class
class Keys:
    """Typed random keys as plain integers: uint32[..., n], the last axis being one key's words.

    impl: JAX's generator behind the key type (only threefry's is evaluated).
    """

    def __init__(self, data: Any, impl: Any) -> None:
        self.data, self.impl = data, impl

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.data.shape[: self.data.ndim - len(self.impl.key_shape)])

    def tree_flatten(self) -> tuple[tuple[Any], Any]:
        return (self.data,), self.impl

    @classmethod
    def tree_unflatten(cls, impl: Any, children: tuple[Any]) -> "Keys":
        return cls(children[0], impl)


type_spec: Any = jax.ShapeDtypeStruct  # untyped in JAX
Value = Any  # Wide | Keys | jax.Array | numpy.ndarray


def is_float(aval: Any) -> bool:
    """Whether numbers of this type become Wide: every real floating dtype, bfloat16 and float8 included."""
    return bool(jnp.issubdtype(aval.dtype, np.floating))


def is_key(aval: Any) -> bool:
    """Whether this is a typed random key array."""
    return bool(jnp.issubdtype(aval.dtype, jax.dtypes.prng_key))


def impl_of(aval: Any) -> Any:
    """The generator of a key type."""
    return aval.dtype._impl


def shape_of(value: Value) -> tuple[int, ...]:
    """Shape of the number tensor, whatever holds it."""
    return tuple(value.m.shape) if isinstance(value, Wide) else tuple(np.shape(value))


def each_part(bind: Callable[..., Any], *values: Value) -> Any:
    """Applies an operation that only moves elements: to mantissas, then to exponents; plain operands go to both.

    Returns a Wide, Keys or array, or a list of them if `bind` returns a list.
    """
    if any(isinstance(v, Keys) for v in values):
        return _each_word(bind, values)
    if not any(isinstance(v, Wide) for v in values):
        return bind(*values)
    m = bind(*(v.m if isinstance(v, Wide) else v for v in values))
    e = bind(*(v.e if isinstance(v, Wide) else v for v in values))
    if isinstance(m, (list, tuple)):
        return [Wide(*pair) for pair in zip(m, e, strict=True)]
    return Wide(m, e)


def _each_word(bind: Callable[..., Any], values: tuple[Value, ...]) -> Any:
    impl = next(v.impl for v in values if isinstance(v, Keys))
    axes = tuple(-1 if isinstance(v, Keys) else None for v in values)
    found = jax.vmap(bind, in_axes=axes, out_axes=-1)(*(v.data if isinstance(v, Keys) else v for v in values))
    if isinstance(found, (list, tuple)):
        return [Keys(data, impl) for data in found]
    return Keys(found, impl)


def zero_like(aval: Any) -> Value:
    """Zeros of a JAX type: the number 0, the integer 0, False."""
    if is_float(aval):
        return Wide(lax.full(aval.shape, 0, jnp.int32), lax.full(aval.shape, E_MIN, jnp.int16))
    return lax.full(aval.shape, 0, aval.dtype)


def broadcast(value: Value, shape: tuple[int, ...]) -> Value:
    """NumPy broadcasting to `shape`: JAX's primitives take scalars and axes of size 1 beside full shapes."""
    own = shape_of(value)
    if own == shape:
        return value
    axes = tuple(range(len(shape) - len(own), len(shape)))
    return each_part(lambda x: lax.broadcast_in_dim(x, shape, axes), value)


def reshape(value: Value, shape: tuple[int, ...]) -> Value:
    """Row-major reshape."""
    return value if shape_of(value) == shape else each_part(lambda x: lax.reshape(x, shape), value)


def transpose(value: Value, order: tuple[int, ...]) -> Value:
    """Axes in the given order."""
    return value if order == tuple(range(len(order))) else each_part(lambda x: lax.transpose(x, order), value)
