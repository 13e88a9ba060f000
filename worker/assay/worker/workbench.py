"""The worker's one pair of hands: a thread that fetches jobs and runs their lots, the most urgent first.

The daemon tells each cycle what it wants (`want`) and reads how far each lot is (`state`). Results are on disk before a
lot counts as done. Nothing here talks to the chain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Terms
from assay.worker.material import MissingArtifact
from assay.worker.metrics import Metrics
from assay.worker.results import DiskFull, LotResult, ResultStore
from assay.worker.running import JobRefused, JobWork, LotFailed, Material, Runner
from assay.worker.transitions import Work

MAX_LOT_TRIES = 2
MAX_OPEN_JOBS = 2
RETRY_SECONDS = 2.0
Fetch = Callable[[Terms], Material]
Lot = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class Wish:
    """One lot the daemon wants run, with the chain time its seal is due."""

    job_id: bytes
    terms: Terms
    lot: int
    deadline: int


@dataclass(slots=True)
class _JobState:
    terms: Terms
    refused: str = ""
    missing: MissingArtifact | None = None
    trouble: str = ""
    retry_at: float = 0.0
    work: JobWork | None = None


@dataclass(slots=True)
class _Desk:
    """Everything the two threads share, behind one lock."""

    wishes: list[Wish] = field(default_factory=list)
    jobs: dict[bytes, _JobState] = field(default_factory=dict)
    results: dict[Lot, LotResult | None] = field(default_factory=dict)
    failures: dict[Lot, tuple[int, str]] = field(default_factory=dict)
    disk_full: str = ""
    running: Lot | None = None


class Workbench:
    """Runs lots in its own thread between `start` and `stop`."""

    def __init__(
        self, runner: Runner, fetch: Fetch, results: ResultStore, metrics: Metrics, log: Any
    ) -> None:
        self._runner, self._fetch, self._results = runner, fetch, results
        self._metrics, self._log = metrics, log
        self._desk, self._lock = _Desk(), threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._loop, name="workbench", daemon=True)

    def start(self) -> None:
        """Begins to work on what is wanted."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ends sessions and the thread; a lot in the middle is abandoned (it is run again after a restart)."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            works = [job.work for job in self._desk.jobs.values() if job.work is not None]
        for work in works:
            work.close()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def want(self, wishes: Sequence[Wish]) -> None:
        """Replaces the wishes: what is no longer wanted is not started."""
        with self._lock:
            self._desk.wishes = sorted(wishes, key=lambda wish: (wish.deadline, wish.job_id, wish.lot))
        self._wake.set()

    def state(self, job_id: bytes, lot: int) -> Work:
        """How far this lot is."""
        if self.result(job_id, lot) is not None:
            return Work.DONE
        with self._lock:
            job = self._desk.jobs.get(job_id)
            if (job is not None and job.refused) or self._tries(job_id, lot) >= MAX_LOT_TRIES:
                return Work.REFUSED
            if self._desk.disk_full:
                return Work.STOPPED
            return Work.MISSING if job is not None and job.missing is not None else Work.PENDING

    def why(self, job_id: bytes, lot: int) -> str:
        """The reason of REFUSED, MISSING, STOPPED, or of what holds a lot up; empty when all is well."""
        with self._lock:
            job = self._desk.jobs.get(job_id)
            failure = self._desk.failures.get((job_id, lot), (0, ""))[1]
            held = (job.refused or (str(job.missing) if job.missing else "") or job.trouble) if job else ""
            return held or failure or self._desk.disk_full

    def missing(self, job_id: bytes) -> MissingArtifact | None:
        """The input or program that no store holds."""
        with self._lock:
            job = self._desk.jobs.get(job_id)
            return job.missing if job is not None else None

    def troubled(self, job_id: bytes) -> bool:
        """Whether the job's material cannot be had now, though it may be later (a store is down)."""
        with self._lock:
            job = self._desk.jobs.get(job_id)
            return job is not None and bool(job.trouble)

    def running(self) -> Lot | None:
        """The lot being run now."""
        with self._lock:
            return self._desk.running

    def result(self, job_id: bytes, lot: int) -> LotResult | None:
        """The lot's result on disk (hashed again when first asked for)."""
        with self._lock:
            if (held := self._desk.results.get((job_id, lot))) is not None:
                return held
        found = self._results.load(job_id, lot) if self._results.has(job_id, lot) else None
        if found is not None:
            with self._lock:
                self._desk.results[job_id, lot] = found
        return found

    def forget(self, job_id: bytes) -> None:
        """Closes a job's session and drops what is remembered of it."""
        with self._lock:
            job = self._desk.jobs.pop(job_id, None)
            for table in (self._desk.results, self._desk.failures):
                for key in [key for key in table if key[0] == job_id]:
                    del table[key]  # type: ignore[attr-defined]
        if job is not None and job.work is not None:
            job.work.close()

    def _tries(self, job_id: bytes, lot: int) -> int:
        return self._desk.failures.get((job_id, lot), (0, ""))[0]

    def _loop(self) -> None:
        while not self._stopping.is_set():
            wish = self._next()
            if wish is None:
                self._wake.wait(0.2)
                self._wake.clear()
                continue
            try:
                self._work_on(wish)
            except Exception as error:
                self._log.error("workbench failed", job=wish.job_id, lot=wish.lot, exc_info=error)
                self._note_failure(wish, f"{type(error).__name__}: {error}")

    def _next(self) -> Wish | None:
        """The most urgent wish that can be worked on now."""
        now = time.monotonic()
        with self._lock:
            for wish in self._desk.wishes:
                job = self._desk.jobs.get(wish.job_id)
                held_up = job is not None and (job.refused or now < job.retry_at)
                done = self._desk.results.get((wish.job_id, wish.lot)) is not None
                if not held_up and not done and self._tries(wish.job_id, wish.lot) < MAX_LOT_TRIES:
                    return wish
        return None

    def _work_on(self, wish: Wish) -> None:
        if self.result(wish.job_id, wish.lot) is not None:
            return
        try:
            self._results.check_room()
            work = self._opened(wish)
            if work is None:
                return
            self._run(wish, work)
            self._set_disk("")
        except DiskFull as error:
            self._set_disk(str(error))
            self._hold(wish.job_id, RETRY_SECONDS)

    def _opened(self, wish: Wish) -> JobWork | None:
        """The job's session; None when it cannot be opened now (the desk says why)."""
        with self._lock:
            job = self._desk.jobs.setdefault(wish.job_id, _JobState(wish.terms))
        if job.work is not None:
            return job.work
        try:
            material = self._fetch(wish.terms)
            job.missing, job.trouble = None, ""
            self._make_room_for(wish.job_id)
            job.work = self._runner.open(wish.job_id, wish.terms, material)
            self._log.info("job opened", job=wish.job_id)
            return job.work
        except JobRefused as error:
            job.refused = str(error)
            self._metrics.lots.labels("refused").inc()
            self._log.warning("job refused", job=wish.job_id, reason=str(error))
        except MissingArtifact as error:
            if job.missing is None:
                self._log.warning("artifact missing", job=wish.job_id, reason=str(error))
            job.missing = error
            self._hold(wish.job_id, RETRY_SECONDS)
        except LotFailed as error:
            self._note_failure(wish, str(error))
        except (AssayError, OSError) as error:
            if not job.trouble:
                self._log.warning("store trouble, will retry", job=wish.job_id, reason=str(error))
            job.trouble = str(error)
            self._hold(wish.job_id, RETRY_SECONDS)
        return None

    def _make_room_for(self, job_id: bytes) -> None:
        """Sessions hold a child process each: only the most urgent jobs keep theirs."""
        with self._lock:
            order = {wish.job_id: position for position, wish in reversed(list(enumerate(self._desk.wishes)))}
            held = [
                (order.get(key, 1 << 30), key)
                for key, job in self._desk.jobs.items()
                if job.work and key != job_id
            ]
            surplus = [self._desk.jobs[key] for _, key in sorted(held)[MAX_OPEN_JOBS - 1 :]]
        for job in surplus:
            if job.work is not None:
                job.work.close()
                job.work = None

    def _run(self, wish: Wish, work: JobWork) -> None:
        with self._lock:
            self._desk.running = (wish.job_id, wish.lot)
        started = time.monotonic()
        try:
            items = work.run_lot(wish.lot)
            result = self._results.save(wish.job_id, wish.lot, items)
        except JobRefused as error:
            self._desk.jobs[wish.job_id].refused = str(error)
            self._log.warning("job refused", job=wish.job_id, reason=str(error))
        except LotFailed as error:
            self._note_failure(wish, str(error))
            self._close(wish.job_id)
        else:
            seconds = time.monotonic() - started
            with self._lock:
                self._desk.results[wish.job_id, wish.lot] = result
            self._metrics.lots.labels("done").inc()
            self._metrics.lot_seconds.observe(seconds)
            self._log.info(
                "lot done", job=wish.job_id, lot=wish.lot, root=result.root, seconds=round(seconds, 3)
            )
        finally:
            with self._lock:
                self._desk.running = None

    def _close(self, job_id: bytes) -> None:
        """Ends a job's session after a failure; the next lot opens a fresh one."""
        with self._lock:
            job = self._desk.jobs.get(job_id)
        if job is not None and job.work is not None:
            job.work.close()
            job.work = None

    def _note_failure(self, wish: Wish, reason: str) -> None:
        if self._stopping.is_set():
            return
        with self._lock:
            count = self._tries(wish.job_id, wish.lot) + 1
            self._desk.failures[wish.job_id, wish.lot] = (count, reason)
        self._metrics.lots.labels("failed").inc()
        self._log.warning("lot failed", job=wish.job_id, lot=wish.lot, tries=count, reason=reason)

    def _hold(self, job_id: bytes, seconds: float) -> None:
        with self._lock:
            if (job := self._desk.jobs.get(job_id)) is not None:
                job.retry_at = time.monotonic() + seconds
        self._stopping.wait(0.05)

    def _set_disk(self, text: str) -> None:
        with self._lock:
            changed, self._desk.disk_full = text != self._desk.disk_full, text
        if changed and text:
            self._log.error("worker out of disk: it steps down from lots it has not run", reason=text)
