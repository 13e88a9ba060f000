"""A quote: what a job would be, who takes it, who cannot and why, what it costs. A pure read of store and index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from assay.commitment import list_root
from assay.jobs.catalogue_index import CatalogueEntry, by_name
from assay.jobs.registry import UnknownKind
from assay.jobs.registry import get as kind_named
from assay.jobs.render.errors import SceneError
from assay.jobs.render.plan import Plan, plan
from assay.jobs.render.spec import RenderSpec, SpecError
from assay.protocol import quoting
from assay.protocol.device_spec import stated_speed
from assay.protocol.pricing import MarketParams
from backend.artifacts.specs import specs_of
from backend.devices.selectors import asking_spec_hashes, offers
from backend.market.scenes import scene_of
from backend.market.selectors import device_names
from backend.web.deployed import deployment
from backend.web.errors import Problem
from backend.web.finality import read_tip


@dataclass(frozen=True)
class Order:
    """What a buyer asks a quote for."""

    kind: str
    spec: Mapping[str, Any]
    grade: int
    seats: int
    spares: int
    max_price_per_hour_usd6: int | None = None
    runtime_class: str | None = None


@dataclass(frozen=True)
class _Stated:
    """A plan with the run time that its terms will state."""

    lots: int
    lot_seconds: int


def quote_get(order: Order) -> dict[str, Any]:
    """The quote as JSON. Raises a problem naming the field, or saying whom the market lacks, with every refusal."""
    spec = _parse(order)
    stats = scene_of(spec.scene)
    try:
        cut = plan(spec, stats)
    except SceneError as error:
        raise Problem(422, "bad_scene", str(error), "Simplify the scene.", field="scene") from None
    stated = _Stated(cut.lots, cut.lot_seconds(_speed(order.kind)))
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
            runtime_class=order.runtime_class,
        )
    except quoting.QuoteError as error:
        status = 400 if error.code == "bad_terms" else 409
        refused = [asdict(refusal) for refusal in error.refused]
        raise Problem(status, error.code, error.detail, error.hint, refused=refused) from None
    program = by_name(cut.program)
    return _answer(order, spec, cut, stated, program, found) | {
        "warnings": list(stats.warnings),
        "block": tip.block,
    }


def _speed(kind: str) -> float:
    """Work units a second that every asking device states to reach, as the command line's buyer reckons it too."""
    hashes = asking_spec_hashes()
    specs = specs_of(hashes)
    return stated_speed([specs.get(spec_hash) for spec_hash in hashes], kind)


def _parse(order: Order) -> RenderSpec:
    try:
        return kind_named(order.kind).parse(order.spec)
    except UnknownKind as error:
        raise Problem(400, "unknown_kind", f"{error}.", "See /api/v1/kinds.", field="kind") from None
    except SpecError as error:
        hint = "See the schema at /api/v1/kinds."
        raise Problem(400, "bad_spec", f"{error}.", hint, field=f"spec.{error.field}") from None


def _answer(  # noqa: PLR0917 - the parts of one answer
    order: Order,
    spec: RenderSpec,
    cut: Plan,
    stated: _Stated,
    program: CatalogueEntry,
    found: quoting.Quote,
) -> dict[str, Any]:
    names = device_names({pick.device_id for pick in found.picks})
    inputs = [bytes.fromhex(spec.scene.removeprefix("0x"))]
    terms = {
        "program_root": program.artifact_id,
        "inputs_root": "0x" + list_root(inputs).hex(),
        "spec_hash": "0x" + sha256(spec.canonical_bytes()).hexdigest(),
        "runtime_class": found.runtime_class,
        "grade": order.grade,
        "seats": order.seats,
        "spares": order.spares,
        "lots": cut.lots,
        "items_per_lot": cut.items_per_lot,
        "items": cut.items,
        "lot_seconds": stated.lot_seconds,
        "ceiling_usd6": str(found.price.ceiling_usd6),
    }
    return {
        "terms": terms,
        "spec": spec.to_json(),
        "picks": [asdict(pick) for pick in found.picks],
        "awardees_expected": [
            asdict(awardee) | {"price_usd6": str(awardee.price_usd6), "name": names[awardee.device_id]}
            for awardee in found.awardees
        ],
        "refused": [asdict(refusal) for refusal in found.refused],
        "price": {name: str(value) for name, value in asdict(found.price).items()},
        "plan": cut.to_json()
        | {
            "lot_seconds": stated.lot_seconds,
            "program": {"name": program.name, "id": program.artifact_id},
        },
        "expected_seconds": found.expected_seconds,
    }
