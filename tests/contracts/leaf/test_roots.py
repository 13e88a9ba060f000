"""RootLeaf: params, constants, parts, packs, loops, and what a node is."""

import boa
import numpy as np
import pytest

from assay.commitment.listing import list_root
from assay.commitment.row import leaf_hash
from assay.disputes.leaf import Evidence
from assay.disputes.rows import row_levels
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import tensor_root
from tests.contracts.leaf.leaf_world import BAD_PARAMETER, BAD_SHAPE, BAD_TYPE, OK, ZERO, Case, case_of

TENSORS = tuple(np.full(k + 1, k, np.int32) for k in range(5))
ROOTS = [tensor_root(tensor) for tensor in TENSORS]


def rooted(node: Node, **facts: object) -> Case:
    """A case without tensor operands."""
    case = case_of(node, [], spread=9)
    for name, value in facts.items():
        setattr(case, name, value)
    return case


def tuple_evidence(case: Case, k: int, roots: list[bytes], *, part_of: int | None = None) -> Evidence:
    opening = case.opening()
    opening.tensor_of(roots, k)
    if part_of is not None:
        opening.opened.add(part_of)
    return opening.evidence()


@pytest.mark.parametrize("k", range(5))
def test_value_root__param_of_the_carry__is_that_tensors(k: int) -> None:
    case = rooted(Node(Op.PARAM, DType.I32, (k + 1,), (), (0, k)), carry=TENSORS)
    assert case.ask("value_root", 0, tuple_evidence(case, k, ROOTS)) == (OK, ROOTS[k])


def test_value_root__param_shown_with_another_tensor__reverts() -> None:
    case = rooted(Node(Op.PARAM, DType.I32, (3,), (), (0, 2)), carry=TENSORS)
    right = tuple_evidence(case, 2, ROOTS)
    swapped = tuple_evidence(case, 3, ROOTS)
    with boa.reverts("leaf: not in the frame's tuple"):
        case.ask("value_root", 0, swapped)
    shorter = tuple_evidence(case, 2, ROOTS[:4])
    with boa.reverts("leaf: not in the frame's tuple"):
        case.ask("value_root", 0, shorter)
    with boa.reverts("leaf: no such entry"):
        case.ask("value_root", 1, right)


def test_value_root__param_beyond_the_carry__cannot_be_shown() -> None:
    case = rooted(Node(Op.PARAM, DType.I32, (3,), (), (0, 5)), carry=TENSORS)
    with boa.reverts("operand: the tuple has no such tensor"):
        case.ask("value_root", 0, tuple_evidence(case, 4, ROOTS))


def test_value_root__param_of_the_invariants__is_not_of_the_carry() -> None:
    case = rooted(Node(Op.PARAM, DType.I32, (3,), (), (1, 2)), carry=TENSORS)
    with boa.reverts("leaf: not in the frame's tuple"):
        case.ask("value_root", 0, tuple_evidence(case, 2, ROOTS))
    body, trace, _, _, step = case.frame
    case.frame = (body, trace, ZERO, list_root(ROOTS), step)
    assert case.ask("value_root", 0, tuple_evidence(case, 2, ROOTS)) == (OK, ROOTS[2])


@pytest.mark.parametrize("step", [0, 7, 2**40])
def test_value_root__step_index__is_computed(step: int) -> None:
    case = rooted(Node(Op.PARAM, DType.I64, (), (), (2, 0)), step=step)
    assert case.ask("value_root", 0, case.opening().evidence()) == (OK, tensor_root(np.array(step, np.int64)))


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (Node(Op.PARAM, DType.I64, (), (), (2, 1)), BAD_PARAMETER),
        (Node(Op.PARAM, DType.I64, (), (), (3, 0)), BAD_PARAMETER),
        (Node(Op.PARAM, DType.I32, (), (), (2, 0)), BAD_TYPE),
        (Node(Op.PARAM, DType.I64, (1,), (), (2, 0)), BAD_SHAPE),
        (Node(Op.PACK, None, (2,), (), (6,)), BAD_PARAMETER),
        (Node(Op.PACK, None, (2,), (), (2**32 - 1,)), BAD_PARAMETER),
    ],
)
def test_value_root__malformed__rules_for_the_defender(node: Node, code: int) -> None:
    case = rooted(node)
    assert case.ask("value_root", 0, case.opening().evidence()) == (code, ZERO)


def test_value_root__const__is_its_parameter() -> None:
    case = rooted(Node(Op.CONST, DType.I8, (4,), (), (ROOTS[1],)))
    assert case.ask("value_root", 0, case.opening().evidence()) == (OK, ROOTS[1])


