"""Own seats of one job: asks the table for each, and turns its answers into moves, wishes and uploads.

Called by the daemon each cycle with the job as folded at the head; sends nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from assay.market.follower import Head
from assay.market.records import JobRecord, LotRecord, SeatRecord
from assay.protocol.states import LotPhase, SeatStatus
from assay.worker.desk import Wish
from assay.worker.herd import Herd
from assay.worker.moves import Move, Verb
from assay.worker.opening import Opener
from assay.worker.results import LotResult
from assay.worker.transitions import Action, Timing, Work, action_for, timing_of

MAX_PAGES = 16  # pages of one job asked for on chain: more would cost more than most lots earn


class Bench(Protocol):
    """What the planner asks of the workbench."""

    def state(self, job_id: bytes, lot: int) -> Work: ...
    def why(self, job_id: bytes, lot: int) -> str: ...
    def troubled(self, job_id: bytes) -> bool: ...
    def result(self, job_id: bytes, lot: int) -> LotResult | None: ...


class Uploads(Protocol):
    """Whether a lot's items are where the buyer can fetch them."""

    def ready(self, job_id: bytes, lot: int) -> bool: ...


@dataclass(slots=True)
class SeatPlan:
    """What one job asks of this worker now. Places are (lot, place)."""

    moves: list[Move] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    due: list[int] = field(default_factory=list)  # lots that anyone may move on
    uploads: list[int] = field(default_factory=list)  # lots whose items belong in the store now
    missing: list[tuple[int, int]] = field(default_factory=list)  # wait for an input that no store has
    given_up: list[tuple[int, int, str]] = field(default_factory=list)  # with the reason: these will default
    held: int = 0  # own seats that have sealed and are not through yet


