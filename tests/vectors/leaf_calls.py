"""One question to the leaf contracts with their answer, as leaf.json stores it; used by generate_leaf."""

from __future__ import annotations

from typing import Any

from boa import BoaError

from assay.commitment.row import leaf_hash
from assay.disputes.leaf import Evidence
from assay.disputes.rows import path_in, row_levels
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import body_root
from tests.contracts.leaf.leaf_world import FUNCTIONS, Case, contract

Call = list[Any]


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _words(answer: Any) -> list[str] | None:
    return None if answer is None else [hex(word) for word in answer]


def call_of(case: Case, function: str, numbers: list[int], evidence: Evidence) -> Call:
    """[function, frame, node, numbers, evidence, answer]."""
    frame = [_hex(part) if isinstance(part, bytes) else hex(part) for part in case.frame]
    answer = case.try_to_ask(function, *numbers, evidence)
    return [function, frame, case.index, [str(n) for n in numbers], _hex(evidence.encode()), _words(answer)]


def descriptor_call(descriptor: bytes, function: str) -> Call:
    """A body of three nodes of which the last has this descriptor; no operand is shown."""
    listed = [encode_node(Node(Op.FILL, DType.I32, (2, 3), (), (1,)))] * 2 + [descriptor]
    row = row_levels([leaf_hash(item) for item in listed])
    evidence = Evidence(3, sum(map(len, listed)), descriptor, b"", path_in(row, 2))
    frame = (body_root(listed), b"\1" * 32, b"\2" * 32, b"\3" * 32, 0)
    numbers = {"element": [0], "term": [0, 0], "node_of": []}[function]
    leaf = contract(FUNCTIONS.get(function, "RootLeaf"))
    try:
        answer = getattr(leaf, function)(frame, 2, *numbers, evidence.as_tuple())
        words = [hex(int(answer[0])), hex(int(answer[1]) % 2**256)]
    except BoaError:
        words = None
    parts = [_hex(part) if isinstance(part, bytes) else hex(part) for part in frame]
    return [function, parts, 2, [str(n) for n in numbers], _hex(evidence.encode()), words]
