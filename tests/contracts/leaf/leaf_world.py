"""Bodies around one contested node, their roots, and what the leaf contracts are asked about them.

A `Case` has what `assay.disputes.evidence` reads of a re-execution; its operands are given, not computed, and its
contested node need not be well-formed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import boa
import numpy as np

from assay.commitment.listing import list_root
from assay.commitment.row import leaf_hash
from assay.disputes.evidence import Opening, element_evidence, term_evidence, terms_evidence
from assay.disputes.leaf import Evidence
from assay.disputes.moves import BodyHead
from assay.disputes.rows import PAGE_BYTES, row_levels
from assay.disputes.sparse import SparseRow
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType, TensorSpec, spec_of
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import body_root, tensor_bytes, tensor_root
from contracts.scripts.catalogue import CONTRACTS_DIR

ZERO = b"\0" * 32
OK, UNKNOWN_OP, BAD_LENGTH, BAD_TYPE, BAD_SHAPE, BAD_INPUT, BAD_PARAMETER = range(7)
FUNCTIONS = {"element": "Leaf", "terms": "TermLeaf", "term": "TermLeaf"}
Array = np.ndarray[Any, Any]


@cache
def contract(name: str) -> Any:
    """A leaf contract or the harness of its modules, deployed once a process: first called by a session fixture."""
    folder = CONTRACTS_DIR / "mocks" if name.endswith("_mock") else CONTRACTS_DIR
    return boa.load(str(folder / f"{name}.vy"))


@dataclass(frozen=True)
class Listed:
    """The nodes of a case, as `Body` has them."""

    nodes: tuple[Node, ...]
    root: bytes


@dataclass
class Case:
    """Node `index` of a body of `count` nodes; operand k is node `ids[k]` and has the value `operands[k]`."""

    node: Node
    operands: Sequence[Any]
    ids: Sequence[int]
    index: int
    count: int
    step: int = 0
    roots_of: dict[int, bytes] = field(default_factory=dict)  # values that are not tensors
    carry: tuple[Any, ...] = ()

    @cached_property
    def values(self) -> dict[int, Array]:
        """Tensors by node."""
        return {id: np.asarray(value) for id, value in zip(self.ids, self.operands, strict=True)}

    @cached_property
    def body(self) -> Listed:
        """Operands are params, the rest fills."""
        filler = Node(Op.FILL, DType.I8, (1,), (), (0,))
        nodes = [filler] * self.count
        for id, value in self.values.items():
            spec = spec_of(value)
            nodes[id] = Node(Op.PARAM, spec.dtype, spec.dims, (), (0, id % 65_536))
        nodes[self.index] = self.node
        return Listed(tuple(nodes), body_root([encode_node(node) for node in nodes]))

    @cached_property
    def roots(self) -> list[bytes]:
        """Root of each node's value; the contested one's own does not matter."""
        other = tensor_root(np.zeros(1, np.int8))
        given = {id: tensor_root(value) for id, value in self.values.items()} | self.roots_of
        return [given.get(id, other) for id in range(self.count)]

    @cached_property
    def frame(self) -> tuple[bytes, bytes, bytes, bytes, int]:
        """As the contract's struct."""
        carry = list_root([tensor_root(tensor) for tensor in self.carry]) if self.carry else ZERO
        return (self.body.root, list_root(self.roots), carry, ZERO, self.step)

    @cached_property
    def trace(self) -> SparseRow:
        """The node trace."""
        return SparseRow(self.count, [leaf_hash(root) for root in self.roots], self.count)

    @cached_property
    def body_row(self) -> list[list[bytes]]:
        """Levels of the row of descriptors."""
        return row_levels([leaf_hash(encode_node(node)) for node in self.body.nodes])

    @cached_property
    def body_head(self) -> BodyHead:
        """What the body root is the hash of."""
        size = sum(len(encode_node(node)) for node in self.body.nodes)
        return BodyHead(self.count, size, self.body_row[-1][0])

    def tensor(self, index: int) -> Array:
        """The value of an operand."""
        return self.values[index]

    def page(self, index: int, number: int) -> bytes:
        """A page without padding."""
        return tensor_bytes(self.values[index])[number * PAGE_BYTES : (number + 1) * PAGE_BYTES]

    def page_row(self, index: int) -> list[list[bytes]]:
        """Levels of an operand's page tree."""
        data = tensor_bytes(self.values[index])
        pages = [data[start : start + PAGE_BYTES] for start in range(0, len(data), PAGE_BYTES)]
        return row_levels([leaf_hash(page.ljust(PAGE_BYTES, b"\0")) for page in pages])

    # --- what is asked ---

    @property
    def specs(self) -> list[TensorSpec]:
        """Specs of the operands."""
        return [spec_of(np.asarray(value)) for value in self.operands]

    def read(self, operand: int, index: int) -> int:
        """One element of an operand, for the oracle."""
        return int(np.asarray(self.operands[operand]).reshape(-1)[index])

    def element(self, element: int) -> Evidence:
        """Evidence of an element."""
        return element_evidence(self, self.trace, self.index, element)  # type: ignore[arg-type]

    def term(self, element: int, term: int) -> Evidence:
        """Evidence of a term."""
        return term_evidence(self, self.trace, self.index, element=element, term=term)  # type: ignore[arg-type]

    def terms(self) -> Evidence:
        """Evidence of the number of terms."""
        return terms_evidence(self, self.trace, self.index)  # type: ignore[arg-type]

    def shapes(self, *inputs: int) -> Evidence:
        """Evidence that shows inputs by their shapes: what a malformed program is shown by."""
        opening = self.opening()
        for k in inputs:
            opening.shape(k)
        return opening.evidence()

    def opening(self) -> Opening:
        """Evidence to be written by hand."""
        return Opening(self, self.trace, self.index)  # type: ignore[arg-type]

    def ask(self, function: str, *rest: Any) -> Any:
        """The contract's answer; `rest` as the function takes it, evidence last."""
        *numbers, evidence = rest
        leaf = contract(FUNCTIONS.get(function, "RootLeaf"))
        return getattr(leaf, function)(self.frame, self.index, *numbers, evidence.as_tuple())

    def try_to_ask(self, function: str, *rest: Any) -> tuple[int, ...] | None:
        """The answer as words, None when the leaf reverts: without titanoboa's traces, for thousands of lies."""
        *numbers, evidence = rest
        leaf = contract(FUNCTIONS.get(function, "RootLeaf"))
        data = getattr(leaf, function).prepare_calldata(self.frame, self.index, *numbers, evidence.as_tuple())
        done = boa.env.execute_code(to_address=leaf.address, data=data)
        if done.is_error:
            return None
        output = bytes(done.output)
        return tuple(int.from_bytes(output[at : at + 32], "big") for at in range(0, len(output), 32))


def case_of(node: Node, operands: Sequence[Any], *, spread: int = 0, seed: int = 0) -> Case:
    """A case with one node for each input, scattered over a body of at least `spread` nodes.

    node.inputs say which operand each input is: equal numbers are one node. Without operands they are node ids.
    """
    generator = np.random.default_rng(seed)
    index = max(len(operands), spread)
    ids = sorted(int(id) for id in generator.permutation(index)[: len(operands)])
    generator.shuffle(ids)
    inputs = tuple(ids[k] for k in node.inputs) if operands else node.inputs
    count = index + 1 + int(generator.integers(0, 4))
    return Case(replace(node, inputs=inputs), operands, ids, index, count)
