"""A worker with a fault, for demonstrations and tests: one bit of one partial product of one dot comes out wrong.

Everything after it is computed from the wrong value, and the fault is defended as well as it can be: each answer is
bound to the lie, down to the one product. Only on a local chain (FAULTY_CHAIN): nowhere else can such a lot be made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from assay.disputes.fast import FastFrame, FastItem, FastLoop, FastLot
from assay.disputes.frames import Array, Arrays, FrameRun, Path, Value, arrays_of
from assay.disputes.loops import LoopRun
from assay.disputes.runs import ItemRun
from assay.disputes.terms import terms_of
from assay.disputes.values import wrap
from assay.program.node import Body, Node
from assay.program.ops import Op
from assay.program.program import Program
from assay.protocol.errors import BadInput

FAULTY_CHAIN = 31337
BITS = (18, 30, 12, 6, 0)  # tried in turn: a low bit may be rounded away before it reaches anything committed


@dataclass(frozen=True, slots=True)
class Fault:
    """Bit `bit` of product `term` of element `element` of dot `node`, in the frame at `path`."""

    path: Path
    node: int
    element: int
    term: int
    bit: int

    def product(self, right: int, dtype: int) -> int:
        """The wrong product in place of the right one."""
        return wrap(dtype, right ^ (1 << self.bit))


class FaultyLoop(FastLoop):
    """Runs the step that the fault is in by itself, the others on JAX."""

    def _advance(self, carry: Arrays, first: int, last: int) -> Arrays:
        frame = self.owner
        assert isinstance(frame, FaultyFrame)
        depth = len(frame.path)
        for loop, step in frame.fault.path[depth : depth + 1]:
            here = frame.fault.path[:depth] == frame.path and loop == self.index
            if here and first <= step < last:
                before = super()._advance(carry, first, step) if step > first else carry
                after = LoopRun._advance(self, before, step, step + 1)
                return super()._advance(after, step + 1, last) if step + 1 < last else after
        return super()._advance(carry, first, last)


class FaultyFrame(FastFrame):
    """A frame of the faulty item."""

    loop_type = FaultyLoop
    fault: ClassVar[Fault]

    def _value(self, index: int, node: Node, values: list[Value]) -> Value:
        value = super()._value(index, node, values)
        fault = self.fault
        if self.path != fault.path or index != fault.node:
            return value
        assert node.dtype is not None
        operands = [np.asarray(values[operand]) for operand in node.inputs]
        right = int(terms_of(node, operands, fault.element)[fault.term])
        changed = np.array(value)
        old, dtype = int(changed.reshape(-1)[fault.element]), int(node.dtype)
        changed.reshape(-1)[fault.element] = wrap(dtype, old - right + fault.product(right, dtype))
        return changed

    def terms(self, index: int, element: int) -> Array:
        """The terms that join to the lie."""
        terms, fault = np.array(super().terms(index, element)), self.fault
        dtype = self.body.nodes[index].dtype
        if (self.path, index, element) == (fault.path, fault.node, fault.element) and dtype is not None:
            terms[fault.term] = fault.product(int(terms[fault.term]), int(dtype))
        return terms


class FaultyItem(ItemRun):
    """The item with the fault; its entries are computed from its frames, not by the traced executor."""


class FaultyLot(FastLot):
    """A lot whose first item has the fault."""

    def __init__(self, program: Program, inputs: Sequence[Any], items: int = 1, first_item: int = 0) -> None:
        super().__init__(program, inputs, items, first_item)
        self.fault = find_fault(FastItem(program, inputs, first_item))

    def _made(self, index: int) -> ItemRun:
        if index != self.first_item:
            return super()._made(index)
        return _faulty_item(self.program, self.inputs, index, self.fault)


def _faulty_item(program: Program, inputs: Sequence[Any], index: int, fault: Fault) -> ItemRun:
    frame = type("Faulty", (FaultyFrame,), {"fault": fault})
    made = type("FaultyFirst", (FaultyItem,), {"frame_type": frame})(program, inputs, index)
    assert isinstance(made, ItemRun)
    return made


def faulty_lot(
    program: Program, inputs: Sequence[Any], items: int, first_item: int, *, chain_id: int
) -> FaultyLot:
    """A faulty lot. Raises BadInput on any chain but the local one, and for a program whose faults change nothing."""
    check_chain(chain_id)
    return FaultyLot(program, inputs, items, first_item)


def check_chain(chain_id: int) -> None:
    """Raises BadInput on any chain but the local one."""
    if chain_id != FAULTY_CHAIN:
        raise BadInput(
            f"A faulty worker is for chain {FAULTY_CHAIN} only, this is chain {chain_id}.",
            "Leave --faulty-bit out: elsewhere the fault would cost a real bond.",
        )


def find_fault(item: ItemRun) -> Fault:
    """A fault that changes the item's root. Raises BadInput when the program has no dot where one does."""
    lot = item.program, item.inputs, item.index
    for frame, index in _dots(item.main):
        node = frame.body.nodes[index]
        length = frame.tensor(node.inputs[0]).shape[-1]
        for bit in BITS:
            size = node.spec.size
            for element in dict.fromkeys((size // 2, size // 3, size - 1, 0)):
                fault = Fault(frame.path, index, element, length // 2, bit)
                # what a frame returns wrong may be rounded away by later steps, before any state that is committed
                if _changes(frame, fault) and _faulty_item(*lot, fault).root != item.root:
                    return fault
    raise BadInput(
        "No wrong product changes what this program commits to.", "Demonstrate with another program."
    )


def _dots(frame: FrameRun) -> Iterator[tuple[FrameRun, int]]:
    """Dots of a frame, those inside its loops first, half-way through."""
    for index, node in enumerate(frame.body.nodes):
        if node.op is Op.LOOP and _has_dot(frame.program, frame.program.bodies[node.root("body")]):
            yield from _dots(frame.loop(index).frame(node.param("trips") // 2))
    yield from ((frame, index) for index, node in enumerate(frame.body.nodes) if node.op is Op.DOT)


def _has_dot(program: Program, body: Body) -> bool:
    return any(
        node.op is Op.DOT or (node.op is Op.LOOP and _has_dot(program, program.bodies[node.root("body")]))
        for node in body.nodes
    )


def _changes(frame: FrameRun, fault: Fault) -> bool:
    kind: Any = type("Tried", (FaultyFrame,), {"fault": fault})
    tried = kind(frame.program, frame.body, frame.carry, frame.invariants, step=frame.step, path=frame.path)
    wrong, right = arrays_of(tried.values[-1]), arrays_of(frame.values[-1])
    return any((a != b).any() for a, b in zip(wrong, right, strict=True))
