"""Results of items → named arrays, floats as floats. Pure, no JAX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.jobs.errors import ResultError
from assay.jobs.exact.results import ItemResult
from assay.jobs.exact.spec import Output
from assay.program import TensorSpec, spec_of

E_HIGH = 2**12
"""The largest exponent of a finite wide number (assay.exact.wide.number)."""

Array = np.ndarray[Any, Any]


def checked_item(data: bytes, outputs: Sequence[TensorSpec], traces: int, item: int) -> ItemResult:
    """The result of item `item` of a program with these outputs and so many state traces. Raises ResultError."""
    try:
        result = ItemResult.decode(data)
        found = [spec_of(array) for array in result.arrays]
    except ValueError as error:
        raise ResultError(f"item {item}: {error}") from error
    if found != list(outputs):
        raise ResultError(f"item {item} has other outputs than its program")
    if len(result.traces) != traces:
        raise ResultError(f"item {item} has {len(result.traces)} state traces, its program {traces}")
    return result


def named(arrays: Sequence[Array], outputs: Sequence[Output]) -> dict[str, Array]:
    """The outputs of an item by name; without names, output_0, output_1, … as they are. Raises ResultError."""
    listed = list(outputs) or [Output(f"output_{k}") for k in range(len(arrays))]
    if sum(output.width for output in listed) != len(arrays):
        raise ResultError(f"the spec names other outputs than the {len(arrays)} of the program")
    rest = iter(arrays)
    found = {}
    for output in listed:
        array = next(rest)
        found[output.name] = wide_values(array, next(rest)) if output.form == "wide" else array
    return found


def wide_values(mantissas: Array, exponents: Array) -> Array:
    """Float32 values m · 2^e; an exponent above E_HIGH is an infinity."""
    if mantissas.shape != exponents.shape:
        raise ResultError(f"mantissas of shape {mantissas.shape} have exponents of {exponents.shape}")
    with np.errstate(over="ignore", under="ignore"):
        finite = np.ldexp(mantissas.astype(np.float64), exponents.astype(np.int64))
        values = np.where(exponents > E_HIGH, np.copysign(np.inf, mantissas), finite)
        return np.asarray(values, np.float32)
