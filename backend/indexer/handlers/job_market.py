"""Rows from JobMarket: what becomes of jobs, lots and seats; the states are those of the contract, event by event."""

from assay.protocol.draw import Ring
from assay.protocol.generated.events import (
    AuditDrawn,
    AuditDue,
    JobCancelled,
    JobClosed,
    LotClosed,
    LotContested,
    LotRevealing,
    LotTagging,
    RootRevealed,
    SeedDrawn,
    SeedMissed,
    SpareCalled,
)
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState, LotPhase, SeatStatus
from backend.chain.errors import HandlerFailed
from backend.chain.tables import Row
from backend.indexer.fact import Fact, Handlers, text32
from backend.indexer.handlers import job_seats
from backend.market.models import Award, Lot, Seat

SETTLED = (Reason.SETTLED_QUIET, Reason.SETTLED_AGREED, Reason.SETTLED_UPHELD)
# What was revealed is no result then.
FALLEN = (Reason.CONVICTED_LEAF, Reason.CONVICTED_CLOCK)


def on_seed_drawn(fact: Fact, event: SeedDrawn) -> None:
    """The draw: every lot and every place of it, computed as the contract computes it."""
    job = fact.job(event.job_id)
    job["state"] = int(JobState.RUNNING)
    job["seed_block"], job["seed"] = event.seed_block, text32(event.seed)
    job["seal_deadline"], job["drawn_at"] = event.seal_deadline, fact.at
    awards = _awards(fact, job["id"])
    # an auction may award fewer spares than the terms ask for
    seats, width = job["seats"], sum(award["units"] for award in awards) // job["lots"]
    ring = Ring(event.seed, [award["units"] for award in awards], job["lots"], width)
    for lot in range(job["lots"]):
        lot_key = f"{job['id']}:{lot}"
        fact.rows.put(
            Lot,
            lot_key,
            position=fact.position,
            job_id=job["id"],
            lot=lot,
            active=seats,
            deadline=event.seal_deadline,
        )
        for place, index in enumerate(ring.places(lot)):
            award = awards[index]
            fact.rows.put(
                Seat,
                f"{lot_key}:{place}",
                position=fact.position,
                tx=fact.tx,
                job_id=job["id"],
                lot_id=lot_key,
                lot_index=lot,
                place=place,
                provider=award["provider"],
                device_id=award["device_id"],
                payee=award["payee"],
                price_usd6=award["price_usd6"],
                spare=place >= seats,
                called=place < seats,
            )
    fact.account_changed(*(award["provider"] for award in awards))


def on_seed_missed(fact: Fact, event: SeedMissed) -> None:
    """The seed block was out of reach; another one decides."""
    fact.job(event.job_id)["seed_block"] = event.seed_block


def on_lot_tagging(fact: Fact, event: LotTagging) -> None:
    """Every called place has sealed or is out: tags may come."""
    _enter(job_seats.lot_row(fact, event.job_id, event.lot), LotPhase.TAGGING, event.deadline)


def on_audit_due(fact: Fact, event: AuditDue) -> None:
    """A sampled lot is sealed: the hash of this block will say whether it is audited."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    lot["audit_block"], lot["audit_due"], lot["audited"] = event.audit_block, True, False


def on_audit_drawn(fact: Fact, event: AuditDrawn) -> None:
    """It was drawn; where it is audited the auditor is called by the next log."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    lot["audit_due"], lot["audited"] = False, event.audited


def on_lot_revealing(fact: Fact, event: LotRevealing) -> None:
    """The tags decided: roots may come. A second one says that copied tags undid the agreement."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    # the page clock of the phase before is not forgotten here by the contract either
    lot["phase"], lot["deadline"] = int(LotPhase.REVEALING), event.deadline
    lot["agreed"], lot["winning_tag"] = event.agreed, text32(event.winning_tag)


def on_root_revealed(fact: Fact, event: RootRevealed) -> None:
    """A root that opens its tag. Agreed: the lot's result, and its delivery window starts."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    job_seats.seat_row(fact, event.job_id, event.lot, event.place)["root"] = text32(event.root)
    if event.agreed:
        lot["root"], lot["window_end"] = text32(event.root), event.window_end
        _enter(lot, LotPhase.WINDOW, event.window_end)


