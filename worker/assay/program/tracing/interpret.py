"""Walking a jaxpr: each equation is handed to the rule of its primitive."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import dtype_of
from assay.program.errors import Malformed, Untraceable
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import RULES, WITH_EMPTY, Empty, Value


def inline(low: Lowering, jaxpr: Any, operands: Sequence[Value]) -> list[Value]:
    """The results of a jaxpr (closed, or open without constants) on these operands."""
    consts = list(getattr(jaxpr, "consts", ()))
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    known: dict[Any, Value] = {}
    for var, array in zip(inner.constvars, consts, strict=True):
        known[var] = constant(low, var.aval, array)
    known.update(zip(inner.invars, operands, strict=True))

    def read(atom: Any) -> Value:
        return constant(low, atom.aval, atom.val) if hasattr(atom, "val") else known[atom]

    last_use = _last_uses(inner)
    for number, eqn in enumerate(inner.eqns):
        results = _apply(low, eqn, [read(atom) for atom in eqn.invars])
        for var, value in zip(eqn.outvars, results, strict=True):
            known[var] = value
        for var in last_use.get(number, ()):
            known.pop(var, None)
    return [read(atom) for atom in inner.outvars]


def _last_uses(jaxpr: Any) -> dict[int, list[Any]]:
    """Variables by the equation after which nobody reads them."""
    last: dict[Any, int] = {}
    for number, eqn in enumerate(jaxpr.eqns):
        for atom in eqn.invars:
            if not hasattr(atom, "val"):
                last[atom] = number
    for atom in jaxpr.outvars:
        if not hasattr(atom, "val"):
            last.pop(atom, None)
    found: dict[int, list[Any]] = {}
    for var, number in last.items():
        found.setdefault(number, []).append(var)
    return found


def constant(low: Lowering, aval: Any, array: Any) -> Value:
    """A literal or captured array. Raises Untraceable for one that is not of integers."""
    import numpy as np

    dtype = dtype_of(aval.dtype)
    if dtype is None:
        raise Untraceable(
            f"The function holds a constant of type {aval}; programs have integers and bool only.",
            "Wrap a floating point function in assay.exact.exact, and keys in jax.random.key_data.",
        )
    if 0 in aval.shape:
        return Empty(dtype, tuple(aval.shape))
    return low.body.const(np.asarray(array, dtype.numpy).reshape(aval.shape))


def _apply(low: Lowering, eqn: Any, operands: list[Value]) -> list[Value]:
    name = eqn.primitive.name
    if eqn.outvars and all(_is_empty(var.aval) for var in eqn.outvars) and name not in WITH_EMPTY:
        return [Empty(_dtype(var.aval), tuple(var.aval.shape)) for var in eqn.outvars]
    made = RULES.get(name)
    try:
        if made is None:
            raise Untraceable("programs have no such operation.", _hint(eqn))
        if name not in WITH_EMPTY and any(isinstance(operand, Empty) for operand in operands):
            raise Untraceable("it is applied to an array without elements.", "Leave it out.")
        results = made(low, eqn, operands)  # type: ignore[arg-type]
    except (Malformed, Untraceable) as error:
        if isinstance(error, _Placed):
            raise
        where = _where(eqn)
        raise (_Placed if where else Untraceable)(f"{name}{where}: {error.message}", error.hint) from error
    return [results] if isinstance(results, Ref | Empty) else list(results)


class _Placed(Untraceable):
    """An error that names the user's line already: calls around it add nothing."""


def _is_empty(aval: Any) -> bool:
    return 0 in getattr(aval, "shape", ())


def _dtype(aval: Any) -> Any:
    found = dtype_of(aval.dtype)
    if found is None:
        raise Untraceable(f"{aval} is not of integers.")
    return found


def _where(eqn: Any) -> str:
    """The user's source line, where this JAX shows it."""
    try:
        from jax._src import source_info_util

        line = str(source_info_util.summarize(eqn.source_info)).strip()
        return f" at {line}" if line else ""
    except (ImportError, AttributeError):
        return ""


def _hint(eqn: Any) -> str:
    floats = [v for v in (*eqn.invars, *eqn.outvars) if dtype_of(getattr(v.aval, "dtype", None)) is None]
    if floats:
        return "It works on floating point numbers: trace assay.exact.exact(fn) instead of fn."
    near = difflib.get_close_matches(eqn.primitive.name, RULES, 3)
    return f"Near it: {', '.join(near)}." if near else "Write it with operations of jax.lax on integers."
