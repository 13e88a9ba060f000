"""The table of rules: one for each JAX primitive that a program can express."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.program.builder import Ref
from assay.program.dtypes import DType, TensorSpec, dtype_of
from assay.program.errors import Untraceable

if TYPE_CHECKING:
    from assay.program.tracing.lowering import Lowering


@dataclass(frozen=True, slots=True)
class Empty:
    """An array without elements: JAX has them, programs do not; it vanishes wherever it is used."""

    dtype: DType
    dims: tuple[int, ...]


Value = Ref | Empty
Rule = Callable[["Lowering", Any, list[Ref]], Ref | Sequence[Value]]
RULES: dict[str, Rule] = {}
WITH_EMPTY: set[str] = set()  # primitives whose rule takes Empty operands itself


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller states beside the function.

    max_trips: the greatest number of steps of each `while`. stride: of the loops of the main body.
    """

    max_trips: int | None = None
    stride: int = 0


def rule(*names: str, empty: bool = False) -> Callable[[Rule], Rule]:
    """Registers the rule of these primitives; `empty`: it takes arrays without elements."""

    def register(made: Rule) -> Rule:
        for name in names:
            RULES[name] = made
            if empty:
                WITH_EMPTY.add(name)
        return made

    return register


def spec_of_aval(aval: Any) -> TensorSpec | None:
    """The spec of a JAX abstract value, None when its elements are not integers or bool.

    An array of keys is its data: u32 with the words of a key as last dimension.
    """
    words = getattr(getattr(aval.dtype, "_impl", None), "key_shape", None)
    if words is not None:
        return TensorSpec(DType.U32, (*map(int, aval.shape), *words))
    dtype = dtype_of(aval.dtype)
    return None if dtype is None else TensorSpec(dtype, tuple(int(size) for size in aval.shape))


def out_spec(eqn: Any, number: int = 0) -> TensorSpec:
    """The spec of an equation's result. Raises Untraceable when it is not of integers."""
    found = spec_of_aval(eqn.outvars[number].aval)
    if found is None:
        raise Untraceable(f"{eqn.primitive.name} makes {eqn.outvars[number].aval}, not integers.")
    return found
