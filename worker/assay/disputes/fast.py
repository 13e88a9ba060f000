"""One's own re-execution on JAX, with the same bits: what workers play with.

An item's root comes from the traced executor, a loop's states are advanced on the device to those that a game asks for.
Only a frame that a game opens is evaluated node by node, by the NumPy reference. JAX is imported when something runs.
"""

from functools import cached_property

import numpy as np

from assay.disputes.frames import Arrays, FrameRun, Value, tensor_of
from assay.disputes.loops import LoopRun
from assay.disputes.runs import ItemRun, LotRun, tuple_root
from assay.program.node import Node
from assay.program.ops import Op

LARGE_DOT = 1 << 24  # products from which on JAX is asked: NumPy has no fast integer dot


class FastLoop(LoopRun):
    """A loop whose states JAX makes."""

    def _advance(self, carry: Arrays, first: int, last: int) -> Arrays:
        from assay.program.executor import advance

        program, body = self.owner.program, self.body.root
        return advance(program, body, carry, self.invariants or (), first=first, steps=last - first)


class FastFrame(FrameRun):
    """A frame whose loops and large dots JAX runs."""

    loop_type = FastLoop

    def _value(self, index: int, node: Node, values: list[Value]) -> Value:
        if node.op is not Op.DOT:
            return super()._value(index, node, values)
        a, b = (tensor_of(values[operand]) for operand in node.inputs)
        if node.spec.size * a.shape[-1] < LARGE_DOT:
            return super()._value(index, node, values)
        import jax

        from assay.program.kernels import evaluate

        with jax.enable_x64(True):
            return np.asarray(evaluate(node, [jax.numpy.asarray(a), jax.numpy.asarray(b)]))


class FastItem(ItemRun):
    """One item; its root without the values of any frame."""

    frame_type: type[FrameRun] = FastFrame

    @cached_property
    def entries(self) -> tuple[bytes, ...]:
        """Outputs root and state trace roots."""
        from assay.program.traced import run_traced

        traced = run_traced(self.program, self.inputs, self.index)
        return (tuple_root(traced.outputs), *traced.traces)


class FastLot(LotRun):
    """A lot: what a worker defends and challenges with."""

    item_type: type[ItemRun] = FastItem
