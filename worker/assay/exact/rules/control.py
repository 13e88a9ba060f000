"""Control flow. Calls are inlined, scans stay scans, a `while` becomes a scan whose step asks the condition."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, each_part

_BODIES = ("jaxpr", "call_jaxpr", "fun_jaxpr")


@rule(
    "jit",
    "pjit",
    "closed_call",
    "core_call",
    "call",
    "remat",
    "remat2",
    "checkpoint",
    "custom_jvp_call",
    "custom_vjp_call",
    "custom_vjp_call_jaxpr",
    "custom_lin",
    "xla_call",
    always=True,
)
def inline(call: Call, *operands: Value) -> list[Value]:
    """Derivatives were taken before: a call with a custom derivative is its body."""
    for key in _BODIES:
        if key in call.params:
            return call.run(call.params[key], *operands)
    raise call.refuse("Call the function directly, without this wrapper.")


@rule("scan", always=True)
def scan(call: Call, *operands: Value) -> list[Value]:
    """`lax.scan` over the same body on numbers."""
    p = call.params
    consts, carry, rows = _parts(operands, p["num_consts"], p["num_carry"])
    body = p["jaxpr"]

    def step(state: tuple[Value, ...], row: tuple[Value, ...]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        found = call.run(body, *consts, *state, *row)
        return tuple(found[: p["num_carry"]]), tuple(found[p["num_carry"] :])

    if call.eager:
        return _eager_scan(step, carry, rows, p)
    state, collected = lax.scan(
        step, _arrays(carry), _arrays(rows), length=p["length"], reverse=p["reverse"], unroll=p["unroll"]
    )
    return [*state, *collected]


def _parts(values: tuple[Value, ...], *counts: int) -> list[tuple[Value, ...]]:
    found, start = [], 0
    for count in counts:
        found.append(values[start : start + count])
        start += count
    return [*found, values[start:]]


def _arrays(values: Any) -> Any:
    """Carries must be JAX arrays: a literal is still NumPy's."""
    return jax.tree.map(jnp.asarray, values)


def _eager_scan(step: Any, carry: tuple[Value, ...], rows: tuple[Value, ...], p: Any) -> list[Value]:
    """The same, in Python, so that a report sees every trip."""
    order = range(p["length"] - 1, -1, -1) if p["reverse"] else range(p["length"])
    collected: list[Any] = [None] * p["length"]
    for i in order:
        row = tuple(each_part(lambda x, i=i: jnp.asarray(x)[i], r) for r in rows)
        carry, collected[i] = step(carry, row)
    if not collected or not collected[0]:
        return [*carry]
    stacked = [
        each_part(lambda *parts: jnp.stack([jnp.asarray(part) for part in parts]), *column)
        for column in zip(*collected, strict=True)
    ]
    return [*carry, *stacked]


@rule("while", always=True)
def while_(call: Call, *operands: Value) -> list[Value]:
    """At most `max_trips` steps of the body, each taken while the condition has held at every step before."""
    p = call.params
    trips = call.max_trips
    if trips is None:
        raise call.refuse(
            "A loop that ends when a condition says so needs a stated maximum: exact(fn, max_trips=1000), or by "
            'region, max_trips={"name": 1000}. A fori_loop with constant bounds needs none.'
        )
    cond_consts, body_consts, carry = _parts(operands, p["cond_nconsts"], p["body_nconsts"])

    def holds(state: tuple[Value, ...]) -> Value:
        return jnp.asarray(call.run(p["cond_jaxpr"], *cond_consts, *state)[0])

    def body(state: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(_arrays(call.run(p["body_jaxpr"], *body_consts, *state)))

    if call.eager:
        for _ in range(trips):
            if not bool(holds(carry)):
                break
            carry = body(carry)
        return list(carry)

    def step(state: tuple[Value, ...], _: None) -> tuple[tuple[Value, ...], None]:
        # The condition is asked again after the loop has ended: its state has not changed, so it says no again.
        return lax.cond(holds(state), body, lambda same: same, state), None

    state, _ = lax.scan(step, _arrays(carry), None, length=trips)
    return list(state)


@rule("cond", always=True)
def cond(call: Call, index: Value, *operands: Value) -> list[Value]:
    """One of several branches; an index outside is clamped, as JAX does."""
    branches = call.params["branches"]
    if call.eager:
        chosen = int(np.clip(int(np.asarray(index)), 0, len(branches) - 1))
        return call.run(branches[chosen], *operands)
    if jnp.asarray(index).dtype == jnp.bool_:
        index = lax.convert_element_type(index, jnp.int32)
    runs = [lambda *values, b=branch: tuple(_arrays(call.run(b, *values))) for branch in branches]
    return list(lax.switch(index, runs, *_arrays(operands)))
