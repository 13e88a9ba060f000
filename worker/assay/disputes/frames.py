"""One run of a body: the values of its nodes, their roots and pages. Here all is the NumPy reference."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.commitment.listing import list_root
from assay.commitment.row import leaf_hash
from assay.disputes.moves import BodyHead
from assay.disputes.positions import ZERO, Frame
from assay.disputes.rows import PAGE_BYTES, row_levels
from assay.disputes.terms import terms_of
from assay.program.descriptor import encode_node
from assay.program.node import Body, Node
from assay.program.ops import Op, Source
from assay.program.program import Program
from assay.program.reference import evaluate
from assay.program.roots import tensor_bytes, tensor_root

if TYPE_CHECKING:
    from assay.disputes.loops import LoopRun

Array = np.ndarray[Any, Any]
Arrays = tuple[Array, ...]
Value = Array | Arrays
Values = Sequence[Value] | Mapping[int, Value]
Path = tuple[tuple[int, int], ...]  # (loop node, step) from the main frame inwards


def tuple_root(tensors: Sequence[Array]) -> bytes:
    """List root of the tensors' roots; of no tensors the root of the empty list."""
    return list_root([tensor_root(tensor) for tensor in tensors])


def head_of(node: Node) -> bytes:
    """dtype, rank, dimensions of a tensor-valued node, as its tensor root has them."""
    spec = node.spec
    return bytes([spec.dtype, len(spec.dims)]) + b"".join(size.to_bytes(8, "big") for size in spec.dims)


class FrameRun:
    """One run of a body. `path` says where it stands in the main frame's run."""

    loop_type: "type[LoopRun]"  # loops.py and fast.py say which

    def __init__(
        self,
        program: Program,
        body: Body,
        carry: Arrays,
        invariants: Arrays | None,
        *,
        step: int,
        path: Path = (),
    ) -> None:
        self.program = program
        self.body = body
        self.carry = carry
        self.invariants = invariants
        self.step = step
        self.path = path
        self._loops: dict[int, LoopRun] = {}
        self._pages: OrderedDict[int, list[list[bytes]]] = OrderedDict()

    @cached_property
    def values(self) -> list[Value]:
        """The value of each node, in order."""
        values: list[Value] = []
        for index, node in enumerate(self.body.nodes):
            values.append(self._value(index, node, values))
        return values

    def _value(self, index: int, node: Node, values: list[Value]) -> Value:
        if node.op is Op.PARAM:
            return self._param(*node.numbers)
        if node.op is Op.CONST:
            return np.asarray(self.program.constants[node.root("root")])
        if node.op is Op.PACK:
            return tuple(tensor_of(values[entry]) for entry in self.body.entries(index))
        if node.op is Op.PART:
            return arrays_of(values[node.inputs[0]])[node.param("k")]
        if node.op is Op.LOOP:
            return self.loop(index, values).state(node.param("trips"))
        return np.asarray(evaluate(node, [tensor_of(values[operand]) for operand in node.inputs]))

    def _param(self, source: int, k: int) -> Array:
        if source == Source.STEP:
            return np.array(self.step, np.int64)
        owner = self.carry if source == Source.CARRY else self.invariants
        assert owner is not None
        return owner[k]

    @cached_property
    def roots(self) -> list[bytes]:
        """The root of each node's value."""
        return [
            tuple_root(value) if isinstance(value, tuple) else tensor_root(value) for value in self.values
        ]

    @cached_property
    def leaves(self) -> list[bytes]:
        """Leaves of the node trace."""
        return [leaf_hash(root) for root in self.roots]

    @cached_property
    def frame(self) -> Frame:
        """Its roots."""
        return Frame(
            self.body.root,
            list_root(self.roots),
            tuple_root(self.carry),
            ZERO if self.invariants is None else tuple_root(self.invariants),
            self.step,
        )

    @cached_property
    def body_row(self) -> list[list[bytes]]:
        """Levels of the row of descriptors."""
        return row_levels([leaf_hash(encode_node(node)) for node in self.body.nodes])

    @cached_property
    def body_head(self) -> BodyHead:
        """What the body root is the hash of."""
        size = sum(len(encode_node(node)) for node in self.body.nodes)
        return BodyHead(len(self.body.nodes), size, self.body_row[-1][0])

    def tensor(self, index: int) -> Array:
        """The value of a tensor-valued node."""
        return tensor_of(self.values[index])

    def tuple(self, index: int) -> Arrays:
        """The value of a tuple-valued node."""
        return arrays_of(self.values[index])

    def page(self, index: int, number: int) -> bytes:
        """Page `number` of a node's tensor, without padding."""
        return tensor_bytes(self.tensor(index))[number * PAGE_BYTES : (number + 1) * PAGE_BYTES]

    def page_row(self, index: int) -> list[list[bytes]]:
        """Levels of the page tree of a node's tensor; the last few are kept."""
        if index not in self._pages:
            data = tensor_bytes(self.tensor(index))
            pages = [data[start : start + PAGE_BYTES] for start in range(0, len(data), PAGE_BYTES)]
            self._pages[index] = row_levels([leaf_hash(page.ljust(PAGE_BYTES, b"\0")) for page in pages])
            if len(self._pages) > 4:
                self._pages.popitem(last=False)
        return self._pages[index]

    def terms(self, index: int, element: int) -> Array:
        """All terms of an element of a sum, maximum or minimum, in order."""
        node = self.body.nodes[index]
        return terms_of(node, [self.tensor(operand) for operand in node.inputs], element)

    def loop(self, index: int, values: "Values | None" = None) -> "LoopRun":
        """The run of a loop node."""
        if index not in self._loops:
            node = self.body.nodes[index]
            known: Values = self.values if values is None else values
            carry = arrays_of(known[node.inputs[0]])
            invariants = arrays_of(known[node.inputs[1]]) if len(node.inputs) > 1 else None
            # evaluating the values above may have made it, with the states it passed
            self._loops.setdefault(index, self.loop_type(self, index, carry, invariants))
        return self._loops[index]

    def within(
        self, body: Body, carry: Arrays, invariants: Arrays | None, *, step: int, loop: int
    ) -> "FrameRun":
        """A frame of a loop in this one."""
        path = (*self.path, (loop, step))
        return type(self)(self.program, body, carry, invariants, step=step, path=path)


def tensor_of(value: Value) -> Array:
    """A value that is known to be a tensor."""
    assert not isinstance(value, tuple)
    return value


def arrays_of(value: Value) -> Arrays:
    """A value that is known to be a tuple."""
    assert isinstance(value, tuple)
    return value
