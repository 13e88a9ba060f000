"""Small programs in which every kind of operation and nested loops appear, with inputs."""

from typing import Any

import numpy as np

from assay.program.builder import BodyBuilder, Ref
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import Op
from assay.program.program import Program

SQUARE = TensorSpec(DType.I32, (6, 6))
ROW = TensorSpec(DType.I32, (6,))
LONG = TensorSpec(DType.I32, (30, 6))


def _inner() -> BodyBuilder:
    """carry c, invariant k: c·3 + k, and a step counter."""
    body = BodyBuilder()
    c, k = body.carry(0, SQUARE), body.invariant(0, SQUARE)
    step = body.broadcast(body.op(Op.CONVERT, body.step(), dtype=DType.I32), SQUARE.dims)
    tripled = body.op(Op.MUL, c, body.fill(3, SQUARE))
    body.returns(body.op(Op.ADD, body.op(Op.ADD, tripled, k), step))
    return body


def _reductions(body: BodyBuilder, x: Ref, index: Ref) -> Ref:
    """A square made of a dot, ranks, sums and extremes of x, gathered and scattered by index."""
    boxed = body.reshape(x, (1, 6, 6))
    product = body.reshape(
        body.op(Op.DOT, boxed, boxed, dtype=DType.I32, dims=(1, 6, 6), params=(8, 9)), (6, 6)
    )
    ranked = body.op(Op.RANK, x)
    summed = body.view(body.op(Op.SUM, x), 0, (0, 1), (6, 6))
    top = body.view(body.op(Op.MAX_OF, x), 0, (1, 0), (6, 6))
    low = body.view(body.op(Op.MIN_OF, x), 0, (1, 0), (6, 6))
    taken = body.op(Op.TAKE, x, index, dims=(6, 6))
    spread = body.op(Op.SCATTER, taken, index, ranked, params=(0,))
    most = body.op(Op.SCATTER, spread, index, top, params=(1,))
    mixed = body.op(Op.ADD, body.op(Op.XOR, product, summed), body.op(Op.SUB, most, low))
    return body.op(Op.SELECT, body.op(Op.LT, mixed, ranked), mixed, body.op(Op.SUB, mixed, taken))


def _maps(body: BodyBuilder, x: Ref, index: Ref) -> Ref:
    """A square made by pads, concatenation, slices and updates at data-dependent places."""
    start = body.op(Op.CONVERT, body.view(index, 1, (1,), (2,)), dtype=DType.I64)
    part = body.op(Op.SLICE_AT, x, start, dims=(3, 4))
    padded = body.op(Op.PAD, part, body.fill(7, TensorSpec(DType.I32, ())), dims=(6, 6), params=(2, 1, 1, 0))
    joined = body.op(Op.CONCAT, part, part, dims=(6, 4), params=(0,))
    updated = body.op(Op.UPDATE_AT, padded, joined, start)
    count = body.op(Op.IOTA, dtype=DType.I32, dims=(6, 6), params=(1,))
    quotient = body.op(Op.DIV, updated, body.op(Op.SUB, count, body.fill(2, SQUARE)))
    return body.op(Op.ADD, body.op(Op.XOR, quotient, updated), x)


def everything(*, trips: int = 20, stride: int = 4) -> Program:
    """Inputs x i32[6, 6], index i32[6], long i32[30, 6]; a strided loop around a plain one, and loose ends."""
    outer = BodyBuilder()
    x, count = outer.carry(0, SQUARE), outer.carry(1, ROW)
    index = outer.invariant(0, ROW)
    moved = _reductions(outer, x, index)
    (turned,) = outer.loop(_inner(), [moved], [x], trips=3)
    outer.returns(_maps(outer, turned, index), outer.op(Op.ADD, count, index))
    main = BodyBuilder()
    a, index, long = main.carry(0, SQUARE), main.carry(1, ROW), main.carry(2, LONG)
    item = main.broadcast(main.op(Op.CONVERT, main.step(), dtype=DType.I32), SQUARE.dims)
    begun = main.op(Op.ADD, a, main.op(Op.ADD, item, main.const(np.arange(36, dtype=np.int32).reshape(6, 6))))
    looped = main.loop(outer, [begun, index], [index], trips=trips, stride=stride)
    counted = main.loop(_counter(), [index], trips=5, stride=2)
    big = main.op(Op.SUM, main.op(Op.MUL, long, long))
    main.returns(looped[0], looped[1], big, main.op(Op.CLZ, counted[0]), main.op(Op.LE, looped[0], begun))
    return build(main, 3)


def _counter() -> BodyBuilder:
    body = BodyBuilder()
    body.returns(body.op(Op.ADD, body.carry(0, ROW), body.fill(1, ROW)))
    return body


def inputs(seed: int = 1) -> list[Any]:
    """Arrays for `everything`, with indices that lead outside."""
    generator = np.random.default_rng(seed)
    return [
        generator.integers(-50, 50, (6, 6)).astype(np.int32),
        np.array([-3, 9, 2, 2, 0, 5], np.int32),
        generator.integers(-(2**31), 2**31, (30, 6)).astype(np.int32),
    ]
