"""What the Leaf needs to recompute one thing: the descriptor's proof and the operands that the operation reads.

Which operand, in which order, is stated in contracts/interfaces/ILeaf.vyi. Values come from one's own run: they are
agreed, for they stand before the contested node.
"""

from dataclasses import dataclass, field

import numpy as np

from assay.commitment.row import leaf_hash
from assay.disputes.leaf import Evidence
from assay.disputes.rows import PAGE_BYTES, path_in, row_levels
from assay.disputes.runs import FrameRun, head_of
from assay.disputes.sparse import SparseRow
from assay.program.descriptor import encode_node
from assay.program.node import Node
from assay.program.ops import Op, Source


@dataclass(slots=True)
class Opening:
    """Evidence under construction for node `index` of a frame whose node trace is `trace`."""

    run: FrameRun
    trace: SparseRow
    index: int
    operands: bytes = b""
    pages: list[bytes] = field(default_factory=list)
    opened: set[int] = field(default_factory=set)

    @property
    def node(self) -> Node:
        """The node in question."""
        return self.run.body.nodes[self.index]

    def _head(self, k: int) -> int:
        """Appends the head of input `k`; returns its node."""
        operand = self.node.inputs[k]
        array = self.run.tensor(operand)
        self.operands += head_of(self.run.body.nodes[operand])
        assert array.shape == self.run.body.nodes[operand].dims
        self.opened.add(operand)
        return operand

    def element(self, k: int, element: int) -> int:
        """Opens the page of input `k` that holds an element; returns the element."""
        operand = self._head(k)
        array = self.run.tensor(operand)
        number = element * array.dtype.itemsize // PAGE_BYTES
        page = self.run.page(operand, number).rstrip(b"\0")
        self.operands += len(page).to_bytes(2, "big") + page
        self.pages += path_in(self.run.page_row(operand), number)
        return int(array.reshape(-1)[element])

    def shape(self, k: int) -> None:
        """Shows the shape of input `k` alone."""
        operand = self._head(k)
        self.operands += self.run.page_row(operand)[-1][0]

    def root(self, k: int) -> None:
        """Shows the root of node `k`."""
        self.operands += self.run.roots[k]
        self.opened.add(k)

    def tensor_of(self, roots: list[bytes], k: int) -> None:
        """Shows tensor `k` of a tuple of these roots."""
        self.operands += len(roots).to_bytes(4, "big") + roots[k]
        self.pages += path_in(row_levels([leaf_hash(root) for root in roots]), k)

    def evidence(self) -> Evidence:
        """What was opened, with all proofs."""
        head = self.run.body_head
        siblings = (
            *path_in(self.run.body_row, self.index),
            *self.pages,
            *self.trace.together(sorted(self.opened)),
        )
        return Evidence(head.nodes, head.descriptor_bytes, encode_node(self.node), self.operands, siblings)


def descriptor_evidence(run: FrameRun, trace: SparseRow, index: int) -> Evidence:
    """For node_of: the descriptor alone."""
    return Opening(run, trace, index).evidence()


def loop_evidence(run: FrameRun, trace: SparseRow, index: int) -> Evidence:
    """For loop_of: roots of the loop's carry and invariants."""
    opening = Opening(run, trace, index)
    for operand in opening.node.inputs:
        opening.root(operand)
    return opening.evidence()


def root_evidence(run: FrameRun, trace: SparseRow, index: int, entry: int = 0) -> Evidence:
    """For value_root: of a param, const, part, or entry of a pack."""
    from assay.program.roots import tensor_root

    opening = Opening(run, trace, index)
    node = opening.node
    if node.op is Op.PARAM and node.param("source") != Source.STEP:
        owner = run.carry if node.param("source") == Source.CARRY else run.invariants
        assert owner is not None
        opening.tensor_of([tensor_root(tensor) for tensor in owner], node.param("k"))
    elif node.op is Op.PART:
        owner = run.tuple(node.inputs[0])
        opening.tensor_of([tensor_root(tensor) for tensor in owner], node.param("k"))
        opening.opened.add(node.inputs[0])
    elif node.op is Op.PACK:
        opening.root(node.param("first") + entry)
    return opening.evidence()


def element_evidence(run: FrameRun, trace: SparseRow, index: int, element: int) -> Evidence:
    """For element: the operands that one element of an elementwise operation or index map is made of."""
    opening = Opening(run, trace, index)
    node = opening.node
    if node.op in _MAPS:
        _MAPS[node.op](opening, element)
    elif node.op is Op.SELECT:
        condition = opening.element(0, element)
        opening.element(1 if condition else 2, element)
    else:
        for k in range(len(node.inputs)):
            opening.element(k, element)
    return opening.evidence()


