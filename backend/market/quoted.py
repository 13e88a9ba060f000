"""What each job kind says of an order before anybody is picked: its spec, its cut, its program, its roots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from assay.artifacts import ArtifactMissing, ArtifactTooLarge, Kind, StoreError
from assay.commitment import list_root
from assay.commitment.errors import CommitmentError
from assay.commitment.listing import ID_BYTES, list_ids
from assay.jobs.catalogue_index import by_name
from assay.jobs.errors import SpecError
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.registry import UnknownKind
from assay.jobs.registry import get as kind_named
from assay.jobs.render.errors import SceneError
from assay.jobs.render.plan import plan as render_plan
from assay.jobs.render.spec import RenderSpec
from assay.protocol.pricing import TRUSTED
from backend.artifacts.store import artifact_store
from backend.market.exact_programs import ProgramFacts, facts_of
from backend.market.scenes import scene_of
from backend.web.deployed import deployment
from backend.web.errors import Problem


@dataclass(frozen=True)
class Order:
    """What a buyer asks a quote for. inputs_root and lot_seconds: of exact jobs only."""

    kind: str
    spec: Mapping[str, Any]
    grade: int
    seats: int
    spares: int
    audit_bps: int = 0
    max_price_per_hour_usd6: int | None = None
    runtime_class: str | None = None
    inputs_root: str | None = None
    lot_seconds: int | None = None


class Spec(Protocol):
    """A checked spec of any kind."""

    def to_json(self) -> dict[str, Any]: ...
    def canonical_bytes(self) -> bytes: ...


class Cut(Protocol):
    """A plan of any kind."""

    @property
    def lots(self) -> int: ...
    @property
    def items(self) -> int: ...
    @property
    def items_per_lot(self) -> int: ...
    def lot_seconds(self, speed: float) -> int: ...
    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Prepared:
    """An order as its kind understands it. program: name and artifact id; exact: any device may take it."""

    spec: Spec
    cut: Cut
    program: dict[str, str]
    program_root: str
    inputs_root: str
    exact: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def spec_hash(self) -> str:
        """SHA-256 of the spec's canonical bytes."""
        return "0x" + sha256(self.spec.canonical_bytes()).hexdigest()


def prepared(order: Order) -> Prepared:
    """The order, checked and cut. Raises a problem naming the field."""
    try:
        kind = kind_named(order.kind)
        spec = kind.parse(order.spec)
    except UnknownKind as error:
        raise Problem(400, "unknown_kind", f"{error}.", "See /api/v1/kinds.", field="kind") from None
    except SpecError as error:
        hint = "See the schema at /api/v1/kinds."
        raise Problem(400, "bad_spec", f"{error}.", hint, field=f"spec.{error.field}") from None
    return _KINDS[kind.name](order, spec)


def _render(order: Order, spec: RenderSpec) -> Prepared:
    for name in ("inputs_root", "lot_seconds"):
        if getattr(order, name) is not None:
            raise _misplaced(name, "a render job: it follows from the spec")
    stats = scene_of(spec.scene)
    try:
        cut = render_plan(spec, stats)
    except SceneError as error:
        raise Problem(422, "bad_scene", str(error), "Simplify the scene.", field="scene") from None
    program = by_name(cut.program)
    return Prepared(
        spec,
        cut,
        {"name": program.name, "id": program.artifact_id},
        program.artifact_id,
        "0x" + list_root([bytes.fromhex(spec.scene.removeprefix("0x"))]).hex(),
        warnings=list(stats.warnings),
    )


def _exact(order: Order, spec: ExactSpec) -> Prepared:
    if order.runtime_class is not None:
        raise _misplaced("runtime_class", "an exact job: any device may take it")
    facts = facts_of(spec)
    if order.grade != TRUSTED:
        refusal = facts.refusal(spec.items_per_lot, int(deployment().params["path_moves"]))
        if refusal:
            hint = "Change the program, put fewer items in a lot, or take grade 1 (trusted)."
            raise Problem(422, "not_disputable", refusal, hint, field="spec.program")
    return Prepared(
        spec,
        facts.cut(spec),
        {"name": spec.title, "id": spec.program},
        "0x" + facts.root.hex(),
        _inputs_of(order, facts),
        exact=True,
    )


def _inputs_of(order: Order, facts: ProgramFacts) -> str:
    """The list root of the inputs, as many as the program takes."""
    if order.inputs_root is None:
        if facts.inputs == 0:
            return "0x" + list_root([]).hex()
        detail = f"inputs_root is missing: the program takes {facts.inputs} inputs."
        raise Problem(
            400, "bad_parameter", detail, "Give the list root of their tensor roots.", field="inputs_root"
        )
    identity = bytes.fromhex(order.inputs_root[2:])
    try:
        data = artifact_store().get(Kind.LIST, identity, max_bytes=max(facts.inputs, 1) * ID_BYTES)
        count = len(list_ids(data))
    except ArtifactMissing:
        hint = "Upload it first: PUT /api/v1/artifacts/list/{root}, and each tensor."
        detail = f"The list of inputs {order.inputs_root} is not in this store."
        raise Problem(422, "inputs_missing", detail, hint, field="inputs_root") from None
    except (ArtifactTooLarge, CommitmentError):
        count = -1
    except StoreError as error:
        raise Problem(503, "store_failed", "This mirror's store fails.", "Try again later.") from error
    if count != facts.inputs:
        named = "more" if count < 0 else str(count)
        detail = f"The list names {named} inputs, the program takes {facts.inputs}."
        raise Problem(422, "bad_inputs", detail, "Give the program's inputs in order.", field="inputs_root")
    return "0x" + identity.hex()


def _misplaced(name: str, why: str) -> Problem:
    return Problem(400, "bad_parameter", f"{name} is not for {why}.", "Leave it out.", field=name)


_KINDS: dict[str, Callable[[Order, Any], Prepared]] = {"render": _render, "exact": _exact}
