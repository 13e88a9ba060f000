"""Walks a jaxpr and evaluates each equation in integers.

Called by transform.py. Floats become Wide; integers, booleans stay as they are; what has no rule is refused by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend import source_info_util
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Literal

from assay.exact.errors import UnsupportedPrimitive
from assay.exact.hosting import constant_value
from assay.exact.materialise import materialise, worth_storing
from assay.exact.precision import DEFAULT, Precision, region_of
from assay.exact.rules import FLOAT_RULES, INTEGER_PRIMITIVES, INTEGER_RULES, Call, hint_for
from assay.exact.values import Value, is_float, is_key
from assay.exact.wide import Wide, resize

Observer = Callable[[JaxprEqn, str, str, Sequence[Value], Sequence[Value]], None]
"""Told (equation, region, source line, operands, results) after each equation that is not a container."""

_OWN = __file__.rpartition("/")[0]
"""Where JAX's own function was given to `exact`, the innermost line outside JAX is one of ours: not the user's."""


@dataclass(frozen=True)
class Setting:
    """What holds for a whole evaluation; `region` changes on the way down.

    stopped: told, for each `while`, (whether it stopped unfinished, region, source line).
    """

    precisions: Mapping[str, Precision]
    max_trips: Mapping[str, int]
    region: str = DEFAULT
    observer: Observer | None = None
    where: str = ""
    stopped: Callable[[Any, str, str], None] | None = None

    @property
    def precision(self) -> Precision:
        return self.precisions.get(self.region, self.precisions[DEFAULT])


def evaluate(closed: ClosedJaxpr, values: Sequence[Value], setting: Setting) -> list[Value]:
    """Results of a closed jaxpr on number values, in the order of its results."""
    return _walk(closed.jaxpr, closed.consts, values, setting)


def evaluate_watched(
    closed: Any, values: Sequence[Value], setting: Setting
) -> tuple[list[Value], jax.Array | None]:
    """The results, and whether any `while` inside stopped at its max_trips unfinished; None where there is none."""
    flags: list[Any] = []
    mapped = any(isinstance(part, jax.core.Tracer) for part in jax.tree.leaves(list(values)))
    inner = replace(
        setting,
        stopped=lambda flag, *_: flags.append(flag),
        observer=None if mapped else setting.observer,  # it reads values
    )
    found = evaluate(closed if isinstance(closed, ClosedJaxpr) else ClosedJaxpr(closed, ()), values, inner)
    if not flags:
        return found, None
    total = jnp.asarray(flags[0])
    for flag in flags[1:]:
        total = lax.bitwise_or(total, jnp.asarray(flag))
    return found, total


def source_of(eqn: JaxprEqn) -> str:
    """The user's line that made this equation, as `file:line (function)`; "" where JAX kept none."""
    found = str(source_info_util.summarize(eqn.source_info))
    return "" if found.startswith(_OWN) or "<unknown>" in found or found == "unknown" else found


def _walk(jaxpr: Jaxpr, consts: Sequence[Any], values: Sequence[Value], setting: Setting) -> list[Value]:
    """Operands and results have the width of the setting's region; regions inside widen and narrow at their border."""
    own = setting.precision.wide
    env: dict[Any, tuple[Value, int]] = {}

    def read(atom: Any, width: int) -> Value:
        if isinstance(atom, Literal):
            return constant_value(atom.val, atom.aval, width)
        value, has = env[atom]
        if has == width or not isinstance(value, Wide):
            return value
        return resize(value, width=width)

    for var, constant in zip(jaxpr.constvars, consts, strict=True):
        env[var] = constant_value(constant, var.aval, own), own
    for var, value in zip(jaxpr.invars, values, strict=True):
        env[var] = value, own
    last_use = _last_uses(jaxpr) if setting.observer is not None else {}
    stored = worth_storing(jaxpr) if setting.observer is None else frozenset()
    for index, eqn in enumerate(jaxpr.eqns):
        inner = _inside(eqn, setting)
        width = inner.precision.wide
        names = source_info_util.current_name_stack()
        # What the rule emits carries the user's line, for errors of programs and for profiles.
        with source_info_util.user_context(eqn.source_info.traceback, name_stack=names):
            results = _step(eqn, [read(atom, width) for atom in eqn.invars], inner)
        for var, value in zip(eqn.outvars, results, strict=True):
            env[var] = (materialise(value) if var in stored else value), width
        for var in last_use.get(index, ()):
            env.pop(var, None)
    return [read(atom, own) for atom in jaxpr.outvars]


