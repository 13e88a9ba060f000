"""Whether the separately written implementations give the same bits for one program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.program import Program, reference
from assay.program.dtypes import TensorSpec
from assay.program.elements import element
from assay.program.node import Node
from assay.program.ops import Family
from assay.program.terms import segment, term_count


def element_values(node: Node, specs: Sequence[TensorSpec], operands: Sequence[Any]) -> list[int]:
    """Every element of a node by `elements.py` and `terms.py`."""
    flat = [np.asarray(operand).reshape(-1).tolist() for operand in operands]

    def read(operand: int, index: int) -> int:
        return int(flat[operand][index])

    if node.info.family is Family.TERMS:
        terms = range(term_count(node, specs))
        return [segment(node, specs, index, terms, read) for index in range(node.spec.size)]
    return [element(node, specs, index, read) for index in range(node.spec.size)]


def check_elements(program: Program, inputs: Sequence[Any], index: int) -> None:
    """Asserts that every node of the main frame has the reference's value, element by element."""
    values = reference.run_body(program, program.main, tuple(inputs), (), index)
    for i, node in enumerate(program.main.nodes):
        if node.info.family in (Family.ROOT, Family.TUPLE):
            continue
        specs = [program.types[program.main.root][operand] for operand in node.inputs]
        assert all(isinstance(spec, TensorSpec) for spec in specs)
        found = element_values(node, specs, [values[operand] for operand in node.inputs])  # type: ignore[arg-type]
        assert found == [int(value) for value in np.asarray(values[i]).reshape(-1).tolist()], (i, node)


def assert_same(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Asserts equal dtypes, shapes and elements of two lists of arrays."""
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        assert (np.asarray(a) == np.asarray(b)).all()
