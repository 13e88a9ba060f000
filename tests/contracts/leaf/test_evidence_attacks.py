"""Evidence that lies: every byte of every proof flipped, wrong counts and depths, other descriptors, false padding.

Each must revert or leave the answer as it is; none may make the leaf say something else.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import boa
import numpy as np
import pytest

from assay.commitment.row import climb, leaf_hash
from assay.disputes.leaf import Evidence
from assay.disputes.rows import list_root_of, path_in, row_levels, tensor_root_of
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op
from tests.contracts.leaf.leaf_world import OK, Case, case_of

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
I32, I64 = DType.I32, DType.I64


def ramp(*dims: int, dtype: DType = I32) -> np.ndarray[Any, Any]:
    """Different values, all but a few bytes of a page zero."""
    array = np.zeros(int(np.prod(dims, dtype=int)), dtype.numpy)
    array[:: max(1, len(array) // 5)] = np.arange(1, len(array[:: max(1, len(array) // 5)]) + 1)
    return array.reshape(dims)


@dataclass(frozen=True)
class Question:
    """Something that a leaf is asked, with right evidence."""

    case: Case
    function: str
    numbers: tuple[int, ...]
    evidence: Evidence

    def answer(self, evidence: Evidence) -> Any:
        """The leaf's answer, None when it reverts."""
        return self.case.try_to_ask(self.function, *self.numbers, evidence)


def sum_of_two() -> Question:
    case = case_of(Node(Op.ADD, I32, (3, 70), (0, 1)), [ramp(3, 70), ramp(3, 70)], spread=6)
    return Question(case, "element", (84,), case.element(84))


def gather() -> Question:
    node = Node(Op.TAKE, I32, (3, 2), (0, 1))
    case = case_of(node, [ramp(40, 2), np.array([5, 900, -3], np.int16)], spread=6)
    return Question(case, "element", (3,), case.element(3))


def padding() -> Question:
    case = case_of(
        Node(Op.PAD, I32, (9, 9), (0, 1), (2, 1, 3, 0)), [ramp(3, 4), np.array(7, np.int32)], spread=6
    )
    return Question(case, "element", (0,), case.element(0))


def product() -> Question:
    node = Node(Op.DOT, I64, (1, 2, 2), (0, 1), (20, 20))
    case = case_of(node, [ramp(1, 2, 80), ramp(1, 2, 80)], spread=6)
    return Question(case, "term", (3, 64), case.term(3, 64))


def update() -> Question:
    node = Node(Op.SCATTER, I32, (4, 2), (0, 1, 2), (0,))
    case = case_of(node, [ramp(4, 2), np.array([3, 1], np.int8), ramp(2, 2)], spread=6)
    return Question(case, "term", (2, 2), case.term(2, 2))


def count() -> Question:
    case = case_of(Node(Op.SUM, I32, (3,), (0,)), [ramp(3, 70)], spread=6)
    return Question(case, "terms", (), case.terms())


QUESTIONS = (sum_of_two, gather, padding, product, update, count)


def flips(evidence: Evidence) -> Iterator[Evidence]:
    """One byte changed at a time: all of the packed parts, of hashes three (all of them in the long profile)."""
    for at in range(len(evidence.descriptor)):
        yield replace(evidence, descriptor=flipped(evidence.descriptor, at))
    for at in range(len(evidence.operands)):
        yield replace(evidence, operands=flipped(evidence.operands, at))
    for number, sibling in enumerate(evidence.siblings):
        for at in range(32) if LONG else (0, 13, 31):
            changed = list(evidence.siblings)
            changed[number] = flipped(sibling, at)
            yield replace(evidence, siblings=tuple(changed))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ (1 << (at % 8))]) + data[at + 1 :]