@pytest.mark.parametrize("k", range(5))
def test_value_root__part__is_the_tuples_tensor(k: int) -> None:
    case = rooted(Node(Op.PART, DType.I32, (3,), (4,), (k,)), roots_of={4: list_root(ROOTS)})
    assert case.ask("value_root", 0, tuple_evidence(case, k, ROOTS, part_of=4)) == (OK, ROOTS[k])
    with boa.reverts():
        case.ask("value_root", 0, tuple_evidence(case, (k + 1) % 5, ROOTS, part_of=4))


@pytest.mark.parametrize("entry", range(3))
def test_value_root__entry_of_a_pack__is_the_node_before_it(entry: int) -> None:
    case = rooted(Node(Op.PACK, None, (3,), (), (6,)), roots_of={6 + k: ROOTS[k] for k in range(3)})
    opening = case.opening()
    opening.root(6 + entry)
    assert case.ask("value_root", entry, opening.evidence()) == (OK, ROOTS[entry])
    with boa.reverts("operand: not in the trace"):
        case.ask("value_root", (entry + 1) % 3, opening.evidence())
    with boa.reverts("leaf: no such entry"):
        case.ask("value_root", 3, opening.evidence())


@pytest.mark.parametrize("inputs", [(3,), (3, 5), (5, 3), (4, 4)])
def test_loop_of__a_loop__says_how_it_begins(inputs: tuple[int, ...]) -> None:
    node = Node(Op.LOOP, None, (2,), inputs, (ROOTS[0], 2**40, 2**20))
    case = rooted(node, roots_of={id: bytes([id]) * 32 for id in (3, 4, 5)})
    opening = case.opening()
    for id in inputs:
        opening.root(id)
    expected = [bytes([id]) * 32 for id in inputs] + [ZERO]
    assert case.ask("loop_of", opening.evidence()) == (OK, ROOTS[0], 2**40, 2**20, *expected[:2])


@pytest.mark.parametrize("trips", [0, 2**63, 2**64 - 1])
def test_loop_of__no_trips_or_too_many__rules_for_the_defender(trips: int) -> None:
    case = rooted(Node(Op.LOOP, None, (2,), (3,), (ROOTS[0], trips, 0)))
    assert case.ask("loop_of", case.opening().evidence())[0] == BAD_PARAMETER


@pytest.mark.parametrize(
    "node",
    [
        Node(Op.ADD, DType.U16, (3, 2**40), (1, 2)),
        Node(Op.FILL, DType.BOOL, (), (), (0,)),
        Node(Op.PACK, None, (2,), (), (7,)),
        Node(Op.FILL, DType.I8, (1,) * 8, (), (0,)),
    ],
)
def test_node_of__any_node__op_dtype_dims(node: Node) -> None:
    case = rooted(node)
    dtype = 255 if node.dtype is None else int(node.dtype)
    assert case.ask("node_of", case.opening().evidence()) == (OK, int(node.op), dtype, list(node.dims))


def test_node_of__another_nodes_descriptor__reverts() -> None:
    case = rooted(Node(Op.FILL, DType.I8, (2,), (), (5,)))
    evidence = case.opening().evidence()
    head = case.body_head
    other = encode_node(case.body.nodes[0])
    lie = Evidence(head.nodes, head.descriptor_bytes, other, b"", evidence.siblings)
    with boa.reverts("node: not in the body"):
        case.ask("node_of", lie)


def test_node_of__a_body_of_another_count__reverts() -> None:
    case = rooted(Node(Op.FILL, DType.I8, (2,), (), (5,)))
    head, siblings = case.body_head, case.opening().evidence().siblings
    descriptor = encode_node(case.node)
    top = row_levels([leaf_hash(encode_node(node)) for node in case.body.nodes])[-1][0]
    assert top == head.top
    for nodes, size in ((head.nodes + 1, head.descriptor_bytes), (head.nodes, head.descriptor_bytes + 1)):
        with boa.reverts("node: not in the body"):
            case.ask("node_of", Evidence(nodes, size, descriptor, b"", siblings))
    for nodes, size in ((0, 1), (case.index, 1), (65_536, 1), (2**256 - 1, 1), (head.nodes, 2**64)):
        with boa.reverts("node: no such node"):
            case.ask("node_of", Evidence(nodes, size, descriptor, b"", siblings))
    # a count moved into the bytes: (n + 1) · 2^64 + b and n · 2^64 + (b + 2^64) would be one preimage
    with boa.reverts("node: no such node"):
        case.ask(
            "node_of", Evidence(head.nodes - 1, head.descriptor_bytes + 2**64, descriptor, b"", siblings)
        )
