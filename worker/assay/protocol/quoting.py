"""Who could take a job now, who cannot and why, and what it will cost: the picks of an instant order.

Called by: the backend's POST /quotes and the CLI buyer. Pure, no I/O.
The rules are the ones Auction.award checks: devices of distinct providers of one runtime class (exact jobs: of any) in
ascending ask price, blocks of at most `lots` units, together exactly lots * (seats + spares), each bond covered by free
stake.

The policy on top: the cheapest devices that can carry the job set the ceiling; every other fit device at that
price takes part too (shorter blocks, same money); units are laid in proportion to what each device can take.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.protocol.offers import OTHER_CLASS, Fit, Offer, Plan, Refusal, Screening, by_price, refuse, screen
from assay.protocol.order_bounds import MAX_LOTS, MAX_SEATS, QuoteError, check_terms
from assay.protocol.pricing import (
    BPS,
    TRUSTED,
    MarketParams,
    Price,
    ceil_div,
    fee_usd6,
    price_lines,
    priced_seats,
)

__all__ = [
    "ANY_CLASS",
    "MAX_AWARDEES",
    "MAX_LOTS",
    "MAX_SEATS",
    "Awardee",
    "Offer",
    "Pick",
    "Quote",
    "QuoteError",
    "check_terms",
    "lay_units",
    "quote",
]

MAX_AWARDEES = 20
ANY_CLASS = "0x" + "00" * 32

_TAKEN = "Its provider is in with another device."
_NOT_NEEDED = "It could take the job; the devices picked are enough."


@dataclass(frozen=True)
class Pick:
    device_id: str
    units: int


@dataclass(frozen=True)
class Awardee:
    """What the market will store for a pick, if no ask changes before the order is mined."""

    provider: str
    device_id: str
    payee: str
    price_usd6: int
    units: int


@dataclass(frozen=True)
class Quote:
    runtime_class: str
    picks: list[Pick]
    awardees: list[Awardee]
    refused: list[Refusal]
    price: Price
    expected_seconds: int  # from the draw to the last lot's payment, with stated run times


def quote(  # noqa: PLR0917 - the signature both callers agreed on
    plan: Plan,
    offers: Iterable[Offer],
    grade: int,
    seats: int,
    spares: int,
    max_price_per_hour_usd6: int | None,
    params: MarketParams,
    *,
    audit_bps: int = 0,
    runtime_class: str | None = None,
    exact: bool = False,
) -> Quote:
    """Picks, expected awardees, refusals and price lines for a plan.

    Args: grade, seats, spares as in the terms; max_price_per_hour_usd6 the buyer's cap per device-hour (None:
    no cap); runtime_class the only class wanted (None: the class that is cheapest); exact: devices of any class, as
    the terms name none; audit_bps: of a sampled job, the part of its lots that are audited.
    Raises QuoteError with every refusal when the offers cannot carry the job.
    """
    check_terms(grade, seats, spares, plan.lots, plan.lot_seconds, audit_bps=audit_bps, exact=exact)
    by_class: dict[str, list[Offer]] = {}
    for offer in offers:
        by_class.setdefault(ANY_CLASS if exact else offer.runtime_class.lower(), []).append(offer)
    wanted = [runtime_class.lower()] if runtime_class is not None else sorted(by_class)
    attempts: list[tuple[str, Screening, list[Fit] | QuoteError]] = []
    for name in wanted:
        group, cap = by_class.get(name, []), max_price_per_hour_usd6
        screening = screen(
            group, plan, grade, cap, params, audit_bps=audit_bps, disputable=exact and grade != TRUSTED
        )
        attempts.append((name, screening, _choose(screening, plan.lots, seats + spares)))
    best = min(attempts, key=_rank, default=None)
    if best is None:
        raise QuoteError(
            "not_enough_providers", "No device is registered.", "Start a worker with a staked provider."
        )
    name, screening, chosen = best
    others = [o for key, group in by_class.items() if key != name for o in group]
    screening.refused += [refuse(o, "other_runtime_class", OTHER_CLASS) for o in others]
    if isinstance(chosen, QuoteError):
        raise QuoteError(chosen.code, chosen.detail, chosen.hint, screening.refused)
    return _build(
        runtime_class=name,
        screening=screening,
        chosen=chosen,
        plan=plan,
        grade=grade,
        seats=seats,
        spares=spares,
        audit_bps=audit_bps,
        exact=exact,
        params=params,
    )


def _one_per_provider(fits: Sequence[Fit]) -> list[Fit]:
    """Each provider's device of most capacity (the cheaper on a tie), the MAX_AWARDEES largest, in price
    order.
    """
    best: dict[str, Fit] = {}
    for fit in fits:
        held = best.get(fit.offer.provider.lower())
        if held is None or fit.capacity > held.capacity:
            best[fit.offer.provider.lower()] = fit
    largest = sorted(best.values(), key=lambda fit: -fit.capacity)[:MAX_AWARDEES]
    return sorted(largest, key=by_price)


def _carried(fits: Sequence[Fit]) -> int:
    return sum(fit.capacity for fit in _one_per_provider(fits))


def _choose(screening: Screening, lots: int, width: int) -> list[Fit] | QuoteError:
    """The cheapest prefix of the fits that carries lots * width units (capacity grows with it: bisection)."""
    fits, need = screening.fits, lots * width
    if not fits and any(refusal.code == "too_cheap" for refusal in screening.refused):
        text = "At the prices that are asked, a seat of this job is too cheap to be disputed."
        return QuoteError("too_cheap", text, "Put more items in a lot, or state a longer run time of a lot.")
    if not fits:
        capped = any(refusal.code == "over_price_cap" for refusal in screening.refused)
        code = "nothing_under_cap" if capped else "not_enough_providers"
        text = "No device asks a price under your cap." if capped else "No device can take this job now."
        return QuoteError(
            code, text, "Raise the cap or wait for an ask." if capped else "See the reason of each."
        )
    providers = len({fit.offer.provider.lower() for fit in fits})
    if providers < width:
        text = f"The job needs {width} distinct providers (seats + spares), and {providers} can take it now."
        return QuoteError(
            "not_enough_providers", text, "Ask for fewer spares or seats, or raise the price cap."
        )
    if _carried(fits) < need:
        text = f"The job needs {need} units, and the devices that fit can carry {_carried(fits)}."
        return QuoteError("not_enough_capacity", text, "Ask for a smaller job, fewer spares or seats.")
    cut = bisect_left(range(1, len(fits) + 1), need, key=lambda size: _carried(fits[:size]))
    dearest = fits[cut].price_usd6
    return _one_per_provider([fit for fit in fits if fit.price_usd6 <= dearest])


def _rank(attempt: tuple[str, Screening, list[Fit] | QuoteError]) -> tuple[int, int, int]:
    """Cheapest possible class first; of impossible ones, the one that comes closest."""
    _, screening, chosen = attempt
    if isinstance(chosen, QuoteError):
        return (1, -len(screening.fits), 0)
    return (0, chosen[-1].price_usd6, -len(chosen))


def lay_units(capacities: Sequence[int], need: int) -> list[int]:
    """`need` units in proportion to capacities, none above its own; largest remainders get the odd ones."""
    total = sum(capacities)
    if not 0 <= need <= total:
        raise ValueError(f"{need} units do not fit in capacities of {total}")
    shares = [divmod(capacity * need, total) for capacity in capacities]
    units = [whole for whole, _ in shares]
    order = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    for index in order[: need - sum(units)]:
        units[index] += 1
    return units


def _build(
    *,
    runtime_class: str,
    screening: Screening,
    chosen: list[Fit],
    plan: Plan,
    grade: int,
    seats: int,
    spares: int,
    audit_bps: int,
    exact: bool,
    params: MarketParams,
) -> Quote:
    """The quote of a feasible choice. Every device that fits but is not picked is told why."""
    width = seats + spares
    units = lay_units([fit.capacity for fit in chosen], plan.lots * width)
    picked = [(fit, count) for fit, count in zip(chosen, units, strict=True) if count]
    ceiling = max(fit.price_usd6 for fit, _ in picked)
    ids = {fit.offer.device_id for fit, _ in picked}
    providers = {fit.offer.provider.lower() for fit, _ in picked}
    for fit in screening.fits:
        if fit.offer.device_id in ids:
            continue
        taken = fit.offer.provider.lower() in providers
        code = "provider_taken" if taken else "not_needed"
        text = (
            "Its provider is in with another device."
            if taken
            else "It could take the job; others are enough."
        )
        screening.refused.append(refuse(fit.offer, code, text))
    paid = sum(fit.price_usd6 * count for fit, count in picked)
    fees = sum(fee_usd6(fit.price_usd6, params.fee_bps) * count for fit, count in picked)
    longest = max(count for _, count in picked)
    price = price_lines(
        lots=plan.lots,
        seats=priced_seats(grade, seats),
        called=seats,
        ceiling_usd6=ceiling,
        # of a sampled job one lot in 1 / q has an auditor beside its seat
        expected_seats_usd6=ceil_div(paid * (seats * BPS + audit_bps), width * BPS),
        expected_fees_usd6=ceil_div(fees * (seats * BPS + audit_bps), width * BPS),
        params=params,
    )
    waiting = params.window_seconds(grade, price.escrow_usd6, plan.lot_seconds, exact=exact)
    return Quote(
        runtime_class=runtime_class,
        picks=[Pick(fit.offer.device_id, count) for fit, count in picked],
        awardees=[
            Awardee(fit.offer.provider, fit.offer.device_id, fit.offer.payee, fit.price_usd6, count)
            for fit, count in picked
        ],
        refused=screening.refused,
        price=price,
        expected_seconds=ceil_div(longest * seats, width) * plan.lot_seconds + waiting,
    )
