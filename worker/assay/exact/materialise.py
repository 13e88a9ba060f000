"""`materialise`: the identity, with a hint that its numbers should be computed once and stored.

XLA's CPU compiler fuses a chain of integer operations into each of its readers, and computes mantissas and exponents in
separate loops: without the hint a chain with five readers is computed ten times. In a jaxpr it is the primitive
`materialise` of (m, e), which means nothing but (m, e).
"""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Primitive, Var
from jax.interpreters import batching, mlir

from assay.exact.values import is_float
from assay.exact.wide import Wide

LEAST = 64
"""Tensors with fewer elements are not worth a loop of their own."""

ELEMENTWISE = frozenset(
    [
        "add",
        "add_any",
        "sub",
        "mul",
        "div",
        "neg",
        "abs",
        "max",
        "min",
        "clamp",
        "select_n",
        "integer_pow",
        "square",
        "sqrt",
        "rsqrt",
        "cbrt",
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
        "sin",
        "cos",
        "tan",
        "pow",
        "atan2",
        "rem",
        "sign",
        "floor",
        "ceil",
        "round",
        "convert_element_type",
    ]
)
"""Chains go on through them, and end at them."""
COMPUTED = ELEMENTWISE | frozenset(
    [
        "dot_general",
        "conv_general_dilated",
        "reduce_sum",
        "scatter-add",
        "scatter_add",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "asinh",
        "acosh",
        "atanh",
    ]
)
"""Primitives whose result is the end of a chain of integer operations."""
INLINE = ELEMENTWISE | frozenset(
    [
        "copy",
        "broadcast_in_dim",
        "reshape",
        "squeeze",
        "expand_dims",
        "stop_gradient",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
    ]
)
"""Primitives that a chain goes on through: one such reader does not make storing worth while."""

materialise_p: Any = Primitive("materialise")  # untyped in JAX
materialise_p.multiple_results = True
keep_p: Any = Primitive("keep")


def keep(x: Any) -> Any:
    """x itself, an integer array: the same hint for one array. Read in pieces, it would be computed for each again."""
    return keep_p.bind(jnp.asarray(x))


def materialise(x: Wide) -> Wide:
    """x itself."""
    return Wide(*materialise_p.bind(jnp.asarray(x.m), jnp.asarray(x.e)))


def worth_storing(jaxpr: Any) -> frozenset[Any]:
    """Variables of a jaxpr that end a chain and have several readers, or one that reads them many times."""
    readers: dict[Any, int] = {}
    for eqn in jaxpr.eqns:
        weight = 1 if eqn.primitive.name in INLINE else 2
        for atom in eqn.invars:
            if isinstance(atom, Var):
                readers[atom] = readers.get(atom, 0) + weight
    for atom in jaxpr.outvars:
        if isinstance(atom, Var):
            readers[atom] = readers.get(atom, 0) + 2
    return frozenset(
        var
        for eqn in jaxpr.eqns
        for var in eqn.outvars
        if readers.get(var, 0) > 1
        and is_float(var.aval)
        and math.prod(var.aval.shape) >= LEAST
        and (eqn.primitive.name in COMPUTED)
    )


def _same(m: Any, e: Any) -> list[Any]:
    return [m, e]


def _pack(m: Any, e: Any) -> Any:
    low = lax.bitwise_and(lax.convert_element_type(m, jnp.int64), lax.full(m.shape, 0xFFFFFFFF, jnp.int64))
    high = lax.shift_left(lax.convert_element_type(e, jnp.int64), lax.full(e.shape, 32, jnp.int64))
    return lax.bitwise_or(high, low)


def _unpack(word: Any) -> list[Any]:
    high = lax.shift_right_arithmetic(word, lax.full_like(word, 32))
    return [lax.convert_element_type(word, jnp.int32), lax.convert_element_type(high, jnp.int16)]


@jax.jit
def _stored(word: Any) -> Any:
    return word


def _through_memory(m: Any, e: Any) -> list[Any]:
    """One word a number, through memory."""
    return _unpack(_kept(_pack(m, e)))


def _kept(x: Any) -> Any:
    """Through a call that XLA is asked not to inline: what enters it is computed once."""
    from jax.experimental import xla_metadata

    metadata: Any = xla_metadata.set_xla_metadata
    with metadata(inlineable="false"):
        return _stored(x)


def _lower_cpu(ctx: Any, m: Any, e: Any) -> Any:
    with jax.enable_x64(True):
        return mlir.lower_fun(_through_memory, multiple_results=True)(ctx, m, e)


def _batch(operands: Any, dims: Any) -> Any:
    m, e = operands
    if dims[0] != dims[1]:
        e = jnp.moveaxis(e, dims[1], dims[0])
    return materialise_p.bind(m, e), (dims[0], dims[0])


materialise_p.def_abstract_eval(_same)
materialise_p.def_impl(_same)
mlir.register_lowering(materialise_p, mlir.lower_fun(_same, multiple_results=True))
mlir.register_lowering(materialise_p, _lower_cpu, platform="cpu")
batching.primitive_batchers[materialise_p] = _batch
keep_p.def_abstract_eval(lambda x: x)
keep_p.def_impl(lambda x: x)
mlir.register_lowering(keep_p, mlir.lower_fun(lambda x: x, multiple_results=False))
mlir.register_lowering(keep_p, mlir.lower_fun(_kept, multiple_results=False), platform="cpu")
batching.primitive_batchers[keep_p] = lambda operands, dims: (keep(operands[0]), dims[0])