def _inside(eqn: JaxprEqn, setting: Setting) -> Setting:
    region = region_of(str(eqn.source_info.name_stack), setting.region)
    return replace(setting, region=region, where=source_of(eqn) or setting.where)


def _last_uses(jaxpr: Jaxpr) -> dict[int, list[Any]]:
    """Equation index → variables no later equation reads, so that an eager run keeps memory bounded."""
    last: dict[Any, int] = {}
    for index, eqn in enumerate(jaxpr.eqns):
        for atom in eqn.invars:
            if not isinstance(atom, Literal):
                last[atom] = index
    for atom in jaxpr.outvars:
        if not isinstance(atom, Literal):
            last.pop(atom, None)
    uses: dict[int, list[Any]] = {}
    for var, index in last.items():
        uses.setdefault(index, []).append(var)
    return uses


def _step(eqn: JaxprEqn, operands: list[Value], setting: Setting) -> list[Value]:
    call = call_of(eqn, setting)
    found = rule_for(eqn, call)(call, *operands)
    results = list(found) if eqn.primitive.multiple_results else [found]
    if setting.observer is not None and not is_container(eqn):
        setting.observer(eqn, setting.region, setting.where, operands, results)
    return results


def is_container(eqn: JaxprEqn) -> bool:
    """Whether an equation only runs other jaxprs, whose equations are observed themselves."""
    if eqn.primitive.name in ("reduce", "reduce_window", "scatter-add", "scatter_add", "scatter", "sort"):
        return False
    return any(
        isinstance(entry, (Jaxpr, ClosedJaxpr))
        for value in eqn.params.values()
        for entry in (value if isinstance(value, (tuple, list)) else (value,))
    )


def call_of(eqn: JaxprEqn, setting: Setting) -> Call:
    """The equation as its rule sees it."""

    def run(closed: Any, *values: Value) -> list[Value]:
        if isinstance(closed, Jaxpr):
            return _walk(closed, (), values, setting)
        return evaluate(closed, values, setting)

    def stopped(flag: Any) -> None:
        if setting.stopped is not None:
            setting.stopped(flag, setting.region, setting.where)

    def bind(*values: Value, **changed: Any) -> Any:
        primitive: Any = eqn.primitive
        return primitive.bind(*values, **{**eqn.params, **changed})

    return Call(
        name=eqn.primitive.name,
        params=eqn.params,
        ins=[atom.aval for atom in eqn.invars],
        outs=[var.aval for var in eqn.outvars],
        precision=setting.precision,
        max_trips=setting.max_trips.get(setting.region, setting.max_trips.get(DEFAULT)),
        run=run,
        run_apart=lambda closed, *values: evaluate_watched(closed, values, setting),
        stopped=stopped,
        bind=bind,
        eager=setting.observer is not None,
        where=lambda: setting.where or "a line JAX did not record",
    )


def rule_for(eqn: JaxprEqn, call: Call) -> Callable[..., Any]:
    """The rule of an equation; raises UnsupportedPrimitive with the way out."""
    name = eqn.primitive.name
    if any(is_float(a) or is_key(a) for a in (*call.ins, *call.outs)):
        if name in FLOAT_RULES:
            return FLOAT_RULES[name]
    elif name in INTEGER_RULES:
        return INTEGER_RULES[name]
    elif name in INTEGER_PRIMITIVES:
        return lambda call, *operands: call.bind(*operands)
    raise UnsupportedPrimitive(name, call.where(), hint_for(name))


def integer_only(closed: ClosedJaxpr) -> list[str]:
    """Names of equations that compute with floats, at any depth; empty for what `exact` emits (tests, tracing)."""
    bad: list[str] = []
    for eqn in closed.jaxpr.eqns:
        if any(is_float(v.aval) for v in (*eqn.invars, *eqn.outvars) if hasattr(v.aval, "dtype")):
            bad.append(eqn.primitive.name)
        for sub in sub_jaxprs(eqn):
            bad += integer_only(sub)
    return bad


def sub_jaxprs(eqn: JaxprEqn) -> list[ClosedJaxpr]:
    found = []
    for value in eqn.params.values():
        for entry in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(entry, Jaxpr):
                found.append(ClosedJaxpr(entry, ()))
            elif isinstance(entry, ClosedJaxpr):
                found.append(entry)
    return found
