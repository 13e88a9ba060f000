"""modules/scalar_ops.vy against assay.program.elements: edges of every op and dtype, then random ones in bulk."""

import os
import zlib
from itertools import product

import numpy as np
import pytest

from assay.program.dtypes import DType
from assay.program.elements import scalar
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.terms import saturate
from tests.contracts.leaf.leaf_world import contract
from tests.contracts.leaf.random_cases import NUMBERS, edges
from tests.contracts.leaf.random_cases import scalar as random_scalar

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
RANDOM = 100_000 if LONG else 1_600  # evaluations, over all ops and dtypes
BATCH = 1_024
ARITHMETIC = (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.REM, Op.SHL, Op.SHR)
ANY = (Op.MIN, Op.MAX, Op.AND, Op.OR, Op.XOR, Op.EQ, Op.LT, Op.LE)
BINARY = [*product(ARITHMETIC, NUMBERS), *product(ANY, DType)]
COMPARED = (Op.EQ, Op.LT, Op.LE)


def name(value: object) -> str:
    return value.name if isinstance(value, Op | DType) else str(value)


@pytest.mark.parametrize(("op", "dtype"), BINARY, ids=name)
def test_binary__edges_and_random_pairs__are_the_oracles(op: Op, dtype: DType) -> None:
    rng = np.random.default_rng(zlib.crc32(f"{op.name} {dtype.name}".encode()))
    pairs = [[a, b] for a, b in product(edges(dtype), repeat=2)]
    pairs += [[random_scalar(rng, dtype) for _ in range(2)] for _ in range(RANDOM // len(BINARY))]
    out = DType.BOOL if op in COMPARED else dtype
    node = Node(op, out, (), (0, 1))
    expected = [scalar(op, out, (), pair, node) for pair in pairs]
    for start in range(0, len(pairs), BATCH):
        found = contract("scalar_ops_mock").binary(int(op), int(dtype), pairs[start : start + BATCH])
        assert found == expected[start : start + BATCH]


@pytest.mark.parametrize(("source", "target"), [*product(DType, DType)], ids=name)
def test_convert__edges__wrap_or_ask_for_zero(source: DType, target: DType) -> None:
    node = Node(Op.CONVERT, target, (), (0,))
    expected = [scalar(Op.CONVERT, target, (), [value], node) for value in edges(source)]
    assert contract("scalar_ops_mock").unary(int(Op.CONVERT), int(target), edges(source)) == expected


@pytest.mark.parametrize("dtype", NUMBERS, ids=name)
def test_clz__edges__of_the_pattern(dtype: DType) -> None:
    node = Node(Op.CLZ, dtype, (), (0,))
    expected = [scalar(Op.CLZ, dtype, (), [value], node) for value in edges(dtype)]
    assert contract("scalar_ops_mock").unary(int(Op.CLZ), int(dtype), edges(dtype)) == expected


@pytest.mark.parametrize("bits", [2, 3, 8, 31, 32])
def test_saturate__edges__symmetric(bits: int) -> None:
    for value in (0, 1, -1, 2 ** (bits - 1) - 1, 2 ** (bits - 1), -(2 ** (bits - 1)), 2**63 - 1, -(2**63)):
        assert contract("scalar_ops_mock").saturate(value, bits) == saturate(value, bits)
