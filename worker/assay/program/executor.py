"""Programs on JAX: one jitted function a program. Workers run this; the reference says what it must return.

64-bit types are enabled inside these calls only. A dispute asks for pieces: `node_values` of one frame, `advance`
of a loop by some steps; each is compiled once a body.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.program.inputs import check_constants, check_inputs
from assay.program.kernels import evaluate
from assay.program.node import Body
from assay.program.ops import Op, Source
from assay.program.program import Program

Value = Any  # an array, or a tuple of arrays
Constants = dict[bytes, Any]
KEPT_FUNCTIONS = 64
_functions: OrderedDict[tuple[bytes, str, bytes], Callable[..., Any]] = OrderedDict()


def run(program: Program, inputs: Sequence[Any], index: int = 0) -> list[np.ndarray[Any, Any]]:
    """The outputs as item `index` of the job. Raises InputMismatch."""
    carry = check_inputs(program, inputs)
    read = tuple(array for array, spec in zip(carry, program.inputs, strict=True) if spec is not None)
    with jax.enable_x64(True):
        made = function(program)(read, np.int64(index), check_constants(program))
        return [np.asarray(array) for array in made]


def function(program: Program) -> Callable[..., Any]:
    """The jitted (inputs that are read, index, constants by root) -> outputs. Call it with x64 enabled."""

    def outputs(read: tuple[Any, ...], index: Any, constants: Constants) -> tuple[Any, ...]:
        left = iter(read)
        carry = [None if spec is None else next(left) for spec in program.inputs]
        made: tuple[Any, ...] = Run(program, constants).returned(program.main, carry, (), index)
        return made

    return compiled(program, "run", b"", outputs)


def node_values(
    program: Program, body: bytes, carry: Sequence[Any], invariants: Sequence[Any], step: int
) -> list[Value]:
    """The value of every node of one frame, in order: NumPy arrays, tuples of them for packs and loops."""

    def values(carry: Any, invariants: Any, step: Any, constants: Constants) -> list[Value]:
        return Run(program, constants).values(program.bodies[body], carry, invariants, step)

    with jax.enable_x64(True):
        call = compiled(program, "node values", body, values)
        made = call(tuple(carry), tuple(invariants), np.int64(step), check_constants(program))
        return [jax.tree.map(np.asarray, value) for value in made]


def advance(
    program: Program,
    body: bytes,
    carry: Sequence[Any],
    invariants: Sequence[Any],
    *,
    first: int,
    steps: int,
) -> tuple[np.ndarray[Any, Any], ...]:
    """The carry after steps first .. first + steps - 1 of a loop body."""
    with jax.enable_x64(True):
        made = advanced(program, body, carry, invariants, check_constants(program), first=first, steps=steps)
        return tuple(np.asarray(array) for array in made)


def advanced(
    program: Program,
    body: bytes,
    carry: Sequence[Any],
    invariants: Sequence[Any],
    constants: Constants,
    *,
    first: int,
    steps: int,
) -> tuple[Any, ...]:
    """As `advance`, left on the device; the call may return before it is done. Call it with x64 enabled."""

    def moved(carry: Any, invariants: Any, first: Any, last: Any, constants: Constants) -> Any:
        return Run(program, constants).steps(program.bodies[body], carry, invariants, (first, last))

    call = compiled(program, "advance", body, moved)
    made: tuple[Any, ...] = call(
        tuple(carry), tuple(invariants), np.int64(first), np.int64(first + steps), constants
    )
    return made


def compiled(program: Program, what: str, body: bytes, made: Callable[..., Any]) -> Callable[..., Any]:
    key = (program.root, what, body)
    if key not in _functions:
        _functions[key] = jax.jit(made)
    _functions.move_to_end(key)
    while len(_functions) > KEPT_FUNCTIONS:
        _functions.popitem(last=False)
    return _functions[key]


@dataclass(frozen=True)
class Run:
    """Evaluation of bodies inside a trace."""

    program: Program
    constants: Constants

    def returned(self, body: Body, carry: Sequence[Any], invariants: Sequence[Any], step: Any) -> Any:
        found: Value = self.values(body, carry, invariants, step)[-1]
        return found

    def values(self, body: Body, carry: Sequence[Any], invariants: Sequence[Any], step: Any) -> list[Value]:
        values: list[Value] = []
        for i in range(len(body.nodes)):
            values.append(self.value(body, i, values, carry, invariants, step))
        return values

    def value(  # noqa: PLR0917  (one node and its frame)
        self,
        body: Body,
        i: int,
        values: Sequence[Value] | Mapping[int, Value],
        carry: Sequence[Any],
        invariants: Sequence[Any],
        step: Any,
    ) -> Value:
        """Node i, given those of `values` that it reads."""
        node = body.nodes[i]
        if node.op is Op.PARAM:
            source, k = node.numbers
            frame = carry if source == Source.CARRY else invariants
            return jnp.asarray(step, jnp.int64) if source == Source.STEP else jnp.asarray(frame[k])
        if node.op is Op.CONST:
            return jnp.asarray(self.constants[node.root("root")])
        if node.op is Op.PACK:
            return tuple(values[entry] for entry in body.entries(i))
        if node.op is Op.PART:
            return values[node.inputs[0]][node.param("k")]
        if node.op is Op.LOOP:
            inner = self.program.bodies[node.root("body")]
            carried, *rest = (values[operand] for operand in node.inputs)
            return self.steps(inner, carried, rest[0] if rest else (), (0, node.param("trips")))
        return evaluate(node, [values[operand] for operand in node.inputs])

    def steps(
        self, body: Body, carry: Sequence[Any], invariants: Sequence[Any], bounds: tuple[Any, Any]
    ) -> tuple[Any, ...]:
        def one(step: Any, now: Any) -> Any:
            return self.returned(body, now, invariants, step)

        first, last = (jnp.asarray(bound, jnp.int64) for bound in bounds)
        made: tuple[Any, ...] = lax.fori_loop(first, last, one, tuple(map(jnp.asarray, carry)))
        return made
