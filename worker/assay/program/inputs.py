"""Inputs and constants as they enter a run: NumPy arrays of exactly the stated dtypes and dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.program.dtypes import spec_of
from assay.program.errors import InputMismatch
from assay.program.program import Program

Array = np.ndarray[Any, Any]


def check_inputs(program: Program, inputs: Sequence[Any]) -> tuple[Array, ...]:
    """The inputs as NumPy arrays. Raises InputMismatch naming the input and what it should be."""
    if len(inputs) != program.input_count:
        raise InputMismatch(f"{len(inputs)} inputs came, the program takes {program.input_count}.")
    arrays = []
    for k, (given, spec) in enumerate(zip(inputs, program.inputs, strict=True)):
        array = np.asarray(given)
        if spec is not None:
            try:
                found = spec_of(array)
            except TypeError as error:
                raise InputMismatch(f"Input {k} is not usable: {error}.") from None
            if found != spec:
                raise InputMismatch(f"Input {k} is {found}, the program reads {spec}.", "Convert it first.")
        arrays.append(array)
    return tuple(arrays)


def check_constants(program: Program) -> dict[bytes, Array]:
    """The constants by root. Raises InputMismatch naming those whose arrays are not known."""
    if program.missing:
        names = ", ".join(f"0x{root.hex()}" for root in program.missing[:4])
        raise InputMismatch(
            f"The arrays of {len(program.missing)} constants are not known ({names}).",
            "Fetch them from the store by root and use Program.with_constants.",
        )
    return {root: np.asarray(array) for root, array in program.constants.items()}
