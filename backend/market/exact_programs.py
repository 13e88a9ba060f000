"""What a quote has to know of an uploaded exact program: decoded once, kept in memory. The program itself is not kept.

Decoding is bounded by what workers take; one at a time in each process, because a large program takes seconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from assay.artifacts import ArtifactMissing, ArtifactTooLarge, Kind, StoreError
from assay.disputes.errors import MoveRefused
from assay.disputes.rounds import check_disputable, rounds_of, row_rounds
from assay.jobs.exact.plan import ExactPlan, plan
from assay.jobs.exact.spec import ExactSpec
from assay.program import Limits, Program, ProgramError
from backend.artifacts.store import artifact_store
from backend.web.errors import Problem

# As workers take them (assay.jobs.exact.loading); of the file less, because this server only reads it for a quote.
LIMITS = Limits(file_bytes=8 << 20, memory_bytes=4 << 30, tensor_bytes=1 << 30)
KEPT = 256
MANY_ROUNDS = 1 << 62  # no limit: what is left to refuse is the program itself

_lock = Lock()
_known: OrderedDict[str, ProgramFacts | str] = OrderedDict()


@dataclass(frozen=True)
class ProgramFacts:
    """Of one program. nodes, operations, bytes: as ExactPlan has them, of one item. rounds: the longest game about one
    item, in answers; undisputable: why no game can be played about it at all, or empty.
    """

    root: bytes
    inputs: int
    nodes: int
    operations: int
    bytes_moved: int
    peak_bytes: int
    rounds: int
    undisputable: str

    def cut(self, spec: ExactSpec) -> ExactPlan:
        """The plan of a job of this program."""
        return ExactPlan(
            items=spec.items,
            items_per_lot=spec.items_per_lot,
            lots=-(-spec.items // spec.items_per_lot),
            operations=self.operations,
            bytes_moved=self.bytes_moved,
            peak_bytes=self.peak_bytes,
            nodes=self.nodes,
        )

    def refusal(self, items_per_lot: int, path_moves: int) -> str:
        """Why lots of so many items cannot be disputed to the end; empty when they can."""
        rounds = self.rounds + (row_rounds(items_per_lot) if items_per_lot > 1 else 0)
        if self.undisputable or rounds <= path_moves:
            return self.undisputable
        return f"A game about this program can take {rounds} answers; a bond and a clock cover {path_moves}."


def facts_of(spec: ExactSpec) -> ProgramFacts:
    """The facts of a spec's program. Raises a problem: 422 not here or malformed, 503 the store fails."""
    with _lock:
        found = _known.get(spec.program)
        if found is None:
            found = _known[spec.program] = _read(spec)
            while len(_known) > KEPT:
                _known.popitem(last=False)
        _known.move_to_end(spec.program)
    if isinstance(found, str):
        raise Problem(422, "bad_program", found, "Trace the program again.", field="spec.program")
    return found


def forget_programs() -> None:
    """Empties the memory: for tests that change the store."""
    with _lock:
        _known.clear()


def _read(spec: ExactSpec) -> ProgramFacts | str:
    data = _bytes_of(spec.program)
    if data is None:
        return f"The program is larger than the {LIMITS.file_bytes} bytes that quotes are made for."
    try:
        program = Program.decode(data, LIMITS)
        one = plan(spec, program)
    except ProgramError as error:
        return f"The program is refused: {error}"
    undisputable = ""
    try:
        check_disputable(program, 1, MANY_ROUNDS)
    except MoveRefused as error:
        undisputable = str(error)
    return ProgramFacts(
        root=program.root,
        inputs=program.input_count,
        nodes=one.nodes,
        operations=one.operations,
        bytes_moved=one.bytes_moved,
        peak_bytes=one.peak_bytes,
        rounds=rounds_of(program),
        undisputable=undisputable,
    )


def _bytes_of(artifact: str) -> bytes | None:
    """The encoded program; None when it is too large."""
    try:
        return artifact_store().get(Kind.BYTES, bytes.fromhex(artifact[2:]), max_bytes=LIMITS.file_bytes)
    except ArtifactMissing:
        detail = f"The program {artifact} is not in this store."
        hint = "Upload it first: PUT /api/v1/artifacts/bytes/{id}."
        raise Problem(422, "program_missing", detail, hint, field="spec.program") from None
    except ArtifactTooLarge:
        return None
    except StoreError as error:
        raise Problem(503, "store_failed", "This mirror's store fails.", "Try again later.") from error
