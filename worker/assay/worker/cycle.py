"""The cycle of a daemon: step, heartbeat, outcome metric, and never an exception that ends it. Subclasses write `step`.

Stopped by `stop` (a signal handler calls it); the loop then drains until `drained` or the limit, and `shut_down` runs.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import Any

from assay.protocol.rpc import NodeUnreachable
from assay.worker.metrics import Metrics

MAX_PAUSE_SECONDS = 5.0


class Cycle(ABC):
    """One thread of control; `run` returns when the daemon has stopped."""

    def __init__(self, *, poll_seconds: float, drain_seconds: float, metrics: Metrics, log: Any) -> None:
        self.metrics, self.log = metrics, log
        self._poll, self._drain = poll_seconds, drain_seconds
        self._stop = threading.Event()
        self._failures = 0
        self._complaint = ""

    @abstractmethod
    def step(self, *, draining: bool) -> str:
        """One cycle; returns its outcome for the metric (ok, idle, lagging). May raise."""

    @abstractmethod
    def drained(self) -> bool:
        """Whether nothing is left to finish."""

    @abstractmethod
    def shut_down(self) -> None:
        """Ends threads and children; called once at the end, also after an error in `run`."""

    def heartbeat(self, outcome: str) -> None:
        """Called after each cycle; subclasses add what `status` shows."""
        self.metrics.heartbeat.set(time.time())
        self.metrics.cycles.labels(outcome).inc()

    def stop(self) -> None:
        """Asks for a drained end; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Cycles until stopped, then drains."""
        try:
            while not self._stop.is_set():
                self._stop.wait(self._once(draining=False))
            self._drain_down()
        finally:
            self.shut_down()

    def _drain_down(self) -> None:
        deadline = time.monotonic() + self._drain
        self.log.info("draining", seconds=self._drain)
        while time.monotonic() < deadline:
            pause = self._once(draining=True)
            if self._failures == 0 and self.drained():
                break
            time.sleep(min(pause, 0.5))

    def _once(self, *, draining: bool) -> float:
        """One guarded cycle; returns the seconds to wait before the next."""
        try:
            outcome = self.step(draining=draining)
        except NodeUnreachable as error:
            self._failed("chain node unreachable, retrying", error, with_trace=False)
            return self._pause()
        except Exception as error:
            self._failed("cycle failed, retrying", error, with_trace=True)
            return self._pause()
        if self._complaint:
            self.log.info("recovered", after=self._complaint)
        self._failures, self._complaint = 0, ""
        self.heartbeat(outcome)
        return self._poll

    def _failed(self, what: str, error: Exception, *, with_trace: bool) -> None:
        self._failures += 1
        self.heartbeat("failed")
        complaint = f"{what}: {error}"
        if complaint != self._complaint:  # the same trouble is said once
            self._complaint = complaint
            self.log.warning(what, reason=str(error), exc_info=error if with_trace else None)

    def _pause(self) -> float:
        return float(min(self._poll * 2 ** min(self._failures, 6), MAX_PAUSE_SECONDS))
