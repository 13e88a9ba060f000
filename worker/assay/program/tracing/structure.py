"""Primitives that only move elements: shapes, slices, padding, joining."""

from __future__ import annotations

from typing import Any

from assay.program.builder import Ref
from assay.program.errors import Untraceable
from assay.program.ops import Op
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import Empty, Value, out_spec, rule


@rule("broadcast_in_dim")
def _broadcast_in_dim(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, dims = operands[0], out_spec(eqn).dims
    at = tuple(eqn.params["broadcast_dimensions"])
    words = len(x.dims) - len(at)  # of keys
    return low.spread(x, dims, (*at, *range(len(dims) - words, len(dims))))


@rule("reshape", "squeeze", "expand_dims")
def _reshape(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x = operands[0]
    order = eqn.params.get("dimensions") if eqn.primitive.name == "reshape" else None
    x = low.transpose(x, order) if order is not None else x
    return low.reshape(x, out_spec(eqn).dims)


@rule("transpose")
def _transpose(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return low.transpose(operands[0], eqn.params["permutation"])


@rule("rev")
def _rev(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return low.reverse(operands[0], eqn.params["dimensions"])


@rule("slice")
def _slice(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, starts, steps = operands[0], tuple(eqn.params["start_indices"]), eqn.params["strides"]
    words = len(x.dims) - len(starts)  # of keys
    steps = (*steps, *(1,) * words) if steps else None
    return low.part(x, (*starts, *(0,) * words), out_spec(eqn).dims, steps)


@rule("split")
def _split(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Value]:
    x, axis, made = operands[0], eqn.params["axis"], []
    start = 0
    for number, size in enumerate(eqn.params["sizes"]):
        spec = out_spec(eqn, number)
        starts = [start if d == axis else 0 for d in range(len(x.dims))]
        made.append(low.part(x, starts, spec.dims) if size else Empty(x.dtype, spec.dims))
        start += size
    return made


@rule("pad", empty=True)
def _pad(low: Lowering, eqn: Any, operands: list[Any]) -> Ref:
    x, filler = operands
    spec = out_spec(eqn)
    if isinstance(x, Empty):
        return low.broadcast(filler, spec.dims)
    config = eqn.params["padding_config"]
    params, cut = [], []
    for low_edge, _, interior in config:
        params += [max(low_edge, 0), interior]
        cut.append(max(-low_edge, 0))
    grown = [size + start for size, start in zip(spec.dims, cut, strict=True)]
    padded = low.op(Op.PAD, x, filler, dims=grown, params=params)
    return low.part(padded, cut, spec.dims)


@rule("concatenate", empty=True)
def _concatenate(low: Lowering, eqn: Any, operands: list[Any]) -> Ref:
    parts = [operand for operand in operands if not isinstance(operand, Empty)]
    return low.concat(parts, eqn.params["dimension"])


@rule("stack")
def _stack(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    axis = eqn.params["axis"]
    dims = operands[0].dims
    return low.concat([low.reshape(one, (*dims[:axis], 1, *dims[axis:])) for one in operands], axis)


@rule("unstack")
def _unstack(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    x, axis = operands[0], eqn.params["axis"]
    rest = (*x.dims[:axis], *x.dims[axis + 1 :])
    starts = [[n if d == axis else 0 for d in range(len(x.dims))] for n in range(x.dims[axis])]
    one = tuple(1 if d == axis else size for d, size in enumerate(x.dims))
    return [low.reshape(low.part(x, start, one), rest) for start in starts]


@rule("tile")
def _tile(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, reps = operands[0], eqn.params["reps"]
    dims = [size for pair in zip(reps, x.dims, strict=True) for size in pair]
    return low.reshape(low.spread(x, dims, range(1, 2 * len(x.dims), 2)), out_spec(eqn).dims)


@rule("iota")
def _iota(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    spec = out_spec(eqn)
    return low.iota(spec.dtype, spec.dims, eqn.params["dimension"])


@rule("dynamic_slice")
def _dynamic_slice(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, *starts = operands
    sizes = tuple(eqn.params["slice_sizes"])
    if sizes == x.dims:
        return x
    return low.op(Op.SLICE_AT, x, low.starts(starts), dims=sizes)


@rule("dynamic_update_slice", empty=True)
def _dynamic_update_slice(low: Lowering, eqn: Any, operands: list[Any]) -> Ref:
    x, update, *starts = operands
    if not isinstance(x, Ref):
        raise Untraceable("An array without elements has no part to update.")
    if isinstance(update, Empty):
        return x
    if isinstance(update, Ref) and update.dims == x.dims:
        return update
    return low.op(Op.UPDATE_AT, x, update, low.starts(starts))
