"""Rows from ShareOffering: sales, what investors paid, refunds and deliveries."""

from assay.protocol.generated.events import (
    Invested,
    OfferingActivated,
    OfferingCancelled,
    OfferingOpened,
    Refunded,
    SharesDelivered,
)
from assay.protocol.ids import ZERO_ADDRESS
from backend.chain.tables import Row
from backend.devices.offering_models import Investment, Offering
from backend.indexer.fact import Fact, Handlers, text32


def on_offering_opened(fact: Fact, event: OfferingOpened) -> None:
    """A sale with all its numbers."""
    fact.rows.put(
        Offering,
        text32(event.offering_id),
        position=fact.position,
        tx=fact.tx,
        device_key=text32(event.device_id),
        provider=event.provider,
        spec_hash=text32(event.spec_hash),
        attestation_hash=text32(event.attestation_hash),
        price_usd6=event.price_usd6,
        target=event.target,
        cap=event.cap,
        retained=event.retained,
        deadline=event.deadline,
        activation_deadline=event.activation_deadline,
        operator_cut_bps=event.operator_cut_bps,
        policy="" if event.policy == ZERO_ADDRESS else event.policy,
        name=event.name,
        symbol=event.symbol,
        opened_at=fact.at,
    )
    fact.device_changed(text32(event.device_id))
    fact.account_changed(event.provider)


def on_invested(fact: Fact, event: Invested) -> None:
    """Paid in, shares to come."""
    _offering(fact, event.offering_id)["sold"] += event.shares
    place = _investment(fact, event.offering_id, event.investor)
    place["shares"] += event.shares
    place["paid_usd6"] += event.paid_usd6


def on_offering_activated(fact: Fact, event: OfferingActivated) -> None:
    """The shares are there; they wait for their investors."""
    offering = _offering(fact, event.offering_id)
    offering["share"] = event.share
    fact.account_changed(offering["provider"])


def on_offering_cancelled(fact: Fact, event: OfferingCancelled) -> None:
    """Investors take refunds."""
    _offering(fact, event.offering_id)["cancelled"] = True


def on_refunded(fact: Fact, event: Refunded) -> None:
    """Money back."""
    _offering(fact, event.offering_id)["refunded"] += event.shares
    place = _investment(fact, event.offering_id, event.investor)
    place["shares"] -= event.shares
    place["refunded_usd6"] += event.amount_usd6


def on_shares_delivered(fact: Fact, event: SharesDelivered) -> None:
    """In the investor's wallet; the share's own log moved the balance."""
    _offering(fact, event.offering_id)
    place = _investment(fact, event.offering_id, event.investor)
    place["shares"] = 0
    place["delivered"] += event.amount


def _offering(fact: Fact, offering_id: bytes) -> Row:
    row = fact.rows.edit(Offering, text32(offering_id))
    fact.device_changed(row["device_key"])
    return row


def _investment(fact: Fact, offering_id: bytes, investor: str) -> Row:
    fact.account_changed(investor)
    key = f"{text32(offering_id)}:{investor}"
    row = fact.rows.edit_if_there(Investment, key)
    if row is None:
        offering = text32(offering_id)
        row = fact.rows.put(Investment, key, position=fact.position, offering_id=offering, investor=investor)
    return row


HANDLERS: Handlers = {
    OfferingOpened: on_offering_opened,
    Invested: on_invested,
    OfferingActivated: on_offering_activated,
    OfferingCancelled: on_offering_cancelled,
    Refunded: on_refunded,
    SharesDelivered: on_shares_delivered,
}
