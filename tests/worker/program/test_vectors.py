"""ops.json and program.json against each implementation."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from assay.program import DType, Program, TensorSpec, reference, tensor_array, tensor_root
from assay.program.descriptor import decode_node, encode_node
from assay.program.kernels import evaluate
from tests.worker.program.agreement import assert_same, element_values

VECTORS = Path(__file__).parents[2] / "vectors"
CASES = json.loads((VECTORS / "ops.json").read_text())["cases"]
PROGRAMS = json.loads((VECTORS / "program.json").read_text())["programs"]
OPS = sorted({case["op"] for case in CASES})
_CODES = {dtype.numpy.name: dtype for dtype in DType}


def bytes_of(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def array_of(stored: dict[str, Any]) -> Any:
    return tensor_array(TensorSpec(_CODES[stored["dtype"]], tuple(stored["dims"])), bytes_of(stored["bytes"]))


def test_ops__the_table__has_vectors_for_all_that_compute() -> None:
    from assay.program.ops import TABLE

    assert set(OPS) == {
        info.name for info in TABLE.values() if info.rule and info.name not in ("param", "const")
    }


@pytest.mark.parametrize("name", OPS)
def test_ops__edge_operands__agree_everywhere(name: str) -> None:
    """Reference, plain integers, and JAX (all nodes of the operation in one jitted call)."""
    rows = [case for case in CASES if case["op"] == name]
    nodes = [decode_node(bytes_of(row["descriptor"])) for row in rows]
    operands = [[array_of(one) for one in row["operands"]] for row in rows]
    wanted = [array_of(row["result"]) for row in rows]
    for node, given, result, row in zip(nodes, operands, wanted, rows, strict=True):
        assert encode_node(node) == bytes_of(row["descriptor"])
        assert_same([reference.evaluate(node, given)], [result])
        specs = [TensorSpec(_CODES[one.dtype.name], one.shape) for one in given]
        assert element_values(node, specs, given) == [int(value) for value in result.reshape(-1).tolist()]
    with jax.enable_x64(True):
        found = jax.jit(lambda all_: [evaluate(n, o) for n, o in zip(nodes, all_, strict=True)])(operands)
    assert_same([np.asarray(one) for one in found], wanted)


@pytest.mark.parametrize("row", PROGRAMS, ids=[row["name"] for row in PROGRAMS])
def test_programs__their_files__decode_run_and_hash_as_stated(row: dict[str, Any]) -> None:
    program = Program.decode(bytes_of(row["file"])).with_constants(map(array_of, row["constants"]))
    assert program.root == bytes_of(row["root"])
    assert program.encode() == bytes_of(row["file"])
    inputs = [array_of(one) for one in row["inputs"]]
    wanted = [array_of(one) for one in row["outputs"]]
    assert_same(reference.run(program, inputs, row["index"]), wanted)
    assert_same(program.run(inputs, row["index"]), wanted)
    assert [tensor_root(one) for one in wanted] == [bytes_of(root) for root in row["output_roots"]]
    cost = program.cost()
    assert row["cost"] == {
        "operations": cost.operations, "bytes_moved": cost.bytes_moved, "peak_bytes": cost.peak_bytes
    }  # fmt: skip


def test_ops__cases__are_many_and_of_all_dtypes() -> None:
    seen = defaultdict(set)
    for case in CASES:
        seen[case["result"]["dtype"]].add(case["op"])
    assert set(seen) == set(_CODES)
    assert sum(len(array_of(case["result"]).reshape(-1)) for case in CASES) > 10_000
