"""leaf.json: questions to the leaf contracts with the contracts' own answers, for foreign implementations of the leaf.

A call is [function, frame, node, numbers, evidence, answer]: frame as five words, evidence the ABI encoding of an
ILeaf.Evidence as a move carries it, answer the words that came back, null where the contract reverts.
Run `python -m tests.vectors.generate_leaf` (it compiles the contracts; --check compares); the contracts are held to the
file by tests/contracts/leaf/test_leaf_vectors.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assay.commitment.listing import list_root
from assay.disputes.leaf import Evidence
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType
from assay.program.errors import Malformed
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import tensor_root
from tests.contracts.leaf.leaf_world import Case, case_of
from tests.contracts.leaf.random_cases import ELEMENTS, TERMS
from tests.vectors.leaf_calls import Call, call_of, descriptor_call

FOLDER = Path(__file__).parent
TENSORS = tuple(np.full(k + 1, k, np.int32) for k in range(5))
ROOTS = [tensor_root(tensor) for tensor in TENSORS]


def _lies(evidence: Evidence, rng: np.random.Generator) -> Iterator[Evidence]:
    """The same evidence with one thing wrong."""
    if evidence.operands:
        place = int(rng.integers(0, len(evidence.operands)))
        changed = bytearray(evidence.operands)
        changed[place] ^= 1
        yield replace(evidence, operands=bytes(changed))
        yield replace(evidence, operands=evidence.operands + b"\0")
    if evidence.siblings:
        first, *rest = evidence.siblings
        yield replace(evidence, siblings=(*rest, first[::-1]))
        yield replace(evidence, siblings=tuple(rest))
    yield replace(evidence, siblings=(*evidence.siblings, bytes(32)))


def _right(rng: np.random.Generator, rounds: int) -> Iterator[Call]:
    """Random nodes of every operation, asked at the ends and anywhere; at times with a lie."""
    for op, make in (ELEMENTS | TERMS).items():
        for turn in range(rounds):
            node, operands = make(rng)
            case = case_of(node, operands, spread=int(rng.integers(0, 6)), seed=turn)
            size = int(np.prod(node.dims, dtype=np.int64))
            element = [0, size - 1, int(rng.integers(0, size))][turn % 3]
            if op in ELEMENTS:
                function, numbers, evidence = "element", [element], case.element(element)
            else:
                shape = case.terms()
                yield call_of(case, "terms", [], shape)
                answer = case.try_to_ask("terms", shape)
                assert answer is not None
                term = [answer[1] - 1, 0, int(rng.integers(0, answer[1]))][turn % 3]
                function, numbers, evidence = "term", [element, term], case.term(element, term)
            yield call_of(case, function, numbers, evidence)
            if turn == 0:
                lies = list(_lies(evidence, rng))
                yield call_of(case, function, numbers, lies[int(rng.integers(0, len(lies)))])
                yield call_of(case, function, [size, *numbers[1:]], evidence)


def _changed(node: Node, rng: np.random.Generator) -> Node:
    """The node with one thing that its operands or its operation may contradict."""
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return replace(node, dtype=DType(int(rng.integers(0, 9))))
    if kind == 1 and node.dims:
        axis = int(rng.integers(0, len(node.dims)))
        return replace(node, dims=(*node.dims[:axis], node.dims[axis] + 1, *node.dims[axis + 1 :]))
    if kind == 2:
        return replace(node, dims=(*node.dims, 1))
    if node.params:
        place = int(rng.integers(0, len(node.params)))
        value = [1, 33, 2**31][int(rng.integers(0, 3))]
        return replace(node, params=(*node.params[:place], value, *node.params[place + 1 :]))
    return replace(node, dims=node.dims[:-1])


def _shown(case: Case) -> Iterator[Evidence]:
    """Ways to show a contradiction: nothing, shapes of inputs, an element before a shape."""
    inputs = len(case.node.inputs)
    yield case.opening().evidence()
    for order in ((0,), (1,), (2,), (0, 1), (1, 0), (2, 1)):
        if max(order) >= inputs:
            continue
        yield case.shapes(*order)
        if len(order) == 2:
            opening = case.opening()
            opening.element(order[0], 0)
            opening.shape(order[1])
            yield opening.evidence()


def _malformed(rng: np.random.Generator, rounds: int) -> Iterator[Call]:
    """Nodes that contradict themselves or their operands, shown as the leaf asks for."""
    for op, make in (ELEMENTS | TERMS).items():
        for turn in range(rounds):
            node, operands = make(rng)
            try:
                case = case_of(_changed(node, rng), operands, spread=4, seed=turn)
                case.body  # noqa: B018  # a parameter may not fit its field
            except (Malformed, OverflowError):
                continue
            function, numbers = ("element", [0]) if op in ELEMENTS else ("term", [0, 0])
            for evidence in _shown(case):
                answer = case.try_to_ask(function, *numbers, evidence)
                if answer is not None and answer[0] > 0:
                    yield call_of(case, function, numbers, evidence)
                    if op in TERMS:
                        yield call_of(case, "terms", [], evidence)
                    break


def _raw(rng: np.random.Generator, count: int) -> Iterator[Call]:
    """Descriptors with a byte changed, cut or added, in a body of three nodes."""
    makers = list((ELEMENTS | TERMS).values())
    for turn in range(count):
        node, _ = makers[turn % len(makers)](rng)
        descriptor = bytearray(
            encode_node(replace(node, inputs=tuple(k % 2 for k in range(len(node.inputs)))))
        )
        kind = int(rng.integers(0, 6))
        if kind < 4:
            descriptor[kind] = int(rng.integers(0, 256)) if turn % 2 else descriptor[kind] ^ 1
        elif kind == 4:
            del descriptor[-1 - int(rng.integers(0, 4)) :]
        else:
            descriptor += b"\0"
        function = "element" if node.op in ELEMENTS else "term"
        yield descriptor_call(bytes(descriptor[:256]), function)


def _rooted(node: Node, **facts: Any) -> Case:
    case = case_of(node, [], spread=9)
    for name, value in facts.items():
        setattr(case, name, value)
    return case


def _tuple_evidence(case: Case, k: int, part_of: int | None = None) -> Evidence:
    opening = case.opening()
    opening.tensor_of(ROOTS, k)
    if part_of is not None:
        opening.opened.add(part_of)
    return opening.evidence()


def _roots() -> Iterator[Call]:
    """RootLeaf: params, constants, parts, packs, loops, and what a node is."""
    for k in range(5):
        case = _rooted(Node(Op.PARAM, DType.I32, (k + 1,), (), (0, k)), carry=TENSORS)
        yield call_of(case, "value_root", [0], _tuple_evidence(case, k))
        yield call_of(case, "value_root", [0], _tuple_evidence(case, (k + 1) % 5))
        part = _rooted(Node(Op.PART, DType.I32, (3,), (4,), (k,)), roots_of={4: list_root(ROOTS)})
        yield call_of(part, "value_root", [0], _tuple_evidence(part, k, 4))
        yield call_of(part, "value_root", [0], _tuple_evidence(part, k))
    invariant = _rooted(Node(Op.PARAM, DType.I32, (3,), (), (1, 2)), carry=TENSORS)
    yield call_of(invariant, "value_root", [0], _tuple_evidence(invariant, 2))
    body, trace, _, _, step = invariant.frame
    invariant.frame = (body, trace, bytes(32), list_root(ROOTS), step)
    yield call_of(invariant, "value_root", [0], _tuple_evidence(invariant, 2))
    for step in (0, 7, 2**40):
        case = _rooted(Node(Op.PARAM, DType.I64, (), (), (2, 0)), step=step)
        yield call_of(case, "value_root", [0], case.opening().evidence())
    for node in (
        Node(Op.PARAM, DType.I64, (), (), (2, 1)), Node(Op.PARAM, DType.I64, (), (), (3, 0)),
        Node(Op.PARAM, DType.I32, (), (), (2, 0)), Node(Op.PARAM, DType.I64, (1,), (), (2, 0)),
        Node(Op.PACK, None, (2,), (), (6,)), Node(Op.PACK, None, (2,), (), (2**32 - 1,)),
        Node(Op.CONST, DType.I8, (4,), (), (ROOTS[1],)), Node(Op.FILL, DType.I8, (4,), (), (1,)),
    ):  # fmt: skip
        case = _rooted(node)
        for function, numbers in (("value_root", [0]), ("value_root", [1]), ("node_of", [])):
            yield call_of(case, function, numbers, case.opening().evidence())
    for entry in range(4):
        case = _rooted(Node(Op.PACK, None, (3,), (), (6,)), roots_of={6 + k: ROOTS[k] for k in range(3)})
        opening = case.opening()
        opening.root(6 + min(entry, 2))
        yield call_of(case, "value_root", [entry], opening.evidence())
    for inputs in ((3,), (3, 5), (5, 3), (4, 4)):
        for trips in (2**40, 2**63, 0):
            node = Node(Op.LOOP, None, (2,), inputs, (ROOTS[0], trips, 2**20))
            case = _rooted(node, roots_of={id: bytes([id]) * 32 for id in (3, 4, 5)})
            opening = case.opening()
            for id in inputs:
                opening.root(id)
            yield call_of(case, "loop_of", [], opening.evidence())
            yield call_of(case, "node_of", [], case.opening().evidence())


def calls() -> list[Call]:
    """All calls, the same in every run."""
    rng = np.random.default_rng(20)
    return [*_right(rng, 5), *_malformed(rng, 6), *_raw(rng, 80), *_roots()]


def text_of(rows: list[Call]) -> str:
    """One call a line."""
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n"


def main(arguments: list[str]) -> int:
    """Writes or checks the file; returns the exit status."""
    path, text = FOLDER / "leaf.json", text_of(calls())
    if "--check" not in arguments:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        print("leaf.json is stale; run python -m tests.vectors.generate_leaf", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
