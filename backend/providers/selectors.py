"""Reads of providers, their stake and their unbonding queue. Called by views; never writes."""

from __future__ import annotations

from typing import Any

from backend.devices.selectors import devices_of
from backend.disputes.selectors import CONVICTIONS, convictions_finish
from backend.market.models import Credit
from backend.providers.models import Provider, Unbond, UnbondState
from backend.web.columns import amount, text
from backend.web.keyset import KeysetList

CONVICTIONS_SHOWN = 20  # the rest is at /convictions?provider=

PROVIDERS = KeysetList(
    "providers",
    Provider.objects.all,
    {
        "address": text("address"),
        "stake_usd6": amount("stake_usd6"),
        "locked_usd6": amount("locked_usd6"),
        "unbonding_usd6": amount("unbonding_usd6"),
        "slashed_usd6": amount("slashed_usd6"),
        "earned_usd6": amount("earned_usd6"),
        "seats_paid": text("seats_paid"),
        "seats_unpaid": text("seats_unpaid"),
        "seats_defaulted": text("seats_defaulted"),
        "seats_declined": text("seats_declined"),
        "seats_convicted": text("seats_convicted"),
        "block": text("block"),
    },
)
_UNBONDS = KeysetList(
    "unbonds",
    Unbond.objects.filter(state=UnbondState.WAITING).all,
    {
        "provider": text("provider_id"),
        "request_id": amount("request_id"),
        "amount_usd6": amount("amount_usd6"),
        "available_at": text("available_at"),
    },
    descending=False,
)


def provider_get(address: str) -> dict[str, Any] | None:
    """One provider with devices, credit, unbonds and latest convictions; None if the index does not know it."""
    provider = PROVIDERS.one(address=address)
    if provider is not None:
        details_attach([provider])
        page = CONVICTIONS.page({"limit": str(CONVICTIONS_SHOWN), "provider": address})
        convictions_finish(page.results)
        provider["convictions"] = page.results
    return provider


def details_attach(providers: list[dict[str, Any]]) -> None:
    """Adds free stake, devices, credit and waiting unbonds to a page of providers, in five queries."""
    addresses = [provider["address"] for provider in providers]
    devices = devices_of(addresses)
    credits = dict(Credit.objects.filter(account__in=addresses).values_list("account", "balance_usd6"))
    unbonds: dict[str, list[dict[str, Any]]] = {address: [] for address in addresses}
    for unbond in _UNBONDS.all(provider__in=addresses) if addresses else []:
        unbonds[unbond.pop("provider")].append(unbond)
    for provider in providers:
        address = provider["address"]
        free = int(provider["stake_usd6"]) - int(provider["locked_usd6"]) - int(provider["unbonding_usd6"])
        provider["free_usd6"] = str(max(0, free))
        provider["devices"] = devices[address]
        provider["credit_usd6"] = str(credits.get(address, 0))
        provider["unbonds"] = unbonds[address]


def is_provider(address: str) -> bool:
    """Whether an account has or had stake or devices."""
    return Provider.objects.filter(address=address).exists()
