"""Control flow. Calls are inlined, scans stay scans, a `while` becomes a scan whose step asks the condition."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.rules.registry import Call, rule
from assay.exact.values import Value, each_part, zero_like

_BODIES = ("jaxpr", "call_jaxpr", "fun_jaxpr", "call", "callee", "fwd_jaxpr")


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
    "custom_vmap_call",
    "custom_partitioning",
    "composite",
    "linear_call",
    "remat_opt",
    "xla_call",
    always=True,
)
def inline(call: Call, *operands: Value) -> list[Value]:
    """Derivatives were taken before: a call with a custom derivative is its body."""
    for key in _BODIES:
        if key in call.params:
            return call.run(call.params[key], *operands)
    raise call.refuse("Call the function directly, without this wrapper.")


@rule("custom_linear_solve", always=True)
def custom_linear_solve(call: Call, *operands: Value) -> list[Value]:
    """The solver that the user (or jax.scipy.sparse.linalg) wrote; its other parts serve derivatives, taken before."""
    lengths, bodies = call.params["const_lengths"], call.params["jaxprs"]
    *constants, right = _parts(operands, *lengths)
    return call.run(bodies.solve, *constants[lengths._fields.index("solve")], *right)


@rule("scan", always=True)
def scan(call: Call, *operands: Value) -> list[Value]:
    """`lax.scan` over the same body on numbers."""
    p = call.params
    consts, carry, rows = _parts(operands, p["num_consts"], p["num_carry"])
    body = p["jaxpr"]

    if call.eager:

        def eager(state: tuple[Value, ...], row: tuple[Value, ...]) -> tuple[Any, Any]:
            found = call.run(body, *consts, *state, *row)
            return tuple(found[: p["num_carry"]]), tuple(found[p["num_carry"] :])

        return _eager_scan(eager, carry, rows, p, call.outs)

    def step(state: Any, row: tuple[Value, ...]) -> tuple[Any, tuple[Value, ...]]:
        found, stopped = call.run_apart(body, *consts, *state[0], *row)
        flags = [lax.bitwise_or(flag, stopped) for flag in state[1]]
        return (tuple(found[: p["num_carry"]]), flags), tuple(found[p["num_carry"] :])

    flags = _never(has_while(body))
    (state, flags), collected = lax.scan(
        step,
        (_arrays(carry), flags),
        _arrays(rows),
        length=p["length"],
        reverse=p["reverse"],
        unroll=p["unroll"],
    )
    _tell(call, flags)
    return [*state, *collected]


def has_while(body: Any) -> bool:
    """Whether a jaxpr, or one inside it, has a loop that may stop unfinished."""
    jaxpr = getattr(body, "jaxpr", body)
    for eqn in jaxpr.eqns:
        if eqn.primitive.name == "while":
            return True
        for value in eqn.params.values():
            for entry in value if isinstance(value, (tuple, list)) else (value,):
                if hasattr(getattr(entry, "jaxpr", entry), "eqns") and has_while(entry):
                    return True
    return False


def _never(wanted: bool) -> list[Any]:
    """The flag before anything ran; none where nothing can raise it."""
    return [jnp.zeros((), bool)] if wanted else []


def _tell(call: Call, flags: list[Any]) -> None:
    for flag in flags:
        call.stopped(flag)


def _parts(values: tuple[Value, ...], *counts: int) -> list[tuple[Value, ...]]:
    found, start = [], 0
    for count in counts:
        found.append(values[start : start + count])
        start += count
    return [*found, values[start:]]


def _arrays(values: Any) -> Any:
    """Carries must be JAX arrays: a literal is still NumPy's."""
    return jax.tree.map(jnp.asarray, values)


def _eager_scan(
    step: Any, carry: tuple[Value, ...], rows: tuple[Value, ...], p: Any, outs: Sequence[Any]
) -> list[Value]:
    """The same, in Python, so that a report sees every trip."""
    order = range(p["length"] - 1, -1, -1) if p["reverse"] else range(p["length"])
    collected: list[Any] = [None] * p["length"]
    for i in order:
        row = tuple(each_part(lambda x, i=i: jnp.asarray(x)[i], r) for r in rows)
        carry, collected[i] = step(carry, row)
    if not collected:
        return [*carry, *(zero_like(aval) for aval in outs[len(carry) :])]
    stacked = [
        each_part(lambda *parts: jnp.stack([jnp.asarray(part) for part in parts]), *column)
        for column in zip(*collected, strict=True)
    ]
    return [*carry, *stacked]


