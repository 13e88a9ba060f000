"""Random well-formed nodes of every operation with operands full of edge values."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op

Array = np.ndarray[Any, Any]
Generator = np.random.Generator
Made = tuple[Node, list[Array]]
SIGNED = (DType.I8, DType.I16, DType.I32, DType.I64)
NUMBERS = tuple(dtype for dtype in DType if dtype is not DType.BOOL)


def edges(dtype: DType) -> list[int]:
    """Values at which something could go wrong."""
    if dtype is DType.BOOL:
        return [0, 1]
    n = dtype.bits
    near = {0, 1, 2, 3, 7, n - 1, n, n + 1, dtype.greatest, dtype.greatest - 1, 1 << (n - 2), 1 << (n // 2)}
    if dtype.signed:
        near |= {-1, -2, -n, dtype.least, dtype.least + 1, -(1 << (n // 2))}
    return sorted(near)


def scalar(rng: Generator, dtype: DType) -> int:
    """An edge, a small number, or any."""
    kind = rng.integers(0, 3)
    if kind == 0 or dtype is DType.BOOL:
        return int(pick(rng, edges(dtype)))
    if kind == 1:
        return max(dtype.least, min(dtype.greatest, int(rng.integers(-9, 10))))
    return dtype.wrap(int.from_bytes(rng.bytes(8), "big"))


def tensor(rng: Generator, dtype: DType, dims: tuple[int, ...]) -> Array:
    """An array of such values."""
    values = [scalar(rng, dtype) for _ in range(prod(dims))]
    return np.array(values, dtype.numpy).reshape(dims)


def pick(rng: Generator, choices: Any) -> Any:
    """One of them, with its type."""
    return list(choices)[int(rng.integers(0, len(choices)))]


def shape(rng: Generator, least: int = 0, most: int = 4) -> tuple[int, ...]:
    """A few small dimensions; at times one that takes more than a page."""
    dims = [int(rng.integers(1, 5)) for _ in range(int(rng.integers(least, most + 1)))]
    if dims and rng.integers(0, 4) == 0:
        dims[int(rng.integers(0, len(dims)))] = int(rng.integers(30, 90))
    return tuple(dims)


def _same(op: Op, dtypes: tuple[DType, ...]) -> Callable[[Generator], Made]:
    def make(rng: Generator) -> Made:
        dtype, dims = pick(rng, dtypes), shape(rng)
        operands = [tensor(rng, dtype, dims) for _ in range(2)]
        inputs = (0, 0) if rng.integers(0, 6) == 0 else (0, 1)
        out = DType.BOOL if op in (Op.EQ, Op.LT, Op.LE) else dtype
        return Node(op, out, dims, inputs), operands

    return make


def _select(rng: Generator) -> Made:
    dtype, dims = pick(rng, DType), shape(rng)
    choices = [tensor(rng, dtype, dims) for _ in range(2)]
    return Node(Op.SELECT, dtype, dims, (0, 1, 2)), [tensor(rng, DType.BOOL, dims), *choices]


def _convert(rng: Generator) -> Made:
    dims = shape(rng)
    return Node(Op.CONVERT, pick(rng, DType), dims, (0,)), [tensor(rng, pick(rng, DType), dims)]


def _clz(rng: Generator) -> Made:
    dtype, dims = pick(rng, NUMBERS), shape(rng)
    return Node(Op.CLZ, dtype, dims, (0,)), [tensor(rng, dtype, dims)]


def _fill(rng: Generator) -> Made:
    value = pick(rng, [0, 1, -1, 300, 2**63 - 1, -(2**63), 2**31])
    return Node(Op.FILL, pick(rng, DType), shape(rng), (), (value,)), []


def _iota(rng: Generator) -> Made:
    dims = shape(rng, least=1)
    return Node(Op.IOTA, pick(rng, NUMBERS), dims, (), (int(rng.integers(0, len(dims))),)), []


def _view(rng: Generator) -> Made:
    dims = shape(rng)
    strides = [int(rng.integers(-3, 4)) for _ in dims]
    reach = [stride * (size - 1) for stride, size in zip(strides, dims, strict=True)]
    offset = -sum(min(0, r) for r in reach) + int(rng.integers(0, 3))
    size = offset + sum(max(0, r) for r in reach) + 1
    dtype = pick(rng, DType)
    return Node(Op.VIEW, dtype, dims, (0,), (offset, *strides)), [tensor(rng, dtype, (size,))]


def _pad(rng: Generator) -> Made:
    dtype, inner = pick(rng, DType), shape(rng, most=3)
    params: list[int] = []
    dims = []
    for size in inner:
        low, interior, high = (int(rng.integers(0, 3)) for _ in range(3))
        params += [low, interior]
        dims.append(max(1, low + (size - 1) * (interior + 1) + 1 + high - int(rng.integers(0, 3))))
    operands = [tensor(rng, dtype, inner), tensor(rng, dtype, ())]
    return Node(Op.PAD, dtype, tuple(dims), (0, 1), tuple(params)), operands


def _concat(rng: Generator) -> Made:
    dtype, dims = pick(rng, DType), list(shape(rng, least=1, most=3))
    axis = int(rng.integers(0, len(dims)))
    parts = []
    for _ in range(int(rng.integers(1, 9))):
        dims[axis] = int(rng.integers(1, 4))
        parts.append(tensor(rng, dtype, tuple(dims)))
    dims[axis] = sum(part.shape[axis] for part in parts)
    return Node(Op.CONCAT, dtype, tuple(dims), tuple(range(len(parts))), (axis,)), parts


def _take(rng: Generator) -> Made:
    dtype, kind = pick(rng, DType), pick(rng, NUMBERS)
    rows, columns, count = (int(rng.integers(1, 7)) for _ in range(3))
    operands = [tensor(rng, dtype, (rows, columns)), tensor(rng, kind, (count,))]
    return Node(Op.TAKE, dtype, (count, columns), (0, 1)), operands


def _slice_at(rng: Generator) -> Made:
    dtype, whole = pick(rng, DType), shape(rng, least=1)
    part = tuple(int(rng.integers(1, size + 1)) for size in whole)
    start = tensor(rng, DType.I64, (len(whole),))
    return Node(Op.SLICE_AT, dtype, part, (0, 1)), [tensor(rng, dtype, whole), start]


def _update_at(rng: Generator) -> Made:
    dtype, whole = pick(rng, DType), shape(rng, least=1)
    part = tuple(int(rng.integers(1, size + 1)) for size in whole)
    start = tensor(rng, DType.I64, (len(whole),))
    operands = [tensor(rng, dtype, whole), tensor(rng, dtype, part), start]
    return Node(Op.UPDATE_AT, dtype, whole, (0, 1, 2)), operands


def _reduced(op: Op) -> Callable[[Generator], Made]:
    def make(rng: Generator) -> Made:
        dtype, dims = pick(rng, NUMBERS if op is Op.SUM else DType), shape(rng, least=1)
        return Node(op, dtype, dims[:-1], (0,)), [tensor(rng, dtype, dims)]

    return make


def _rank(rng: Generator) -> Made:
    dtype, dims = pick(rng, DType), shape(rng, least=1)
    return Node(Op.RANK, DType.I32, dims, (0,)), [tensor(rng, dtype, dims)]


def _dot(rng: Generator) -> Made:
    out = pick(rng, (DType.I32, DType.I64))
    batch, m, n, k = (int(rng.integers(1, 5)) for _ in range(4))
    most = 15 if out is DType.I32 else 31
    p_a, p_b = (int(rng.integers(2, most)) for _ in range(2))
    a = tensor(rng, pick(rng, SIGNED), (batch, m, k))
    b = tensor(rng, pick(rng, SIGNED), (batch, n, k))
    return Node(Op.DOT, out, (batch, m, n), (0, 1), (p_a, p_b)), [a, b]


def _scatter(rng: Generator) -> Made:
    kind = int(rng.integers(0, 3))
    dtype = pick(rng, NUMBERS if kind == 0 else DType)
    rows, columns, count = (int(rng.integers(1, 5)) for _ in range(3))
    index = rng.integers(0, rows + 1, count).astype(pick(rng, NUMBERS).numpy)
    operands = [tensor(rng, dtype, (rows, columns)), index, tensor(rng, dtype, (count, columns))]
    return Node(Op.SCATTER, dtype, (rows, columns), (0, 1, 2), (kind,)), operands


ELEMENTS: dict[Op, Callable[[Generator], Made]] = {
    **{op: _same(op, NUMBERS) for op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.REM, Op.SHL, Op.SHR)},
    **{op: _same(op, tuple(DType)) for op in (Op.MIN, Op.MAX, Op.AND, Op.OR, Op.XOR, Op.EQ, Op.LT, Op.LE)},
    Op.SELECT: _select,
    Op.CONVERT: _convert,
    Op.CLZ: _clz,
    Op.FILL: _fill,
    Op.IOTA: _iota,
    Op.VIEW: _view,
    Op.PAD: _pad,
    Op.CONCAT: _concat,
    Op.TAKE: _take,
    Op.SLICE_AT: _slice_at,
    Op.UPDATE_AT: _update_at,
}
TERMS: dict[Op, Callable[[Generator], Made]] = {
    **{op: _reduced(op) for op in (Op.SUM, Op.MAX_OF, Op.MIN_OF)},
    Op.DOT: _dot,
    Op.RANK: _rank,
    Op.SCATTER: _scatter,
}
