"""Program, constants and inputs of an exact job: fetched from a store, checked against the job's terms. No JAX.

Called by workers before they run a job, by challengers, and by `assay verify`. The store verifies every byte against
its id; here the ids are checked against the terms, and every size against the limits before it is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from assay.artifacts import ArtifactMissing, ArtifactTooLarge, Kind
from assay.artifacts.base import Store
from assay.commitment.errors import CommitmentError
from assay.commitment.listing import ID_BYTES, list_ids
from assay.commitment.traces import state_steps
from assay.disputes.errors import MoveRefused
from assay.disputes.rounds import check_disputable
from assay.jobs.errors import JobError, SpecError
from assay.jobs.exact.plan import ExactPlan, plan
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.exact.tensors import MAX_HEAD_BYTES, array_of
from assay.program import Limits, Program, ProgramError, TensorSpec, spec_of

EMPTY32 = bytes(32)
TRUSTED = 1
# What this worker takes of a program; the sandbox has 8 GiB, and XLA's buffers come on top of the values.
LIMITS = Limits(memory_bytes=4 << 30, tensor_bytes=1 << 30)
MAX_INPUT_BYTES = 1 << 30
FASTEST_OPERATIONS_PER_SECOND = (
    10**15
)  # no device of one provider does more: stated run times below it are false

Array = np.ndarray[Any, Any]


class ExactTerms(Protocol):
    """What is read of a job's terms (assay.protocol.generated.structs.Terms)."""

    @property
    def program_root(self) -> bytes: ...
    @property
    def inputs_root(self) -> bytes: ...
    @property
    def runtime_class(self) -> bytes: ...
    @property
    def grade(self) -> int: ...
    @property
    def lots(self) -> int: ...
    @property
    def items(self) -> int: ...
    @property
    def items_per_lot(self) -> int: ...
    @property
    def lot_seconds(self) -> int: ...


@dataclass(frozen=True)
class ExactJob:
    """Everything that running an exact job takes. program knows its constants; inputs are in order."""

    spec: ExactSpec
    plan: ExactPlan
    program: Program
    inputs: tuple[Array, ...]


def is_exact(terms: ExactTerms) -> bool:
    """Whether terms are those of an exact job: any device may take it, so no runtime class stands in them."""
    return terms.runtime_class == EMPTY32


def load_job(
    spec_json: Mapping[str, object],
    store: Store,
    terms: ExactTerms,
    *,
    path_moves: int | None = None,
    limits: Limits = LIMITS,
    max_input_bytes: int = MAX_INPUT_BYTES,
) -> ExactJob:
    """The job, whole. Raises JobError for one that can never be run as posted, StoreError when something cannot be had.

    path_moves: answers that a game's bond covers; a job of a grade with claims is refused when its games can be longer.
    """
    try:
        spec = ExactSpec.from_json(spec_json)
    except SpecError as error:
        raise JobError(str(error)) from error
    if not is_exact(terms):
        raise JobError("the terms of an exact job name a runtime class; they must leave it empty")
    program = load_program(spec, store, limits)
    if program.root != terms.program_root:
        raise JobError("the program is not the one of the terms: its root differs")
    cut = plan(spec, program)
    _check_terms(cut, terms)
    check_program(program, cut.items_per_lot, None if terms.grade == TRUSTED else path_moves)
    arrays = _tensors(
        store, list(program.constant_specs), list(program.constant_specs.values()), MAX_INPUT_BYTES
    )
    constants = dict(zip(program.constant_specs, arrays, strict=True))
    inputs = _inputs(store, program, terms.inputs_root, max_input_bytes)
    return ExactJob(spec, cut, replace(program, constants=constants), tuple(inputs))


def load_program(spec: ExactSpec, store: Store, limits: Limits = LIMITS) -> Program:
    """The program of a spec, without constants. Raises JobError, StoreError."""
    try:
        data = store.get(Kind.BYTES, bytes.fromhex(spec.program[2:]), max_bytes=limits.file_bytes)
        return Program.decode(data, limits)
    except ArtifactTooLarge as error:
        raise JobError(f"the program is too large: {error}") from error
    except ProgramError as error:
        raise JobError(f"the program is refused: {error}") from error


def check_program(program: Program, items_per_lot: int, path_moves: int | None) -> None:
    """Raises JobError when the program's results cannot be committed to, or (path_moves) not be disputed to the end."""
    try:
        for loop in program.strided_loops:
            node = program.main.nodes[loop]
            state_steps(node.param("trips"), node.param("stride"))
        if path_moves is not None:
            check_disputable(program, items_per_lot, path_moves)
    except CommitmentError as error:
        raise JobError(f"a loop commits to too many states: {error.message}. {error.hint}") from error
    except MoveRefused as error:
        raise JobError(f"the program cannot be disputed: {error}") from error


def _check_terms(cut: ExactPlan, terms: ExactTerms) -> None:
    for name in ("lots", "items", "items_per_lot"):
        if getattr(cut, name) != getattr(terms, name):
            raise JobError(f"the terms say {name} {getattr(terms, name)}, the spec {getattr(cut, name)}")
    if cut.items_per_lot * cut.operations > terms.lot_seconds * FASTEST_OPERATIONS_PER_SECOND:
        raise JobError(
            f"a lot has {cut.items_per_lot * cut.operations} operations; nobody runs them in the stated"
            f" {terms.lot_seconds} s"
        )


def _inputs(store: Store, program: Program, root: bytes, most_bytes: int) -> list[Array]:
    count = program.input_count
    try:
        ids = list_ids(store.get(Kind.LIST, root, max_bytes=max(count, 1) * ID_BYTES))
    except ArtifactTooLarge as error:
        raise JobError(f"the terms name more inputs than the {count} of the program") from error
    except CommitmentError as error:
        raise JobError(f"the list of inputs is malformed: {error.message}") from error
    if len(ids) != count:
        raise JobError(f"the terms name {len(ids)} inputs, the program takes {count}")
    return _tensors(store, list(ids), list(program.inputs), most_bytes)


def _tensors(
    store: Store, roots: list[bytes], specs: list[TensorSpec | None] | list[TensorSpec], most_bytes: int
) -> list[Array]:
    """The tensors with these roots; a spec of None is any tensor. Raises JobError when one is another than read."""
    left, found = most_bytes, []
    for k, (root, spec) in enumerate(zip(roots, specs, strict=True)):
        most = left if spec is None else spec.nbytes + MAX_HEAD_BYTES
        if most > left:
            raise JobError(f"the tensors of the job have over {most_bytes} bytes, which this worker takes")
        try:
            data = store.get(Kind.TENSOR, root, max_bytes=most)
            array = array_of(data)
        except ArtifactTooLarge as error:
            raise JobError(f"tensor {k}, 0x{root.hex()}, is larger than the program reads") from error
        except ArtifactMissing:
            raise
        except CommitmentError as error:
            raise JobError(f"tensor {k}, 0x{root.hex()}, is malformed: {error.message}") from error
        if spec is not None and spec_of(array) != spec:
            raise JobError(f"tensor {k}, 0x{root.hex()}, is {spec_of(array)}; the program reads {spec}")
        left -= len(data)
        found.append(array)
    return found
