"""Elementwise primitives: arithmetic, comparisons, shifts, selections, conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType, dtype_of
from assay.program.errors import Untraceable
from assay.program.ops import Op
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import out_spec, rule

UNSIGNED = {DType.I8: DType.U8, DType.I16: DType.U16, DType.I32: DType.U32, DType.I64: DType.U64}
_PLAIN = {
    "add": Op.ADD, "add_any": Op.ADD, "sub": Op.SUB, "mul": Op.MUL, "div": Op.DIV, "rem": Op.REM,
    "min": Op.MIN, "max": Op.MAX, "and": Op.AND, "or": Op.OR, "xor": Op.XOR, "shift_left": Op.SHL,
    "eq": Op.EQ, "lt": Op.LT, "le": Op.LE, "eq_to": Op.EQ, "lt_to": Op.LT, "le_to": Op.LE,
}  # fmt: skip


def _alike(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    """Scalars and dimensions of size 1 repeated to the result's dimensions."""
    dims = out_spec(eqn).dims
    return [low.broadcast(operand, dims) for operand in operands]


def _plain(op: Op) -> Callable[[Lowering, Any, list[Ref]], Ref]:
    def made(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
        a, b = _alike(low, eqn, operands)
        return low.op(op, a, b)

    return made


for _name, _op in _PLAIN.items():
    rule(_name)(_plain(_op))


@rule("ne")
def _ne(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    a, b = _alike(low, eqn, operands)
    return low.op(Op.XOR, a, b) if a.dtype is DType.BOOL else low.negate(low.op(Op.EQ, a, b))


@rule("gt")
def _gt(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    a, b = _alike(low, eqn, operands)
    return low.op(Op.LT, b, a)


@rule("ge")
def _ge(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    a, b = _alike(low, eqn, operands)
    return low.op(Op.LE, b, a)


@rule("shift_right_arithmetic", "shift_right_logical")
def _shift_right(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, s = _alike(low, eqn, operands)
    arithmetic = eqn.primitive.name == "shift_right_arithmetic"
    if x.dtype.signed == arithmetic:
        return low.op(Op.SHR, x, s)
    other = UNSIGNED[x.dtype] if x.dtype.signed else _signed(x.dtype)
    return low.convert(low.op(Op.SHR, low.convert(x, other), low.convert(s, other)), x.dtype)


def _signed(dtype: DType) -> DType:
    return next(signed for signed, unsigned in UNSIGNED.items() if unsigned is dtype)


@rule("neg")
def _neg(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return low.op(Op.SUB, low.like(0, operands[0]), operands[0])


@rule("abs")
def _abs(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x = operands[0]
    return low.op(Op.MAX, x, low.op(Op.SUB, low.like(0, x), x)) if x.dtype.signed else x


@rule("sign")
def _sign(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x = operands[0]
    capped = low.op(Op.MIN, x, low.like(1, x))
    return low.op(Op.MAX, capped, low.like(-1, x)) if x.dtype.signed else capped


@rule("not")
def _not(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return low.negate(operands[0])


@rule("square")
def _square(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return low.op(Op.MUL, operands[0], operands[0])


@rule("integer_pow")
def _integer_pow(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    exponent, power = int(eqn.params["y"]), operands[0]
    if exponent < 0:
        raise Untraceable(f"An integer to the power {exponent} is not an integer.")
    result = low.like(1, power)
    first = True
    while exponent:
        if exponent & 1:
            result = power if first else low.op(Op.MUL, result, power)
            first = False
        exponent >>= 1
        power = low.op(Op.MUL, power, power) if exponent else power
    return result


@rule("clz")
def _clz(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return low.op(Op.CLZ, operands[0])


@rule("population_count")
def _population_count(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    given = operands[0]
    x = low.convert(given, UNSIGNED.get(given.dtype, given.dtype))
    ones = (1 << x.dtype.bits) - 1

    def masked(value: Ref, by: int, mask: int) -> Ref:
        moved = low.op(Op.SHR, value, low.like(by, value)) if by else value
        return low.op(Op.AND, moved, low.like(mask, value))

    x = low.op(Op.SUB, x, masked(x, 1, ones // 3))
    x = low.op(Op.ADD, masked(x, 0, ones // 5), masked(x, 2, ones // 5))
    x = masked(low.op(Op.ADD, x, low.op(Op.SHR, x, low.like(4, x))), 0, ones // 17)
    if x.dtype.bits > 8:
        x = low.op(Op.MUL, x, low.like(ones // 255, x))
        x = low.op(Op.SHR, x, low.like(x.dtype.bits - 8, x))
    return low.convert(x, given.dtype)


@rule("clamp")
def _clamp(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    least, x, greatest = _alike(low, eqn, operands)
    return low.op(Op.MIN, low.op(Op.MAX, x, least), greatest)


@rule("select_n")
def _select_n(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    which, *cases = operands
    dims = out_spec(eqn).dims
    cases = [low.broadcast(case, dims) for case in cases]
    if which.dtype is DType.BOOL:
        return low.select(which, cases[-1], cases[0])
    return chosen(low, which, cases)


def chosen(low: Lowering, which: Ref, cases: list[Ref]) -> Ref:
    """cases[which], with `which` clamped into their number."""
    result = cases[0]
    for number, case in enumerate(cases[1:], 1):
        result = low.select(low.op(Op.LE, low.like(number, which), which), case, result)
    return result


@rule("convert_element_type", "bitcast_convert_type")
def _convert(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    x, dtype = operands[0], dtype_of(eqn.params["new_dtype"])
    if dtype is None:
        raise Untraceable(
            f"a conversion to {eqn.params['new_dtype']} leaves the integers.",
            "Trace assay.exact.exact(fn) instead of fn.",
        )
    if eqn.primitive.name == "bitcast_convert_type" and dtype.bits != x.dtype.bits:
        raise Untraceable(
            f"The bits of {x.spec} are read as {dtype.name.lower()}.", "Use shifts and masks between sizes."
        )
    return low.convert(x, dtype)


@rule("copy", "copy_p", "stop_gradient", "name", "reduce_precision", "sharding_constraint")
def _identity(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return operands[0]


@rule("keep")
def _keep(low: Lowering, eqn: Any, operands: list[Ref]) -> Ref:
    return operands[0]


@rule("optimization_barrier", "materialise")
def _barrier(low: Lowering, eqn: Any, operands: list[Ref]) -> list[Ref]:
    return operands
