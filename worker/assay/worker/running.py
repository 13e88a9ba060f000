"""What the daemon needs of whatever runs lots, and the refusals it may meet. The real one is in sandboxed.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assay.jobs.exact.loading import ExactJob
from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Terms


class JobRefused(AssayError):
    """This job can never be done here: its spec, terms, program or inputs are wrong. The worker steps down."""


class LotFailed(AssayError):
    """A lot ended without a result: the child crashed, ran out of time or memory, or gave outputs of a wrong shape."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a job names by hash, fetched and verified.

    Of a native job: program and inputs (artifact id → bytes, in list order). Of an exact one: the loaded job alone.
    """

    spec: dict[str, Any]
    program: bytes = b""
    inputs: Mapping[bytes, bytes] = field(default_factory=dict)
    exact: ExactJob | None = None


class JobWork(Protocol):
    """An open job: a session that runs its lots one after the other."""

    def run_lot(self, lot: int) -> Sequence[bytes]:
        """The lot's items in order. Raises LotFailed or JobRefused."""
        ...

    def close(self) -> None:
        """Ends the session and its child process."""
        ...


class Runner(Protocol):
    """Opens jobs."""

    def open(self, job_id: bytes, terms: Terms, material: Material) -> JobWork:
        """Checks that the terms are what the job's kind plans for this spec. Raises JobRefused."""
        ...
