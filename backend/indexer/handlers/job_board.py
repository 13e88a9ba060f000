"""Rows from JobBoard: orders with their terms and who was hired; how auctions ended; whether new jobs are paused."""

from assay.protocol.generated.events import BiddingClosed, JobAwarded, JobPosted, NewJobsPaused
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState
from backend.indexer.fact import Fact, Handlers, text32
from backend.market.models import Award, Job


def on_job_posted(fact: Fact, event: JobPosted) -> None:
    """A funded job with its terms."""
    key, terms = text32(event.job_id), event.terms
    fact.rows.put(
        Job,
        key,
        position=fact.position,
        tx=fact.tx,
        buyer=event.buyer,
        state=int(JobState.AWARDED),
        program_root=text32(terms.program_root),
        inputs_root=text32(terms.inputs_root),
        spec_hash=text32(terms.spec_hash),
        runtime_class=text32(terms.runtime_class),
        grade=terms.grade,
        seats=terms.seats,
        spares=terms.spares,
        lots=terms.lots,
        items_per_lot=terms.items_per_lot,
        items=terms.items,
        lot_seconds=terms.lot_seconds,
        ceiling_usd6=terms.ceiling_usd6,
        audit_bps=terms.audit_bps,
        client_salt="0x" + event.client_salt.hex(),
        escrow_usd6=event.escrow_usd6,
        fee_bps=event.fee_bps,
        poke_price_usd6=event.poke_price_usd6,
        posted_at=fact.at,
    )
    fact.credit(event.buyer)["jobs_posted"] += 1
    fact.totals()["jobs"] += 1
    fact.job_changed(key)
    fact.account_changed(event.buyer)


def on_job_awarded(fact: Fact, event: JobAwarded) -> None:
    """Who was hired, and which block decides who computes what."""
    job = fact.job(event.job_id)
    job["state"] = int(JobState.AWARDED)
    job["award_hash"] = text32(event.award_hash)
    job["seed_block"] = event.seed_block
    job["commit_seconds"] = event.commit_seconds
    for index, awardee in enumerate(event.awardees):
        fact.rows.put(
            Award,
            f"{job['id']}:{index}",
            position=fact.position,
            job_id=job["id"],
            index=index,
            provider=awardee.provider,
            device_id=text32(awardee.device_id),
            payee=awardee.payee,
            price_usd6=awardee.price_usd6,
            units=awardee.units,
        )
        fact.account_changed(awardee.provider)


def on_bidding_closed(fact: Fact, event: BiddingClosed) -> None:
    """An auction ended: awarded at one price, and JobAwarded follows; or cancelled, or without enough bids."""
    job = fact.job(event.job_id)
    job["clearing_usd6"], job["forfeited_usd6"] = event.price_usd6, event.forfeited_usd6
    job["refund_usd6"] += event.surplus_usd6
    job["surplus_usd6"] = event.surplus_usd6
    if event.reason:
        cancelled = event.reason == Reason.CANCELLED_BUYER
        job["state"] = int(JobState.CANCELLED if cancelled else JobState.CLOSED)
        job["reason"], job["closed_at"] = event.reason, fact.at
        job["cancelled_at"] = fact.at if cancelled else 0
        fact.totals()["jobs_closed"] += 1
    fact.account_changed(job["buyer"])


def on_new_jobs_paused(fact: Fact, event: NewJobsPaused) -> None:
    """The guardian stopped new jobs for a time."""
    fact.totals()["paused_until"] = event.until


HANDLERS: Handlers = {
    JobPosted: on_job_posted,
    JobAwarded: on_job_awarded,
    BiddingClosed: on_bidding_closed,
    NewJobsPaused: on_new_jobs_paused,
}
