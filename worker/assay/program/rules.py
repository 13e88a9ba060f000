"""What each operation asks of its operands and which tensor it makes: one function per shape rule.

A rule takes the stated result (None: infer it), the operands' specs and the parameters, and returns the
result's spec. It raises Malformed naming what does not fit. `ops.py` says which operation has which rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import NoReturn

from assay.program.dtypes import DType, TensorSpec
from assay.program.errors import Malformed

Operands = Sequence[TensorSpec]
Params = Sequence[int]
Rule = Callable[[TensorSpec | None, Operands, Params], TensorSpec]

SCATTER_KINDS = ("add", "max", "min")


def _refuse(text: str) -> NoReturn:
    raise Malformed(text)


def _stated(stated: TensorSpec | None) -> TensorSpec:
    return stated if stated is not None else _refuse("the result's dtype and dimensions must be stated")


def _one_spec(operands: Operands) -> TensorSpec:
    for other in operands[1:]:
        if other != operands[0]:
            _refuse(f"operands differ: {operands[0]} and {other}")
    return operands[0]


def _not_bool(spec: TensorSpec) -> TensorSpec:
    return spec if spec.dtype is not DType.BOOL else _refuse("the operation is not defined on bool")


def _index(spec: TensorSpec, what: str) -> TensorSpec:
    if spec.dtype is DType.BOOL:
        _refuse(f"{what} has bool elements")
    return spec


def leaf(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """param, const, fill: any tensor."""
    return _stated(stated)


def same(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """Integer elementwise: operands and result have one spec."""
    return _not_bool(_one_spec(operands))


def same_or_bool(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """As `same`, bool too."""
    return _one_spec(operands)


def compare(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """Two tensors of one spec make bool."""
    return TensorSpec(DType.BOOL, _one_spec(operands).dims)


def select(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """A bool of the same dimensions chooses between two tensors of one spec."""
    chosen = _one_spec(operands[1:])
    if operands[0] != TensorSpec(DType.BOOL, chosen.dims):
        _refuse(f"the condition is {operands[0]}, the choices are {chosen}")
    return chosen


def convert(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """Any dtype of the same dimensions."""
    return TensorSpec(_stated(stated).dtype, operands[0].dims)


def view(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """Offset and strides keep every index inside the operand."""
    result, (source,) = _stated(stated), operands
    low = high = params[0]
    for size, stride in zip(result.dims, params[1:], strict=True):
        low += min(0, stride * (size - 1))
        high += max(0, stride * (size - 1))
    if low < 0 or high >= source.size:
        _refuse(f"the view reads indices {low}..{high} of {source.size} elements")
    return TensorSpec(source.dtype, result.dims)


def pad(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """A tensor and a scalar of its dtype; the result has the tensor's rank."""
    result, (source, filler) = _stated(stated), operands
    if filler != TensorSpec(source.dtype, ()):
        _refuse(f"the padding of {source} is {filler}, not a scalar of its dtype")
    if len(result.dims) != len(source.dims):
        _refuse(f"{source} is padded to rank {len(result.dims)}")
    return TensorSpec(source.dtype, result.dims)