def terms_evidence(run: FrameRun, trace: SparseRow, index: int) -> Evidence:
    """For terms: the shape that says how many terms there are."""
    opening = Opening(run, trace, index)
    if opening.node.op is not Op.RANK:
        opening.shape(1 if opening.node.op is Op.SCATTER else 0)
    return opening.evidence()


def term_evidence(run: FrameRun, trace: SparseRow, index: int, *, element: int, term: int) -> Evidence:
    """For term: the operands of one term of one element."""
    opening = Opening(run, trace, index)
    node = opening.node
    if node.op is Op.DOT:
        a, b = (run.tensor(operand) for operand in node.inputs)
        batch, row, column = (int(k) for k in np.unravel_index(element, node.dims))
        opening.element(0, (batch * a.shape[1] + row) * a.shape[2] + term)
        opening.element(1, (batch * b.shape[1] + column) * b.shape[2] + term)
    elif node.op is Op.SCATTER:
        row, column = divmod(element, node.dims[1])
        if term == 0:
            opening.element(0, element)
        elif opening.element(1, term - 1) == row:
            opening.element(2, (term - 1) * node.dims[1] + column)
    elif node.op is Op.RANK:
        opening.element(0, element)
        opening.element(0, element - element % node.dims[-1] + term)
    else:
        opening.element(0, element * run.tensor(node.inputs[0]).shape[-1] + term)
    return opening.evidence()


def _view(opening: Opening, element: int) -> None:
    offset, *strides = opening.node.numbers
    where = np.unravel_index(element, opening.node.dims) if opening.node.dims else ()
    opening.element(0, offset + sum(int(k) * stride for k, stride in zip(where, strides, strict=True)))


def _pad(opening: Opening, element: int) -> None:
    node = opening.node
    x = opening.run.tensor(node.inputs[0])
    where = np.unravel_index(element, node.dims) if node.dims else ()
    flat, inside = 0, True
    for axis, size in enumerate(x.shape):
        low, interior = node.numbers[2 * axis : 2 * axis + 2]
        place, rest = divmod(int(where[axis]) - low, interior + 1)
        inside &= rest == 0 and 0 <= place < size
        flat = flat * size + place
    if inside:
        opening.element(0, flat)
    else:
        opening.shape(0)
        opening.element(1, 0)


def _concat(opening: Opening, element: int) -> None:
    node = opening.node
    axis = node.param("axis")
    where = [int(k) for k in np.unravel_index(element, node.dims)]
    for k, operand in enumerate(node.inputs):
        shape = opening.run.tensor(operand).shape
        if where[axis] < shape[axis]:
            opening.element(k, int(np.ravel_multi_index(where, shape)))
            return
        opening.shape(k)
        where[axis] -= shape[axis]


def _take(opening: Opening, element: int) -> None:
    rows, columns = opening.run.tensor(opening.node.inputs[0]).shape
    index = opening.element(1, element // columns)
    opening.element(0, min(max(index, 0), rows - 1) * columns + element % columns)


def _starts(opening: Opening, k: int, sizes: tuple[int, ...], parts: tuple[int, ...]) -> list[int]:
    opening.element(k, 0)
    starts = opening.run.tensor(opening.node.inputs[k])
    return [
        min(max(int(start), 0), size - part) for start, size, part in zip(starts, sizes, parts, strict=True)
    ]


def _slice_at(opening: Opening, element: int) -> None:
    node = opening.node
    shape = opening.run.tensor(node.inputs[0]).shape
    starts = _starts(opening, 1, shape, node.dims)
    where = np.unravel_index(element, node.dims)
    place = [int(k) + start for k, start in zip(where, starts, strict=True)]
    opening.element(0, int(np.ravel_multi_index(place, shape)))


def _update_at(opening: Opening, element: int) -> None:
    node = opening.node
    shape = opening.run.tensor(node.inputs[1]).shape
    starts = _starts(opening, 2, node.dims, shape)
    where = np.unravel_index(element, node.dims)
    place = [int(k) - start for k, start in zip(where, starts, strict=True)]
    if all(0 <= k < size for k, size in zip(place, shape, strict=True)):
        opening.element(1, int(np.ravel_multi_index(place, shape)))
    else:
        opening.shape(1)
        opening.element(0, element)


_MAPS = {
    Op.VIEW: _view,
    Op.PAD: _pad,
    Op.CONCAT: _concat,
    Op.TAKE: _take,
    Op.SLICE_AT: _slice_at,
    Op.UPDATE_AT: _update_at,
}