def bends(evidence: Evidence) -> Iterator[Evidence]:
    """Parts left out, doubled, swapped, lengthened; other counts."""
    siblings = evidence.siblings
    for number in range(len(siblings)):
        yield replace(evidence, siblings=siblings[:number] + siblings[number + 1 :])
        yield replace(evidence, siblings=(*siblings[:number], siblings[number], *siblings[number:]))
        if number and siblings[number] != siblings[number - 1]:
            swapped = [*siblings]
            swapped[number - 1], swapped[number] = swapped[number], swapped[number - 1]
            yield replace(evidence, siblings=tuple(swapped))
    yield replace(evidence, siblings=())
    yield replace(evidence, operands=b"")
    for cut in range(1, min(40, len(evidence.operands))):
        yield replace(evidence, operands=evidence.operands[:-cut])
        yield replace(evidence, operands=evidence.operands[cut:])
    yield replace(evidence, operands=evidence.operands + b"\0")
    yield replace(evidence, descriptor=evidence.descriptor + b"\0")
    yield replace(evidence, descriptor=evidence.descriptor[:-1])
    for change in (-1, 1, 2**16, 2**64, 2**255):
        yield replace(evidence, nodes=max(0, evidence.nodes + change))
        yield replace(evidence, descriptor_bytes=max(0, evidence.descriptor_bytes + change))


@pytest.mark.parametrize("make", QUESTIONS)
@pytest.mark.parametrize("lies", [flips, bends])
def test_leaf__evidence_that_is_not_quite_right__reverts_or_says_the_same(
    make: Callable[[], Question], lies: Callable[[Evidence], Iterator[Evidence]]
) -> None:
    question = make()
    right = question.answer(question.evidence)
    assert right is not None and right[0] == OK
    for lie in lies(question.evidence):
        answer = question.answer(lie)
        assert answer is None or answer == right, lie


def test_element__trailing_zeros_of_a_page_sent_or_not__say_the_same() -> None:
    case = case_of(Node(Op.CONVERT, I64, (80,), (0,)), [ramp(80)], spread=3)
    right = case.element(70)
    length = int.from_bytes(right.operands[10:12], "big")
    whole = right.operands[:10] + (256).to_bytes(2, "big") + right.operands[12:].ljust(256, b"\0")
    assert length < 256
    assert case.ask("element", 70, replace(right, operands=whole)) == case.ask("element", 70, right)
    longer = right.operands[:10] + (257).to_bytes(2, "big") + right.operands[12:].ljust(257, b"\0")
    with boa.reverts("tensor: a page has 256 bytes"):
        case.ask("element", 70, replace(right, operands=longer))


def test_element__another_page_of_the_same_tensor__reverts() -> None:
    case = case_of(Node(Op.CONVERT, I64, (640,), (0,)), [np.arange(640, dtype=np.int32)], spread=3)
    for element, other in ((5, 64 * 3), (64 * 9 + 1, 1), (639, 64)):
        with boa.reverts("operand: not in the trace"):
            case.ask("element", element, case.element(other))


def test_element__a_row_of_pages_padded_with_other_hashes__is_another_root() -> None:
    """A tensor of three pages whose fourth leaf is not the zero hash: nothing that the honest root opens to."""
    values = np.arange(192, dtype=np.int32)
    case = case_of(Node(Op.CONVERT, I64, (192,), (0,)), [values], spread=3)
    pages = [values.tobytes()[start : start + 256] for start in range(0, 768, 256)]
    false = row_levels([*map(leaf_hash, pages), b"\7" * 32])
    right = case.element(0)
    own = len(path_in(case.body_row, case.index))
    siblings = (*right.siblings[:own], *path_in(false, 0), *right.siblings[own + 2 :])
    with boa.reverts("operand: not in the trace"):
        case.ask("element", 0, replace(right, siblings=siblings))


def test_element__a_shape_of_fewer_pages_over_the_same_top__is_another_root() -> None:
    """The depth follows from the dimensions, and those are in the root: no path ends higher in the tree."""
    case = case_of(Node(Op.VIEW, I32, (1,), (0,), (0, 0)), [np.arange(256, dtype=np.int32)], spread=3)
    right = case.element(0)
    own = len(path_in(case.body_row, case.index))
    head = right.operands[:2] + (128).to_bytes(8, "big")
    lie = replace(
        right,
        operands=head + right.operands[10:],
        siblings=right.siblings[: own + 1] + right.siblings[own + 2 :],
    )
    with boa.reverts("operand: not in the trace"):
        case.ask("element", 0, lie)


