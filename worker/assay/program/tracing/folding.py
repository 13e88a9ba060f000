"""lax.reduce with a function of the caller's, and reductions over sliding windows."""

from __future__ import annotations

from math import prod
from typing import Any

from assay.program.builder import Ref
from assay.program.errors import Untraceable
from assay.program.ops import Op
from assay.program.tracing.interpret import inline
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.reductions import NEUTRAL, reduced
from assay.program.tracing.registry import out_spec, rule

_KNOWN = {
    "add": Op.ADD, "mul": Op.MUL, "max": Op.MAX, "min": Op.MIN, "and": Op.AND, "or": Op.OR, "xor": Op.XOR,
}  # fmt: skip
_WINDOWED = {"reduce_window_sum": Op.ADD, "reduce_window_max": Op.MAX, "reduce_window_min": Op.MIN}


@rule("reduce")
def _reduce(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    """The function joins halves of the reduced axis, then the start with the rest: it must be associative."""
    count = len(operands) // 2
    axes = eqn.params["dimensions"]
    starts = [low.broadcast(start, out_spec(eqn).dims) for start in operands[count:]]
    rows = [low.last(x, axes) if axes else x for x in operands[:count]]
    op = _known(eqn.params["jaxpr"])
    if op is not None:
        whole = reduced(low, op, rows[0]) if axes else rows[0]
        neutral = low.like(NEUTRAL[op](whole.dtype), whole)
        return [whole if starts[0].id == neutral.id else low.op(op, starts[0], whole)]
    while axes and rows[0].dims[-1] > 1:
        rows = _halved(low, eqn.params["jaxpr"], rows)
    ends = [low.reshape(x, start.dims) for x, start in zip(rows, starts, strict=True)]
    return _joined(low, eqn.params["jaxpr"], starts, ends)


def _known(jaxpr: Any) -> Op | None:
    """The operation that the function is, if it is just one."""
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    if len(inner.eqns) != 1 or len(inner.invars) != 2:
        return None
    eqn = inner.eqns[0]
    same = {id(var) for var in eqn.invars} == {id(var) for var in inner.invars}
    return _KNOWN.get(eqn.primitive.name) if same and inner.outvars == eqn.outvars else None


def _halved(low: Lowering, jaxpr: Any, rows: list[Ref]) -> list[Ref]:
    *kept, size = rows[0].dims
    half, zeros = size // 2, [0] * len(kept)
    left = [low.part(x, (*zeros, 0), (*kept, half)) for x in rows]
    right = [low.part(x, (*zeros, half), (*kept, half)) for x in rows]
    made = _joined(low, jaxpr, left, right)
    if size % 2 == 0:
        return made
    rest = [low.part(x, (*zeros, size - 1), (*kept, 1)) for x in rows]
    return [low.concat(pair, len(kept)) for pair in zip(made, rest, strict=True)]


def _joined(low: Lowering, jaxpr: Any, left: list[Ref], right: list[Ref]) -> list[Ref]:
    """The function of scalars applied to tensors of one shape."""
    import jax
    from jax.extend.core import ClosedJaxpr, jaxpr_as_fun

    closed = jaxpr if hasattr(jaxpr, "consts") else ClosedJaxpr(jaxpr, ())
    dims, flat = left[0].dims, (prod(left[0].dims),)
    given = [low.reshape(x, flat) for x in (*left, *right)]
    shaped: Any = jax.ShapeDtypeStruct
    inputs = [shaped(flat, x.dtype.numpy) for x in given]
    made = inline(low, jax.make_jaxpr(jax.vmap(jaxpr_as_fun(closed)))(*inputs), given)
    return [low.reshape(x, dims) for x in made if isinstance(x, Ref)]


@rule(*_WINDOWED)
def _window(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return _windowed(low, eqn, operands[0], _WINDOWED[eqn.primitive.name])


@rule("reduce_window")
def _reduce_window(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    """With one of the known operations; the start is joined once."""
    op = _known(eqn.params["jaxpr"]) if len(operands) == 2 else None
    if op is None:
        raise Untraceable("windows are joined by a function that is not one operation.", "Use lax.reduce.")
    made = _windowed(low, eqn, operands[0], op)
    return low.op(op, low.broadcast(operands[1], made.dims), made)


def _windowed(low: Lowering, eqn: Any, x: Ref, op: Op) -> Ref:
    """Padding, an overlapping view with the windows as last dimensions, one reduction."""
    spec, params = out_spec(eqn), eqn.params
    grown, config = [], []
    for size, (before, after), spread in zip(x.dims, params["padding"], params["base_dilation"], strict=True):
        if before < 0 or after < 0:
            raise Untraceable("windows over negative padding.", "Slice the array first.")
        grown.append(before + (size - 1) * spread + 1 + after)
        config += [before, spread - 1]
    padded = low.op(Op.PAD, x, low.fill(NEUTRAL[op](x.dtype), x.dtype), dims=grown, params=config)
    own, windows = padded.spec.strides, params["window_dimensions"]
    sliding = [d for d, window in enumerate(windows) if window > 1]
    strides = [a * b for a, b in zip(own, params["window_strides"], strict=True)]
    strides += [own[d] * params["window_dilation"][d] for d in sliding]
    seen = low.body.view(padded, 0, strides, (*spec.dims, *(windows[d] for d in sliding)))
    return reduced(low, op, low.reshape(seen, (*spec.dims, prod(windows))))
