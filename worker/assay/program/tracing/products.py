"""Integer matrix products: the exact dot as it is, JAX's wrapping integer dot_general by limbs."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType, dtype_of
from assay.program.errors import Untraceable
from assay.program.ops import Op
from assay.program.tracing.elementwise import UNSIGNED
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import out_spec, rule

LIMB = 16


@rule("exact_dot")
def _exact_dot(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    p_a, p_b = eqn.params["p_a"], eqn.params["p_b"]
    return low.op(
        Op.DOT, *operands, dtype=dtype_of(eqn.params["out"]), dims=out_spec(eqn).dims, params=(p_a, p_b)
    )


@rule("dot_general")
def _dot_general(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    (contract_a, contract_b), (batch_a, batch_b) = eqn.params["dimension_numbers"]
    a = _as_rows(low, operands[0], batch_a, contract_a)
    b = _as_rows(low, operands[1], batch_b, contract_b)
    spec = out_spec(eqn)
    return low.reshape(wrapping_dot(low, a, b, spec.dtype), spec.dims)


def _as_rows(low: Lowering, x: Ref, batch: Sequence[int], contract: Sequence[int]) -> Ref:
    """[B, rows, K]: batch dimensions first, contracted ones last, each group joined."""
    free = [d for d in range(len(x.dims)) if d not in batch and d not in contract]
    moved = low.transpose(x, (*batch, *free, *contract))
    return low.reshape(moved, [prod(x.dims[d] for d in group) for group in (batch, free, contract)])


def wrapping_dot(low: Lowering, a: Ref, b: Ref, out: DType) -> Ref:
    """Sum over k of a[B, M, k] * b[B, N, k] modulo 2^bits of `out`, whatever the operands are.

    Operands of more than 16 bits are cut into 16-bit limbs; limbs that only reach beyond `out` are left out.
    """
    if out is DType.BOOL or DType.BOOL in (a.dtype, b.dtype):
        raise Untraceable("A matrix product of bool has no sums.", "Convert the operands to integers first.")
    limbs_a, limbs_b = _limbs(low, a, out), _limbs(low, b, out)
    total: Ref | None = None
    for i, left in enumerate(limbs_a):
        for j, right in enumerate(limbs_b):
            shift = LIMB * (i + j)
            if shift >= out.bits:
                continue
            part = low.convert(_limb_dot(low, left, right), out)
            part = low.op(Op.SHL, part, low.like(shift, part)) if shift else part
            total = part if total is None else low.op(Op.ADD, total, part)
    assert total is not None
    return total


def _limb_dot(low: Lowering, left: Ref, right: Ref) -> Ref:
    p_a, p_b = _width(left), _width(right)
    terms = left.dims[2]
    dtype = DType.I32 if terms << (p_a + p_b - 2) < 1 << 31 else DType.I64
    dims = (left.dims[0], left.dims[1], right.dims[1])
    return low.op(Op.DOT, left, right, dtype=dtype, dims=dims, params=(p_a, p_b))


def _width(limb: Ref) -> int:
    return 9 if limb.dtype is DType.I8 else LIMB + 1  # one bit more than the pattern: nothing saturates


def _limbs(low: Lowering, x: Ref, out: DType) -> list[Ref]:
    """Signed tensors whose 2^(16 i)-weighted sum is x modulo 2^bits of `out`."""
    if x.dtype in (DType.I8, DType.I16):
        return [x]
    if x.dtype in (DType.U8, DType.U16):
        return [low.convert(x, DType.I32)]
    count = min(x.dtype.bits, max(out.bits, LIMB)) // LIMB
    limbs = []
    whole = low.convert(x, UNSIGNED.get(x.dtype, x.dtype))
    for number in range(count):
        top = number == x.dtype.bits // LIMB - 1 and x.dtype.signed
        source = x if top else whole  # the top limb of a signed value carries its sign
        limb = low.op(Op.SHR, source, low.like(LIMB * number, source)) if number else source
        if not top:
            limb = low.op(Op.AND, limb, low.like((1 << LIMB) - 1, limb))
        limbs.append(low.convert(limb, DType.I32))
    return limbs
