"""Duties anyone may do (draws, pokes) are left to one worker at first, so that not all pay gas for the same thing.

Called by the daemon. Politeness only, measured on the local clock: nothing depends on it, and when the first worker is
gone the next takes over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from assay.market.records import JobRecord


def rank_of(job: JobRecord, provider: str) -> int:
    """This provider's turn in a job: award order, rotated by the job id so that the first is not always the same."""
    for index, awardee in enumerate(job.awardees):
        if awardee.provider.lower() == provider.lower():
            return (index + int.from_bytes(job.job_id[-4:], "big")) % len(job.awardees)
    return len(job.awardees)


class Herd:
    """Remembers since when a duty is due here."""

    def __init__(self, patience_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """patience_seconds: how long each rank waits for the one before it."""
        self._patience, self._clock = patience_seconds, clock
        self._since: dict[Hashable, float] = {}
        self._asked: set[Hashable] = set()

    def my_turn(self, duty: Hashable, rank: int) -> bool:
        """Whether those of lower rank have had their time. Call it each cycle while the duty is due."""
        self._asked.add(duty)
        since = self._since.setdefault(duty, self._clock())
        return self._clock() - since >= rank * self._patience

    def sweep(self) -> None:
        """Forgets duties that nobody asked about since the last sweep: they are not due any more."""
        self._since = {duty: since for duty, since in self._since.items() if duty in self._asked}
        self._asked.clear()
