"""Devices as a buyer sees them: which fit a job, what each can carry, and why the others do not fit.

Called by: quoting.py; the backend and the CLI buyer build Offers from the index or from the chain. Pure, no
I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from assay.protocol.pricing import MarketParams, bond_usd6, seat_price_usd6


class Plan(Protocol):
    """What a job kind's plan must say for a quote (assay.jobs)."""

    @property
    def lots(self) -> int: ...
    @property
    def lot_seconds(self) -> int: ...


@dataclass(frozen=True)
class Offer:
    """One device as the index or the chain knows it."""

    device_id: str
    provider: str
    name: str
    runtime_class: str
    payee: str
    retired: bool
    price_per_hour_usd6: int | None  # None: no ask stands
    max_units: int
    free_stake_usd6: int  # of the provider, shared by its devices
    ask_withdrawn: bool = False  # an ask stood once


@dataclass(frozen=True)
class Refusal:
    """Why a device is not among the picks; code is stable, reason is a sentence."""

    device_id: str
    provider: str
    name: str
    code: str
    reason: str


@dataclass(frozen=True)
class Fit:
    """An offer that may be picked: its seat price and the most units it can carry."""

    offer: Offer
    price_usd6: int
    capacity: int


def by_price(fit: Fit) -> tuple[int, str]:
    return (fit.offer.price_per_hour_usd6 or 0, fit.offer.device_id)


@dataclass
class Screening:
    fits: list[Fit] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


OTHER_CLASS = "Its runtime class differs, so its digests could not be compared with the other seats'."


def refuse(offer: Offer, code: str, reason: str) -> Refusal:
    return Refusal(offer.device_id, offer.provider, offer.name, code, reason)


def screen(
    offers: list[Offer],
    plan: Plan,
    grade: int,
    cap_usd6: int | None,
    params: MarketParams,
    *,
    audit_bps: int = 0,
    disputable: bool = False,
) -> Screening:
    """Splits the offers of one class into those that fit and those that do not, each with its first cause.

    disputable: an exact job of a grade with claims, whose bonds must cover what disputing them costs.
    """
    result = Screening()
    for offer in offers:
        asked = offer.price_per_hour_usd6
        price = seat_price_usd6(asked or 0, plan.lot_seconds)
        bond = bond_usd6(price, grade, audit_bps, params)
        by_stake = offer.free_stake_usd6 // bond if bond else plan.lots
        capacity = min(plan.lots, offer.max_units, by_stake)
        if offer.retired:
            result.refused.append(refuse(offer, "retired", "The device is retired."))
        elif asked is None and offer.ask_withdrawn:
            result.refused.append(refuse(offer, "ask_withdrawn", "Its provider withdrew the ask."))
        elif asked is None:
            result.refused.append(refuse(offer, "no_ask", "No ask stands for it."))
        elif cap_usd6 is not None and asked > cap_usd6:
            text = f"It asks {usd(asked)} an hour, over the cap of {usd(cap_usd6)}."
            result.refused.append(refuse(offer, "over_price_cap", text))
        elif disputable and bond < params.least_claim_bond_usd6:
            least = usd(params.least_disputable_price_usd6(grade, audit_bps))
            text = f"A seat at {usd(price)} is too cheap to be disputed; it must come to at least {least}."
            result.refused.append(refuse(offer, "too_cheap", text))
        elif offer.max_units == 0:
            result.refused.append(refuse(offer, "no_capacity", "Its ask accepts no units."))
        elif by_stake == 0:
            short = bond - offer.free_stake_usd6
            text = f"A bond of {usd(bond)} a unit is needed; free stake is {usd(short)} short."
            result.refused.append(refuse(offer, "stake_too_small", text))
        else:
            result.fits.append(Fit(offer, price, capacity))
    result.fits.sort(key=by_price)
    return result


def usd(amount_usd6: int) -> str:
    return f"{amount_usd6 / 1_000_000:,.6f}".rstrip("0").rstrip(".") + " USD"
