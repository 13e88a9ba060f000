"""The worker's one pair of hands: a thread that fetches jobs and runs their lots, the most urgent first.

The daemon tells each cycle what it wants (`want`) and reads how far each lot is (`state`). Results are on disk before a
lot counts as done. Nothing here talks to the chain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Terms
from assay.worker.desk import MAX_LOT_TRIES, Desk, JobOnDesk, Wish
from assay.worker.forms import form_of
from assay.worker.material import MissingArtifact
from assay.worker.metrics import Metrics
from assay.worker.results import DiskFull, ResultStore
from assay.worker.running import JobRefused, JobWork, LotFailed, Material, Runner

MAX_OPEN_JOBS = 2
RETRY_SECONDS = 2.0
Fetch = Callable[[Terms], Material]


class Workbench(Desk):
    """Runs lots in its own thread between `start` and `stop`."""

    def __init__(
        self, runner: Runner, fetch: Fetch, results: ResultStore, metrics: Metrics, log: Any
    ) -> None:
        super().__init__(results)
        self._runner, self._fetch = runner, fetch
        self._metrics, self._log = metrics, log
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="workbench", daemon=True)

    def start(self) -> None:
        """Begins to work on what is wanted."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ends sessions and the thread; a lot in the middle is abandoned (it is run again after a restart)."""
        self._stopping.set()
        self.wake.set()
        with self._lock:
            works = [job.work for job in self._contents.jobs.values() if job.work is not None]
        for work in works:
            work.close()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            wish = self._next()
            if wish is None:
                self._look_at_disk()
                self.wake.wait(0.2)
                self.wake.clear()
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
            for wish in self._contents.wishes:
                job = self._contents.jobs.get(wish.job_id)
                held_up = job is not None and (job.refused or now < job.retry_at)
                done = self._contents.results.get((wish.job_id, wish.lot)) is not None
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
            job = self._contents.jobs.setdefault(wish.job_id, JobOnDesk(wish.terms))
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
            order = {
                wish.job_id: position for position, wish in reversed(list(enumerate(self._contents.wishes)))
            }
            held = [
                (order.get(key, 1 << 30), key)
                for key, job in self._contents.jobs.items()
                if job.work and key != job_id
            ]
            surplus = [self._contents.jobs[key] for _, key in sorted(held)[MAX_OPEN_JOBS - 1 :]]
        for job in surplus:
            if job.work is not None:
                job.work.close()
                job.work = None

    def _run(self, wish: Wish, work: JobWork) -> None:
        with self._lock:
            self._contents.running = (wish.job_id, wish.lot)
        started = time.monotonic()
        try:
            items = work.run_lot(wish.lot)
            result = self._results.save(wish.job_id, wish.lot, items, form_of(wish.terms))
        except JobRefused as error:
            self._contents.jobs[wish.job_id].refused = str(error)
            self._log.warning("job refused", job=wish.job_id, reason=str(error))
        except LotFailed as error:
            self._note_failure(wish, str(error))
            self._close(wish.job_id)
        else:
            seconds = time.monotonic() - started
            with self._lock:
                self._contents.results[wish.job_id, wish.lot] = result
            self._metrics.lots.labels("done").inc()
            self._metrics.lot_seconds.observe(seconds)
            self._log.info(
                "lot done", job=wish.job_id, lot=wish.lot, root=result.root, seconds=round(seconds, 3)
            )
        finally:
            with self._lock:
                self._contents.running = None

    def _close(self, job_id: bytes) -> None:
        """Ends a job's session after a failure; the next lot opens a fresh one."""
        with self._lock:
            job = self._contents.jobs.get(job_id)
        if job is not None and job.work is not None:
            job.work.close()
            job.work = None

    def _note_failure(self, wish: Wish, reason: str) -> None:
        if self._stopping.is_set():
            return
        with self._lock:
            count = self._tries(wish.job_id, wish.lot) + 1
            self._contents.failures[wish.job_id, wish.lot] = (count, reason)
        self._metrics.lots.labels("failed").inc()
        self._log.warning("lot failed", job=wish.job_id, lot=wish.lot, tries=count, reason=reason)

    def _hold(self, job_id: bytes, seconds: float) -> None:
        with self._lock:
            if (job := self._contents.jobs.get(job_id)) is not None:
                job.retry_at = time.monotonic() + seconds
        self._stopping.wait(0.05)

    def _look_at_disk(self) -> None:
        """Takes the complaint back once there is room again."""
        if self._contents.disk_full:
            try:
                self._results.check_room()
            except DiskFull:
                return
            self._set_disk("")

    def _set_disk(self, text: str) -> None:
        with self._lock:
            changed, self._contents.disk_full = text != self._contents.disk_full, text
        if changed and text:
            self._log.error("worker out of disk: it steps down from lots it has not run", reason=text)
