"""One's own re-execution of a lot, computed where a game looks: items, frames, loops, node values, their roots.

Nothing is kept that can be made again cheaply: of a loop at most KEPT_STATES states, of a frame the values of one body.
"""

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from assay.commitment.listing import list_root
from assay.commitment.row import leaf_hash
from assay.disputes.facts import ClaimFacts
from assay.disputes.moves import BodyHead
from assay.disputes.positions import ZERO, Frame
from assay.disputes.rows import PAGE_BYTES, row_levels
from assay.program.descriptor import encode_node
from assay.program.node import Body, Node
from assay.program.ops import Op, Source
from assay.program.program import Program
from assay.program.reference import evaluate
from assay.program.roots import tensor_bytes, tensor_root

KEPT_STATES = 64
Array = np.ndarray[Any, Any]
Arrays = tuple[Array, ...]
Value = Array | Arrays
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
            return tuple(_tensor(values[entry]) for entry in self.body.entries(index))
        if node.op is Op.PART:
            return _tuple(values[node.inputs[0]])[node.param("k")]
        if node.op is Op.LOOP:
            return self.loop(index, values).state(node.param("trips"))
        return np.asarray(evaluate(node, [_tensor(values[operand]) for operand in node.inputs]))

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
        return _tensor(self.values[index])

    def tuple(self, index: int) -> Arrays:
        """The value of a tuple-valued node."""
        return _tuple(self.values[index])

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

    def loop(self, index: int, values: Sequence[Value] | None = None) -> "LoopRun":
        """The run of a loop node."""
        if index not in self._loops:
            node = self.body.nodes[index]
            known = self.values if values is None else values
            carry = _tuple(known[node.inputs[0]])
            invariants = _tuple(known[node.inputs[1]]) if len(node.inputs) > 1 else None
            self._loops[index] = LoopRun(self, index, carry, invariants)
        return self._loops[index]

    def within(
        self, body: Body, carry: Arrays, invariants: Arrays | None, *, step: int, loop: int
    ) -> "FrameRun":
        """A frame of a loop in this one."""
        path = (*self.path, (loop, step))
        return type(self)(self.program, body, carry, invariants, step=step, path=path)


class LoopRun:
    """The states of a loop node; made again from the nearest kept one."""

    def __init__(self, owner: FrameRun, index: int, carry: Arrays, invariants: Arrays | None) -> None:
        self.owner = owner
        self.index = index
        self.node = owner.body.nodes[index]
        self.body = owner.program.bodies[self.node.root("body")]
        self.invariants = invariants
        self.trips = self.node.param("trips")
        self.stride = self.node.param("stride")
        self._every = max(1, -(-self.trips // KEPT_STATES))
        self._kept: dict[int, Arrays] = {0: carry}
        self._roots: dict[int, bytes] = {}

    def state(self, step: int) -> Arrays:
        """The carry after `step` steps."""
        at = max(kept for kept in self._kept if kept <= step)
        carry = self._kept[at]
        while at < step:
            carry = self._advance(carry, at)
            at += 1
            if at % self._every == 0 or at == self.trips:
                self._kept[at] = carry
        return carry

    def _advance(self, carry: Arrays, step: int) -> Arrays:
        return _tuple(self._frame(carry, step).values[-1])

    def _frame(self, carry: Arrays, step: int) -> FrameRun:
        return self.owner.within(self.body, carry, self.invariants, step=step, loop=self.index)

    def state_root(self, step: int) -> bytes:
        """Tuple root of a state."""
        if step not in self._roots:
            self._roots[step] = tuple_root(self.state(step))
        return self._roots[step]

    def frame(self, step: int) -> FrameRun:
        """The run of step `step`."""
        return self._frame(self.state(step), step)

    @property
    def committed(self) -> list[bytes]:
        """Roots of the states that an item commits to: after 0, s, 2s, … steps and after the last."""
        if self.stride == 0:
            return []
        steps = [*range(0, self.trips, self.stride), self.trips]
        return [self.state_root(step) for step in steps]


class ItemRun:
    """One item of a lot: the main frame and the entries of the item root."""

    frame_type: type[FrameRun] = FrameRun

    def __init__(self, program: Program, inputs: Sequence[Any], index: int) -> None:
        self.program = program
        self.inputs = tuple(np.asarray(array) for array in inputs)
        self.index = index

    @cached_property
    def main(self) -> FrameRun:
        """The run of the main body."""
        return self.frame_type(self.program, self.program.main, self.inputs, None, step=self.index)

    @cached_property
    def loops(self) -> tuple[int, ...]:
        """Nodes of the main body whose states are committed."""
        nodes = self.program.main.nodes
        return tuple(k for k, node in enumerate(nodes) if node.op is Op.LOOP and node.param("stride") > 0)

    @cached_property
    def entries(self) -> tuple[bytes, ...]:
        """Outputs root and state trace roots."""
        traces = [list_root(self.main.loop(loop).committed) for loop in self.loops]
        return (self.main.roots[-1], *traces)

    @cached_property
    def root(self) -> bytes:
        """The item root."""
        return list_root(self.entries)


class LotRun:
    """All items of a lot, each run when it is first looked at."""

    item_type: type[ItemRun] = ItemRun

    def __init__(self, program: Program, inputs: Sequence[Any], items: int = 1, first_item: int = 0) -> None:
        self.program = program
        self.inputs = inputs
        self.items = items
        self.first_item = first_item
        self._items: dict[int, ItemRun] = {}

    def item(self, index: int) -> ItemRun:
        """Item `index` of the job."""
        if index not in self._items:
            self._items[index] = self.item_type(self.program, self.inputs, index)
        return self._items[index]

    @cached_property
    def item_roots(self) -> list[bytes]:
        """Root of each item, in order."""
        return [self.item(self.first_item + k).root for k in range(self.items)]

    @cached_property
    def root(self) -> bytes:
        """The lot root: what is sealed and claimed."""
        return list_root(self.item_roots)

    def facts(self, defender: str, window_end: int, move_seconds: int) -> ClaimFacts:
        """A claim of this lot."""
        inputs = tuple_root([np.asarray(array) for array in self.inputs])
        return ClaimFacts(
            self.root,
            self.items,
            self.first_item,
            self.program.root,
            inputs,
            defender,
            window_end,
            move_seconds,
        )


def _tensor(value: Value) -> Array:
    assert not isinstance(value, tuple)
    return value


def _tuple(value: Value) -> Arrays:
    assert isinstance(value, tuple)
    return value
