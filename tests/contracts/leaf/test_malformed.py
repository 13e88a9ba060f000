"""Malformed programs: the leaf answers with a code, which rules for the defender; it never convicts."""

from typing import Any

import numpy as np
import pytest

from assay.commitment.row import leaf_hash
from assay.disputes.leaf import Evidence
from assay.disputes.rows import path_in, row_levels
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import body_root
from tests.contracts.leaf.leaf_world import (
    BAD_INPUT,
    BAD_LENGTH,
    BAD_PARAMETER,
    BAD_SHAPE,
    BAD_TYPE,
    OK,
    UNKNOWN_OP,
    case_of,
    contract,
)

I8, I32, I64, BOOL = DType.I8, DType.I32, DType.I64, DType.BOOL
ADD = encode_node(Node(Op.ADD, I32, (2, 3), (0, 1)))


def tensor(*dims: int, dtype: DType = I32) -> np.ndarray[Any, Any]:
    return np.ones(dims, dtype.numpy)


def ask_raw(descriptor: bytes, function: str = "element") -> int:
    """The code of a body of three nodes of which the last is this descriptor; no operand is shown."""
    listed = [encode_node(Node(Op.FILL, I32, (2, 3), (), (1,)))] * 2 + [descriptor]
    row = row_levels([leaf_hash(item) for item in listed])
    evidence = Evidence(3, sum(map(len, listed)), descriptor, b"", path_in(row, 2))
    frame = (body_root(listed), b"\1" * 32, b"\2" * 32, b"\3" * 32, 0)
    numbers = {"element": [0], "terms": [], "term": [0, 0]}[function]
    leaf = contract("Leaf" if function == "element" else "TermLeaf")
    return int(getattr(leaf, function)(frame, 2, *numbers, evidence.as_tuple())[0])


@pytest.mark.parametrize(
    ("descriptor", "code"),
    [
        (b"", BAD_LENGTH),
        (ADD[:3], BAD_LENGTH),
        (ADD[:-1], BAD_LENGTH),
        (ADD + b"\0", BAD_LENGTH),
        (b"\x06" + ADD[1:], UNKNOWN_OP),
        (b"\xff" + ADD[1:], UNKNOWN_OP),
        (ADD[:1] + b"\x09" + ADD[2:], BAD_TYPE),
        (ADD[:1] + b"\xff" + ADD[2:], BAD_TYPE),
        (ADD[:1] + b"\x00" + ADD[2:], BAD_TYPE),
        (ADD[:2] + b"\x09" + ADD[3:], BAD_SHAPE),
        (ADD[:3] + b"\x01" + ADD[4:], BAD_INPUT),
        (ADD[:3] + b"\xff" + ADD[4:], BAD_INPUT),
        (encode_node(Node(Op.ADD, I32, (2, 3), (0, 2))), BAD_INPUT),
        (encode_node(Node(Op.ADD, I32, (2, 3), (2**32 - 1, 0))), BAD_INPUT),
        (encode_node(Node(Op.ADD, I32, (2, 0), (0, 1))), BAD_SHAPE),
        (encode_node(Node(Op.ADD, I32, (2**64 - 1,) * 8, (0, 1))), BAD_SHAPE),
        (encode_node(Node(Op.ADD, I32, (2**61,), (0, 1))), BAD_SHAPE),
        (encode_node(Node(Op.EQ, I32, (2, 3), (0, 1))), BAD_TYPE),
        (encode_node(Node(Op.SHL, BOOL, (2, 3), (0, 1))), BAD_TYPE),
        (encode_node(Node(Op.CLZ, BOOL, (2, 3), (0,))), BAD_TYPE),
        (encode_node(Node(Op.IOTA, BOOL, (2, 3), (), (0,))), BAD_TYPE),
        (encode_node(Node(Op.IOTA, I32, (2, 3), (), (2,))), BAD_PARAMETER),
        (encode_node(Node(Op.IOTA, I32, (), (), (0,))), BAD_PARAMETER),
        (encode_node(Node(Op.CONCAT, I32, (2, 3), (0, 1), (2,))), BAD_PARAMETER),
        (encode_node(Node(Op.CONCAT, I32, (2, 3), (), (0,))), BAD_INPUT),
        (encode_node(Node(Op.TAKE, I32, (2,), (0, 1))), BAD_SHAPE),
        (encode_node(Node(Op.SLICE_AT, I32, (), (0, 1))), BAD_SHAPE),
        (encode_node(Node(Op.UPDATE_AT, I32, (), (0, 1, 1))), BAD_SHAPE),
    ],
)
def test_element__malformed_descriptor__is_a_code(descriptor: bytes, code: int) -> None:
    assert ask_raw(descriptor) == code


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (Node(Op.DOT, I8, (1, 2, 3), (0, 1), (8, 8)), BAD_TYPE),
        (Node(Op.DOT, I32, (1, 2, 3), (0, 1), (1, 8)), BAD_PARAMETER),
        (Node(Op.DOT, I32, (1, 2, 3), (0, 1), (8, 33)), BAD_PARAMETER),
        (Node(Op.DOT, I32, (2, 3), (0, 1), (8, 8)), BAD_SHAPE),
        (Node(Op.SUM, BOOL, (2,), (0,)), BAD_TYPE),
        (Node(Op.RANK, I64, (2,), (0,)), BAD_TYPE),
        (Node(Op.RANK, I32, (), (0,)), BAD_SHAPE),
        (Node(Op.RANK, I32, (2**31,), (0,)), BAD_SHAPE),
        (Node(Op.SCATTER, I32, (2, 3), (0, 1, 1), (3,)), BAD_PARAMETER),
        (Node(Op.SCATTER, BOOL, (2, 3), (0, 1, 1), (0,)), BAD_TYPE),
        (Node(Op.SCATTER, I32, (2,), (0, 1, 1), (0,)), BAD_SHAPE),
    ],
)
def test_term__malformed_descriptor__is_a_code(node: Node, code: int) -> None:
    assert ask_raw(encode_node(node), "term") == code
    assert ask_raw(encode_node(node), "terms") == code