def test_element__an_inner_node_of_the_tree_shown_as_a_page__reverts() -> None:
    """Leaves and nodes are hashed under different bytes."""
    case = case_of(Node(Op.CONVERT, I64, (256,), (0,)), [np.arange(256, dtype=np.int32)], spread=3)
    levels = case.page_row(case.ids[0])
    right = case.element(0)
    page = (levels[0][0] + levels[0][1]).ljust(256, b"\0")
    lie = replace(right, operands=right.operands[:10] + (256).to_bytes(2, "big") + page)
    assert Question(case, "element", (0,), right).answer(lie) is None


def test_element__one_node_as_two_operands_with_two_values__reverts() -> None:
    """x + x: the second opening may not show another tensor."""
    case = case_of(Node(Op.ADD, I32, (3,), (0, 0)), [np.array([1, 2, 3], np.int32)], spread=3)
    right = case.element(1)
    half = len(right.operands) // 2
    assert case.ask("element", 1, right) == (OK, 4)
    lie = right.operands[:-1] + bytes([9])
    assert lie[:half] == right.operands[:half]
    with boa.reverts("operand: one node, two roots"):
        case.ask("element", 1, replace(right, operands=lie))


def test_element__of_another_node_or_behind_the_last__reverts() -> None:
    question = sum_of_two()
    case = question.case
    with boa.reverts("leaf: no such element"):
        case.ask("element", 210, case.element(209))
    with boa.reverts("leaf: no such element"):
        case.ask("element", 2**256 - 1, case.element(209))
    case.index -= 1
    assert question.answer(question.evidence) is None


def test_term__behind_the_last__reverts() -> None:
    question = product()
    for element, term, text in ((3, 80, "term"), (3, 2**256 - 1, "term"), (4, 0, "element")):
        with boa.reverts(f"leaf: no such {text}"):
            question.case.ask("term", element, term, question.evidence)


def test_leaves__asked_for_what_they_do_not_judge__revert() -> None:
    question = sum_of_two()
    case = question.case
    with boa.reverts("leaf: this op has no terms"):
        case.ask("term", 0, 0, question.evidence)
    with boa.reverts("leaf: this op is not judged by roots"):
        case.ask("value_root", 0, question.evidence)
    with boa.reverts("leaf: not a loop"):
        case.ask("loop_of", question.evidence)
    other = product()
    with boa.reverts("leaf: this op is not judged by elements"):
        other.case.ask("element", 0, other.evidence)


@pytest.mark.parametrize("depth", [8, 24, 38])
def test_element__tensors_far_larger_than_memory__are_opened_at_their_depth(depth: int) -> None:
    """Page trees that exist on paper: a page, random siblings, and the root that follows."""
    rng = np.random.default_rng(depth)
    size = 64 << depth
    element = int(rng.integers(0, size))
    page = rng.integers(-(2**31), 2**31, 64).astype(np.int32)
    node = Node(Op.CONVERT, I64, (size,), (0,))
    case = Case(node, [], [], 1, 2)
    siblings = tuple(rng.bytes(32) for _ in range(depth))
    head = bytes((I32, 1)) + size.to_bytes(8, "big")
    root = tensor_root_of(head, climb(leaf_hash(page.tobytes()), element // 64, siblings))
    case.roots_of = {0: root}
    case.node = replace(node, inputs=(0,))
    packed = head + (256).to_bytes(2, "big") + page.tobytes()
    own = path_in(case.body_row, 1)
    facts = case.body_head
    descriptor = case.opening().evidence().descriptor
    evidence = Evidence(
        facts.nodes, facts.descriptor_bytes, descriptor, packed, (*own, *siblings, *case.trace.together([0]))
    )
    assert case.frame[1] == list_root_of(2, row_levels(case.trace.leaves)[-1][0])
    assert case.ask("element", element, evidence) == (OK, int(page[element % 64]))
    shorter = replace(evidence, siblings=(*own, *siblings[1:], *case.trace.together([0])))
    with boa.reverts():
        case.ask("element", element, shorter)
