"""The provider's daemon: one cycle reads the market at one block, decides for every job, and sends what is due.

Called by `assay worker run` and, in process, by tests. Everything it needs to remember is on chain, in the results on
disk and in the sender's outbox; a kill at any point loses nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from typing import Any

from assay.market.follower import Follower, Head
from assay.market.records import JobRecord
from assay.protocol.sender import TxSender
from assay.protocol.states import JobState
from assay.worker.bidding import Bidder
from assay.worker.cycle import Cycle
from assay.worker.desk import Wish
from assay.worker.dispatch import Dispatcher
from assay.worker.disputing.desk import DisputeDesk
from assay.worker.duties import audit_moves, close_request_moves, draw_moves, poke_moves
from assay.worker.herd import Herd
from assay.worker.money import Till
from assay.worker.moves import Move
from assay.worker.pages import Pages
from assay.worker.results import ResultStore
from assay.worker.seats import SeatPlan, SeatPlanner
from assay.worker.settings import WorkerSettings
from assay.worker.uploads import Uploader
from assay.worker.workbench import Workbench

KEEP_BLOCKS = 64  # a closed job is remembered for so long, in case its end is undone


@dataclass
class Parts:
    """What a daemon is made of (assembly.build makes the real ones)."""

    settings: WorkerSettings
    provider: str
    follower: Follower
    dispatcher: Dispatcher
    bench: Workbench
    uploads: Uploader
    planner: SeatPlanner
    pages: Pages
    bidder: Bidder
    till: Till
    results: ResultStore
    herd: Herd
    sender: TxSender
    genesis: bytes
    desk: DisputeDesk


class ProviderDaemon(Cycle):
    """`run` cycles until `stop`."""

    def __init__(self, parts: Parts, metrics: Any, log: Any) -> None:
        settings = parts.settings
        super().__init__(
            poll_seconds=settings.poll_seconds, drain_seconds=settings.drain_seconds, metrics=metrics, log=log
        )
        self.parts = parts
        self._held = 0  # own seats between seal and settlement
        self._given_up: set[tuple[bytes, int, int]] = set()
        self._ended: set[bytes] = set()
        self._last_head = ""

    def start(self) -> None:
        """Starts the working threads; `run` follows."""
        self.parts.bench.start()
        self.parts.uploads.start()

    def step(self, *, draining: bool) -> str:
        """Read, decide, send."""
        parts = self.parts
        parts.dispatcher.tick()
        head = parts.follower.refresh()
        if head is None:
            return "lagging"
        moves, wishes, uploads, held = self._decide(head, draining)
        moves += parts.bidder.moves(parts.follower.jobs.values(), head, draining=draining)
        self._held = held
        parts.bench.want(wishes)
        parts.uploads.want(uploads)
        ended = self._note_ended()
        moves += parts.till.moves(list(parts.follower.jobs.values()), head.number, force=ended)
        parts.dispatcher.send(moves, parts.follower.jobs, head)
        parts.desk.step(parts.follower.jobs, head, draining=draining)
        parts.herd.sweep()
        parts.bidder.sweep(parts.follower.jobs)
        self._forget_old(head)
        self._save_floor()
        self.metrics.head.set(head.number)
        self.metrics.jobs.set(sum(not job.ended for job in parts.follower.jobs.values()))
        return "ok" if moves or wishes else "idle"

    def drained(self) -> bool:
        """No own seat is sealed and unfinished, and nothing waits to be mined."""
        return self._held == 0 and not self.parts.dispatcher.busy()

    def shut_down(self) -> None:
        """Ends the threads, says what will default, leaves a last status."""
        self.parts.bench.stop()
        self.parts.uploads.stop()
        self.parts.desk.close()
        self.parts.sender.close()
        for job in self.parts.follower.jobs.values():
            if job.ended or job.state != JobState.RUNNING:
                continue
            lots = sorted({lot.index for lot in job.lots for seat in lot.called if self._is_open(lot, seat)})
            if lots:
                self.log.warning(
                    "stopped with open seats: they default unless a worker returns", job=job.job_id, lots=lots
                )
        self.log.info("stopped")
        self._write_status("stopped")

    def heartbeat(self, outcome: str) -> None:
        super().heartbeat(outcome)
        self._write_status(outcome)

    def _decide(
        self, head: Head, draining: bool
    ) -> tuple[list[Move], list[Wish], list[tuple[bytes, int]], int]:
        parts = self.parts
        moves: list[Move] = []
        wishes: list[Wish] = []
        uploads: list[tuple[bytes, int]] = []
        held = 0
        for job in list(parts.follower.jobs.values()):
            if job.ended:
                continue
            moves += draw_moves(job, head, parts.provider, parts.herd)
            plan = parts.planner.plan(job, head, draining=draining)
            moves += plan.moves
            moves += poke_moves(job, plan.due, parts.provider, parts.herd)
            moves += audit_moves(job, head, parts.provider, parts.herd)
            moves += close_request_moves(job, head, parts.provider, parts.herd)
            if job.pages:
                parts.pages.shelve(job)
            moves += parts.pages.requests(job, plan.missing, parts.bench.missing(job.job_id))
            moves += parts.pages.answers(job, head)
            wishes += [] if draining and not plan.held else plan.wishes
            uploads += [(job.job_id, lot) for lot in plan.uploads]
            held += plan.held
            self._say_given_up(job, plan)
        return moves, wishes, uploads, held

    def _is_open(self, lot: Any, seat: Any) -> bool:
        mine = seat.provider.lower() == self.parts.provider.lower()
        return mine and seat.status.name in ("DRAWN", "SEALED") and lot.phase.name in ("SEALING", "TAGGING")

    def _say_given_up(self, job: JobRecord, plan: SeatPlan) -> None:
        for lot, place, reason in plan.given_up:
            key = (job.job_id, lot, place)
            if key not in self._given_up:
                self._given_up.add(key)
                self.log.error("seat will default", job=job.job_id, lot=lot, place=place, reason=reason)

    def _note_ended(self) -> bool:
        """Counts own seats of jobs that have just ended; returns whether there were any."""
        fresh = [
            job for job in self.parts.follower.jobs.values() if job.ended and job.job_id not in self._ended
        ]
        for job in fresh:
            self._ended.add(job.job_id)
            self.parts.bench.forget(job.job_id)
            own = [
                s for lot in job.lots for s in lot.called if s.provider.lower() == self.parts.provider.lower()
            ]
            for seat in own:
                self.metrics.seats.labels(seat.status.name.lower()).inc()
            earned = sum(seat.amount_usd6 for seat in own)
            reason = job.reason.name if job.reason else ""
            self.log.info("job ended", job=job.job_id, reason=reason, seats=len(own), earned_usd6=earned)
        return bool(fresh)

    def _forget_old(self, head: Head) -> None:
        for job in list(self.parts.follower.jobs.values()):
            old = job.ended and head.number > job.closed_block + KEEP_BLOCKS
            done = self.parts.desk.is_done_with(job.job_id)
            if old and done and self.parts.till.is_settled(job):
                self.parts.desk.forget_job(job, self.parts.follower.jobs.values())
                self.parts.follower.forget_job(job.job_id)
                self.parts.results.forget_job(job.job_id)
                self.parts.uploads.forget(job.job_id)

    def _save_floor(self) -> None:
        """Where a restart begins to read: a cache, checked against the deployment by assembly."""
        floor = self.parts.follower.floor()
        path = self.parts.settings.folder / "floor.json"
        text = json.dumps({"block": floor, "genesis": self.parts.genesis.hex()})
        if text != self._last_head:
            self._last_head = text
            _replace(path, text)

    def _write_status(self, outcome: str) -> None:
        head = self.parts.follower.head
        free = shutil.disk_usage(self.parts.settings.folder).free
        self.metrics.free_bytes.set(free)
        running = self.parts.bench.running()
        status = {
            "name": self.parts.settings.name,
            "provider": self.parts.provider,
            "pid": os.getpid(),
            "time": time.time(),
            "outcome": outcome,
            "block": head.number if head else None,
            "running": {"job": "0x" + running[0].hex(), "lot": running[1]} if running else None,
            "held_seats": self._held,
            "mode": self.parts.settings.mode.value,
            "games": self.parts.desk.open_games(),
            "free_bytes": free,
            "jobs": [
                {
                    "job": "0x" + job.job_id.hex(),
                    "state": job.state.name,
                    "lots": job.terms.lots,
                    "closed": job.lots_closed,
                }
                for job in self.parts.follower.jobs.values()
            ],
        }
        _replace(self.parts.settings.heartbeat, json.dumps(status))


def _replace(path: Any, text: str) -> None:
    """Best effort: a full disk must not stop the daemon from tagging and revealing."""
    draft = path.with_suffix(".part")
    try:
        draft.write_text(text)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
