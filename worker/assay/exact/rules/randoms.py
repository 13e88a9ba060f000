"""Random keys and bits: JAX's own threefry streams, as integers. What is drawn equals what jax.random draws."""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay.exact.rules.registry import Call, rule
from assay.exact.threefry import counters, threefry2x32
from assay.exact.values import Keys, Value, broadcast, is_key, type_spec

GENERATOR_HINT = (
    'Only the threefry generator is exact: make keys with jax.random.key(seed, impl="threefry2x32"), '
    "or leave jax_default_prng_impl at its default."
)


@rule("threefry2x32", always=True)
def threefry(call: Call, k1: Value, k2: Value, x1: Value, x2: Value) -> list[Value]:
    """The block cipher itself."""
    shape = tuple(call.outs[0].shape)
    return list(threefry2x32(*(broadcast(jnp.asarray(v), shape) for v in (k1, k2, x1, x2))))


@rule("iota_2x32_shape", always=True)
def iota_2x32_shape(call: Call) -> list[Value]:
    """Counters of a shape as two words."""
    return list(counters(tuple(call.params["shape"])))


@rule("random_wrap", always=True)
def random_wrap(call: Call, words: Value) -> Keys:
    """Words become a key; nothing is computed."""
    return Keys(jnp.asarray(words), _threefry(call, call.params["impl"]))


@rule("random_unwrap", always=True)
def random_unwrap(call: Call, keys: Keys) -> Any:
    """A key's words."""
    return keys.data


@rule("random_clone", always=True)
def random_clone(call: Call, keys: Keys) -> Keys:
    """The same key."""
    return keys


@rule("random_seed", always=True)
def random_seed(call: Call, seeds: Value) -> Keys:
    """Keys of integer seeds."""
    impl = _threefry(call, call.params["impl"])
    return Keys(_mapped(call, impl.seed, (jnp.asarray(seeds),), (0,), ()), impl)


@rule("random_split", always=True)
def random_split(call: Call, keys: Keys) -> Keys:
    """New keys from each key."""
    shape = tuple(call.params["shape"])
    return Keys(_mapped(call, _Bound(_impl(call, keys).split, shape), (keys.data,), (1,), shape), keys.impl)


@rule("random_fold_in", always=True)
def random_fold_in(call: Call, keys: Keys, data: Value) -> Keys:
    """Keys with data folded in, elementwise."""
    shape = tuple(call.out.shape)
    data = jnp.asarray(data)
    if data.dtype != jnp.uint32:
        data = data.astype(jnp.uint32)
    operands = (broadcast(keys.data, (*shape, keys.data.shape[-1])), broadcast(data, shape))
    return Keys(_mapped(call, _impl(call, keys).fold_in, operands, (1, 0), ()), keys.impl)


@rule("random_bits", always=True)
def random_bits(call: Call, keys: Keys) -> Any:
    """Uniform bits from each key."""
    p = call.params
    draw = _Bound(_impl(call, keys).random_bits, p["bit_width"], tuple(p["shape"]))
    return _mapped(call, draw, (keys.data,), (1,), ())


@rule("rng_bit_generator", "rng_uniform", "random_gamma", always=True)
def other_generators(call: Call, *_: Value) -> Value:
    """Named, so that the way out is said."""
    if call.name == "random_gamma":
        raise call.refuse(
            "Gamma, beta, Dirichlet and t variates need a rejection loop: draw them outside and pass them in."
        )
    raise call.refuse(GENERATOR_HINT)


class _Bound:
    """A generator's function with its static arguments; equal ones are equal, so that tracing is cached."""

    def __init__(self, function: Any, *static: Any) -> None:
        self.function, self.static = function, static

    def __call__(self, *operands: Any) -> Any:
        return self.function(*operands, *self.static)

    def __hash__(self) -> int:
        return hash((self.function, self.static))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and (self.function, self.static) == (other.function, other.static)


@lru_cache(maxsize=512)
def _traced(function: Any, depth: int, types: tuple[tuple[tuple[int, ...], str], ...], wide: bool) -> Any:
    """JAX's own definition for one key, mapped over `depth` leading axes, as a jaxpr; `wide`: with 64-bit types."""
    mapped = function
    for _ in range(depth):
        mapped = jax.vmap(mapped)
    with jax.enable_x64(wide):
        return jax.make_jaxpr(mapped)(*(type_spec(s, t) for s, t in types))


def _mapped(
    call: Call, function: Any, operands: tuple[Any, ...], own: tuple[int, ...], _: tuple[int, ...]
) -> Any:
    """The jaxpr of JAX's definition, evaluated by rules. own: rank of one element of each operand."""
    depth = operands[0].ndim - own[0]
    types = tuple((tuple(x.shape), x.dtype.name) for x in operands)
    wide = any(
        np.dtype(t).itemsize == 8
        for t in (*(t for _, t in types), *(a.dtype for a in call.outs if not is_key(a)))
    )
    return call.run(_traced(function, depth, types, wide), *operands)[0]


def _impl(call: Call, keys: Keys) -> Any:
    return _threefry(call, keys.impl)


def _threefry(call: Call, impl: Any) -> Any:
    if getattr(impl, "name", "") != "threefry2x32":
        raise call.refuse(GENERATOR_HINT, f"of {impl}")
    return impl
