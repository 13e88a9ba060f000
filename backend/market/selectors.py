"""Reads of jobs, lots, seats, timelines and the market's sums. Called by the views and by quotes; never writes."""

from __future__ import annotations

from typing import Any

from assay.protocol.reasons import Reason
from backend.devices.models import Device
from backend.market.models import (
    Award,
    Bid,
    BidStatus,
    Job,
    JobEvent,
    JobState,
    Lot,
    LotPhase,
    Seat,
    SeatStatus,
    Totals,
)
from backend.web.columns import amount, boolean, named, optional, parsed_json, text, whole, zero_if_empty
from backend.web.keyset import Column, Filter, KeysetList
from backend.web.params import address, bytes32, choice

STATES = {int(state): state.name for state in JobState}
PHASES = {int(phase): phase.name for phase in LotPhase}
BID_STATUSES = {int(status): status.name for status in BidStatus}
STATUSES = {int(status): status.name for status in SeatStatus}
REASONS = {int(reason): reason.name for reason in Reason}


def reason_name(value: Any) -> str | None:
    """The name of a reason code; null while there is none."""
    return REASONS.get(value, str(value)) if value else None


JOB_COLUMNS = {
    "id": text("id"),
    "buyer": text("buyer"),
    "grade": text("grade"),
    "state": Column("state", named(STATES)),
    "reason": Column("reason", reason_name),
    "lots": text("lots"),
    "lots_closed": text("lots_closed"),
    "lots_paid": text("lots_paid"),
    "items": Column("items", whole),
    "seats": text("seats"),
    "spares": text("spares"),
    "lot_seconds": text("lot_seconds"),
    "ceiling_usd6": amount("ceiling_usd6"),
    "audit_bps": text("audit_bps"),
    "escrow_usd6": amount("escrow_usd6"),
    "posted_at": text("posted_at"),
    "closed_at": optional("closed_at"),
    "block": text("block"),
    "tx": text("tx"),
    "spec_hash": text("spec_hash"),
}
_TERMS = {
    "program_root": text("program_root"),
    "inputs_root": text("inputs_root"),
    "runtime_class": Column("runtime_class", zero_if_empty),
    "items_per_lot": text("items_per_lot"),
    "client_salt": text("client_salt"),
}
_DETAIL = {
    "fee_bps": text("fee_bps"),
    "poke_price_usd6": amount("poke_price_usd6"),
    "award_hash": optional("award_hash"),
    "seed_block": optional("seed_block"),
    "seed": optional("seed"),
    "commit_seconds": optional("commit_seconds"),
    "seal_deadline": optional("seal_deadline"),
    "drawn_at": optional("drawn_at"),
    "cancelled_at": optional("cancelled_at"),
    "paid_usd6": amount("paid_usd6"),
    "fee_usd6": amount("fee_usd6"),
    "refund_usd6": amount("refund_usd6"),
    "slashed_usd6": amount("slashed_usd6"),
    "bids_until": optional("bids_until"),
    "opens_until": optional("opens_until"),
    "max_units": text("max_units"),
    "bids_sealed": text("bids_sealed"),
    "bids_opened": text("bids_opened"),
    "clearing_usd6": amount("clearing_usd6"),
    "surplus_usd6": amount("surplus_usd6"),
    "forfeited_usd6": amount("forfeited_usd6"),
}
_AUCTION = (
    "bids_until",
    "opens_until",
    "max_units",
    "bids_sealed",
    "bids_opened",
    "clearing_usd6",
    "surplus_usd6",
    "forfeited_usd6",
)
_TERM_NAMES = (
    "program_root",
    "inputs_root",
    "spec_hash",
    "runtime_class",
    "grade",
    "seats",
    "spares",
    "lots",
    "items_per_lot",
    "items",
    "lot_seconds",
    "ceiling_usd6",
    "audit_bps",
    "client_salt",
)

