"""Applies one event of a followed contract (follower.FOLLOWED) to the records: a table of functions, one an event.

Pure: the same logs in the same order give the same records, so a reorg is handled by folding again. An event of a job
that is not followed is ignored. Called by follower.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.market.records import Bidding, BidRecord, BidStatus, JobRecord, LotRecord, PageRequest, SeatRecord
from assay.protocol.draw import Ring
from assay.protocol.generated import events as ev
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState, LotPhase, SeatStatus, Subject

Jobs = dict[bytes, JobRecord]


def apply(jobs: Jobs, event: Any, *, block: int, tx: bytes, page_clock_seconds: int) -> None:
    """Fold one event in place. JobPosted opens a record; the caller drops records it does not follow.

    page_clock_seconds: the deployment's; a page request moves a lot's deadline by it, once a phase.
    """
    if isinstance(event, ev.JobPosted):
        jobs[event.job_id] = JobRecord(
            job_id=event.job_id,
            buyer=event.buyer,
            terms=event.terms,
            client_salt=event.client_salt,
            escrow_usd6=event.escrow_usd6,
            fee_bps=event.fee_bps,
            poke_price_usd6=event.poke_price_usd6,
            posted_block=block,
            posted_tx=tx,
        )
        return
    if isinstance(event, ev.PageAnswered):
        _on_page_answered(jobs, event)
        return
    if isinstance(event, ev.PageRequested) and event.job_id in jobs:
        _on_page_requested(jobs[event.job_id], event, page_clock_seconds)
        return
    handler = _HANDLERS.get(type(event))
    job = jobs.get(getattr(event, "job_id", b""))
    if handler is not None and job is not None:
        handler(job, event)
        if job.ended and not job.closed_block:
            job.closed_block = block


def _on_bidding_opened(job: JobRecord, event: ev.BiddingOpened) -> None:
    job.state = JobState.OPEN
    job.bidding = Bidding(event.seal_deadline, event.open_deadline, event.max_units)


def _on_bid_sealed(job: JobRecord, event: ev.BidSealed) -> None:
    assert job.bidding is not None
    job.bidding.bids.append(
        BidRecord(event.provider, event.order, event.units, event.seal, event.deposit_usd6)
    )


def _on_bid_opened(job: JobRecord, event: ev.BidOpened) -> None:
    assert job.bidding is not None
    bid = job.bidding.bids[event.order]
    bid.status = BidStatus.OPENED if event.kept else BidStatus.DISPLACED
    bid.device_id, bid.price_usd6, bid.units = event.device_id, event.price_usd6, event.units


def _on_bid_displaced(job: JobRecord, event: ev.BidDisplaced) -> None:
    bid = job.bidding.bid_of(event.provider) if job.bidding is not None else None
    if bid is not None:
        bid.status = BidStatus.DISPLACED


def _on_deposit_returned(job: JobRecord, event: ev.DepositReturned) -> None:
    bid = job.bidding.bid_of(event.provider) if job.bidding is not None else None
    if bid is not None:
        bid.status = BidStatus.RETURNED


def _on_bidding_closed(job: JobRecord, event: ev.BiddingClosed) -> None:
    """Awarded (JobAwarded follows), or over: cancelled, or not enough bids."""
    assert job.bidding is not None
    job.bidding.price_usd6, job.bidding.surplus_usd6 = event.price_usd6, event.surplus_usd6
    job.bidding.forfeited_usd6 = event.forfeited_usd6
    job.refund_usd6 += event.surplus_usd6
    if event.reason:
        job.reason = Reason(event.reason)
        job.state = JobState.CANCELLED if job.reason == Reason.CANCELLED_BUYER else JobState.CLOSED


def _on_awarded(job: JobRecord, event: ev.JobAwarded) -> None:
    job.state = JobState.AWARDED
    job.awardees = tuple(event.awardees)
    job.award_hash = event.award_hash
    job.seed_block = event.seed_block
    job.commit_seconds = event.commit_seconds


def _on_seed_missed(job: JobRecord, event: ev.SeedMissed) -> None:
    job.seed_block = event.seed_block


def _on_seed_drawn(job: JobRecord, event: ev.SeedDrawn) -> None:
    job.seed, job.seal_deadline = event.seed, event.seal_deadline
    job.state = JobState.RUNNING
    ring = Ring(event.seed, [awardee.units for awardee in job.awardees], job.terms.lots, job.width)
    opened = event.seal_deadline - job.commit_seconds
    for index in range(job.terms.lots):
        seats = [_seat(job, place, holder) for place, holder in enumerate(ring.places(index))]
        job.lots.append(LotRecord(index, seats, job.terms.seats, event.seal_deadline, opened))


def _seat(job: JobRecord, place: int, holder: int) -> SeatRecord:
    awardee = job.awardees[holder]
    return SeatRecord(place, awardee.provider, awardee.device_id, awardee.payee, awardee.price_usd6)


def _on_sealed(job: JobRecord, event: ev.SeatSealed) -> None:
    seat = job.lots[event.lot].seats[event.place]
    seat.status, seat.seal = SeatStatus.SEALED, event.seal


def _on_tagging(job: JobRecord, event: ev.LotTagging) -> None:
    lot = job.lots[event.lot]
    lot.phase, lot.deadline, lot.paused = LotPhase.TAGGING, event.deadline, False


def _on_audit_due(job: JobRecord, event: ev.AuditDue) -> None:
    lot = job.lots[event.lot]
    lot.audit_block, lot.audit_due, lot.audited = event.audit_block, True, False


def _on_audit_drawn(job: JobRecord, event: ev.AuditDrawn) -> None:
    lot = job.lots[event.lot]
    lot.audit_due, lot.audited = False, event.audited


def _on_tagged(job: JobRecord, event: ev.SeatTagged) -> None:
    seat = job.lots[event.lot].seats[event.place]
    seat.status, seat.tag = SeatStatus.TAGGED, event.tag


def _on_revealing(job: JobRecord, event: ev.LotRevealing) -> None:
    lot = job.lots[event.lot]
    lot.exposed = lot.phase == LotPhase.REVEALING and lot.agreed and not event.agreed
    lot.phase, lot.deadline = LotPhase.REVEALING, event.deadline
    lot.agreed, lot.winning_tag = event.agreed, event.winning_tag


def _on_root(job: JobRecord, event: ev.RootRevealed) -> None:
    lot = job.lots[event.lot]
    shown = lot.seats[event.place]
    # in an agreed lot one root speaks for every place with its tag, also when the quorum then falls short
    for seat in lot.called:
        if seat is shown or ((event.agreed or lot.exposed) and seat.tag == shown.tag):
            seat.root = event.root
    lot.exposed = False
    if event.agreed:
        lot.root, lot.phase, lot.deadline, lot.paused = event.root, LotPhase.WINDOW, event.window_end, False


def _on_contested(job: JobRecord, event: ev.LotContested) -> None:
    """Roots that differ are all out, or a place was convicted: a window begins, and the first standing place leads."""
    lot = job.lots[event.lot]
    lot.phase, lot.deadline, lot.paused = LotPhase.WINDOW, event.window_end, False
    lot.root = lot.standing[0].root if lot.standing else b""


def _on_held(job: JobRecord, event: ev.LotHeld) -> None:
    job.lots[event.lot].held = event.held


def _on_spare(job: JobRecord, event: ev.SpareCalled) -> None:
    lot = job.lots[event.lot]
    lot.phase, lot.deadline, lot.paused = LotPhase.SEALING, event.seal_deadline, False
    lot.opened = event.seal_deadline - job.commit_seconds
    lot.active = max(lot.active, event.place + 1)


def _on_defaulted(job: JobRecord, event: ev.SeatDefaulted) -> None:
    seat = job.lots[event.lot].seats[event.place]
    seat.status, seat.slashed_usd6 = SeatStatus.DEFAULTED, seat.slashed_usd6 + event.slashed_usd6


def _on_declined(job: JobRecord, event: ev.SeatDeclined) -> None:
    job.lots[event.lot].seats[event.place].status = SeatStatus.DECLINED


def _on_paid(job: JobRecord, event: ev.SeatPaid) -> None:
    seat = job.lots[event.lot].seats[event.place]
    seat.status, seat.amount_usd6 = SeatStatus.PAID, event.amount_usd6


def _on_unpaid(job: JobRecord, event: ev.SeatUnpaid) -> None:
    job.lots[event.lot].seats[event.place].status = SeatStatus.UNPAID


def _on_convicted(job: JobRecord, event: ev.ProviderConvicted) -> None:
    seat = job.lots[event.lot].seats[event.place]
    seat.status, seat.slashed_usd6 = SeatStatus.CONVICTED, seat.slashed_usd6 + event.slashed_usd6


def _on_lot_closed(job: JobRecord, event: ev.LotClosed) -> None:
    lot = job.lots[event.lot]
    lot.phase, lot.reason, lot.deadline, lot.request = LotPhase.CLOSED, Reason(event.reason), 0, None
    lot.paid_usd6, lot.fee_usd6 = event.paid_usd6, event.fee_usd6
    lot.poke_usd6, lot.refund_usd6 = event.poke_usd6, event.refund_usd6
    job.refund_usd6 += event.refund_usd6
    if lot.reason in (Reason.CONVICTED_LEAF, Reason.CONVICTED_CLOCK):
        lot.root = b""  # no root is left that stands
    elif lot.reason == Reason.SETTLED_UPHELD:
        lot.root = next((seat.root for seat in lot.called if seat.status == SeatStatus.PAID), lot.root)


def _on_cancelled(job: JobRecord, event: ev.JobCancelled) -> None:
    job.cancelled_at = event.at
    if job.state == JobState.AWARDED:
        job.state, job.reason = JobState.CANCELLED, Reason.CANCELLED_BUYER
        job.refund_usd6 += job.held_usd6


def _on_job_closed(job: JobRecord, event: ev.JobClosed) -> None:
    job.reason = Reason(event.reason)
    if job.state != JobState.CANCELLED:
        job.state = JobState.CLOSED


def _on_page_requested(job: JobRecord, event: ev.PageRequested, page_clock_seconds: int) -> None:
    lot = job.lots[event.lot]
    if not lot.paused:
        lot.deadline, lot.paused = lot.deadline + page_clock_seconds, True
    lot.request = PageRequest(
        event.request_id, event.requester, event.subject, event.list_index, event.page_index, event.deadline
    )


def _on_page_withheld(job: JobRecord, event: ev.PageWithheld) -> None:
    job.lots[event.lot].request = None


def _on_page_answered(jobs: Jobs, event: ev.PageAnswered) -> None:
    for job in jobs.values():
        for lot in job.lots:
            asked = lot.request
            if asked is None or asked.request_id != event.request_id:
                continue
            lot.request = None
            if event.in_range and asked.subject != Subject.OUTPUT:
                shelf = job.pages.setdefault((asked.subject, asked.list_index), {})
                shelf[asked.page_index] = event.page


_HANDLERS: dict[type[Any], Callable[[JobRecord, Any], None]] = {
    ev.BiddingOpened: _on_bidding_opened,
    ev.BidSealed: _on_bid_sealed,
    ev.BidOpened: _on_bid_opened,
    ev.BidDisplaced: _on_bid_displaced,
    ev.DepositReturned: _on_deposit_returned,
    ev.BiddingClosed: _on_bidding_closed,
    ev.JobAwarded: _on_awarded,
    ev.SeedMissed: _on_seed_missed,
    ev.SeedDrawn: _on_seed_drawn,
    ev.SeatSealed: _on_sealed,
    ev.LotTagging: _on_tagging,
    ev.AuditDue: _on_audit_due,
    ev.AuditDrawn: _on_audit_drawn,
    ev.SeatTagged: _on_tagged,
    ev.LotRevealing: _on_revealing,
    ev.RootRevealed: _on_root,
    ev.LotContested: _on_contested,
    ev.LotHeld: _on_held,
    ev.SpareCalled: _on_spare,
    ev.SeatDefaulted: _on_defaulted,
    ev.SeatDeclined: _on_declined,
    ev.SeatPaid: _on_paid,
    ev.SeatUnpaid: _on_unpaid,
    ev.ProviderConvicted: _on_convicted,
    ev.LotClosed: _on_lot_closed,
    ev.JobCancelled: _on_cancelled,
    ev.JobClosed: _on_job_closed,
    ev.PageWithheld: _on_page_withheld,
}
