"""Reads of devices, their asks and shares, income and holders. Called by views and quotes; never writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assay.protocol.offers import Offer
from backend.devices.models import Ask, Device, Offering, Share, ShareBalance, ShareIncome, Tender
from backend.providers.models import Provider
from backend.web.columns import amount, boolean, optional, text, whole
from backend.web.keyset import Column, Filter, KeysetList
from backend.web.params import address, bytes32, flag

DEVICES = KeysetList(
    "devices",
    Device.objects.all,
    {
        "id": text("id"),
        "provider": text("provider"),
        "name": text("name"),
        "accelerator": text("accelerator"),
        "memory_bytes": Column("memory_bytes", whole),
        "runtime_class": text("runtime_class"),
        "spec_hash": text("spec_hash"),
        "attestation_hash": optional("attestation_hash"),
        "payee": text("payee"),
        "shared": boolean("shared"),
        "retired": boolean("retired"),
        "lots_paid": text("lots_paid"),
        "income_usd6": amount("income_usd6"),
        "registered_at": text("registered_at"),
        "block": text("block"),
        "tx": text("tx"),
    },
    {
        "provider": Filter("provider", address, "devices of this provider"),
        "runtime_class": Filter("runtime_class", bytes32, "devices of this runtime class"),
        "shared": Filter("shared", flag, "true: only tokenized devices"),
    },
)
INCOME = KeysetList(
    "income",
    ShareIncome.objects.all,
    {
        "job_id": optional("job_key"),
        "lot": text("lot"),
        "payer": text("payer"),
        "amount_usd6": amount("amount_usd6"),
        "operator_usd6": amount("operator_usd6"),
        "holders_usd6": amount("holders_usd6"),
        "block": text("block"),
        "timestamp": text("timestamp"),
        "tx": text("tx"),
    },
)
HOLDERS = KeysetList(
    "holders",
    ShareBalance.objects.all,
    {
        "holder": text("holder"),
        "balance": amount("balance"),
        "claimed_usd6": amount("claimed_usd6"),
        "block": text("block"),
    },
    key="holder",
    key_type=str,
    descending=False,
)
_ASKS = KeysetList(
    "asks",
    Ask.objects.all,
    {
        "device_id": text("device_id"),
        "price_per_hour_usd6": amount("price_per_hour_usd6"),
        "max_units": text("max_units"),
    },
)
_SHARES = KeysetList(
    "shares",
    Share.objects.all,
    {
        "device_id": text("device_id"),
        "address": text("address"),
        "name": text("name"),
        "symbol": text("symbol"),
        "supply": amount("supply"),
        "operator": text("operator"),
        "operator_cut_bps": text("operator_cut_bps"),
        "total_income_usd6": amount("total_income_usd6"),
        "claimed_usd6": amount("claimed_usd6"),
        "proceeds_usd6": amount("proceeds_usd6"),
        "created_at": text("created_at"),
        "policy": optional("policy"),
        "cost_usd6": amount("cost_usd6"),
        "salvage_usd6": amount("salvage_usd6"),
        "life_seconds": text("life_seconds"),
        "declining": boolean("declining"),
    },
)
OFFERINGS = KeysetList(
    "offerings",
    Offering.objects.all,
    {
        "id": text("id"),
        "device_id": text("device_key"),
        "provider": text("provider"),
        "spec_hash": optional("spec_hash"),
        "attestation_hash": optional("attestation_hash"),
        "price_usd6": amount("price_usd6"),
        "target": text("target"),
        "cap": text("cap"),
        "retained": text("retained"),
        "sold": text("sold"),
        "refunded": text("refunded"),
        "deadline": text("deadline"),
        "activation_deadline": text("activation_deadline"),
        "operator_cut_bps": text("operator_cut_bps"),
        "policy": optional("policy"),
        "name": text("name"),
        "symbol": text("symbol"),
        "share": optional("share"),
        "cancelled": boolean("cancelled"),
        "opened_at": text("opened_at"),
        "block": text("block"),
        "tx": text("tx"),
    },
)
TENDERS = KeysetList(
    "tenders",
    Tender.objects.all,
    {
        "id": text("id"),
        "share": text("share_key"),
        "bidder": text("bidder"),
        "price_usd6": amount("price_usd6"),
        "escrow_usd6": amount("escrow_usd6"),
        "deadline": text("deadline"),
        "accepted": amount("accepted"),
        "paid_usd6": amount("paid_usd6"),
        "opened_at": text("opened_at"),
        "completed_at": text("completed_at"),
        "ended_at": text("ended_at"),
        "block": text("block"),
        "tx": text("tx"),
    },
)
_HELD = KeysetList(
    "held",
    ShareBalance.objects.all,
    {
        "share": text("share_id"),
        "device_id": text("share__device_id"),
        "symbol": text("share__symbol"),
        "name": text("share__name"),
        "balance": amount("balance"),
        "claimed_usd6": amount("claimed_usd6"),
    },
    key="id",
    key_type=str,
    descending=False,
)
MAX_HELD = 500  # share balances shown for one account


def asks_and_shares_attach(devices: list[dict[str, Any]]) -> None:
    """Adds `ask` and `share` (null where there is none) to each device, with two queries for the page."""
    ids = [device["id"] for device in devices]
    asks = {ask.pop("device_id"): ask for ask in _ASKS.all(device__in=ids, open=True)} if ids else {}
    shares = {share.pop("device_id"): share for share in _SHARES.all(device__in=ids)} if ids else {}
    for device in devices:
        device["ask"] = asks.get(device["id"])
        device["share"] = shares.get(device["id"])


def device_get(device_id: str) -> dict[str, Any] | None:
    """One device with ask and share; None if the index does not know it."""
    device = DEVICES.one(id=device_id)
    if device is not None:
        asks_and_shares_attach([device])
    return device


def devices_of(providers: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Devices with ask and share of several providers, by provider, in three queries."""
    wanted = list(providers)
    found = DEVICES.all(provider__in=wanted) if wanted else []
    asks_and_shares_attach(found)
    grouped: dict[str, list[dict[str, Any]]] = {provider: [] for provider in wanted}
    for device in found:
        grouped[device["provider"]].append(device)
    return grouped