ELEMENT_CASES: list[tuple[Node, list[Any], tuple[int, ...], int]] = [
    # node, operands, inputs that are shown by their shapes, code
    (Node(Op.ADD, I32, (2, 3), (0, 1)), [tensor(2, 4), tensor(2, 3)], (0,), BAD_SHAPE),
    (Node(Op.ADD, I32, (2, 3), (0, 1)), [tensor(6), tensor(2, 3)], (0,), BAD_SHAPE),
    (Node(Op.ADD, I32, (2, 3), (0, 1)), [tensor(2, 3, dtype=I8), tensor(2, 3)], (0,), BAD_TYPE),
    (Node(Op.SELECT, I32, (2,), (0, 1, 2)), [tensor(2), tensor(2), tensor(2)], (0,), BAD_TYPE),
    (Node(Op.VIEW, I32, (2, 3), (0,), (0, 3, 1)), [tensor(5)], (0,), BAD_PARAMETER),
    (Node(Op.VIEW, I32, (2, 3), (0,), (-1, 3, 1)), [tensor(9)], (0,), BAD_PARAMETER),
    (Node(Op.VIEW, I32, (2,), (0,), (1, -2)), [tensor(9)], (0,), BAD_PARAMETER),
    (Node(Op.VIEW, I32, (2,), (0,), (-(2**63), 2**63 - 1)), [tensor(9)], (0,), BAD_PARAMETER),
    (Node(Op.VIEW, I8, (2,), (0,), (0, 1)), [tensor(9)], (0,), BAD_TYPE),
    (Node(Op.PAD, I32, (4,), (0, 1), (0, 0)), [tensor(2, 2), tensor()], (0,), BAD_SHAPE),
    (Node(Op.PAD, I8, (4,), (0, 1), (0, 0)), [tensor(2), tensor()], (0,), BAD_TYPE),
    (Node(Op.PAD, I32, (4,), (0, 1), (1, 0)), [tensor(2), tensor(1)], (0, 1), BAD_SHAPE),
    (Node(Op.PAD, I32, (4,), (0, 1), (2**64 - 1, 0)), [tensor(2), tensor(dtype=I8)], (0, 1), BAD_TYPE),
    (Node(Op.CONCAT, I32, (4, 2), (0, 1), (0,)), [tensor(2, 3), tensor(2, 3)], (0,), BAD_SHAPE),
    (Node(Op.CONCAT, I8, (4, 2), (0, 1), (0,)), [tensor(2, 2), tensor(2, 2)], (0,), BAD_TYPE),
    (Node(Op.TAKE, I32, (2, 2), (0, 1)), [tensor(3, 2), tensor(3)], (1,), BAD_SHAPE),
    (Node(Op.TAKE, I32, (2, 2), (0, 1)), [tensor(3, 2), tensor(2, dtype=BOOL)], (1,), BAD_TYPE),
    (Node(Op.SLICE_AT, I32, (2, 2), (0, 1)), [tensor(3, 2), tensor(2)], (1,), BAD_TYPE),
    (Node(Op.SLICE_AT, I32, (2, 2), (0, 1)), [tensor(3, 2), tensor(3, dtype=I64)], (1,), BAD_SHAPE),
]


@pytest.mark.parametrize(("node", "operands", "shown", "code"), ELEMENT_CASES)
def test_element__operands_that_contradict_the_node__are_a_code(
    node: Node, operands: list[Any], shown: tuple[int, ...], code: int
) -> None:
    case = case_of(node, operands, spread=7)
    assert case.ask("element", 0, case.shapes(*shown)) == (code, 0)


