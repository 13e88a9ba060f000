"""Random programs over all operations, with nested loops, packs and edge values; and inputs for them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import hypothesis.strategies as st
import numpy as np

from assay.program import BodyBuilder, DType, Op, Program, Ref, TensorSpec, build

INTEGERS = [dtype for dtype in DType if dtype is not DType.BOOL]
SIGNED = [dtype for dtype in DType if dtype.signed]
ARITHMETIC = (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.REM, Op.SHL, Op.SHR)


def edge_values(dtype: DType) -> list[int]:
    """Values where implementations differ."""
    near = {0, 1, -1, 2, dtype.bits - 1, dtype.bits, dtype.bits + 1}
    near |= {dtype.least, dtype.least + 1, dtype.greatest, dtype.greatest - 1}
    return sorted(value for value in near if dtype.least <= value <= dtype.greatest)


def edge_array(rng: random.Random, spec: TensorSpec) -> Any:
    """Edge values and random ones, mixed."""
    edges = edge_values(spec.dtype)
    values = [
        rng.choice(edges) if rng.random() < 0.6 else rng.randint(spec.dtype.least, spec.dtype.greatest)
        for _ in range(spec.size)
    ]
    return np.array(values, spec.dtype.numpy).reshape(spec.dims)


class Writer:
    """Writes one body: a pool of tensors grows by operations on tensors of the pool."""

    def __init__(self, rng: random.Random, body: BodyBuilder, pool: list[Ref], depth: int) -> None:
        self.rng, self.body, self.pool, self.depth = rng, body, pool, depth

    def dims(self, most: int = 3) -> tuple[int, ...]:
        return tuple(self.rng.randint(1, 4) for _ in range(self.rng.randint(0, most)))

    def any(self) -> Ref:
        """A tensor of the pool, the newest most often."""
        return self.pool[max(self.rng.randrange(len(self.pool)) for _ in range(3))]

    def tensor(self, spec: TensorSpec) -> Ref:
        """A tensor of this spec: from the pool, or made from one of it."""
        fitting = [ref for ref in self.pool if ref.spec == spec]
        if fitting and self.rng.random() < 0.7:
            return self.rng.choice(fitting)
        if self.rng.random() < 0.3:
            return self.body.const(edge_array(self.rng, spec))
        return self.body.op(Op.CONVERT, self.view_of(self.any(), spec.dims), dtype=spec.dtype)

    def view_of(self, x: Ref, dims: tuple[int, ...]) -> Ref:
        """A random legal view."""
        low = high = 0
        strides = []
        for size in dims:
            room = x.spec.size - 1 - (high - low)
            most = room // (size - 1) if size > 1 else 0
            own = [step for step in x.spec.strides if step <= most]
            stride = self.rng.choice([*own, self.rng.randint(0, most), 0]) * self.rng.choice((1, 1, -1))
            strides.append(stride)
            low += min(0, stride * (size - 1))
            high += max(0, stride * (size - 1))
        offset = self.rng.choice((-low, self.rng.randint(-low, x.spec.size - 1 - high)))
        return self.body.view(x, offset, strides, dims)

    def integer(self, dims: tuple[int, ...] | None = None, kinds: Sequence[DType] = INTEGERS) -> Ref:
        return self.tensor(TensorSpec(self.rng.choice(list(kinds)), self.dims() if dims is None else dims))

    def step(self) -> None:
        choice = self.rng.choice(_STEPS)
        if choice is _loop and self.depth >= 2:
            choice = _elementwise
        made = choice(self)
        self.pool += made if isinstance(made, list) else [made]


def _elementwise(w: Writer) -> Ref:
    x = w.any()
    if x.dtype is DType.BOOL:
        op = w.rng.choice((Op.AND, Op.OR, Op.XOR, Op.MIN, Op.MAX, Op.EQ, Op.LT, Op.LE))
    else:
        op = w.rng.choice(
            (*ARITHMETIC, *ARITHMETIC, Op.MIN, Op.MAX, Op.AND, Op.OR, Op.XOR, Op.EQ, Op.LT, Op.LE)
        )
    return w.body.op(op, x, w.tensor(x.spec))


def _unary(w: Writer) -> Ref:
    x = w.any()
    if x.dtype is DType.BOOL or w.rng.random() < 0.5:
        return w.body.op(Op.CONVERT, x, dtype=w.rng.choice(list(DType)))
    return w.body.op(Op.CLZ, x)


def _select(w: Writer) -> Ref:
    x = w.any()
    return w.body.op(Op.SELECT, w.tensor(TensorSpec(DType.BOOL, x.dims)), x, w.tensor(x.spec), dtype=x.dtype)


def _view(w: Writer) -> Ref:
    return w.view_of(w.any(), w.dims(4))


def _pad(w: Writer) -> Ref:
    x = w.any()
    dims = tuple(w.rng.randint(1, 6) for _ in x.dims)
    numbers = [
        w.rng.choice((0, w.rng.randint(0, 3), w.rng.choice((0, 1 << 63, (1 << 64) - 1)))) for _ in x.dims * 2
    ]
    return w.body.op(Op.PAD, x, w.tensor(TensorSpec(x.dtype, ())), dims=dims, params=numbers)


def _concat(w: Writer) -> Ref:
    x = w.view_of(w.any(), (*w.dims(2), 2))
    axis = w.rng.randrange(len(x.dims))
    others = []
    for _ in range(w.rng.randint(0, 3)):
        dims = list(x.dims)
        dims[axis] = w.rng.randint(1, 3)
        others.append(w.tensor(TensorSpec(x.dtype, tuple(dims))))
    return w.body.op(Op.CONCAT, x, *others, params=(axis,))


def _iota(w: Writer) -> Ref:
    dims = (*w.dims(2), w.rng.randint(1, 5))
    return w.body.op(Op.IOTA, dtype=w.rng.choice(INTEGERS), dims=dims, params=(w.rng.randrange(len(dims)),))


def _take(w: Writer) -> Ref:
    x = w.view_of(w.any(), (w.rng.randint(1, 4), w.rng.randint(1, 3)))
    return w.body.op(Op.TAKE, x, w.integer((w.rng.randint(1, 5),)))


def _start(w: Writer, rank: int) -> Ref:
    return w.tensor(TensorSpec(DType.I64, (rank,)))


def _slice_at(w: Writer) -> Ref:
    x = w.view_of(w.any(), (*w.dims(2), 3))
    part = [w.rng.randint(1, size) for size in x.dims]
    return w.body.op(Op.SLICE_AT, x, _start(w, len(x.dims)), dims=part)


def _update_at(w: Writer) -> Ref:
    x = w.view_of(w.any(), (*w.dims(2), 3))
    part = tuple(w.rng.randint(1, size) for size in x.dims)
    return w.body.op(Op.UPDATE_AT, x, w.tensor(TensorSpec(x.dtype, part)), _start(w, len(x.dims)))


def _reduction(w: Writer) -> Ref:
    op = w.rng.choice((Op.SUM, Op.MAX_OF, Op.MIN_OF, Op.RANK))
    dims = (*w.dims(2), w.rng.randint(1, 5))
    return w.body.op(op, w.integer(dims, INTEGERS if op is Op.SUM else list(DType)))


def _dot(w: Writer) -> Ref:
    b, m, n, k = (w.rng.randint(1, 3) for _ in range(4))
    out = w.rng.choice((DType.I32, DType.I64))
    widest = out.bits - 1 - k.bit_length()
    p_a = w.rng.randint(2, 32 if out is DType.I64 else 20)
    p_b = min(32, w.rng.randint(2, max(2, widest - p_a + 2)))
    if k << (p_a + p_b - 2) >= 1 << (out.bits - 1):
        p_a = p_b = 8
    a, c = w.integer((b, m, k), SIGNED), w.integer((b, n, k), SIGNED)
    return w.body.op(Op.DOT, a, c, dtype=out, params=(p_a, p_b))


def _scatter(w: Writer) -> Ref:
    n, m, r = (w.rng.randint(1, 4) for _ in range(3))
    kind = w.rng.randrange(3)
    dtype = w.rng.choice(INTEGERS if kind == 0 else list(DType))
    index = w.integer((m,))
    if w.rng.random() < 0.6:  # mostly in range
        index = w.body.op(Op.REM, index, w.body.fill(min(n, index.dtype.greatest), index.spec))
    x, u = w.tensor(TensorSpec(dtype, (n, r))), w.tensor(TensorSpec(dtype, (m, r)))
    return w.body.op(Op.SCATTER, x, index, u, params=(kind,))


def _loop(w: Writer) -> list[Ref]:
    carry = [w.any() for _ in range(w.rng.randint(1, 3))]
    invariants = [w.any() for _ in range(w.rng.randint(0, 2))]
    body = BodyBuilder()
    pool = [body.step()]
    pool += [body.invariant(k, ref.spec) for k, ref in enumerate(invariants)]
    pool += [body.carry(k, ref.spec) for k, ref in enumerate(carry)]
    inner = Writer(w.rng, body, pool, w.depth + 1)
    for _ in range(w.rng.randint(1, 4)):
        inner.step()
    body.returns(*(inner.tensor(ref.spec) for ref in carry))
    stride = w.rng.choice((0, 0, 1, 2)) if w.depth == 0 else 0
    return list(w.body.loop(body, carry, invariants, trips=w.rng.randint(1, 4), stride=stride))


_STEPS: list[Callable[[Writer], Any]] = [
    _elementwise, _elementwise, _elementwise, _unary, _select, _view, _view, _pad, _concat, _iota, _take,
    _slice_at, _update_at, _reduction, _reduction, _dot, _scatter, _scatter, _loop, _loop,
]  # fmt: skip


def write_program(rng: random.Random, steps: int) -> tuple[Program, list[Any]]:
    """A program of about `steps` operations, and inputs for it."""
    body = BodyBuilder()
    specs = [
        TensorSpec(rng.choice(list(DType)), tuple(rng.randint(1, 4) for _ in range(rng.randint(0, 3))))
        for _ in range(rng.randint(1, 3))
    ]
    pool = [body.step(), *(body.carry(k, spec) for k, spec in enumerate(specs))]
    writer = Writer(rng, body, pool, 0)
    for _ in range(steps):
        writer.step()
    outputs = [writer.pool[-1], *rng.sample(writer.pool, min(3, len(writer.pool)))]
    body.returns(*outputs)
    return build(body, len(specs)), [edge_array(rng, spec) for spec in specs]


@st.composite
def programs(draw: st.DrawFn, steps: int = 12) -> tuple[Program, list[Any]]:
    """Programs with inputs; a shorter one begins as the longer one of its seed does."""
    return write_program(random.Random(draw(st.integers(0, 2**64 - 1))), draw(st.integers(1, steps)))
