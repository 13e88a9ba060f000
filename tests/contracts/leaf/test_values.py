"""The leaves against assay.program.elements and terms on random nodes of every operation, edge operands included."""

import os
import zlib
from collections.abc import Iterator

import numpy as np
import pytest

from assay.program.elements import element
from assay.program.ops import Op
from assay.program.terms import join, neutral, term, term_count
from tests.contracts.leaf.leaf_world import OK, Case, case_of, contract
from tests.contracts.leaf.random_cases import ELEMENTS, TERMS

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
NODES = 60 if LONG else 3
ASKED = 3  # elements or terms of each node
JOINS = {"add": 0, "max": 1, "min": 2}


def cases(op: Op) -> Iterator[tuple[np.random.Generator, Case]]:
    """Random cases of an op; the same in every run."""
    make = (ELEMENTS | TERMS)[op]
    for seed in range(NODES):
        rng = np.random.default_rng([zlib.crc32(op.name.encode()), seed])
        node, operands = make(rng)
        yield rng, case_of(node, operands, spread=int(rng.choice([0, 5, 40])), seed=seed)


def some(rng: np.random.Generator, count: int) -> set[int]:
    """Indices below count: the first, the last, any."""
    return {0, count - 1, *(int(rng.integers(0, count)) for _ in range(ASKED - 2))}


@pytest.mark.parametrize("op", ELEMENTS, ids=lambda op: op.name)
def test_element__random_nodes__is_the_oracles(op: Op) -> None:
    for rng, case in cases(op):
        for index in some(rng, case.node.spec.size):
            expected = element(case.node, [case.specs[k] for k in order(case)], index, reader(case))
            assert case.ask("element", index, case.element(index)) == (OK, expected), (case.node, index)


@pytest.mark.parametrize("op", TERMS, ids=lambda op: op.name)
def test_term__random_nodes__is_the_oracles_and_terms_counts_them(op: Op) -> None:
    for rng, case in cases(op):
        count = term_count(case.node, case.specs)
        kind = case.node.numbers[0] if op is Op.SCATTER else {Op.MAX_OF: 1, Op.MIN_OF: 2}.get(op, 0)
        assert case.ask("terms", case.terms()) == (OK, count, kind, int(case.node.spec.dtype))
        for index in some(rng, case.node.spec.size):
            for k in some(rng, count):
                expected = term(case.node, case.specs, index, k, case.read)
                assert case.ask("term", index, k, case.term(index, k)) == (OK, expected), (
                    case.node,
                    index,
                    k,
                )


@pytest.mark.parametrize("op", TERMS, ids=lambda op: op.name)
def test_join__terms_of_random_nodes__is_the_oracles(op: Op) -> None:
    for _, case in cases(op):
        kind = case.node.numbers[0] if op is Op.SCATTER else {Op.MAX_OF: 1, Op.MIN_OF: 2}.get(op, 0)
        dtype = case.node.spec.dtype
        mock = contract("scalar_ops_mock")
        assert mock.nothing(kind, int(dtype)) == neutral(case.node)
        values = [
            term(case.node, case.specs, 0, k, case.read) for k in range(term_count(case.node, case.specs))
        ]
        pairs = [[a, b] for a in values[:9] for b in values[:9]]
        assert mock.join(kind, int(dtype), pairs) == [join(case.node, a, b) for a, b in pairs]


def order(case: Case) -> list[int]:
    """Which operand each input is: one node may be two inputs."""
    return [list(case.ids).index(id) for id in case.node.inputs]


def reader(case: Case):  # type: ignore[no-untyped-def]
    """Reads by input, as the oracle asks."""
    numbers = order(case)
    return lambda k, index: case.read(numbers[k], index)