JOBS = KeysetList(
    "jobs",
    Job.objects.all,
    JOB_COLUMNS,
    {
        "buyer": Filter("buyer", address, "jobs of this buyer"),
        "state": Filter("state", choice({name: number for number, name in STATES.items()}), "by state"),
        "provider": Filter(
            "awards__provider", address, "jobs awarded to this provider", key="awards__position"
        ),
        "spec_hash": Filter("spec_hash", bytes32, "jobs with this spec"),
    },
)
_JOB = KeysetList("job", Job.objects.all, JOB_COLUMNS | _TERMS | _DETAIL)
_AWARDS = KeysetList(
    "awards",
    Award.objects.all,
    {
        "provider": text("provider"),
        "device_id": text("device_id"),
        "payee": text("payee"),
        "price_usd6": amount("price_usd6"),
        "units": text("units"),
    },
    key="index",
    descending=False,
)
_BIDS = KeysetList(
    "bids",
    Bid.objects.all,
    {
        "provider": text("provider"),
        "order": text("order"),
        "status": Column("status", named(BID_STATUSES)),
        "units": text("units"),
        "deposit_usd6": amount("deposit_usd6"),
        "device_id": optional("device_id"),
        "price_usd6": amount("price_usd6"),
        "sealed_at": text("sealed_at"),
        "opened_at": optional("opened_at"),
        "tx": text("tx"),
    },
    key="order",
    descending=False,
)
LOTS = KeysetList(
    "lots",
    Lot.objects.all,
    {
        "lot": text("lot"),
        "phase": Column("phase", named(PHASES)),
        "reason": Column("reason", reason_name),
        "agreed": boolean("agreed"),
        "root": optional("root"),
        "window_end": optional("window_end"),
        "deadline": optional("deadline"),
        "contested": boolean("contested"),
        "held": boolean("held"),
        "audit_block": optional("audit_block"),
        "audit_due": boolean("audit_due"),
        "audited": boolean("audited"),
        "paid_usd6": amount("paid_usd6"),
        "fee_usd6": amount("fee_usd6"),
        "refund_usd6": amount("refund_usd6"),
        "closed_at": optional("closed_at"),
        "block": text("block"),
    },
    key="lot",
    descending=False,
    default_limit=200,
    max_limit=500,
)
_SEATS = KeysetList(
    "seats",
    Seat.objects.all,
    {
        "lot": text("lot_index"),
        "place": text("place"),
        "provider": text("provider"),
        "device_id": text("device_id"),
        "status": Column("status", named(STATUSES)),
        "spare": boolean("spare"),
        "called": boolean("called"),
        "seal": optional("seal"),
        "tag": optional("tag"),
        "root": optional("root"),
        "price_usd6": amount("price_usd6"),
        "amount_usd6": amount("amount_usd6"),
        "slashed_usd6": amount("slashed_usd6"),
        "sealed_at": optional("sealed_at"),
        "claim_id": optional("claim_key"),
        "tx": text("tx"),
    },
    key="place",
    descending=False,
)
EVENTS = KeysetList(
    "events",
    JobEvent.objects.all,
    {
        "event": text("event"),
        "contract": text("contract"),
        "lot": text("lot"),
        "block": text("block"),
        "timestamp": text("timestamp"),
        "tx": text("tx"),
        "log_index": text("log_index"),
        "args": Column("args", parsed_json),
    },
    descending=False,
    default_limit=200,
    max_limit=500,
)


def job_exists(job_id: str) -> bool:
    """Whether the index knows this job."""
    return Job.objects.filter(id=job_id).exists()


def job_get(job_id: str) -> dict[str, Any] | None:
    """A job with its terms, sums and awardees; None if the index does not know it."""
    job = _JOB.one(id=job_id)
    if job is None:
        return None
    job["terms"] = {name: job[name] for name in _TERM_NAMES}
    for name in _TERMS:
        del job[name]
    auction = {name: job.pop(name) for name in _AUCTION}
    # an instant order has no bidding
    job["auction"] = (
        auction | {"bids": _BIDS.all(job=job_id, order__lt=100)} if auction["bids_until"] else None
    )
    job["awardees"] = _AWARDS.all(job=job_id)
    names = device_names({awardee["device_id"] for awardee in job["awardees"]})
    for awardee in job["awardees"]:
        awardee["name"] = names.get(awardee["device_id"], "")
    return job


def device_names(ids: set[str]) -> dict[str, str]:
    """Names of devices by id, in one query."""
    return dict(Device.objects.filter(id__in=ids).values_list("id", "name"))


def seats_attach(job_id: str, lots: list[dict[str, Any]]) -> None:
    """Adds each lot's `seats`, in place order, with one query for the page."""
    by_lot: dict[int, list[dict[str, Any]]] = {lot["lot"]: [] for lot in lots}
    if lots:
        found = _SEATS.all(job=job_id, lot_index__gte=lots[0]["lot"], lot_index__lte=lots[-1]["lot"])
        for seat in found:
            by_lot[seat.pop("lot")].append(seat)
    for lot in lots:
        lot["seats"] = by_lot[lot["lot"]]


def totals() -> dict[str, Any]:
    """The market's running sums, as JSON."""
    row = Totals.objects.filter(id=1).first() or Totals()
    plain = ("devices", "providers", "jobs", "jobs_closed", "lots_paid", "games", "convictions")
    money = (
        "paid_providers_usd6",
        "income_to_shares_usd6",
        "fees_usd6",
        "kitty_usd6",
        "burned_usd6",
        "slashed_usd6",
        "staked_usd6",
    )
    sums: dict[str, Any] = {name: getattr(row, name) for name in plain}
    sums |= {name: str(getattr(row, name)) for name in money}
    return sums | {"paused_until": row.paused_until or None}
