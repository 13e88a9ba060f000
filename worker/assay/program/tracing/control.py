"""Loops, branches and calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay.program.builder import Ref
from assay.program.dtypes import DType
from assay.program.errors import Untraceable
from assay.program.ops import Op
from assay.program.tracing.elementwise import chosen
from assay.program.tracing.interpret import inline
from assay.program.tracing.lowering import Lowering
from assay.program.tracing.registry import Empty, Value, out_spec, rule, spec_of_aval

_CALLS = (
    "jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr",
    "checkpoint", "remat", "remat2", "custom_lin",
)  # fmt: skip


@rule(*_CALLS, empty=True)
def _call(low: Lowering, eqn: Any, operands: list[Any]) -> list[Value]:
    """Inlined: a program does not depend on how its function was cut into functions."""
    inner = next(eqn.params[name] for name in ("jaxpr", "call_jaxpr", "fun_jaxpr") if name in eqn.params)
    return inline(low, inner, operands)


@rule("cond", empty=True)
def _cond(low: Lowering, eqn: Any, operands: list[Any]) -> list[Value]:
    """All branches, then a choice: a program has no jumps."""
    which, *rest = operands
    branches = [inline(low, branch, rest) for branch in eqn.params["branches"]]
    results: list[Value] = []
    for cases in zip(*branches, strict=True):
        if isinstance(cases[0], Empty):
            results.append(cases[0])
        elif which.dtype is DType.BOOL:
            results.append(low.select(which, cases[1], cases[0]))
        else:
            results.append(chosen(low, which, list(cases)))
    return results


class _Loop:
    """A loop body being written: what it is given from outside, and what it carries."""

    def __init__(self, low: Lowering) -> None:
        self.outside = low
        self.low = low.inner()
        self.carry: list[Ref] = []
        self.invariants: list[Ref] = []

    def given(self, values: Sequence[Any]) -> list[Value]:
        """Tensors of outside, as seen by every step."""
        return [self._seen(value, self.invariants, self.low.body.invariant) for value in values]

    def carried(self, values: Sequence[Any]) -> list[Value]:
        """Tensors that a step takes and returns, in the order in which `run` is given them."""
        return [self._seen(value, self.carry, self.low.body.carry) for value in values]

    def _seen(self, value: Value, listed: list[Ref], param: Any) -> Value:
        if isinstance(value, Empty):
            return value
        listed.append(value)
        seen: Ref = param(len(listed) - 1, value.spec)
        return seen

    def run(self, returned: Sequence[Value], trips: int) -> list[Ref]:
        """The carry at the end; `returned` is in the order of `carried`, arrays without elements left out."""
        self.low.body.returns(*(value for value in returned if isinstance(value, Ref)))
        stride = self.outside.options.stride if self.outside.main else 0
        return list(
            self.outside.body.loop(self.low.body, self.carry, self.invariants, trips=trips, stride=stride)
        )


def _restored(before: Sequence[Value], after: Sequence[Ref]) -> list[Value]:
    left = iter(after)
    return [value if isinstance(value, Empty) else next(left) for value in before]


@rule("scan", empty=True)
def _scan(low: Lowering, eqn: Any, operands: list[Any]) -> list[Value]:
    """A loop whose carry holds the buffers of the stacked results; xs are read at the step's index."""
    params = eqn.params
    consts, carried = params["num_consts"], params["num_carry"]
    length, inner = params["length"], params["jaxpr"]
    first = operands[consts : consts + carried]
    stacked = [spec_of_aval(var.aval) for var in eqn.outvars[carried:]]
    if any(spec is None for spec in stacked):
        raise Untraceable(f"scan stacks {[str(var.aval) for var in eqn.outvars[carried:]]}, not integers.")
    if length == 0:
        return [*first, *(Empty(spec.dtype, spec.dims) for spec in stacked if spec is not None)]
    loop = _Loop(low)
    seen_consts, seen_xs = loop.given(operands[:consts]), loop.given(operands[consts + carried :])
    rows: list[Value] = [
        Empty(spec.dtype, spec.dims)
        if 0 in spec.dims
        else low.fill(0, spec.dtype, (length, spec.size // length))
        for spec in stacked
        if spec is not None
    ]
    seen_first, seen_rows = loop.carried(first), loop.carried(rows)
    step = loop.low.body.step()
    if params["reverse"]:
        step = loop.low.op(Op.SUB, loop.low.like(length - 1, step), step)
    items = [_item(loop.low, xs, step) for xs in seen_xs]
    made = inline(loop.low, inner, [*seen_consts, *seen_first, *items])
    written = [
        _written(loop.low, buffer, y, step) for buffer, y in zip(seen_rows, made[carried:], strict=True)
    ]
    if not loop.carry:
        return [*first, *rows]
    end = _restored([*first, *rows], loop.run([*made[:carried], *written], length))
    whole: list[Value] = [
        buffer if isinstance(buffer, Empty) else low.reshape(buffer, out_spec(eqn, carried + number).dims)
        for number, buffer in enumerate(end[carried:])
    ]
    return [*end[:carried], *whole]


def _item(low: Lowering, xs: Value, step: Ref) -> Value:
    """Row `step` of a stacked array."""
    if isinstance(xs, Empty):
        return Empty(xs.dtype, xs.dims[1:])
    length, *dims = xs.dims
    table = low.reshape(xs, (length, xs.spec.size // length))
    return low.reshape(low.op(Op.TAKE, table, low.reshape(step, (1,))), dims)


def _written(low: Lowering, buffer: Value, y: Value, step: Ref) -> Value:
    if isinstance(buffer, Empty) or isinstance(y, Empty):
        return buffer
    start = low.op(Op.PAD, low.reshape(step, (1,)), low.fill(0, DType.I64), dims=(2,), params=(0, 0))
    return low.op(Op.UPDATE_AT, buffer, low.reshape(y, (1, buffer.dims[1])), start)


@rule("while", empty=True)
def _while(low: Lowering, eqn: Any, operands: list[Any]) -> list[Value]:
    """A loop of the stated greatest number of steps; once the condition is false the carry stays."""
    trips = low.options.max_trips
    if trips is None:
        raise Untraceable(
            "A while loop has no number of steps of its own.",
            "State the greatest one, trace(fn, ..., max_trips=1000), or use lax.scan or a fixed lax.fori_loop.",
        )
    tested, moved = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    first = operands[tested + moved :]
    loop = _Loop(low)
    seen_tested = loop.given(operands[:tested])
    seen_moved = loop.given(operands[tested : tested + moved])
    now = loop.carried(first)
    (live,) = inline(loop.low, eqn.params["cond_jaxpr"], [*seen_tested, *now])
    made = inline(loop.low, eqn.params["body_jaxpr"], [*seen_moved, *now])
    assert isinstance(live, Ref)
    kept = [
        loop.low.select(live, new, old)
        for new, old in zip(made, now, strict=True)
        if isinstance(new, Ref) and isinstance(old, Ref)
    ]
    return _restored(first, loop.run(kept, trips)) if loop.carry else list(first)
