"""What one item costs, known before bidding: scalar operations, bytes moved, bytes alive at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.program.limits import Limits
from assay.program.ops import Op
from assay.program.validation import tensor_type

if TYPE_CHECKING:
    from assay.program.node import Body, Node
    from assay.program.program import Program
    from assay.program.validation import NodeType


@dataclass(frozen=True, slots=True)
class Cost:
    """operations: scalar operations, loops multiplied out. bytes_moved: operands read and results written.

    peak_bytes: values alive at once when each is freed after its last use (an executor that fuses needs less).
    Python integers, so that no declared trip count overflows them.
    """

    operations: int
    bytes_moved: int
    peak_bytes: int

    def check(self, limits: Limits) -> None:
        """Raises LimitExceeded naming the limit."""
        limits.check(
            "operations", self.operations, "The number of scalar operations of an item", "Use more items."
        )
        limits.check(
            "memory_bytes",
            self.peak_bytes,
            "The memory of an item in bytes",
            "Use smaller tensors, or more items.",
        )


def cost_of(program: Program) -> Cost:
    """The cost of one item: inner bodies first, each once."""
    known: dict[bytes, Cost] = {}
    for root, body in program.bodies.items():
        known[root] = _body_cost(body, program.types[root], known)
    return known[program.main.root]


def bytes_of(made: NodeType) -> int:
    """Bytes of a node's value."""
    return sum(spec.nbytes for spec in made) if isinstance(made, tuple) else made.nbytes


def _body_cost(body: Body, types: tuple[NodeType, ...], known: dict[bytes, Cost]) -> Cost:
    last_use = _last_uses(body)
    freed: dict[int, list[int]] = {}
    for number, last in enumerate(last_use):
        freed.setdefault(last, []).append(number)
    operations = moved = alive = peak = 0
    for i, node in enumerate(body.nodes):
        made = bytes_of(types[i])
        read = sum(bytes_of(types[operand]) for operand in node.inputs)
        inner = known[node.root("body")] if node.op is Op.LOOP else None
        alive += made
        if inner is None:
            operations += operations_of(node, types)
            moved += read + made
            peak = max(peak, alive)
        else:
            trips = node.param("trips")
            operations += trips * inner.operations
            moved += trips * inner.bytes_moved
            peak = max(peak, alive + inner.peak_bytes)
        alive -= sum(bytes_of(types[gone]) for gone in freed.get(i, ()))
    return Cost(operations, moved, peak)


def _last_uses(body: Body) -> list[int]:
    last = list(range(len(body.nodes)))
    for i, node in enumerate(body.nodes):
        for operand in node.inputs:
            last[operand] = i
        if node.op is Op.PACK:
            for entry in body.entries(i):
                last[entry] = i
    last[-1] = len(body.nodes)
    return last


def operations_of(node: Node, types: tuple[NodeType, ...]) -> int:
    """Scalar operations of one node that is not a loop."""
    if node.dtype is None or node.op in (Op.PARAM, Op.CONST, Op.PART):
        return 0
    made = node.spec
    operands = [tensor_type(types, operand) for operand in node.inputs]
    first = operands[0] if operands else made
    if node.op in (Op.SUM, Op.MAX_OF, Op.MIN_OF):
        return first.size
    if node.op is Op.DOT:
        return made.size * first.dims[2]
    if node.op is Op.RANK:
        return made.size * max(1, (first.dims[-1] - 1).bit_length())  # a sort, not every pair
    if node.op is Op.SCATTER:
        return made.size + operands[2].size
    return made.size
