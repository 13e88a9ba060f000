"""A watchtower: runs exact lots again, watches games and clocks, and alerts. It has no key and sends nothing.

An alert is a line of the log, a count of the metric, and with `stop_on_alert` the end of the daemon, for scripts.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from web3 import Web3

from assay.artifacts.base import Store
from assay.market.follower import Follower, Head
from assay.protocol.deployment import Deployment
from assay.protocol.reasons import Reason
from assay.worker.cycle import Cycle
from assay.worker.disputing.book import GameBook
from assay.worker.disputing.clocks import Clocks
from assay.worker.disputing.contracts import GameContracts
from assay.worker.disputing.hunt import Hunt, has_claims
from assay.worker.disputing.loading import store_loader
from assay.worker.disputing.metrics import DisputeMetrics
from assay.worker.disputing.mind import Mind, child_mind
from assay.worker.disputing.modes import Mode
from assay.worker.metrics import Metrics
from assay.worker.settings import WorkerSettings

LITTLE_TIME = 4  # a clock of which less than this part is left is worth an alert
KEEP_BLOCKS = 64


class Watchtower(Cycle):
    """`run` cycles until `stop`, or until the first alert."""

    def __init__(  # noqa: PLR0917 - the parts of a watchtower
        self,
        settings: WorkerSettings,
        w3: Web3,
        deployment: Deployment,
        store: Store,
        metrics: Metrics,
        log: Any,
        *,
        mind: Mind | None = None,
        stop_on_alert: bool = False,
    ) -> None:
        super().__init__(poll_seconds=settings.poll_seconds, drain_seconds=0, metrics=metrics, log=log)
        contracts = GameContracts(w3, deployment)
        self._settings, self._stop_on_alert = settings, stop_on_alert
        self._book = GameBook()
        self._follower = Follower(w3, deployment, keep=has_claims, also=self._book)
        self._mind = mind or child_mind(
            store_loader(store, contracts.path_moves), reexecutions=settings.reexecutions
        )
        self._hunt = Hunt(self._mind, log)
        self._clocks = Clocks(contracts, self._book)
        self._numbers = DisputeMetrics(metrics.registry)
        self._alerted: set[Hashable] = set()
        self._reorgs = 0
        self._begun, self._old = False, 0

    @property
    def alerts(self) -> int:
        """How many were given so far."""
        return len(self._alerted) - self._old

    def step(self, *, draining: bool) -> str:
        """Reads and alerts."""
        head = self._follower.refresh()
        if head is None:
            return "lagging"
        if self._follower.reorgs != self._reorgs:
            self._reorgs = self._follower.reorgs
            self._clocks.clear()
        if not self._begun:
            self._begun = True  # what was ruled before is no news
            self._alerted |= {("convicted", c.claim_id) for c in self._book.claims.values() if c.reason}
            self._old = len(self._alerted)
        before = self._hunt.looked_at
        self._wrong_claims(head)
        self._numbers.reexecuted.inc(self._hunt.looked_at - before)
        self._games(head)
        self._convictions()
        self._numbers.games.set(len(self._book.open_games()))
        self.metrics.head.set(head.number)
        self._forget_old(head)
        self._book.prune(self._follower.jobs, head.number)
        return "ok"

    def drained(self) -> bool:
        """Nothing is ever under way."""
        return True

    def shut_down(self) -> None:
        """Ends the children."""
        self._mind.close()
        self.log.info("stopped", alerts=self.alerts)
        self._write_status("stopped")

    def heartbeat(self, outcome: str) -> None:
        super().heartbeat(outcome)
        self._write_status(outcome)

    def _wrong_claims(self, head: Head) -> None:
        for finding in self._hunt.findings(self._follower.jobs, head):
            claim = finding.claim
            if self._alert(
                ("wrong", claim.claim_id),
                "a claim is wrong",
                claim=claim.claim_id,
                job=claim.job.job_id,
                lot=claim.lot.index,
                place=claim.seat.place,
                provider=claim.seat.provider,
                root=claim.root,
                own=finding.own,
                window_seconds_left=claim.lot.deadline - head.timestamp,
            ):
                self._numbers.wrong.inc()

    def _games(self, head: Head) -> None:
        for game in self._book.open_games():
            names = {"game": game.game_id, "claim": game.claim_id, "challenger": game.challenger}
            self._alert(("game", game.game_id), "a game is open", defender=game.defender, **names)
            clock = self._clocks.clock(game, head.number)
            if clock is not None and clock.left(head.timestamp) * LITTLE_TIME < clock.whole:
                side = "defender" if clock.defender_moves else "challenger"
                key = ("clock", game.game_id, side)
                left = clock.left(head.timestamp)
                self._alert(key, "a clock is running out", side=side, seconds_left=left, **names)

    def _convictions(self) -> None:
        for claim in self._book.claims.values():
            if claim.reason:
                self._alert(
                    ("convicted", claim.claim_id),
                    "a claim was convicted",
                    claim=claim.claim_id,
                    job=claim.job_id,
                    provider=claim.defender,
                    reason=Reason(claim.reason).name,
                )

    def _alert(self, key: Hashable, what: str, **facts: Any) -> bool:
        """Says a thing once; returns whether it was new."""
        if key in self._alerted:
            return False
        self._alerted.add(key)
        self._numbers.alerts.labels(what).inc()
        self.log.error(what, alert=True, **facts)
        if self._stop_on_alert:
            self.stop()
        return True

    def _forget_old(self, head: Head) -> None:
        for job in [job for job in self._follower.jobs.values() if job.ended]:
            if head.number > job.closed_block + KEEP_BLOCKS:
                self._follower.forget_job(job.job_id)
                self._book.forget_job(job.job_id)

    def _write_status(self, outcome: str) -> None:
        head = self._follower.head
        status = {
            "name": self._settings.name,
            "mode": Mode.WATCHTOWER.value,
            "pid": os.getpid(),
            "time": time.time(),
            "outcome": outcome,
            "block": head.number if head else None,
            "games": [game.game_id for game in self._book.open_games()],
            "alerts": self.alerts,
            "jobs": [
                {
                    "job": "0x" + job.job_id.hex(),
                    "state": job.state.name,
                    "lots": job.terms.lots,
                    "closed": job.lots_closed,
                }
                for job in self._follower.jobs.values()
            ],
        }
        _replace(self._settings.heartbeat, json.dumps(status))


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".part")
    try:
        draft.write_text(text)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
