"""A program run with its commitments: outputs, and the state trace root of each strided loop of the main body.

Workers run items this way. A strided loop is advanced a stride at a time, and each state is hashed while the next is
computed, so that at most two states exist at once; everything between those loops is one jitted segment. The roots
equal those of `assay.disputes.runs`, which computes them by the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jax
import numpy as np

from assay.commitment.device import tensor_root
from assay.commitment.traces import item_root, state_steps, tuple_root
from assay.program.executor import Constants, Run, Value, advanced, compiled
from assay.program.inputs import check_constants, check_inputs
from assay.program.node import Body
from assay.program.ops import Op
from assay.program.program import Program

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TracedItem:
    """outputs: NumPy arrays. traces: state trace root of each strided loop of the main body, in node order."""

    outputs: tuple[np.ndarray[Any, Any], ...]
    traces: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        """The item root."""
        return item_root(tuple_root([tensor_root(array) for array in self.outputs]), self.traces)


def run_traced(
    program: Program, inputs: Sequence[Any], index: int = 0, progress: Progress | None = None
) -> TracedItem:
    """Item `index` of a job. progress(steps done, steps in all) as strided loops advance. Raises InputMismatch."""
    carry = check_inputs(program, inputs)
    constants: Constants = dict(check_constants(program))
    loops = program.strided_loops
    total = sum(program.main.nodes[loop].param("trips") for loop in loops)
    done = 0

    def advance_by(steps: int) -> None:
        nonlocal done
        done += steps
        if progress is not None:
            progress(done, total)

    with jax.enable_x64(True):
        known: dict[int, Value] = {}
        read = {k: carry[k] for k, spec in enumerate(program.inputs) if spec is not None}
        traces = []
        for number, loop in enumerate((*loops, None)):
            first = loops[number - 1] + 1 if number else 0
            last = len(program.main.nodes) if loop is None else loop
            known |= _segment(program, first, last, known, read, index, constants)
            if loop is None:
                break
            known[loop], trace = _strided(program, loop, known, constants, advance_by)
            traces.append(trace)
            known = {k: known[k] for k in _live(program.main, loop + 1) if k in known}
        outputs = tuple(np.asarray(array) for array in known[len(program.main.nodes) - 1])
    return TracedItem(outputs, tuple(traces))


def _segment(  # noqa: PLR0917  (a piece of one run)
    program: Program,
    first: int,
    last: int,
    known: dict[int, Value],
    read: dict[int, Any],
    index: int,
    constants: Constants,
) -> dict[int, Value]:
    """Values of nodes first .. last - 1 that something later needs."""
    body = program.main
    wanted = [k for k in _live(body, last) if first <= k]

    def values(known: Any, read: Any, index: Any, constants: Constants) -> dict[int, Value]:
        run = Run(program, constants)
        found: dict[int, Value] = dict(known)
        carry = [read.get(k) for k in range(program.input_count)]
        for k in range(first, last):
            found[k] = run.value(body, k, found, carry, (), index)
        return {k: found[k] for k in wanted}

    call = compiled(program, f"segment {first}..{last}", body.root, values)
    made: dict[int, Value] = call(known, read, np.int64(index), constants)
    return made


def _live(body: Body, at: int) -> list[int]:
    """Nodes before `at` that a node from `at` on reads; of the whole body, the pack it returns."""
    if at == len(body.nodes):
        return [at - 1]
    found: set[int] = set()
    for k in range(at, len(body.nodes)):
        node = body.nodes[k]
        found.update(node.inputs)
        if node.op is Op.PACK:
            found.update(body.entries(k))
    return sorted(k for k in found if k < at)


def _strided(
    program: Program,
    loop: int,
    known: dict[int, Value],
    constants: Constants,
    advance_by: Callable[[int], None],
) -> tuple[tuple[Any, ...], bytes]:
    """(the carry at the end, the state trace root) of a strided loop of the main body."""
    node = program.main.nodes[loop]
    state, *rest = (known[operand] for operand in node.inputs)
    invariants = rest[0] if rest else ()
    steps = state_steps(node.param("trips"), node.param("stride"))
    roots = []
    for at, until in pairwise(steps):
        following = advanced(
            program, node.root("body"), state, invariants, constants, first=at, steps=until - at
        )
        roots.append(_state_root(state))  # while the device computes
        jax.block_until_ready(following)  # type: ignore[no-untyped-call]
        state = following
        advance_by(until - at)
    roots.append(_state_root(state))
    return state, tuple_root(roots)


def _state_root(state: Sequence[Any]) -> bytes:
    return tuple_root([tensor_root(array) for array in state])
