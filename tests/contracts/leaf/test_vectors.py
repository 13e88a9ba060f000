"""The leaves against tests/vectors/ops.json: edge operands of every operation and dtype, as the reference has them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.program.descriptor import decode_node
from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import Family, Op
from assay.program.roots import tensor_array
from tests.contracts.leaf.leaf_world import OK, case_of, contract

PATH = Path(__file__).parents[2] / "vectors" / "ops.json"
SCALAR = [op for op in Op if Op.ADD <= op <= Op.LE]


@cache
def vectors() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(PATH.read_text())["cases"]
    return cases


def array(stored: dict[str, Any]) -> np.ndarray[Any, Any]:
    spec = TensorSpec(DType[_CODES[stored["dtype"]]], tuple(stored["dims"]))
    return tensor_array(spec, bytes.fromhex(stored["bytes"].removeprefix("0x")))


_CODES = {dtype.numpy.name: dtype.name for dtype in DType} | {
    dtype.name.lower(): dtype.name for dtype in DType
}


def integers(values: np.ndarray[Any, Any]) -> list[int]:
    return [int(value) for value in values.reshape(-1)]


@pytest.mark.parametrize("op", SCALAR, ids=lambda op: op.name)
def test_scalar_ops__every_golden_element__equal(op: Op) -> None:
    found = 0
    for vector in vectors():
        node = decode_node(bytes.fromhex(vector["descriptor"].removeprefix("0x")))
        if node.op is not op:
            continue
        a, b = (array(operand) for operand in vector["operands"])
        dtype = DType[_CODES[vector["operands"][0]["dtype"]]]
        pairs = list(zip(integers(a), integers(b), strict=True))
        expected = integers(array(vector["result"]))
        for start in range(0, len(pairs), 1_024):
            part = slice(start, start + 1_024)
            assert contract("scalar_ops_mock").binary(int(op), int(dtype), pairs[part]) == expected[part]
        found += 1
    assert found


@pytest.mark.parametrize("family", [Family.ELEMENT, Family.INDEX], ids=lambda family: family.name)
def test_element__golden_nodes__equal_at_the_ends_and_between(family: Family) -> None:
    asked = 0
    for number, vector in enumerate(vectors()):
        node = decode_node(bytes.fromhex(vector["descriptor"].removeprefix("0x")))
        if node.info.family is not family or node.op in SCALAR:
            continue
        case = case_of(node, [array(operand) for operand in vector["operands"]], spread=4, seed=number)
        expected = integers(array(vector["result"]))
        for index in {0, len(expected) // 2, len(expected) - 1}:
            assert case.ask("element", index, case.element(index)) == (OK, expected[index]), (
                vector["op"],
                index,
            )
            asked += 1
    assert asked
