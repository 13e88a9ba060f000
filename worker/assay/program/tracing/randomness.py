"""Counter-based random numbers: threefry is integer arithmetic, so keys and bits are exact as they are."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType
from assay.program.errors import Untraceable
from assay.program.ops import Op
from assay.program.tracing.interpret import inline
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import Value, rule, spec_of_aval

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


@rule("threefry2x32")
def _threefry2x32(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    """Threefry-2x32, 20 rounds (Salmon et al. 2011), as jax.random computes it."""
    spec = spec_of_aval(eqn.outvars[0].aval)
    assert spec is not None
    key_a, key_b, a, b = (low.broadcast(operand, spec.dims) for operand in operands)
    parity = low.op(Op.XOR, low.op(Op.XOR, key_a, key_b), low.like(_PARITY, key_a))
    keys = (key_a, key_b, parity)
    a, b = low.op(Op.ADD, a, key_a), low.op(Op.ADD, b, key_b)
    for group in range(5):
        for by in _ROTATIONS[group % 2]:
            a = low.op(Op.ADD, a, b)
            b = low.op(Op.XOR, a, _rotated(low, b, by))
        a = low.op(Op.ADD, a, keys[(group + 1) % 3])
        injected = low.op(Op.ADD, keys[(group + 2) % 3], low.like(group + 1, b))
        b = low.op(Op.ADD, b, injected)
    return [a, b]


def _rotated(low: Lowering, x: Ref, by: int) -> Ref:
    left, right = low.op(Op.SHL, x, low.like(by, x)), low.op(Op.SHR, x, low.like(32 - by, x))
    return low.op(Op.OR, left, right)


@rule("iota_2x32_shape")
def _counters(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    """The flat index as two words, the high one first."""
    dims = tuple(eqn.params["shape"])
    count = prod(dims)
    if count > 1 << 32:
        raise Untraceable(f"{count} random numbers at once.", "Draw them in parts, from keys of their own.")
    low_words = low.reshape(low.iota(DType.U32, (count,), 0), dims)
    return [low.like(0, low_words), low_words]


@rule("random_wrap", "random_unwrap")
def _keys(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    """A key is its data: an array of u32 with the key's words as the last dimension."""
    return operands[0]


def _by_implementation(name: str) -> Callable[[Lowering, Any, list[Ref]], list[Value]]:
    def made(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Value]:
        import jax

        implementation = getattr(eqn.invars[0].aval.dtype, "_impl", None)
        function = getattr(implementation, name, None)
        if function is None:
            raise Untraceable(
                f"JAX {jax.__version__} does not show how its keys are used ({eqn.primitive.name})."
            )
        params = eqn.params
        if name == "random_bits":
            call = lambda key: function(key, params["bit_width"], params["shape"])  # noqa: E731
        elif name == "split":
            call = lambda key: function(key, params["shape"])  # noqa: E731
        else:
            call = function
        for _ in eqn.invars[0].aval.shape:
            call = jax.vmap(call)
        shaped: Any = jax.ShapeDtypeStruct
        inputs = [shaped(operand.dims, operand.dtype.numpy) for operand in operands]
        return inline(low, jax.make_jaxpr(call)(*inputs), operands)

    return made


rule("random_bits")(_by_implementation("random_bits"))
rule("random_split")(_by_implementation("split"))
rule("random_fold_in")(_by_implementation("fold_in"))
