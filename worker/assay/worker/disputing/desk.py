"""Disputes in a daemon's cycle: plays one's own games, hunts wrong claims as the mode says, sends what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assay.market.follower import Follower, Head
from assay.market.records import JobRecord
from assay.worker.dispatch import Dispatcher
from assay.worker.disputing.book import GameBook
from assay.worker.disputing.cases import Cases
from assay.worker.disputing.hunt import Challenges, Finding, Hunt
from assay.worker.disputing.keeper import Keeper
from assay.worker.disputing.metrics import DisputeMetrics
from assay.worker.disputing.mind import Mind
from assay.worker.disputing.moves import DisputeMove


class DisputeDesk:
    """One account's disputes. `step` once a cycle, after the follower was brought to the head."""

    def __init__(  # noqa: PLR0917 - the parts of a player
        self,
        account: str,
        follower: Follower,
        book: GameBook,
        keeper: Keeper,
        hunt: Hunt,
        challenges: Challenges,
        mind: Mind,
        dispatcher: Dispatcher,
        metrics: DisputeMetrics,
        log: Any,
        cases: Cases | None = None,
    ) -> None:
        self._me, self._follower, self.book, self._keeper = account, follower, book, keeper
        self._hunt, self._challenges, self._mind = hunt, challenges, mind
        self._dispatcher, self._metrics, self._log = dispatcher, metrics, log
        self._cases = cases
        self._reorgs = 0
        self._told: set[bytes] = set()
        self._counted: set[int] = set()

    def step(self, jobs: Mapping[bytes, JobRecord], head: Head, *, draining: bool = False) -> None:
        """Decides and sends. draining: no new game is opened."""
        if self._follower.reorgs != self._reorgs:
            # what was taken back is sent again by the sender: let it notice before the same is decided anew
            self._reorgs = self._follower.reorgs
            self._keeper.forget()
            self._dispatcher.tick(force=True)
        moves: list[DisputeMove] = self._keeper.moves(jobs, head)
        before = self._hunt.looked_at
        findings = [] if draining else self._hunt.findings(jobs, head)
        self._metrics.reexecuted.inc(self._hunt.looked_at - before)
        self._tell(findings)
        moves += self._challenges.moves(findings)
        self._dispatcher.send(moves, jobs, head)
        self._count()
        self.book.prune(jobs, head.number)

    def open_games(self) -> list[int]:
        """Own games that have not ended."""
        return [game.game_id for game in self.book.open_games() if game.is_player(self._me)]

    def is_done_with(self, job_id: bytes) -> bool:
        """Whether nothing about a job is left to play, call or enforce."""
        return not self.book.is_busy(job_id, self._me)

    def forget_job(self, job: JobRecord, others: Iterable[JobRecord]) -> None:
        """A job that is over; others: those that are not."""
        self.book.forget_job(job.job_id)
        if self._cases is not None:
            self._cases.forget(job.terms, [other.terms for other in others if other is not job])

    def close(self) -> None:
        """Ends the thinking children; says which games a worker must come back for."""
        self._mind.close()
        if games := self.open_games():
            self._log.warning("stopped with open games: they are lost by the clock", games=games)

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            claim = finding.claim
            if claim.claim_id in self._told:
                continue
            self._told.add(claim.claim_id)
            self._metrics.wrong.inc()
            self._log.warning(
                "a claim differs from the own run",
                job=claim.job.job_id,
                lot=claim.lot.index,
                place=claim.seat.place,
                provider=claim.seat.provider,
                root=claim.root,
                own=finding.own,
            )

    def _count(self) -> None:
        self._metrics.games.set(len(self.open_games()))
        for game in self.book.games.values():
            if game.verdict is None or not game.is_player(self._me) or game.game_id in self._counted:
                continue
            self._counted.add(game.game_id)
            side = "defender" if game.defender.lower() == self._me.lower() else "challenger"
            self._metrics.ended.labels(side, game.verdict.name.lower()).inc()
            self._log.info(
                "game ended",
                game=game.game_id,
                claim=game.claim_id,
                side=side,
                verdict=game.verdict.name,
                paid=game.paid,
                paid_usd6=game.paid_usd6,
            )
