"""Rows from DeviceTender: offers to buy a whole device, who accepted, what was paid."""

from assay.protocol.generated.events import (
    AcceptanceReleased,
    TenderAccepted,
    TenderCompleted,
    TenderEnded,
    TenderOpened,
    TenderPaid,
)
from backend.chain.tables import Row
from backend.devices.models import Share
from backend.devices.offering_models import Tender
from backend.indexer.fact import Fact, Handlers, text32


def on_tender_opened(fact: Fact, event: TenderOpened) -> None:
    """The price of all shares lies in the contract."""
    fact.rows.put(
        Tender,
        text32(event.tender_id),
        position=fact.position,
        tx=fact.tx,
        share_key=event.share,
        bidder=event.bidder,
        price_usd6=event.price_usd6,
        escrow_usd6=event.escrow_usd6,
        deadline=event.deadline,
        opened_at=fact.at,
    )
    _tender(fact, event.tender_id)
    fact.account_changed(event.bidder)


def on_tender_accepted(fact: Fact, event: TenderAccepted) -> None:
    """A holder left shares with it."""
    _tender(fact, event.tender_id)["accepted"] += event.amount
    fact.account_changed(event.holder)


def on_acceptance_released(fact: Fact, event: AcceptanceReleased) -> None:
    """A holder took them back."""
    _tender(fact, event.tender_id)["accepted"] -= event.amount
    fact.account_changed(event.holder)


def on_tender_completed(fact: Fact, event: TenderCompleted) -> None:
    """The threshold is reached; from here on all shares are sold at the price."""
    _tender(fact, event.tender_id)["completed_at"] = fact.at


def on_tender_paid(fact: Fact, event: TenderPaid) -> None:
    """A holder was credited."""
    _tender(fact, event.tender_id)["paid_usd6"] += event.amount_usd6
    fact.account_changed(event.holder)


def on_tender_ended(fact: Fact, event: TenderEnded) -> None:
    """The bidder has what is its own."""
    tender = _tender(fact, event.tender_id)
    tender["ended_at"] = fact.at
    fact.account_changed(tender["bidder"])


def _tender(fact: Fact, tender_id: bytes) -> Row:
    row = fact.rows.edit(Tender, text32(tender_id))
    share = fact.rows.get(Share, row["share_key"])
    assert share is not None
    fact.device_changed(share["device_id"])
    return row


HANDLERS: Handlers = {
    TenderOpened: on_tender_opened,
    TenderAccepted: on_tender_accepted,
    AcceptanceReleased: on_acceptance_released,
    TenderCompleted: on_tender_completed,
    TenderPaid: on_tender_paid,
    TenderEnded: on_tender_ended,
}