def on_lot_contested(fact: Fact, event: LotContested) -> None:
    """A window without agreement: roots that differ are all shown, or a place fell and others stand."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    lot["contested"], lot["root"], lot["window_end"] = True, "", event.window_end
    _enter(lot, LotPhase.WINDOW, event.window_end)


def on_spare_called(fact: Fact, event: SpareCalled) -> None:
    """The next place counts, with a fresh seal window."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    lot["active"] = event.place + 1
    _enter(lot, LotPhase.SEALING, event.seal_deadline)
    job_seats.seat_row(fact, event.job_id, event.lot, event.place)["called"] = True


def on_lot_closed(fact: Fact, event: LotClosed) -> None:
    """The lot's money is split; its job counts it."""
    lot = job_seats.lot_row(fact, event.job_id, event.lot)
    _enter(lot, LotPhase.CLOSED, fact.at)
    lot["root"] = _result(fact, lot, event.reason)
    lot["reason"], lot["closed_at"] = event.reason, fact.at
    lot["paid_usd6"], lot["fee_usd6"] = event.paid_usd6, event.fee_usd6
    lot["poke_usd6"], lot["refund_usd6"] = event.poke_usd6, event.refund_usd6
    job = fact.job(event.job_id)
    job["lots_closed"] += 1
    job["paid_usd6"] += event.paid_usd6
    job["fee_usd6"] += event.fee_usd6
    job["refund_usd6"] += event.refund_usd6
    if event.reason in SETTLED:
        job["lots_paid"] += 1
        fact.totals()["lots_paid"] += 1
    if event.reason >= Reason.SETTLED_UPHELD >= job["reason"]:
        job["reason"] = event.reason  # the job's own, unless all lots end quietly


def on_job_cancelled(fact: Fact, event: JobCancelled) -> None:
    """Before the draw the job ends here; after it, lots that nobody sealed end when poked."""
    job = fact.job(event.job_id)
    job["cancelled_at"] = event.at
    if job["state"] == JobState.AWARDED:
        job["state"], job["reason"] = int(JobState.CANCELLED), int(Reason.CANCELLED_BUYER)
        job["closed_at"] = fact.at
        fact.totals()["jobs_closed"] += 1
    fact.account_changed(event.buyer)


def on_job_closed(fact: Fact, event: JobClosed) -> None:
    """The last lot closed."""
    job = fact.job(event.job_id)
    job["state"], job["reason"], job["closed_at"] = int(JobState.CLOSED), event.reason, fact.at
    if (job["lots_paid"], job["lots_closed"]) != (event.lots_paid, event.lots):
        raise HandlerFailed(f"job {job['id']} closed with other lots than its LotClosed logs tell")
    fact.totals()["jobs_closed"] += 1
    fact.account_changed(job["buyer"])


def _awards(fact: Fact, job_key: str) -> list[Row]:
    awards: list[Row] = []
    while (award := fact.rows.get(Award, f"{job_key}:{len(awards)}")) is not None:
        awards.append(award)
    return awards


def _result(fact: Fact, lot: Row, reason: int) -> str:
    """The lot's root. After a contested window it is that of the first place that was paid."""
    if reason in FALLEN:
        return ""
    if lot["root"] or reason not in SETTLED:
        found: str = lot["root"]
        return found
    seats = [fact.rows.get(Seat, f"{lot['id']}:{place}") or {} for place in range(lot["active"])]
    shown = {seat["tag"]: seat["root"] for seat in seats if seat["root"]}
    paid = next((seat for seat in seats if seat["status"] == SeatStatus.PAID), None)
    return shown.get(paid["tag"], "") if paid is not None else ""


def _enter(lot: Row, phase: LotPhase, deadline: int) -> None:
    lot["phase"], lot["deadline"], lot["paused"] = int(phase), deadline, False


HANDLERS: Handlers = {
    SeedDrawn: on_seed_drawn,
    SeedMissed: on_seed_missed,
    LotTagging: on_lot_tagging,
    AuditDue: on_audit_due,
    AuditDrawn: on_audit_drawn,
    LotContested: on_lot_contested,
    LotRevealing: on_lot_revealing,
    RootRevealed: on_root_revealed,
    SpareCalled: on_spare_called,
    LotClosed: on_lot_closed,
    JobCancelled: on_job_cancelled,
    JobClosed: on_job_closed,
    **job_seats.HANDLERS,
}
