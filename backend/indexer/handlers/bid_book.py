"""Rows from BidBook: which jobs are open to bids, what was sealed, opened and displaced."""

from assay.protocol.generated.events import (
    BiddingOpened,
    BidDisplaced,
    BidOpened,
    BidSealed,
    DepositReturned,
)
from assay.protocol.states import JobState
from backend.indexer.fact import Fact, Handlers, text32
from backend.market.models import Bid, BidStatus


def on_bidding_opened(fact: Fact, event: BiddingOpened) -> None:
    """The job was posted to be bid for, in this transaction."""
    job = fact.job(event.job_id)
    job["state"] = int(JobState.OPEN)
    job["bids_until"], job["opens_until"] = event.seal_deadline, event.open_deadline
    job["max_units"] = event.max_units


def on_bid_sealed(fact: Fact, event: BidSealed) -> None:
    """A bid whose price nobody knows."""
    job = fact.job(event.job_id)
    job["bids_sealed"] += 1
    fact.rows.put(
        Bid,
        f"{job['id']}:{event.provider}",
        position=fact.position,
        tx=fact.tx,
        job_id=job["id"],
        provider=event.provider,
        order=event.order,
        status=int(BidStatus.SEALED),
        units=event.units,
        seal=text32(event.seal),
        deposit_usd6=event.deposit_usd6,
        sealed_at=fact.at,
    )
    fact.account_changed(event.provider)


def on_bid_opened(fact: Fact, event: BidOpened) -> None:
    """A bid with its price; `kept` while twenty are not cheaper."""
    job = fact.job(event.job_id)
    job["bids_opened"] += 1
    bid = fact.rows.edit(Bid, f"{job['id']}:{event.provider}")
    bid["status"] = int(BidStatus.OPENED if event.kept else BidStatus.DISPLACED)
    bid["device_id"] = text32(event.device_id)
    bid["price_usd6"], bid["units"] = event.price_usd6, event.units
    bid["opened_at"], bid["tx"] = fact.at, fact.tx
    fact.account_changed(event.provider)


def on_bid_displaced(fact: Fact, event: BidDisplaced) -> None:
    """A cheaper bid took its place; its bond is free again."""
    job = fact.job(event.job_id)
    bid = fact.rows.edit(Bid, f"{job['id']}:{event.provider}")
    bid["status"], bid["tx"] = int(BidStatus.DISPLACED), fact.tx
    fact.account_changed(event.provider)


def on_deposit_returned(fact: Fact, event: DepositReturned) -> None:
    """The job was cancelled while the bid was sealed."""
    job = fact.job(event.job_id)
    bid = fact.rows.edit(Bid, f"{job['id']}:{event.provider}")
    bid["status"], bid["tx"] = int(BidStatus.RETURNED), fact.tx
    fact.account_changed(event.provider)


HANDLERS: Handlers = {
    BiddingOpened: on_bidding_opened,
    BidSealed: on_bid_sealed,
    BidOpened: on_bid_opened,
    BidDisplaced: on_bid_displaced,
    DepositReturned: on_deposit_returned,
}
