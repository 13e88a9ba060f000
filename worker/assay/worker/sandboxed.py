"""Runs jobs of the known kinds in the sandbox: checks the terms against the kind's own plan first.

The program never enters this process: assay.jobs starts a keyless child without network for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from assay.commitment.artifact import artifact_id
from assay.jobs.errors import JobError
from assay.jobs.exact.loading import ExactJob
from assay.jobs.exact.session import ExactSession
from assay.jobs.render.session import RenderSession
from assay.jobs.runner import JobRunner
from assay.protocol.generated.structs import Terms
from assay.sandbox import SandboxError
from assay.worker.running import JobRefused, JobWork, LotFailed, Material

LOCAL_STAGES = ("start", "wire")  # stages of a sandbox failure that say nothing about the job


class SandboxRunner:
    """The daemon's runner. One per process; sessions share nothing."""

    def __init__(self, *, threads: int | None = None) -> None:
        """threads: results computed at once (None: every processor)."""
        self._runner = JobRunner(threads=threads)

    def open(self, job_id: bytes, terms: Terms, material: Material) -> JobWork:
        """A session. Raises JobRefused for a job that cannot be done as posted, LotFailed when nothing can run here."""
        if material.exact is not None:
            return self._open_exact(material.exact)
        kind = str(material.spec.get("kind"))
        inputs = {"0x" + key.hex(): data for key, data in material.inputs.items()}
        try:
            session = self._runner.open(kind, material.spec, material.program, inputs)
        except JobError as error:
            raise JobRefused(str(error)) from error
        except SandboxError as error:
            if error.stage in LOCAL_STAGES:
                raise LotFailed(f"the sandbox does not work here: {error}") from error
            raise JobRefused(str(error)) from error
        try:
            check_terms(session, terms, material)
        except JobRefused:
            session.close()
            raise
        return _SandboxWork(session)

    def _open_exact(self, job: ExactJob) -> JobWork:
        """A session of an exact job, whose terms were checked when it was loaded."""
        try:
            return _SandboxWork(self._runner.open_exact(job))
        except SandboxError as error:
            if error.stage in LOCAL_STAGES:
                raise LotFailed(f"the sandbox does not work here: {error}") from error
            raise JobRefused(str(error)) from error

    def close(self) -> None:
        """Ends every session."""
        self._runner.close()


class _SandboxWork:
    def __init__(self, session: RenderSession | ExactSession) -> None:
        self._session = session

    def run_lot(self, lot: int) -> Sequence[bytes]:
        try:
            return self._session.run_lot(lot)
        except SandboxError as error:
            raise LotFailed(str(error)) from error
        except IndexError as error:
            raise JobRefused(str(error)) from error

    def close(self) -> None:
        self._session.close()


def check_terms(session: RenderSession, terms: Terms, material: Material) -> None:
    """Raises JobRefused unless the terms cut the job as the kind does and name the material it needs."""
    plan = session.plan
    stated = {"lots": terms.lots, "items": terms.items, "items_per_lot": terms.items_per_lot}
    for name, value in stated.items():
        if getattr(plan, name) != value:
            raise JobRefused(f"the terms say {name} {value}, the job's kind plans {getattr(plan, name)}")
    if artifact_id(material.program) != terms.program_root:
        raise JobRefused("the program is not the one of the terms")