def device_exists(device_id: str) -> bool:
    """Whether the index knows this device."""
    return Device.objects.filter(id=device_id).exists()


def share_exists(share: str) -> bool:
    """Whether the index knows this share."""
    return Share.objects.filter(address=share).exists()


def held_by(account: str) -> list[dict[str, Any]]:
    """Shares an account has or had, at most MAX_HELD."""
    return _HELD.page({"limit": str(HOLDERS.max_limit)}, holder=account).results


def asking_spec_hashes() -> list[str]:
    """Hashes of the documents of all devices with a standing ask, each once."""
    asking = Device.objects.filter(ask__open=True, retired=False)
    return list(asking.order_by("spec_hash").values_list("spec_hash", flat=True).distinct())


def offers() -> list[Offer]:
    """Every device as an offer: its ask and its provider's free stake, in two queries."""
    free = {row.address: row.free_usd6 for row in Provider.objects.all().iterator()}
    rows = Device.objects.values_list(
        "id", "provider", "name", "runtime_class", "payee", "retired",
        "ask__open", "ask__price_per_hour_usd6", "ask__max_units",
    )  # fmt: skip
    return [
        Offer(
            device_id=device_id,
            provider=provider,
            name=name,
            runtime_class=runtime_class,
            payee=payee,
            retired=retired,
            price_per_hour_usd6=price if is_open else None,
            max_units=max_units or 0,
            free_stake_usd6=max(0, free.get(provider, 0)),
            ask_withdrawn=is_open is False,
        )
        for device_id, provider, name, runtime_class, payee, retired, is_open, price, max_units in rows.iterator()
    ]