def concat(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """Tensors that agree in all but the axis."""
    (axis,), first = params, operands[0]
    if axis >= len(first.dims):
        _refuse(f"axis {axis} of {first}")
    for other in operands:
        if other.dtype is not first.dtype or len(other.dims) != len(first.dims):
            _refuse(f"{first} joined with {other}")
        if any(a != b for d, (a, b) in enumerate(zip(first.dims, other.dims, strict=True)) if d != axis):
            _refuse(f"{first} joined with {other} along axis {axis}")
    joined = sum(other.dims[axis] for other in operands)
    return TensorSpec(first.dtype, (*first.dims[:axis], joined, *first.dims[axis + 1 :]))


def iota(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """Any integer tensor that has the axis."""
    result = _not_bool(_stated(stated))
    if params[0] >= len(result.dims):
        _refuse(f"axis {params[0]} of {result}")
    return result


def take(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """x[N, R], index[M] make [M, R]."""
    x, index = operands
    if len(x.dims) != 2 or len(index.dims) != 1:
        _refuse(f"take of {x} by {index}; it asks for x[N, R] and index[M]")
    return TensorSpec(x.dtype, (_index(index, "the index").dims[0], x.dims[1]))


def _starts(start: TensorSpec, rank: int) -> None:
    if rank == 0 or start != TensorSpec(DType.I64, (rank,)):
        _refuse(f"the start is {start}; a tensor of rank {rank} asks for i64[{rank}] and a rank of 1 or more")


def slice_at(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """A part no larger than the tensor, at a start that is data."""
    result, (x, start) = _stated(stated), operands
    _starts(start, len(x.dims))
    if len(result.dims) != len(x.dims) or any(a > b for a, b in zip(result.dims, x.dims, strict=True)):
        _refuse(f"a part {list(result.dims)} of {x}")
    return TensorSpec(x.dtype, result.dims)


def update_at(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """A tensor with a part of it replaced, at a start that is data."""
    x, u, start = operands
    _starts(start, len(x.dims))
    fits = u.dtype is x.dtype and len(u.dims) == len(x.dims)
    if not fits or any(a > b for a, b in zip(u.dims, x.dims, strict=True)):
        _refuse(f"an update {u} of {x}")
    return x


def _last_axis(x: TensorSpec) -> TensorSpec:
    return x if x.dims else _refuse("a scalar has no last axis")


def total(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """The last axis is summed away; not bool."""
    return extreme(stated, (_not_bool(operands[0]),), params)


def extreme(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """The last axis is reduced away."""
    x = _last_axis(operands[0])
    return TensorSpec(x.dtype, x.dims[:-1])


def rank(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """i32 of the same dimensions."""
    x = _last_axis(operands[0])
    if x.dims[-1] > DType.I32.greatest:
        _refuse(f"{x.dims[-1]} ranks do not fit i32")
    return TensorSpec(DType.I32, x.dims)


def dot(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """a[B, M, K], b[B, N, K], signed, whose sum cannot overflow i32 or i64, whichever is stated."""
    result, (a, b), (p_a, p_b) = _stated(stated), operands, params
    if len(a.dims) != 3 or len(b.dims) != 3 or a.dims[0] != b.dims[0] or a.dims[2] != b.dims[2]:
        _refuse(f"dot of {a} and {b}; it asks for a[B, M, K] and b[B, N, K]")
    if not (a.dtype.signed and b.dtype.signed and result.dtype in (DType.I32, DType.I64)):
        _refuse(f"dot of {a} and {b} to {result.dtype.name.lower()}; it takes signed operands to i32 or i64")
    if not (2 <= p_a <= 32 and 2 <= p_b <= 32):
        _refuse(f"dot of {p_a} and {p_b} bits; each is 2..32")
    if a.dims[2] << (p_a + p_b - 2) >= 1 << (result.dtype.bits - 1):
        most = (
            (1 << (result.dtype.bits - 1 - (p_a + p_b - 2))) - 1 if p_a + p_b - 2 < result.dtype.bits else 0
        )
        _refuse(
            f"K = {a.dims[2]} products of {p_a} and {p_b} bits could overflow {result.dtype.name.lower()}: "
            f"at most {max(most, 0)}; use fewer bits, a wider result, or split K"
        )
    return TensorSpec(result.dtype, (a.dims[0], a.dims[1], b.dims[1]))


def scatter(stated: TensorSpec | None, operands: Operands, params: Params) -> TensorSpec:
    """x[N, R], index[M], u[M, R]."""
    x, index, u = operands
    if len(x.dims) != 2 or len(index.dims) != 1 or u != TensorSpec(x.dtype, (prod(index.dims), x.dims[1])):
        _refuse(f"scatter of {u} by {index} into {x}; it asks for x[N, R], index[M], u[M, R]")
    if params[0] >= len(SCATTER_KINDS):
        _refuse(f"scatter of kind {params[0]}")
    _index(index, "the index")
    return _not_bool(x) if params[0] == 0 else x
