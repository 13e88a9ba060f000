"""One element, or one term of an element, from elements of the operands: what the leaf of a dispute computes.

Python integers only, written from FORMAT.md and not from the reference; `contracts/Leaf.vy` is tested against
this file. Values are in their dtype's own range (bool 0 or 1). `read(operand, index)` gives an operand's
element at a flat row-major index. Nothing raises on values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assay.program.dtypes import DType, TensorSpec
from assay.program.node import Node
from assay.program.ops import Family, Op

Read = Callable[[int, int], int]
Operands = Sequence[TensorSpec]


def element(node: Node, operands: Operands, index: int, read: Read) -> int:
    """Element `index` (flat, row-major) of a node of family ELEMENT or INDEX.

    operands: their specs. Raises ValueError for an operation of another family.
    """
    if node.info.family is Family.ELEMENT:
        values = [read(operand, index) for operand in range(len(operands))]
        return scalar(node.op, node.spec.dtype, operands, values, node)
    if node.op in _INDEX:
        return _INDEX[node.op](node, operands, index, read)
    raise ValueError(f"an element of {node.info.name} is not made of single elements")


def scalar(op: Op, dtype: DType, operands: Operands, values: Sequence[int], node: Node) -> int:
    """The result of an elementwise operation; `dtype` is the result's."""
    if op is Op.FILL:
        return dtype.wrap(node.param("value"))
    if op is Op.SELECT:
        return values[1] if values[0] else values[2]
    if op is Op.CONVERT:
        return dtype.wrap(values[0])
    if op is Op.CLZ:
        return dtype.wrap(dtype.bits - (values[0] & ((1 << dtype.bits) - 1)).bit_length())
    return dtype.wrap(_BINARY[op](values[0], values[1], dtype.bits))


def _div(a: int, b: int, bits: int) -> int:
    if b == 0:
        return 0
    magnitude = abs(a) // abs(b)
    return magnitude if (a < 0) == (b < 0) else -magnitude


def _rem(a: int, b: int, bits: int) -> int:
    if b == 0:
        return 0
    magnitude = abs(a) % abs(b)
    return -magnitude if a < 0 else magnitude


def _amount(s: int, bits: int) -> int:
    return 0 if s < 0 else min(s, bits)


_BINARY: dict[Op, Callable[[int, int, int], int]] = {
    Op.ADD: lambda a, b, bits: a + b,
    Op.SUB: lambda a, b, bits: a - b,
    Op.MUL: lambda a, b, bits: a * b,
    Op.DIV: _div,
    Op.REM: _rem,
    Op.MIN: lambda a, b, bits: a if a < b else b,
    Op.MAX: lambda a, b, bits: b if a < b else a,
    Op.AND: lambda a, b, bits: a & b,
    Op.OR: lambda a, b, bits: a | b,
    Op.XOR: lambda a, b, bits: a ^ b,
    Op.SHL: lambda a, s, bits: a << _amount(s, bits),
    Op.SHR: lambda a, s, bits: a >> _amount(s, bits),
    Op.EQ: lambda a, b, bits: int(a == b),
    Op.LT: lambda a, b, bits: int(a < b),
    Op.LE: lambda a, b, bits: int(a <= b),
}


def coordinates(index: int, dims: Sequence[int]) -> list[int]:
    """The index along each dimension of a flat index."""
    found = []
    for size in reversed(dims):
        found.append(index % size)
        index //= size
    return found[::-1]


def flat(position: Sequence[int], dims: Sequence[int]) -> int:
    """The flat index of a position."""
    index = 0
    for at, size in zip(position, dims, strict=True):
        index = index * size + at
    return index


def clamp(value: int, least: int, greatest: int) -> int:
    """`value` moved into [least, greatest]."""
    return least if value < least else greatest if value > greatest else value


def _view(node: Node, operands: Operands, index: int, read: Read) -> int:
    offset, *strides = node.numbers
    position = coordinates(index, node.dims)
    return read(0, offset + sum(s * i for s, i in zip(strides, position, strict=True)))


def _pad(node: Node, operands: Operands, index: int, read: Read) -> int:
    position = []
    for d, i in enumerate(coordinates(index, node.dims)):
        low, interior = node.numbers[2 * d : 2 * d + 2]
        q, spacing = i - low, interior + 1
        if q < 0 or q % spacing or q // spacing >= operands[0].dims[d]:
            return read(1, 0)
        position.append(q // spacing)
    return read(0, flat(position, operands[0].dims))


def _concat(node: Node, operands: Operands, index: int, read: Read) -> int:
    axis = node.param("axis")
    position = coordinates(index, node.dims)
    for number, operand in enumerate(operands):
        if position[axis] < operand.dims[axis]:
            return read(number, flat(position, operand.dims))
        position[axis] -= operand.dims[axis]
    raise AssertionError("the operands of a checked concat are as long as its result")


def _iota(node: Node, operands: Operands, index: int, read: Read) -> int:
    return node.spec.dtype.wrap(coordinates(index, node.dims)[node.param("axis")])


def _take(node: Node, operands: Operands, index: int, read: Read) -> int:
    rows, width = operands[0].dims
    m, r = divmod(index, width)
    return read(0, clamp(read(1, m), 0, rows - 1) * width + r)


def _slice_at(node: Node, operands: Operands, index: int, read: Read) -> int:
    whole = operands[0].dims
    position = [
        clamp(read(1, d), 0, whole[d] - node.dims[d]) + i for d, i in enumerate(coordinates(index, node.dims))
    ]
    return read(0, flat(position, whole))


def _update_at(node: Node, operands: Operands, index: int, read: Read) -> int:
    whole, part = operands[0].dims, operands[1].dims
    position = []
    for d, i in enumerate(coordinates(index, whole)):
        inside = i - clamp(read(2, d), 0, whole[d] - part[d])
        if not 0 <= inside < part[d]:
            return read(0, index)
        position.append(inside)
    return read(1, flat(position, part))


_INDEX: dict[Op, Callable[[Node, Operands, int, Read], int]] = {
    Op.VIEW: _view,
    Op.PAD: _pad,
    Op.CONCAT: _concat,
    Op.IOTA: _iota,
    Op.TAKE: _take,
    Op.SLICE_AT: _slice_at,
    Op.UPDATE_AT: _update_at,
}
