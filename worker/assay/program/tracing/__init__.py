"""From JAX functions to programs: an integer jaxpr, primitive by primitive, into a body.

A float function is wrapped in `assay.exact.exact` first. The root of the result depends on the mathematics alone:
calls are inlined, equal operations are one, unused ones are gone.
"""

from __future__ import annotations

from typing import Any

import jax

from assay.program.builder import Ref
from assay.program.canonical import build
from assay.program.dtypes import TensorSpec, dtype_of
from assay.program.errors import Untraceable
from assay.program.limits import DEFAULT, Limits
from assay.program.program import Program
from assay.program.tracing import (  # noqa: F401  (each registers its rules)
    control,
    elementwise,
    folding,
    gathering,
    products,
    randomness,
    reductions,
    sorting,
    structure,
)
from assay.program.tracing.interpret import inline
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import Empty, Options, Value, spec_of_aval

__all__ = ["trace"]


def trace(
    fn: Any,
    *example_args: Any,
    max_trips: int | None = None,
    stride: int = 0,
    limits: Limits = DEFAULT,
) -> Program:
    """The program of `fn` on arguments like these (arrays or jax.ShapeDtypeStruct; pytrees are flattened).

    fn: a JAX function of integers and bools, traced with 64-bit types as the caller has them; or an exact
    function (assay.exact.exact), whose integer form is traced on its encoded arguments.
    max_trips: the greatest number of steps of each `while`; a loop that is still live then ends there.
    stride: every how many steps the loops of the main body commit their state; 0: never.
    Inputs and outputs are the arrays among the flattened arguments and results, in tree order. Raises
    Untraceable naming the primitive and the source line, Malformed or LimitExceeded.
    """
    integers = getattr(fn, "integers", None)
    if integers is not None:
        # outside: the caller's function sees 64-bit types as the caller has them
        encoded = fn.encode(*example_args)
        with jax.enable_x64(True):
            return _traced(integers, encoded, Options(max_trips, stride), limits)
    return _traced(fn, example_args, Options(max_trips, stride), limits)


def _traced(fn: Any, args: Any, options: Options, limits: Limits) -> Program:
    leaves, tree = jax.tree.flatten(tuple(args))
    arrays = [leaf for leaf in leaves if _is_array(leaf)]

    def flat(*given: Any) -> list[Any]:
        left = iter(given)
        whole = [next(left) if _is_array(leaf) else leaf for leaf in leaves]
        return [leaf for leaf in jax.tree.leaves(fn(*jax.tree.unflatten(tree, whole))) if _is_array(leaf)]

    closed = jax.make_jaxpr(flat)(*arrays)
    low = Lowering(options, main=True)
    inputs: list[Value] = []
    for k, var in enumerate(closed.jaxpr.invars):
        inputs.append(_input(low, k, var.aval))
    results = inline(low, closed, inputs)
    outputs = [result for result in results if isinstance(result, Ref)]
    if not outputs or len(outputs) < len(results):
        raise Untraceable("The function returns an array without elements, or nothing.", "Return tensors.")
    low.body.returns(*outputs)
    return build(low.body, len(inputs), limits)


def _is_array(leaf: Any) -> bool:
    """Whether a leaf is data; others (an activation function in a model, say) are part of the function."""
    return isinstance(leaf, int | float | complex) or (hasattr(leaf, "shape") and hasattr(leaf, "dtype"))


def _input(low: Lowering, k: int, aval: Any) -> Value:
    spec = spec_of_aval(aval)
    if spec is None or dtype_of(aval.dtype) is None:
        raise Untraceable(
            f"Argument {k} (flattened) is {aval}; programs take integers and bool.",
            "Wrap a floating point function in assay.exact.exact, and keys in jax.random.key_data.",
        )
    return (
        Empty(spec.dtype, spec.dims)
        if 0 in spec.dims
        else low.body.carry(k, TensorSpec(spec.dtype, spec.dims))
    )
