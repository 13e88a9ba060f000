"""An order of an exact job before it is signed: what is uploaded, its plan, its quote, whether it can be disputed."""

from __future__ import annotations

from dataclasses import dataclass

from assay.artifacts import Kind
from assay.buyer.market import Market
from assay.buyer.offers import read_devices
from assay.buyer.order import Draft, Stated, quote_of, speed_of
from assay.commitment.artifact import artifact_id
from assay.commitment.listing import list_bytes, list_root
from assay.commitment.tensor import tensor_root
from assay.jobs.errors import JobError, SpecError
from assay.jobs.exact.loading import LIMITS, MAX_INPUT_BYTES, check_program
from assay.jobs.exact.plan import ExactPlan, plan
from assay.jobs.exact.spec import ExactSpec, Output
from assay.jobs.exact.tensors import Array, object_of
from assay.program import Program, ProgramError
from assay.program.inputs import check_inputs
from assay.protocol import chain
from assay.protocol.errors import BadInput
from assay.protocol.generated.structs import Pick, Terms
from assay.protocol.spec import parse_spec, spec_hash_of_bytes
from assay.protocol.states import Grade

ExactDraft = Draft[ExactSpec, ExactPlan]
Uploads = dict[tuple[Kind, bytes], bytes]


@dataclass(frozen=True)
class ExactWanted:
    """What the buyer asks for. program knows its constants; lot_seconds: stated run time (None: as reckoned);
    max_price_per_hour_usd6: cap on each device's ask (None: none).
    """

    program: Program
    inputs: tuple[Array, ...]
    outputs: tuple[Output, ...] = ()
    title: str = ""
    items: int = 1
    items_per_lot: int = 1
    grade: Grade = Grade.REFEREED
    seats: int = 1
    spares: int = 0
    audit_bps: int = 0
    lot_seconds: int | None = None
    max_price_per_hour_usd6: int | None = None


def draft_exact_order(market: Market, wanted: ExactWanted) -> ExactDraft:
    """Plans and quotes at the head. Raises BadInput for what no worker would take, CannotOrder when nobody fits."""
    encoded = wanted.program.encode()
    spec = _spec(wanted, encoded)
    cut = plan(spec, wanted.program)
    _check(market, wanted)
    devices = read_devices(market.w3, market.deployment, chain.head(market.w3).number)
    reckoned = cut.lot_seconds(speed_of(market, devices, spec.kind))
    lot_seconds = reckoned if wanted.lot_seconds is None else wanted.lot_seconds
    if lot_seconds < reckoned:
        raise BadInput(
            f"The stated run time of a lot is {lot_seconds} s; by the speed that devices state it takes {reckoned} s.",
            f"State at least {reckoned}, or leave it to be reckoned.",
        )
    quote = quote_of(
        market, devices, Stated(cut.lots, lot_seconds), wanted, grade=int(wanted.grade), exact=True
    )
    roots = [tensor_root(array) for array in wanted.inputs]
    spec_bytes = spec.canonical_bytes()
    terms = Terms(
        program_root=wanted.program.root,
        inputs_root=list_root(roots),
        spec_hash=spec_hash_of_bytes(spec_bytes),
        runtime_class=bytes.fromhex(quote.runtime_class[2:]),
        grade=int(wanted.grade),
        seats=wanted.seats,
        spares=wanted.spares,
        lots=cut.lots,
        items_per_lot=cut.items_per_lot,
        items=cut.items,
        lot_seconds=lot_seconds,
        ceiling_usd6=quote.price.ceiling_usd6,
        audit_bps=wanted.audit_bps,
    )
    uploads: Uploads = {(Kind.BYTES, artifact_id(encoded)): encoded}
    uploads |= {(Kind.TENSOR, root): object_of(array) for root, array in wanted.program.constants.items()}
    uploads |= {
        (Kind.TENSOR, root): object_of(array) for root, array in zip(roots, wanted.inputs, strict=True)
    }
    uploads[Kind.LIST, terms.inputs_root] = list_bytes(roots)
    uploads[Kind.SPEC, terms.spec_hash] = spec_bytes
    picks = tuple(Pick(bytes.fromhex(pick.device_id[2:]), pick.units) for pick in quote.picks)
    listed = tuple((kind, identity, data) for (kind, identity), data in uploads.items())
    summary = f"{spec.title or 'An exact program'}, {cut.operations * cut.items:,} operations"
    return Draft(wanted, spec, cut, summary, quote, terms, picks, listed, (), devices.block)


def _spec(wanted: ExactWanted, encoded: bytes) -> ExactSpec:
    try:
        spec = ExactSpec(
            program="0x" + artifact_id(encoded).hex(),
            items=wanted.items,
            items_per_lot=wanted.items_per_lot,
            title=wanted.title,
            outputs=wanted.outputs,
        )
    except SpecError as error:
        raise BadInput(f"{error}.") from error
    parse_spec(spec.canonical_bytes())
    return spec


def _check(market: Market, wanted: ExactWanted) -> None:
    """What workers check before they bid: raises BadInput for what they would refuse."""
    path_moves = None if wanted.grade == Grade.TRUSTED else market.deployment.param("path_moves")
    size = sum(array.nbytes for array in wanted.inputs)
    try:
        check_inputs(wanted.program, wanted.inputs)
        Program.decode(wanted.program.encode(), LIMITS)
        check_program(wanted.program, wanted.items_per_lot, path_moves)
    except (ProgramError, JobError) as error:
        raise BadInput(f"No worker would take this job: {error}") from error
    if size > MAX_INPUT_BYTES:
        raise BadInput(
            f"The inputs have {size:,} bytes; workers take {MAX_INPUT_BYTES:,}.", "Give less data."
        )
