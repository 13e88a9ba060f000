"""Where a worker's questions about lots are thought over: some helpers for re-executions, one that plays.

Never blocks: None means that the answer is still being made. A failure is tried again after a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from assay.disputes.moves import Move
from assay.disputes.positions import Position
from assay.market.records import JobRecord
from assay.worker.disputing.bench import Piece
from assay.worker.disputing.helper import Helper, Loader, Question, Thought

RETRY_SECONDS = 5.0


def piece_of(job: JobRecord, lot: int) -> Piece:
    """A lot of a job."""
    first = lot * job.terms.items_per_lot
    return Piece(job.job_id, min(job.terms.items_per_lot, job.terms.items - first), first)


class Thinker(Protocol):
    """What answers questions one after the other (helper.py)."""

    def ask(self, question: Question) -> Thought | None: ...
    def peek(self, question: Question) -> Thought | None: ...
    def is_asked(self, question: Question) -> bool: ...
    def knows(self, job_id: bytes) -> bool: ...
    def load(self) -> int: ...
    def forget(self, question: Question) -> None: ...
    def close(self) -> None: ...


class Mind:
    """Looks for wrong claims by `seekers`, so many lots at once; plays games by `player`."""

    def __init__(
        self, player: Thinker, seekers: Sequence[Thinker], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._player, self._seekers, self._clock = player, list(seekers), clock
        self._failed_at: dict[Question, float] = {}

    def root(self, job: JobRecord, lot: int) -> Thought | None:
        """One's own root of a lot. Asked of a helper that has nothing to do; else later."""
        question = Question("root", piece_of(job, lot), job.terms)
        for helper in self._seekers:
            if (thought := helper.peek(question)) is not None:
                return self._kept(helper, question, thought)
            if helper.is_asked(question):
                return None
        free = next((helper for helper in self._seekers if helper.load() == 0), None)
        return self._kept(free, question, free.ask(question)) if free is not None else None

    def answer(self, job: JobRecord, lot: int, positions: Sequence[Position]) -> Thought | None:
        """The defender's answer to the last position."""
        return self._play(Question("answer", piece_of(job, lot), job.terms, (tuple(positions),)))

    def name(self, job: JobRecord, lot: int, history: Sequence[tuple[Position, Move]]) -> Thought | None:
        """The challenger's naming after the last answer."""
        return self._play(Question("name", piece_of(job, lot), job.terms, (tuple(history),)))

    def close(self) -> None:
        """Ends all children."""
        for helper in (self._player, *self._seekers):
            helper.close()

    def _play(self, question: Question) -> Thought | None:
        helpers = (self._player, *self._seekers)
        asked = (h for h in helpers if h.is_asked(question) or h.peek(question) is not None)
        # who has found the difference has the lot in memory
        knowing = (h for h in helpers if h.knows(question.piece.job_id))
        helper = next(asked, None) or next(knowing, self._player)
        return self._kept(helper, question, helper.ask(question))

    def _kept(self, helper: Thinker, question: Question, thought: Thought | None) -> Thought | None:
        if thought is None or not thought.failure:
            return thought
        since = self._failed_at.setdefault(question, self._clock())
        if self._clock() - since >= RETRY_SECONDS:
            del self._failed_at[question]
            helper.forget(question)
        return thought


def child_mind(load: Loader, *, reexecutions: int = 1, faulty_chain: int | None = None) -> Mind:
    """A mind of child processes. reexecutions: lots that are run again at once when looking for wrong claims."""
    helpers = [Helper(load, faulty_chain=faulty_chain) for _ in range(1 + max(1, reexecutions))]
    return Mind(helpers[0], helpers[1:])