@rule("while", always=True)
def while_(call: Call, *operands: Value) -> list[Value]:
    """At most `max_trips` steps of the body, each taken while the condition has held at every step before.

    A loop whose condition still holds after them stopped unfinished: `call.stopped` is told, never silent.
    """
    p = call.params
    trips = call.max_trips
    if trips is None:
        raise call.refuse(
            "A loop that ends when a condition says so needs a stated maximum: exact(fn, max_trips=1000), or by "
            'region, max_trips={"name": 1000}. A fori_loop with constant bounds needs none.'
        )
    cond_consts, body_consts, carry = _parts(operands, p["cond_nconsts"], p["body_nconsts"])

    def holds(state: tuple[Value, ...]) -> Any:
        return jnp.asarray(call.run_apart(p["cond_jaxpr"], *cond_consts, *state)[0][0])

    if call.eager:
        while trips and bool((live := holds(carry)).any()):
            found = tuple(_arrays(call.run(p["body_jaxpr"], *body_consts, *carry)))
            carry, trips = _where_live(live, found, carry), trips - 1
        call.stopped(holds(carry).any())
        return list(carry)

    def body(state: Any) -> Any:
        found, stopped = call.run_apart(p["body_jaxpr"], *body_consts, *state[0])
        return tuple(_arrays(found)), [lax.bitwise_or(flag, stopped) for flag in state[1]]

    def step(state: Any, _: None) -> tuple[Any, None]:
        # The condition is asked again after the loop has ended: its state has not changed, so it says no again.
        live = holds(state[0])
        if not live.ndim:
            return lax.cond(live, body, lambda same: same, state), None
        found, flags = body(state)
        return (_where_live(live, found, state[0]), flags), None

    flags = _never(has_while(p["body_jaxpr"]))
    (state, flags), _ = lax.scan(step, (_arrays(carry), flags), None, length=trips)
    _tell(call, [_any(holds(state)), *flags])
    return list(state)


def _any(flag: Any) -> Any:
    return lax.reduce_or(flag, tuple(range(flag.ndim)))


def _where_live(live: Any, after: tuple[Value, ...], before: tuple[Value, ...]) -> tuple[Value, ...]:
    """The state after a step where its loop is live: a loop that vmap made of many has a condition for each."""
    if not live.ndim:
        return after

    def choose(new: Any, old: Any) -> Any:
        return lax.select(lax.broadcast_in_dim(live, new.shape, range(live.ndim)), new, jnp.asarray(old))

    return tuple(jax.tree.map(choose, after, before))


@rule("platform_index", always=True)
def platform_index(call: Call) -> Any:
    """The branch for any platform, else the first that names the CPU: one function, whatever device runs it."""
    named = [("cpu",) if entry is None else tuple(entry) for entry in call.params["platforms"]]
    default = [i for i, entry in enumerate(call.params["platforms"]) if entry is None]
    return np.int32(next(iter(default), next((i for i, entry in enumerate(named) if "cpu" in entry), 0)))


@rule("cond", always=True)
def cond(call: Call, index: Value, *operands: Value) -> list[Value]:
    """One of several branches; an index outside is clamped, as JAX does."""
    branches = call.params["branches"]
    if call.eager or isinstance(index, (np.ndarray, np.generic)):
        chosen = int(np.clip(int(np.asarray(index)), 0, len(branches) - 1))
        return call.run(branches[chosen], *operands)
    if jnp.asarray(index).dtype == jnp.bool_:
        index = lax.convert_element_type(index, jnp.int32)
    watched = any(map(has_while, branches))

    def branch_of(branch: Any) -> Any:
        def taken(*values: Value) -> Any:
            found, stopped = call.run_apart(branch, *values)
            return tuple(_arrays(found)), _never(watched) if stopped is None else [stopped]

        return taken

    found, flags = lax.switch(index, [branch_of(branch) for branch in branches], *_arrays(operands))
    _tell(call, flags)
    return list(found)
