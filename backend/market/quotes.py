"""A quote: what a job would be, who takes it, who cannot and why, what it costs. A pure read of store and index."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assay.protocol import quoting
from assay.protocol.device_spec import stated_speed
from assay.protocol.pricing import TRUSTED, MarketParams, bond_usd6
from backend.artifacts.specs import specs_of
from backend.devices.selectors import asking_spec_hashes, offers
from backend.market.quoted import Order, Prepared, prepared
from backend.market.selectors import device_names
from backend.web.deployed import deployment
from backend.web.errors import Problem
from backend.web.finality import read_tip


@dataclass(frozen=True)
class _Stated:
    """A plan with the run time that its terms will state."""

    lots: int
    lot_seconds: int


def quote_get(order: Order) -> dict[str, Any]:
    """The quote as JSON. Raises a problem naming the field, or saying whom the market lacks, with every refusal."""
    ready = prepared(order)
    stated = _Stated(ready.cut.lots, _lot_seconds(order, ready))
    params = MarketParams.from_mapping(deployment().params)
    tip = read_tip()
    try:
        found = quoting.quote(
            stated,
            offers(),
            order.grade,
            order.seats,
            order.spares,
            order.max_price_per_hour_usd6,
            params,
            audit_bps=order.audit_bps,
            runtime_class=order.runtime_class,
            exact=ready.exact,
        )
    except quoting.QuoteError as error:
        raise _refused(error, order, params) from None
    return _answer(order, ready, stated, found) | {
        "dispute": _dispute(order, ready, stated, found, params),
        "warnings": ready.warnings,
        "block": tip.block,
    }


def _lot_seconds(order: Order, ready: Prepared) -> int:
    """The stated run time: as reckoned by the speed that devices state, or longer if the buyer says so."""
    reckoned = ready.cut.lot_seconds(_speed(order.kind))
    if order.lot_seconds is None:
        return reckoned
    if order.lot_seconds < reckoned:
        detail = (
            f"lot_seconds is {order.lot_seconds}; by the speed that devices state a lot takes {reckoned}."
        )
        hint = f"State at least {reckoned}, or leave it out."
        raise Problem(400, "bad_terms", detail, hint, field="lot_seconds")
    return order.lot_seconds


def _speed(kind: str) -> float:
    """Work units a second that every asking device states to reach, as the command line's buyer reckons it too."""
    hashes = asking_spec_hashes()
    specs = specs_of(hashes)
    return stated_speed([specs.get(spec_hash) for spec_hash in hashes], kind)


def _refused(error: quoting.QuoteError, order: Order, params: MarketParams) -> Problem:
    members: dict[str, Any] = {"refused": [asdict(refusal) for refusal in error.refused]}
    if error.code == "too_cheap":
        members["least_price_usd6"] = str(params.least_disputable_price_usd6(order.grade, order.audit_bps))
    status = 400 if error.code == "bad_terms" else 409
    return Problem(status, error.code, error.detail, error.hint, **members)


def _dispute(
    order: Order, ready: Prepared, stated: _Stated, found: quoting.Quote, params: MarketParams
) -> dict[str, Any] | None:
    """What a wrong result costs its provider, and what challenging it costs; null where nothing can be challenged."""
    if not ready.exact or order.grade == TRUSTED:
        return None
    cheapest = min(awardee.price_usd6 for awardee in found.awardees)
    return {
        "claim_bond_usd6": str(bond_usd6(cheapest, order.grade, order.audit_bps, params)),
        "game_bond_usd6": str(params.path_moves * params.move_price_usd6),
        "window_seconds": params.window_seconds(order.grade, found.price.escrow_usd6, stated.lot_seconds),
    }


def _answer(order: Order, ready: Prepared, stated: _Stated, found: quoting.Quote) -> dict[str, Any]:
    names = device_names({pick.device_id for pick in found.picks})
    cut = ready.cut
    terms = {
        "program_root": ready.program_root,
        "inputs_root": ready.inputs_root,
        "spec_hash": ready.spec_hash,
        "runtime_class": found.runtime_class,
        "grade": order.grade,
        "seats": order.seats,
        "spares": order.spares,
        "lots": cut.lots,
        "items_per_lot": cut.items_per_lot,
        "items": cut.items,
        "lot_seconds": stated.lot_seconds,
        "ceiling_usd6": str(found.price.ceiling_usd6),
        "audit_bps": order.audit_bps,
    }
    return {
        "terms": terms,
        "spec": ready.spec.to_json(),
        "picks": [asdict(pick) for pick in found.picks],
        "awardees_expected": [
            asdict(awardee) | {"price_usd6": str(awardee.price_usd6), "name": names[awardee.device_id]}
            for awardee in found.awardees
        ],
        "refused": [asdict(refusal) for refusal in found.refused],
        "price": {name: str(value) for name, value in asdict(found.price).items()},
        "plan": _plan(ready) | {"lot_seconds": stated.lot_seconds, "program": ready.program},
        "expected_seconds": found.expected_seconds,
    }


def _plan(ready: Prepared) -> dict[str, Any]:
    """The plan's JSON; what exact programs count passes 2^53, so it is text under a name of its own."""
    said = ready.cut.to_json()
    if ready.exact:
        said["scalar_operations"] = said.pop("operations")
    return said
