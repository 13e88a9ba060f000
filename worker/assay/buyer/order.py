"""An order before it is signed: spec, plan, who would take it, what it costs, what must be uploaded.

Orders of pictures are made here, of exact jobs in exact_order.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Generic, Protocol, TypeVar

from assay.artifacts import Kind, StoreError
from assay.buyer.market import Market
from assay.buyer.offers import Devices, offers_of, read_devices
from assay.commitment.artifact import artifact_id
from assay.commitment.listing import list_bytes, list_root
from assay.jobs.catalogue_index import by_name
from assay.jobs.render.errors import SceneError
from assay.jobs.render.plan import Plan, plan
from assay.jobs.render.prepare import scene_stats
from assay.jobs.render.spec import RenderSpec, SpecError
from assay.protocol import chain, quoting
from assay.protocol.device_spec import stated_speed
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.generated.structs import Pick, Terms
from assay.protocol.offers import Refusal
from assay.protocol.pricing import MarketParams
from assay.protocol.spec import parse_spec, spec_hash_of_bytes
from assay.protocol.states import Grade

DEFAULT_SEATS = 2
DEFAULT_SPARES = 1


class CannotOrder(AssayError):
    """Nobody can take the job as asked; `refused` says why for each device."""

    def __init__(self, message: str, hint: str, refused: list[Refusal]) -> None:
        super().__init__(message, hint)
        self.refused = refused


@dataclass(frozen=True)
class Wanted:
    """What the buyer asks for. max_price_per_hour_usd6: cap on each device's ask (None: none).

    audit_bps: above 0 the job is sampled, and this part of its lots is audited.
    """

    scene: bytes
    width: int
    height: int
    samples: int
    seed: int = 0
    exposure: float = 0.0
    seats: int = DEFAULT_SEATS
    spares: int = DEFAULT_SPARES
    audit_bps: int = 0
    max_price_per_hour_usd6: int | None = None


@dataclass(frozen=True)
class Stated:
    """A plan with the run time its terms state."""

    lots: int
    lot_seconds: int


class Demand(Protocol):
    """What an order of any kind asks of the market."""

    @property
    def seats(self) -> int: ...
    @property
    def spares(self) -> int: ...
    @property
    def audit_bps(self) -> int: ...
    @property
    def max_price_per_hour_usd6(self) -> int | None: ...


class Described(Protocol):
    """A spec or a plan, as JSON."""

    def to_json(self) -> dict[str, Any]: ...


S_co = TypeVar("S_co", bound=Described, covariant=True)
P_co = TypeVar("P_co", bound=Described, covariant=True)


@dataclass(frozen=True)
class Draft(Generic[S_co, P_co]):
    """An order ready to be shown and, if agreed, posted. Amounts in usd6. summary: what is asked, in words."""

    wanted: Demand
    spec: S_co
    plan: P_co
    summary: str
    quote: quoting.Quote
    terms: Terms
    picks: tuple[Pick, ...]
    uploads: tuple[tuple[Kind, bytes, bytes], ...]  # kind, id, bytes
    warnings: tuple[str, ...]
    block: int

    @property
    def lot_seconds(self) -> int:
        """Stated run time of one lot."""
        return self.terms.lot_seconds

    def to_json(self) -> dict[str, Any]:
        """What --dry-run --json prints; amounts as strings."""
        return {
            "block": self.block,
            "spec": self.spec.to_json(),
            "plan": self.plan.to_json() | {"lot_seconds": self.lot_seconds},
            "terms": {
                key: "0x" + v.hex() if isinstance(v, bytes) else v for key, v in asdict(self.terms).items()
            },
            "picks": [asdict(pick) for pick in self.quote.picks],
            "awardees_expected": [asdict(awardee) for awardee in self.quote.awardees],
            "refused": [asdict(refusal) for refusal in self.quote.refused],
            "price": {name: str(value) for name, value in asdict(self.quote.price).items()},
            "expected_seconds": self.quote.expected_seconds,
            "warnings": list(self.warnings),
        }


RenderDraft = Draft[RenderSpec, Plan]


def draft_order(market: Market, wanted: Wanted) -> RenderDraft:
    """Plans and quotes at the head. Raises BadInput for the spec or the scene, CannotOrder when nobody fits."""
    scene_id = artifact_id(wanted.scene)
    try:
        spec = RenderSpec(
            "0x" + scene_id.hex(), wanted.width, wanted.height, wanted.samples, wanted.seed, wanted.exposure
        )
        stats = scene_stats(wanted.scene)
        cut = plan(spec, stats)
    except SpecError as error:
        raise BadInput(f"{error}.", _SPEC_HINTS.get(error.field, "")) from error
    except SceneError as error:
        raise BadInput(f"The scene cannot be rendered: {error}.") from error
    program = by_name(cut.program).read()
    devices = read_devices(market.w3, market.deployment, chain.head(market.w3).number)
    lot_seconds = cut.lot_seconds(speed_of(market, devices, "render"))
    grade = _grade(wanted.seats, wanted.audit_bps)
    quote = quote_of(market, devices, Stated(cut.lots, lot_seconds), wanted, grade=grade)
    spec_bytes = spec.canonical_bytes()
    terms = Terms(
        program_root=artifact_id(program),
        inputs_root=list_root([scene_id]),
        spec_hash=spec_hash_of_bytes(spec_bytes),
        runtime_class=bytes.fromhex(quote.runtime_class[2:]),
        grade=grade,
        seats=wanted.seats,
        spares=wanted.spares,
        lots=cut.lots,
        items_per_lot=cut.items_per_lot,
        items=cut.items,
        lot_seconds=lot_seconds,
        ceiling_usd6=quote.price.ceiling_usd6,
        audit_bps=wanted.audit_bps,
    )
    uploads = (
        (Kind.BYTES, terms.program_root, program),
        (Kind.BYTES, scene_id, wanted.scene),
        (Kind.LIST, terms.inputs_root, list_bytes([scene_id])),
        (Kind.SPEC, terms.spec_hash, spec_bytes),
    )
    picks = tuple(Pick(bytes.fromhex(pick.device_id[2:]), pick.units) for pick in quote.picks)
    summary = f"{cut.width}x{cut.height}, {cut.samples} samples"
    return Draft(
        wanted, spec, cut, summary, quote, terms, picks, uploads, tuple(stats.warnings), devices.block
    )


_SPEC_HINTS = {
    "samples": "Give --samples a whole number.",
    "width": "Give --size as 320x180.",
    "height": "Give --size as 320x180.",
}


def _grade(seats: int, audit_bps: int) -> int:
    if audit_bps:
        return int(Grade.SAMPLED)
    return int(Grade.TRUSTED if seats == 1 else Grade.REPLICATED)


def quote_of(
    market: Market, devices: Devices, stated: Stated, wanted: Demand, *, grade: int, exact: bool = False
) -> quoting.Quote:
    """The quote at the devices' block. Raises CannotOrder with every refusal."""
    try:
        return quoting.quote(
            stated,
            offers_of(devices, market.vault),
            grade,
            wanted.seats,
            wanted.spares,
            wanted.max_price_per_hour_usd6,
            MarketParams.from_mapping(market.deployment.params),
            audit_bps=wanted.audit_bps,
            exact=exact,
        )
    except quoting.QuoteError as error:
        raise CannotOrder(error.detail, error.hint, error.refused) from error


def speed_of(market: Market, devices: Devices, kind: str) -> float:
    """Work units a second that the middle one of the devices with an ask states for this job kind."""
    asking = [
        device
        for device in devices.by_id.values()
        if device.price_per_hour_usd6 is not None and not device.retired
    ]
    return stated_speed([_document(market, device.spec_hash) for device in asking], kind)


def _document(market: Market, identity: bytes) -> dict[str, Any] | None:
    try:
        return parse_spec(market.store.get(Kind.SPEC, identity))
    except (StoreError, BadInput):
        return None