@pytest.mark.parametrize(
    ("node", "operands", "code"),
    [
        (Node(Op.TAKE, I32, (1, 2), (0, 1)), [tensor(3, 3), tensor(1, dtype=I64)], BAD_SHAPE),
        (Node(Op.TAKE, I8, (1, 2), (0, 1)), [tensor(3, 2), tensor(1, dtype=I64)], BAD_TYPE),
        (Node(Op.SLICE_AT, I32, (4,), (0, 1)), [tensor(3), tensor(1, dtype=I64)], BAD_SHAPE),
        (Node(Op.SLICE_AT, I8, (2,), (0, 1)), [tensor(3), tensor(1, dtype=I64)], BAD_TYPE),
    ],
)
def test_element__what_an_index_selects_contradicts_the_node__is_a_code(
    node: Node, operands: list[Any], code: int
) -> None:
    case = case_of(node, operands, spread=7)
    opening = case.opening()
    opening.element(1, 0)
    opening.shape(0)
    assert case.ask("element", 0, opening.evidence()) == (code, 0)


def test_element__second_operand_contradicts_the_first__is_a_code() -> None:
    for other, code in ((tensor(2, dtype=DType.I16), BAD_TYPE), (tensor(3, dtype=I8), BAD_SHAPE)):
        case = case_of(Node(Op.LT, BOOL, (2,), (0, 1)), [tensor(2, dtype=I8), other], spread=7)
        opening = case.opening()
        opening.element(0, 0)
        opening.shape(1)
        assert case.ask("element", 0, opening.evidence()) == (code, 0)


def test_element__an_update_larger_than_its_tensor__is_a_code_wherever_the_element_lies() -> None:
    node = Node(Op.UPDATE_AT, I32, (2, 5), (0, 1, 2))
    case = case_of(node, [tensor(2, 5), tensor(1, 6), np.array([1, 0], np.int64)], spread=7)
    for element in range(10):
        opening = case.opening()
        opening.element(2, 0)
        opening.shape(1)
        assert case.ask("element", element, opening.evidence()) == (BAD_SHAPE, 0)


def test_element__parts_of_a_concat_end_before_the_whole__is_a_code() -> None:
    case = case_of(Node(Op.CONCAT, I32, (5,), (0, 1), (0,)), [tensor(2), tensor(2)], spread=7)
    assert case.ask("element", 4, case.shapes(0, 1)) == (BAD_SHAPE, 0)
    assert case.ask("element", 3, case.element(3)) == (OK, 1)


@pytest.mark.parametrize(
    ("node", "operands", "input", "code"),
    [
        (Node(Op.SUM, I32, (2,), (0,)), [tensor(2)], 0, BAD_SHAPE),
        (Node(Op.SUM, I32, (2,), (0,)), [tensor(3, 3)], 0, BAD_SHAPE),
        (Node(Op.SUM, I32, (), (0,)), [tensor()], 0, BAD_SHAPE),
        (Node(Op.MAX_OF, I8, (3,), (0,)), [tensor(3, 3)], 0, BAD_TYPE),
        (Node(Op.DOT, I32, (1, 2, 2), (0, 1), (8, 8)), [tensor(1, 3, 2), tensor(1, 2, 2)], 0, BAD_SHAPE),
        (
            Node(Op.DOT, I32, (1, 1, 1), (0, 1), (16, 16)),
            [tensor(1, 1, 2), tensor(1, 1, 2)],
            0,
            BAD_PARAMETER,
        ),
        (
            Node(Op.SCATTER, I32, (2, 2), (0, 1, 2), (0,)),
            [tensor(2, 2), tensor(1, 1), tensor(1, 2)],
            1,
            BAD_SHAPE,
        ),
    ],
)
def test_terms__operand_that_contradicts_the_node__is_a_code(
    node: Node, operands: list[Any], input: int, code: int
) -> None:
    case = case_of(node, operands, spread=7)
    assert case.ask("terms", case.shapes(input))[0] == code
    number = 1 if node.op is Op.SCATTER else 0
    assert case.ask("term", 0, number, case.shapes(input)) == (code, 0)


def test_terms__unsigned_factor__is_a_code() -> None:
    operands = [tensor(1, 1, 2, dtype=DType.U8), tensor(1, 1, 2)]
    case = case_of(Node(Op.DOT, I32, (1, 1, 1), (0, 1), (8, 8)), operands, spread=7)
    assert case.ask("terms", case.shapes(0))[0] == BAD_TYPE


def test_term__factors_of_two_lengths__are_a_code() -> None:
    operands = [tensor(1, 1, 2), tensor(1, 1, 3)]
    case = case_of(Node(Op.DOT, I32, (1, 1, 1), (0, 1), (8, 8)), operands, spread=7)
    opening = case.opening()
    opening.element(0, 0)
    opening.shape(1)
    assert case.ask("term", 0, 0, opening.evidence()) == (BAD_SHAPE, 0)


def test_every_op__any_dtype_byte__a_code_or_a_demand_for_operands() -> None:
    """No descriptor makes a leaf stop in any other way than by a code or for want of operands."""
    import boa

    for op in range(0, 90, 3):
        for dtype in (0, 3, 9, 255):
            descriptor = replace_bytes(ADD, op, dtype)
            try:
                assert ask_raw(descriptor) in range(7)
            except boa.BoaError as error:
                assert any(text in str(error) for text in ("operand: too short", "not judged by elements")), (
                    error
                )


def replace_bytes(descriptor: bytes, op: int, dtype: int) -> bytes:
    return bytes((op, dtype)) + descriptor[2:]
