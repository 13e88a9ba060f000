"""Rows from JobMarket, the part about single seats: what a place did and what became of it."""

from assay.protocol.generated.events import (
    ProviderConvicted,
    SeatDeclined,
    SeatDefaulted,
    SeatPaid,
    SeatSealed,
    SeatTagged,
    SeatUnpaid,
)
from assay.protocol.reasons import Reason
from assay.protocol.states import SeatStatus
from backend.chain.tables import Row
from backend.devices.models import Device
from backend.disputes.models import Claim, ClaimState, Conviction
from backend.indexer.fact import Fact, Handlers, text32
from backend.indexer.handlers.escrow import PAID_LOTS
from backend.market.models import Lot, Seat


def on_seat_sealed(fact: Fact, event: SeatSealed) -> None:
    """A place committed to a result."""
    seat = _seat(fact, event.job_id, event.lot, event.place, SeatStatus.SEALED)
    seat["seal"], seat["sealed_at"] = text32(event.seal), fact.at


def on_seat_tagged(fact: Fact, event: SeatTagged) -> None:
    """A place opened its seal."""
    seat = _seat(fact, event.job_id, event.lot, event.place, SeatStatus.TAGGED)
    seat["tag"], seat["tagged_at"] = text32(event.tag), fact.at


def on_seat_paid(fact: Fact, event: SeatPaid) -> None:
    """Paid for its work, or its part of the price when the buyer let it down (then without a tag)."""
    worked = seat_row(fact, event.job_id, event.lot, event.place)["status"] == SeatStatus.TAGGED
    seat = _end(fact, event.job_id, event.lot, event.place, SeatStatus.PAID)
    seat["amount_usd6"] = event.amount_usd6
    provider = fact.provider(event.provider)
    provider["earned_usd6"] += event.amount_usd6
    device_key = text32(event.device_id)
    device = fact.rows.edit(Device, device_key)
    if worked:
        provider["seats_paid"] += 1
        device["lots_paid"] += 1
    if not device["shared"]:
        device["income_usd6"] += (
            event.amount_usd6
        )  # a share's income is counted where the share accounts for it
    fact.totals()["paid_providers_usd6"] += event.amount_usd6
    fact.rows.scratch.setdefault(PAID_LOTS, {}).setdefault((event.job_id, event.payee), set()).add(event.lot)
    fact.device_changed(device_key)
    fact.account_changed(event.provider, event.payee)


def on_seat_unpaid(fact: Fact, event: SeatUnpaid) -> None:
    """Its tag was not the agreed one."""
    _end(fact, event.job_id, event.lot, event.place, SeatStatus.UNPAID)
    fact.provider(event.provider)["seats_unpaid"] += 1
    fact.account_changed(event.provider)


def on_seat_defaulted(fact: Fact, event: SeatDefaulted) -> None:
    """It missed a deadline and lost a part of its bond."""
    _slashed(fact, event, SeatStatus.DEFAULTED)
    fact.provider(event.provider)["seats_defaulted"] += 1
    fact.account_changed(event.provider)


def on_provider_convicted(fact: Fact, event: ProviderConvicted) -> None:
    """It withheld the output it was to be paid for, or the claim of its root fell: in a game, with another place of the
    same root, or because an earlier place showed another root and stands.
    """
    claim_key = seat_row(fact, event.job_id, event.lot, event.place)["claim_key"]
    _slashed(fact, event, SeatStatus.CONVICTED)
    fact.provider(event.provider)["seats_convicted"] += 1
    fact.totals()["convictions"] += 1
    fact.account_changed(event.provider)
    fact.rows.append(
        Conviction,
        {
            **fact.stamp(),
            "job_key": text32(event.job_id),
            "lot": event.lot,
            "place": event.place,
            "provider": event.provider,
            "reason": event.reason,
            "slashed_usd6": event.slashed_usd6,
            "claim_key": claim_key,
        },
    )
    if claim_key and event.reason != Reason.CONVICTED_WITHHELD:
        claim = fact.rows.edit(Claim, claim_key)
        claim["state"], claim["reason"] = int(ClaimState.ENFORCED), event.reason
        claim["enforced_at"], claim["enforced_tx"] = fact.at, fact.tx
        claim["slashed_usd6"] += event.slashed_usd6


def on_seat_declined(fact: Fact, event: SeatDeclined) -> None:
    """It stepped down in time: no slash, no pay."""
    _end(fact, event.job_id, event.lot, event.place, SeatStatus.DECLINED)
    fact.provider(event.provider)["seats_declined"] += 1
    fact.account_changed(event.provider)


def lot_row(fact: Fact, job_id: bytes, lot: int) -> Row:
    """The row of a lot, to be changed; clients of its job are told."""
    job_key = text32(job_id)
    key = f"{job_key}:{lot}"
    fact.rows.change("lot", f"job:{job_key}", key)
    return fact.rows.edit(Lot, key)


def seat_row(fact: Fact, job_id: bytes, lot: int, place: int) -> Row:
    """The row of a place, to be changed; clients of its job are told."""
    lot_row(fact, job_id, lot)
    seat = fact.rows.edit(Seat, f"{text32(job_id)}:{lot}:{place}")
    seat["tx"] = fact.tx
    return seat


def _seat(fact: Fact, job_id: bytes, lot: int, place: int, status: SeatStatus) -> Row:
    seat = seat_row(fact, job_id, lot, place)
    seat["status"] = int(status)
    return seat


def _end(fact: Fact, job_id: bytes, lot: int, place: int, status: SeatStatus) -> Row:
    seat = _seat(fact, job_id, lot, place, status)
    seat["closed_at"] = fact.at
    return seat


def _slashed(fact: Fact, event: SeatDefaulted | ProviderConvicted, status: SeatStatus) -> None:
    _end(fact, event.job_id, event.lot, event.place, status)["slashed_usd6"] += event.slashed_usd6
    fact.job(event.job_id)["slashed_usd6"] += event.slashed_usd6


HANDLERS: Handlers = {
    SeatSealed: on_seat_sealed,
    SeatTagged: on_seat_tagged,
    SeatPaid: on_seat_paid,
    SeatUnpaid: on_seat_unpaid,
    SeatDefaulted: on_seat_defaulted,
    ProviderConvicted: on_provider_convicted,
    SeatDeclined: on_seat_declined,
}
