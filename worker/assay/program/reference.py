"""The NumPy reference: FORMAT.md read out loud. Slow and obvious; no other file computes from it.

Total: every bit pattern has a result, with no NumPy warning and no shift, division or cast that a platform
defines. Values are worked on flattened, because NumPy warns on scalars where it wraps on arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from assay.program.dtypes import DType
from assay.program.errors import InputMismatch
from assay.program.inputs import check_constants, check_inputs
from assay.program.node import Body, Node
from assay.program.ops import Op, Source
from assay.program.program import Program
from assay.program.rules import SCATTER_KINDS

Array = Any  # np.ndarray of one of the nine element types
Value = Array | tuple[Array, ...]


def run(program: Program, inputs: Sequence[Any], index: int = 0) -> list[Array]:
    """The outputs for these inputs as item `index` of its job. Raises InputMismatch."""
    carry = check_inputs(program, inputs)
    values = run_body(program, program.main, carry, (), index)
    returned = values[-1]
    assert isinstance(returned, tuple)
    return list(returned)


def run_body(
    program: Program, body: Body, carry: Sequence[Array], invariants: Sequence[Array], step: int
) -> list[Value]:
    """The value of every node of one frame, in order."""
    constants = check_constants(program)
    values: list[Value] = []
    for i, node in enumerate(body.nodes):
        if node.op is Op.PARAM:
            source, k = node.numbers
            frame = {Source.CARRY: carry, Source.INVARIANT: invariants}
            values.append(np.array(step, np.int64) if source == Source.STEP else frame[Source(source)][k])
        elif node.op is Op.CONST:
            values.append(constants[node.root("root")])
        elif node.op is Op.PACK:
            values.append(tuple(_tensor(values[entry]) for entry in body.entries(i)))
        elif node.op is Op.PART:
            values.append(_tuple(values[node.inputs[0]])[node.param("k")])
        elif node.op is Op.LOOP:
            values.append(run_loop(program, node, values))
        else:
            values.append(evaluate(node, [_tensor(values[operand]) for operand in node.inputs]))
    return values


def run_loop(program: Program, node: Node, values: Sequence[Value]) -> tuple[Array, ...]:
    """The carry after all trips of a loop node."""
    carry = _tuple(values[node.inputs[0]])
    invariants = _tuple(values[node.inputs[1]]) if len(node.inputs) > 1 else ()
    body = program.bodies[node.root("body")]
    for step in range(node.param("trips")):
        carry = _tuple(run_body(program, body, carry, invariants, step)[-1])
    return carry


def _tensor(value: Value) -> Array:
    assert not isinstance(value, tuple)
    return value


def _tuple(value: Value) -> tuple[Array, ...]:
    assert isinstance(value, tuple)
    return value


def evaluate(node: Node, operands: Sequence[Array]) -> Array:
    """The value of a tensor operation that is neither param, const, part nor a tuple's."""
    if node.op not in _RULES:
        raise InputMismatch(f"{node.info.name} has no value of its own")
    result = _RULES[node.op](node, *operands)
    return np.ascontiguousarray(result, dtype=node.spec.dtype.numpy).reshape(node.dims)


def _fill(node: Node) -> Array:
    dtype = node.spec.dtype
    return np.full(node.dims, dtype.wrap(node.param("value")), dtype.numpy)


def _div(node: Node, a: Array, b: Array) -> Array:
    a, b = a.reshape(-1), b.reshape(-1)
    minus_one = b == -1 if node.spec.dtype.signed else np.zeros(b.shape, bool)
    divisor = np.where((b == 0) | minus_one, 1, b).astype(b.dtype)
    floor = a // divisor
    inexact = (floor * divisor != a) & ((a < 0) != (divisor < 0))
    quotient = floor + inexact.astype(a.dtype)
    negated = np.zeros_like(a) - a
    return np.where(b == 0, np.zeros_like(a), np.where(minus_one, negated, quotient))


def _rem(node: Node, a: Array, b: Array) -> Array:
    quotient = _div(node, a, b).astype(a.dtype)
    rest = a.reshape(-1) - quotient * b.reshape(-1)
    return np.where(b.reshape(-1) == 0, np.zeros_like(rest), rest)


def _shift(node: Node, x: Array, s: Array) -> Array:
    bits = node.spec.dtype.bits
    x, s = x.reshape(-1), np.minimum(np.maximum(s.reshape(-1), 0), bits)
    near = np.minimum(s, bits - 1)
    zero = np.zeros_like(x)
    if node.op is Op.SHL:
        return np.where(s == bits, zero, x << near)
    filling = np.where(x < 0, ~zero, zero) if node.spec.dtype.signed else zero
    return np.where(s == bits, filling, x >> near)


def _clz(node: Node, x: Array) -> Array:
    bits = node.spec.dtype.bits
    pattern = x.reshape(-1).view(np.dtype(f"uint{bits}"))
    count = np.full(pattern.shape, bits)
    for bit in range(bits):
        set_here = (pattern >> np.array(bit, pattern.dtype)) & np.array(1, pattern.dtype)
        count = np.where(set_here == 1, bits - 1 - bit, count)
    return count


def _convert(node: Node, x: Array) -> Array:
    return x != 0 if node.spec.dtype is DType.BOOL else x.astype(node.spec.dtype.numpy)


