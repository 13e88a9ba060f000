"""What exactness costs and how near to real arithmetic it stays, primitive by primitive, line by line.

The function is run on calibration inputs equation by equation. Each equation's result is compared with the same
primitive in float64 on the same operands (its own error), so that a large figure names the line that caused it.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, JaxprEqn

from assay.exact import wide
from assay.exact.errors import ExactError
from assay.exact.interpret import Setting, call_of, evaluate, rule_for, sub_jaxprs
from assay.exact.reference import float64_results
from assay.exact.values import Keys, Value, is_float, type_spec
from assay.exact.wide import E_HIGH, Wide


@dataclass
class Line:
    """One primitive at one source line in one region.

    worst, mean: error against float64, over the largest magnitude of the result (an infinite reference counts nothing);
    calls: evaluations (a loop's body counts each trip); saturations: results that became infinite from finite operands;
    vanished: results that became zero though the reference is not; operations: integer operations; bytes: written;
    undefined: results that are NaN in float64 (inf - inf, 0 / 0, log of a negative): here as README.md states;
    unfinished: times a `while` stopped at its max_trips though its condition still held.
    compared: False where float64 has no counterpart (random bits).
    """

    primitive: str
    where: str
    region: str
    worst: float = 0.0
    mean: float = 0.0
    calls: int = 0
    saturations: int = 0
    vanished: int = 0
    operations: int = 0
    bytes: int = 0
    undefined: int = 0
    unfinished: int = 0
    compared: bool = True


@dataclass
class Report:
    """The lines of a run, worst error first in print; `as_dict` for programs."""

    lines: list[Line] = field(default_factory=list)

    @property
    def operations(self) -> int:
        """Integer operations of the whole run."""
        return sum(line.operations for line in self.lines)

    @property
    def bytes(self) -> int:
        """Bytes written by the whole run."""
        return sum(line.bytes for line in self.lines)

    @property
    def saturations(self) -> int:
        return sum(line.saturations for line in self.lines)

    @property
    def unfinished(self) -> int:
        """Loops that stopped at their max_trips though their condition still held: their results are not the end."""
        return sum(line.unfinished for line in self.lines)

    @property
    def worst(self) -> Line | None:
        """The line with the largest error of its own."""
        return max(self.lines, key=lambda line: line.worst, default=None)

    def as_dict(self) -> dict[str, Any]:
        """Plain data: totals and lines."""
        return {
            "operations": self.operations,
            "bytes": self.bytes,
            "saturations": self.saturations,
            "undefined": sum(line.undefined for line in self.lines),
            "unfinished": self.unfinished,
            "lines": [asdict(line) for line in self.lines],
        }

    def __str__(self) -> str:
        names = "".join(f"{n:>{w}}" for n, w in _COLUMNS)
        head = f"{'primitive':<22}{names}  where"
        rows = [
            f"{line.primitive:<22}{_error(line, line.worst)}{_error(line, line.mean)}{line.saturations:>6}"
            f"{line.vanished:>6}{line.undefined:>6}{line.calls:>7}{line.operations:>12}{line.bytes:>12}  "
            f"{line.where}{'' if line.region == 'default' else f' [{line.region}]'}"
            for line in sorted(self.lines, key=lambda line: -line.worst)
        ]
        total = (
            f"total: {self.operations} integer operations, {self.bytes} bytes, {self.saturations} saturations"
        )
        unfinished = [
            f"UNFINISHED: the while loop at {line.where} stopped at its max_trips {line.unfinished} times"
            for line in self.lines
            if line.unfinished
        ]
        return "\n".join([head, *rows, total, *unfinished])


_COLUMNS = (
    ("worst", 10),
    ("mean", 10),
    ("inf", 6),
    ("zero", 6),
    ("nan", 6),
    ("calls", 7),
    ("ops", 12),
    ("bytes", 12),
)


def _error(line: Line, value: float) -> str:
    return f"{value:>10.1e}" if line.compared else f"{'-':>10}"


def make_report(closed: ClosedJaxpr, values: Sequence[Value], setting: Setting) -> Report:
    """Runs `closed` once on numbers, eagerly; called by ExactFunction.report."""
    lines: dict[tuple[str, str, str], Line] = {}

    def observe(
        eqn: JaxprEqn, region: str, where: str, operands: Sequence[Value], results: Sequence[Value]
    ) -> None:
        key = (eqn.primitive.name, where, region)
        line = lines.setdefault(key, Line(eqn.primitive.name, where, region))
        _compare(line, eqn, operands, results)
        operations, written = _cost(eqn, replace(setting, region=region, where=where), operands)
        line.operations += operations
        line.bytes += written

    def stopped(flag: Any, region: str, where: str) -> None:
        line = lines.setdefault(("while", where, region), Line("while", where, region, compared=False))
        line.calls += 1
        line.unfinished += int(bool(np.asarray(flag)))

    with jax.enable_x64(True):
        evaluate(closed, values, replace(setting, observer=observe, stopped=stopped))
    return Report(list(lines.values()))


def _compare(line: Line, eqn: JaxprEqn, operands: Sequence[Value], results: Sequence[Value]) -> None:
    decoded = [_decoded(v) for v in operands]
    references = float64_results(eqn, decoded)
    line.calls += 1
    finite_before = all(not isinstance(v, Wide) or bool(np.all(np.asarray(v.e) <= E_HIGH)) for v in operands)
    for index, result in enumerate(results):
        if not isinstance(result, Wide):
            continue
        infinite = int(np.sum(np.asarray(result.e) > E_HIGH))
        line.saturations += infinite if finite_before else 0
        if references is None:
            line.compared = False
            continue
        wanted, found = np.asarray(references[index], np.float64), wide.decode(result)
        usable = np.isfinite(wanted) & np.isfinite(found)
        line.undefined += int(np.sum(np.isnan(wanted)))
        line.vanished += int(np.sum((found == 0) & (np.abs(wanted) > 0) & usable))
        if usable.any():
            scale = float(np.abs(wanted[usable]).max()) or 1.0
            errors = np.abs(found[usable] - wanted[usable]) / scale
            line.worst = max(line.worst, float(errors.max()))
            line.mean += (float(errors.mean()) - line.mean) / line.calls


def _decoded(value: Value) -> Any:
    if isinstance(value, Wide):
        return wide.decode(value)
    return value.data if isinstance(value, Keys) else np.asarray(value)


def _cost(eqn: JaxprEqn, setting: Setting, operands: Sequence[Value]) -> tuple[int, int]:
    """Integer operations and bytes of one evaluation of the equation's rule: every element written counts one, a dot's
    every product."""
    shapes = tuple(
        jax.tree.map(lambda x: (tuple(np.shape(x)), np.asarray(x).dtype.name), jax.tree.leaves(operands))
    )
    if any(isinstance(v, Keys) for v in operands):
        return 0, 0
    return _rule_cost(
        _Equation(eqn), setting.region, tuple(sorted(setting.precisions.items())), shapes, setting.where
    )


class _Equation:
    """An equation as a cache key: by identity."""

    def __init__(self, eqn: JaxprEqn) -> None:
        self.eqn = eqn

    def __hash__(self) -> int:
        return id(self.eqn)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Equation) and self.eqn is other.eqn


@lru_cache(maxsize=4096)
def _rule_cost(equation: _Equation, region: str, precisions: Any, shapes: Any, where: str) -> tuple[int, int]:
    eqn = equation.eqn
    call = call_of(eqn, Setting(dict(precisions), {}, region=region, where=where))
    leaves = iter(shapes)

    def spec(aval: Any) -> Any:
        count = 2 if is_float(aval) else 1
        parts = [type_spec(*next(leaves)) for _ in range(count)]
        return Wide(*parts) if count == 2 else parts[0]

    specs = [spec(a) for a in call.ins]
    try:
        jaxpr = jax.make_jaxpr(lambda *values: rule_for(eqn, call)(call, *values))(*specs)
    except (TypeError, ExactError):
        return 0, 0
    return _counted(jaxpr)


def _counted(closed: ClosedJaxpr) -> tuple[int, int]:
    operations = written = 0
    for eqn in closed.jaxpr.eqns:
        inner = sub_jaxprs(eqn)
        if inner:
            trips = eqn.params.get("length", 1)
            for sub in inner:
                o, b = _counted(sub)
                operations, written = operations + trips * o, written + trips * b
            continue
        for var in eqn.outvars:
            size = math.prod(var.aval.shape)
            work = size * eqn.invars[0].aval.shape[2] * 2 if eqn.primitive.name == "exact_dot" else size
            operations += work
            written += size * jnp.dtype(var.aval.dtype).itemsize
    return operations, written
