"""Runs lots of an exact job again, in this process (programs are data), and compares the roots with the revealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assay.artifacts import Kind, StoreError
from assay.artifacts.base import Store
from assay.buyer.collecting import ResultMissing
from assay.buyer.exact_collecting import collector_of
from assay.jobs.errors import JobError
from assay.jobs.exact.loading import ExactJob, is_exact, load_job
from assay.jobs.exact.results import ItemResult
from assay.market.records import JobRecord, LotRecord, SeatRecord
from assay.protocol.errors import AssayError
from assay.protocol.spec import parse_spec
from assay.protocol.states import SeatStatus


class CannotVerify(AssayError):
    """The job cannot be run again here, or nothing of it is revealed."""

    exit_code = 2


@dataclass(frozen=True)
class Finding:
    """One place of a lot whose root is public. where: what differs first, in words; convicted: the chain knows."""

    lot: int
    place: int
    provider: str
    claimed: str
    computed: str
    equal: bool
    convicted: bool
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return asdict(self)


def verify_job(
    store: Store,
    job: JobRecord,
    lot: int | None = None,
    *,
    path_moves: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """What running the revealed lots (or one) again shows. Raises CannotVerify, StoreError."""
    loaded = _load(store, job, path_moves)
    if lot is not None and not 0 <= lot < job.terms.lots:
        raise CannotVerify(f"There is no lot {lot}: the job has {job.terms.lots}.")
    shown = [(one, _roots(one)) for one in job.lots if lot in (None, one.index)]
    shown = [(one, seats) for one, seats in shown if seats]
    if not shown:
        what = "of this job" if lot is None else f"of lot {lot}"
        raise CannotVerify(f"No root {what} is revealed.", "Watch it: assay job watch.")
    findings = []
    for one, seats in shown:
        say(f"running lot {one.index} again: {len(loaded.plan.lot_items(one.index))} items")
        own = run_lot(loaded, one.index)
        findings += [_compared(store, job, one, seat, own) for seat in seats]
    return findings


def run_lot(job: ExactJob, lot: int) -> list[ItemResult]:
    """The lot's items as this machine computes them, with JAX in this process."""
    from assay.exact.dot import DeviceUnfit
    from assay.program.traced import run_traced

    try:
        items = [run_traced(job.program, job.inputs, item) for item in job.plan.lot_items(lot)]
    except DeviceUnfit as error:
        raise CannotVerify(f"This machine cannot run exact jobs: {error}.") from error
    return [ItemResult.of(item.outputs, item.traces) for item in items]


def _load(store: Store, job: JobRecord, path_moves: int | None) -> ExactJob:
    if not is_exact(job.terms):
        raise CannotVerify(
            "This is a native job: its bits depend on the class of its devices.",
            "Only exact jobs can be verified.",
        )
    try:
        spec = parse_spec(store.get(Kind.SPEC, job.terms.spec_hash))
        return load_job(spec, store, job.terms, path_moves=path_moves)
    except JobError as error:
        raise CannotVerify(f"The job cannot be run as posted: {error}.") from error


def _roots(lot: LotRecord) -> list[SeatRecord]:
    """Places whose root is public, or that of the place they agree with."""
    seats = []
    for seat in lot.called:
        if seat.root and seat.status not in (SeatStatus.DEFAULTED, SeatStatus.DECLINED):
            seats.append(seat)
    return seats


def _compared(
    store: Store, job: JobRecord, lot: LotRecord, seat: SeatRecord, own: list[ItemResult]
) -> Finding:
    from assay.commitment.traces import lot_root

    computed = lot_root([item.root for item in own])
    equal = computed == seat.root
    return Finding(
        lot=lot.index,
        place=seat.place,
        provider=seat.provider,
        claimed="0x" + seat.root.hex(),
        computed="0x" + computed.hex(),
        equal=equal,
        convicted=seat.status == SeatStatus.CONVICTED,
        where="" if equal else _where(store, job, lot.index, seat.root, own),
    )


def _where(store: Store, job: JobRecord, lot: int, root: bytes, own: list[ItemResult]) -> str:
    """What differs first between a claimed lot and one's own."""
    try:
        collector = collector_of(store, job)
        claimed = collector.fetch(lot, root)
    except (StoreError, ResultMissing) as error:
        return f"another root; what it stands for cannot be fetched: {error}"
    for item, theirs, mine in zip(collector.plan.lot_items(lot), claimed, own, strict=True):
        if theirs.root == mine.root:
            continue
        for number, loop in enumerate(collector.program.strided_loops):
            if theirs.traces[number] != mine.traces[number]:
                return f"item {item} differs, in the states of loop {loop} of the program"
        names = [output.name for output in collector.spec.outputs for _ in range(output.width)]
        for number, (claim, here) in enumerate(zip(theirs.arrays, mine.arrays, strict=True)):
            if not np.array_equal(claim, here):
                at = tuple(int(k) for k in np.argwhere(claim != here)[0])
                name = names[number] if names else f"output_{number}"
                return f"item {item}, {name}{list(at)}: claimed {claim[at]}, computed {here[at]}"
    return "another root over the same items"
