"""Puts finished lots where the buyer can fetch them, just before their root is shown: earlier, others could copy.

A thread between the results on disk and the store; the daemon names the lots whose time has come (`want`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any, Protocol

from assay.protocol.errors import AssayError
from assay.worker.results import LotResult, ResultStore

RETRY_SECONDS = 2.0
Lot = tuple[bytes, int]


class Sink(Protocol):
    """The store or stores that take results."""

    def publish(self, result: LotResult, items: list[bytes]) -> None:
        """Puts the items that are not there yet, then the list object. Raises AssayError or OSError."""
        ...


class Uploader:
    """Uploads in its own thread between `start` and `stop`."""

    def __init__(self, results: ResultStore, sink: Sink, log: Any, *, patience_seconds: float) -> None:
        """patience_seconds: after so long without a store the root is shown regardless: the pages can still be asked
        for on chain, while a root that is not shown in time costs the bond.
        """
        self._results, self._sink, self._log, self._patience = results, sink, log, patience_seconds
        self._lock, self._wake, self._stopping = threading.Lock(), threading.Event(), threading.Event()
        self._wanted: dict[Lot, float] = {}  # since when
        self._retry_at: dict[Lot, float] = {}
        self._done: set[Lot] = set()
        self._thread = threading.Thread(target=self._loop, name="uploads", daemon=True)

    def start(self) -> None:
        """Begins to upload what is wanted."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ends the thread after the upload in hand."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def want(self, lots: Iterable[Lot]) -> None:
        """Replaces the wanted lots; those already uploaded stay so."""
        now = time.monotonic()
        with self._lock:
            self._wanted = {lot: self._wanted.get(lot, now) for lot in lots if lot not in self._done}
        self._wake.set()

    def ready(self, job_id: bytes, lot: int) -> bool:
        """Whether the root may be shown: the items are in the store, or no store took them for too long."""
        key = (job_id, lot)
        with self._lock:
            if key in self._done:
                return True
            since = self._wanted.get(key)
            failing = key in self._retry_at
        return failing and since is not None and time.monotonic() - since > self._patience

    def forget(self, job_id: bytes) -> None:
        """Drops what is remembered of a job."""
        with self._lock:
            self._done = {lot for lot in self._done if lot[0] != job_id}
            self._retry_at = {lot: at for lot, at in self._retry_at.items() if lot[0] != job_id}

    def _loop(self) -> None:
        while not self._stopping.is_set():
            key = self._next()
            if key is None:
                self._wake.wait(0.2)
                self._wake.clear()
                continue
            try:
                self._upload(key)
            except Exception as error:  # a thread that died would keep every root from being shown
                self._log.error("upload failed", job=key[0], lot=key[1], exc_info=error)
                with self._lock:
                    self._retry_at[key] = time.monotonic() + RETRY_SECONDS

    def _next(self) -> Lot | None:
        now = time.monotonic()
        with self._lock:
            for key in sorted(self._wanted, key=lambda lot: self._wanted[lot]):
                if now >= self._retry_at.get(key, 0.0):
                    return key
        return None

    def _upload(self, key: Lot) -> None:
        job_id, lot = key
        try:
            result = self._results.load(job_id, lot)
            if result is None:
                raise AssayError(f"the result of lot {lot} is not on disk")
            self._sink.publish(result, self._results.items(job_id, lot))
        except (AssayError, OSError) as error:
            with self._lock:
                first = key not in self._retry_at
                self._retry_at[key] = time.monotonic() + RETRY_SECONDS
            if first:
                self._log.warning("upload failed, will retry", job=job_id, lot=lot, reason=str(error))
            return
        with self._lock:
            self._done.add(key)
            self._wanted.pop(key, None)
            self._retry_at.pop(key, None)
        self._log.info("lot uploaded", job=job_id, lot=lot, root=result.root)