class SeatPlanner:
    """Decides for the seats of one provider."""

    def __init__(
        self,
        provider: str,
        bench: Bench,
        opener: Opener,
        uploads: Uploads,
        herd: Herd,
        *,
        can_ask: Callable[[], bool] = lambda: True,
        audits: bool = True,
    ) -> None:
        """can_ask: whether the provider can prepay a page request; audits: whether it takes the seats of auditors."""
        self._me, self._bench, self._opener = provider.lower(), bench, opener
        self._uploads, self._herd, self._can_ask, self._audits = uploads, herd, can_ask, audits

    def plan(self, job: JobRecord, head: Head, *, draining: bool) -> SeatPlan:
        """The next step of every own seat of a running job."""
        plan = SeatPlan()
        for lot in job.lots:
            if lot.phase == LotPhase.CLOSED:
                continue
            timing = timing_of(lot.phase, lot.deadline, lot.opened, job.commit_seconds, head.timestamp)
            own = [seat for seat in lot.seats if seat.provider.lower() == self._me]
            plan.held += sum(seat.status in (SeatStatus.SEALED, SeatStatus.TAGGED) for seat in own)
            if is_due(job, lot, timing):
                plan.due.append(lot.index)
                continue
            for seat in own:
                self._step(plan, job, lot, seat, timing, head, draining)
        return plan

    def _step(  # noqa: PLR0917 - one seat and its moment
        self,
        plan: SeatPlan,
        job: JobRecord,
        lot: LotRecord,
        seat: SeatRecord,
        timing: Timing,
        head: Head,
        draining: bool,
    ) -> None:
        work = self._bench.state(job.job_id, lot.index)
        if not self._audits and is_audit(lot, seat):
            work = Work.REFUSED
        elif draining and work in (Work.PENDING, Work.MISSING) and seat.status == SeatStatus.DRAWN:
            work = Work.STOPPED
        elif (work == Work.PENDING and timing == Timing.EARLY and self._should_step_down(job, lot, head)) or (
            work == Work.MISSING
            and not lot.request
            and (job.pages_posted >= MAX_PAGES or not self._can_ask())
        ):
            work = Work.REFUSED
        action = action_for(
            lot.phase,
            seat.status,
            timing,
            work,
            called=seat.place < lot.active,
            may_reveal=self._may_reveal(job, lot, seat),
        )
        if action == Action.TAG and lot.audit_due:
            action = Action.WAIT  # nobody shows a tag before it is drawn whether the lot is audited
        self._apply(plan, action, job, lot, seat)
        if lot.phase == LotPhase.WINDOW and seat.tag and (seat.root or seat.tag == lot.winning_tag):
            plan.uploads.append(lot.index)

    def _apply(
        self, plan: SeatPlan, action: Action, job: JobRecord, lot: LotRecord, seat: SeatRecord
    ) -> None:
        if action in (Action.SEAL, Action.TAG, Action.REVEAL):
            self._show(plan, action, job, lot, seat)
        elif action == Action.DECLINE:
            plan.moves.append(Move(Verb.DECLINE, job.job_id, lot.index, seat.place))
        elif action in (Action.RUN, Action.REQUEST_INPUT, Action.GIVE_UP):
            plan.wishes.append(Wish(job.job_id, job.terms, lot.index, lot.deadline))
            if action == Action.REQUEST_INPUT:
                plan.missing.append((lot.index, seat.place))
            elif action == Action.GIVE_UP:
                plan.given_up.append((lot.index, seat.place, self._bench.why(job.job_id, lot.index)))

    def _show(self, plan: SeatPlan, action: Action, job: JobRecord, lot: LotRecord, seat: SeatRecord) -> None:
        """Seal, tag or reveal a result that lies on disk."""
        result = self._bench.result(job.job_id, lot.index)
        if result is None:
            return
        key = (job.job_id, lot.index, seat.place)
        opening = self._opener.opening(job, lot, seat, result.root)
        if action == Action.SEAL:
            plan.moves.append(Move(Verb.SEAL, *key, first=opening.seal))
        elif action == Action.TAG and opening.seal != seat.seal:
            plan.given_up.append((lot.index, seat.place, "the result here is not the one that was sealed"))
        elif action == Action.TAG:
            plan.moves.append(Move(Verb.TAG, *key, first=opening.tag, second=opening.salt))
        else:
            plan.uploads.append(lot.index)
            if self._uploads.ready(job.job_id, lot.index):
                plan.moves.append(Move(Verb.REVEAL, *key, first=result.root))

    def _should_step_down(self, job: JobRecord, lot: LotRecord, head: Head) -> bool:
        """Stepping down is free for the first third only: do it when the material has not come by then."""
        return self._bench.troubled(job.job_id) and head.timestamp > lot.opened + job.commit_seconds // 4

    def _may_reveal(self, job: JobRecord, lot: LotRecord, seat: SeatRecord) -> bool:
        if lot.phase != LotPhase.REVEALING or seat.root:
            return False
        if not lot.agreed:
            return True
        if seat.tag != lot.winning_tag:
            return False
        # the first of the winners shows the root; a later one only when it did not
        winners = [other.place for other in lot.called if other.tag == lot.winning_tag]
        return self._herd.my_turn(("reveal", job.job_id, lot.index), winners.index(seat.place))


def is_audit(lot: LotRecord, seat: SeatRecord) -> bool:
    """Whether a called seat is there to audit what another one has sealed."""
    waiting = lot.audited and lot.phase == LotPhase.SEALING and seat.status == SeatStatus.DRAWN
    return waiting and any(other.status == SeatStatus.SEALED for other in lot.called)


def is_due(job: JobRecord, lot: LotRecord, timing: Timing) -> bool:
    """Whether anyone may move the lot on now: late, cancelled before any seal, or nothing is left to wait for."""
    if lot.phase == LotPhase.CLOSED or lot.request is not None or lot.held:
        return False
    if timing == Timing.LATE:
        return True
    if lot.phase == LotPhase.SEALING:
        if job.cancelled_at and not any(seat.seal for seat in lot.seats):
            return True
        gone = (SeatStatus.DECLINED, SeatStatus.DEFAULTED)
        return lot.active == job.width and all(seat.status in gone for seat in lot.called)
    if lot.phase == LotPhase.REVEALING and not lot.agreed:
        return all(seat.root for seat in lot.called if seat.status == SeatStatus.TAGGED)
    return False