def _positions(dims: tuple[int, ...]) -> list[Array]:
    """For each dimension, the index along it of every element, flattened."""
    return [axis.reshape(-1) for axis in np.indices(dims, np.int64)]


def _view(node: Node, x: Array) -> Array:
    offset, *strides = node.numbers
    flat = np.full(node.spec.size, offset, np.int64)
    for position, stride in zip(_positions(node.dims), strides, strict=True):
        flat = flat + position * stride
    return x.reshape(-1)[flat]


def _pad(node: Node, x: Array, filler: Array) -> Array:
    inside = np.ones(node.spec.size, bool)
    flat = np.zeros(node.spec.size, np.int64)
    lows, interiors = node.numbers[0::2], node.numbers[1::2]
    for position, low, interior, size in zip(_positions(node.dims), lows, interiors, x.shape, strict=True):
        step = min(interior, 1 << 62) + 1
        q = position - min(low, 1 << 62)
        at = q // step
        inside &= (q >= 0) & (q % step == 0) & (at < size)
        flat = flat * size + np.clip(at, 0, size - 1)
    return np.where(inside, x.reshape(-1)[flat], filler.reshape(-1)[0])


def _iota(node: Node) -> Array:
    return _positions(node.dims)[node.param("axis")]


def _clamped(index: Array, greatest: int) -> Array:
    """Indices of any integer dtype clamped to [0, greatest], as int64."""
    top = np.array(min(greatest, np.iinfo(index.dtype).max), index.dtype)
    return np.minimum(np.maximum(index, np.zeros_like(top)), top).astype(np.int64)


def _take(node: Node, x: Array, index: Array) -> Array:
    return x[_clamped(index, x.shape[0] - 1)]


def _slice_at(node: Node, x: Array, start: Array) -> Array:
    parts = []
    for d, size in enumerate(node.dims):
        first = min(max(int(start[d]), 0), x.shape[d] - size)
        parts.append(slice(first, first + size))
    return x[tuple(parts)]


def _update_at(node: Node, x: Array, u: Array, start: Array) -> Array:
    parts = []
    for d, size in enumerate(u.shape):
        first = min(max(int(start[d]), 0), x.shape[d] - size)
        parts.append(slice(first, first + size))
    result = x.copy()
    result[tuple(parts)] = u
    return result


def _sum(node: Node, x: Array) -> Array:
    return x.reshape(-1, x.shape[-1]).sum(axis=-1, dtype=x.dtype)


def _dot(node: Node, a: Array, b: Array) -> Array:
    p_a, p_b = node.numbers
    a, b = (
        np.clip(x.astype(np.int64), -(2 ** (p - 1) - 1), 2 ** (p - 1) - 1) for x, p in ((a, p_a), (b, p_b))
    )
    result = np.zeros(node.dims, np.int64)
    for batch, m, n in product(*map(range, node.dims)):
        result[batch, m, n] = (a[batch, m] * b[batch, n]).sum()
    return result


def _rank(node: Node, x: Array) -> Array:
    order = np.argsort(x, axis=-1, kind="stable")
    result = np.empty(x.shape, np.int32)
    np.put_along_axis(result, order, np.arange(x.shape[-1], dtype=np.int32), axis=-1)
    return result


def _scatter(node: Node, x: Array, index: Array, u: Array) -> Array:
    join: Callable[..., Array] = {"add": np.add, "max": np.maximum, "min": np.minimum}[
        SCATTER_KINDS[node.param("kind")]
    ]
    result = x.copy()
    for m, target in enumerate(index.tolist()):
        if 0 <= target < x.shape[0]:
            result[target] = join(result[target], u[m])
    return result


_RULES: dict[Op, Callable[..., Any]] = {
    Op.FILL: _fill,
    Op.ADD: lambda node, a, b: a.reshape(-1) + b.reshape(-1),
    Op.SUB: lambda node, a, b: a.reshape(-1) - b.reshape(-1),
    Op.MUL: lambda node, a, b: a.reshape(-1) * b.reshape(-1),
    Op.DIV: _div,
    Op.REM: _rem,
    Op.MIN: lambda node, a, b: np.minimum(a, b),
    Op.MAX: lambda node, a, b: np.maximum(a, b),
    Op.AND: lambda node, a, b: a & b,
    Op.OR: lambda node, a, b: a | b,
    Op.XOR: lambda node, a, b: a ^ b,
    Op.SHL: _shift,
    Op.SHR: _shift,
    Op.EQ: lambda node, a, b: a == b,
    Op.LT: lambda node, a, b: a < b,
    Op.LE: lambda node, a, b: a <= b,
    Op.SELECT: lambda node, c, a, b: np.where(c, a, b),
    Op.CONVERT: _convert,
    Op.CLZ: _clz,
    Op.VIEW: _view,
    Op.PAD: _pad,
    Op.CONCAT: lambda node, *parts: np.concatenate(parts, axis=node.param("axis")),
    Op.IOTA: _iota,
    Op.TAKE: _take,
    Op.SLICE_AT: _slice_at,
    Op.UPDATE_AT: _update_at,
    Op.SUM: _sum,
    Op.MAX_OF: lambda node, x: x.max(axis=-1),
    Op.MIN_OF: lambda node, x: x.min(axis=-1),
    Op.DOT: _dot,
    Op.RANK: _rank,
    Op.SCATTER: _scatter,
}
