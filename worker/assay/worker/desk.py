"""What the daemon and the workbench's thread share: wishes, how far each lot is, and why. One lock guards it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.protocol.generated.structs import Terms
from assay.worker.material import MissingArtifact
from assay.worker.results import LotResult, ResultStore
from assay.worker.running import JobWork
from assay.worker.transitions import Work

MAX_LOT_TRIES = 2
Lot = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class Wish:
    """One lot the daemon wants run, with the chain time its seal is due."""

    job_id: bytes
    terms: Terms
    lot: int
    deadline: int


@dataclass(slots=True)
class JobOnDesk:
    terms: Terms
    refused: str = ""
    missing: MissingArtifact | None = None
    trouble: str = ""
    retry_at: float = 0.0
    work: JobWork | None = None


@dataclass(slots=True)
class _Contents:
    """Everything the two threads share, behind one lock."""

    wishes: list[Wish] = field(default_factory=list)
    jobs: dict[bytes, JobOnDesk] = field(default_factory=dict)
    results: dict[Lot, LotResult | None] = field(default_factory=dict)
    failures: dict[Lot, tuple[int, str]] = field(default_factory=dict)
    disk_full: str = ""
    running: Lot | None = None


class Desk:
    """Both threads' view of the work; every method may be called from either."""

    def __init__(self, results: ResultStore) -> None:
        self._results = results
        self._contents, self._lock = _Contents(), threading.Lock()
        self.wake = threading.Event()

    def want(self, wishes: Sequence[Wish]) -> None:
        """Replaces the wishes: what is no longer wanted is not started."""
        with self._lock:
            self._contents.wishes = sorted(wishes, key=lambda wish: (wish.deadline, wish.job_id, wish.lot))
        self.wake.set()

    def state(self, job_id: bytes, lot: int) -> Work:
        """How far this lot is."""
        if self.result(job_id, lot) is not None:
            return Work.DONE
        with self._lock:
            job = self._contents.jobs.get(job_id)
            if (job is not None and job.refused) or self._tries(job_id, lot) >= MAX_LOT_TRIES:
                return Work.REFUSED
            if self._contents.disk_full:
                return Work.STOPPED
            return Work.MISSING if job is not None and job.missing is not None else Work.PENDING

    def why(self, job_id: bytes, lot: int) -> str:
        """The reason of REFUSED, MISSING, STOPPED, or of what holds a lot up; empty when all is well."""
        with self._lock:
            job = self._contents.jobs.get(job_id)
            failure = self._contents.failures.get((job_id, lot), (0, ""))[1]
            held = (job.refused or (str(job.missing) if job.missing else "") or job.trouble) if job else ""
            return held or failure or self._contents.disk_full

    def missing(self, job_id: bytes) -> MissingArtifact | None:
        """The input or program that no store holds."""
        with self._lock:
            job = self._contents.jobs.get(job_id)
            return job.missing if job is not None else None

    def troubled(self, job_id: bytes) -> bool:
        """Whether the job's material cannot be had now, though it may be later (a store is down)."""
        with self._lock:
            job = self._contents.jobs.get(job_id)
            return job is not None and bool(job.trouble)

    def running(self) -> Lot | None:
        """The lot being run now."""
        with self._lock:
            return self._contents.running

    def result(self, job_id: bytes, lot: int) -> LotResult | None:
        """The lot's result on disk (hashed again when first asked for)."""
        with self._lock:
            if (held := self._contents.results.get((job_id, lot))) is not None:
                return held
        found = self._results.load(job_id, lot) if self._results.has(job_id, lot) else None
        if found is not None:
            with self._lock:
                self._contents.results[job_id, lot] = found
        return found

    def forget(self, job_id: bytes) -> None:
        """Closes a job's session and drops what is remembered of it."""
        with self._lock:
            job = self._contents.jobs.pop(job_id, None)
            for table in (self._contents.results, self._contents.failures):
                for key in [key for key in table if key[0] == job_id]:
                    del table[key]
        if job is not None and job.work is not None:
            job.work.close()

    def _tries(self, job_id: bytes, lot: int) -> int:
        return self._contents.failures.get((job_id, lot), (0, ""))[0]
