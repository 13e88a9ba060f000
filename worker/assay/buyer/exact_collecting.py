"""Fetches the revealed lots of an exact job, checks every byte against the roots on chain, and names the arrays."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assay.artifacts import Kind, StoreError
from assay.artifacts.base import Store
from assay.buyer.collecting import ResultMissing
from assay.commitment.errors import CommitmentError
from assay.commitment.listing import ID_BYTES, list_ids
from assay.jobs.errors import JobError, ResultError, SpecError
from assay.jobs.exact.assemble import checked_item, named
from assay.jobs.exact.loading import is_exact, load_program
from assay.jobs.exact.plan import ExactPlan, plan
from assay.jobs.exact.results import ItemResult
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.exact.tensors import MAX_HEAD_BYTES
from assay.market.records import JobRecord
from assay.program import Program
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.spec import parse_spec

Array = np.ndarray[Any, Any]


@dataclass
class ExactCollector:
    """Items of one job as they arrive, with the lot root they belong to."""

    store: Store
    spec: ExactSpec
    plan: ExactPlan
    program: Program
    items: dict[int, ItemResult] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)  # lot → root its items hash to
    missing: dict[int, str] = field(default_factory=dict)  # lot → why

    def collect(self, job: JobRecord) -> list[int]:
        """Fetches lots whose root is public and not here yet; returns those that arrived now."""
        arrived = []
        for lot in job.lots:
            if self.roots.get(lot.index, b"") == lot.root:
                continue
            self._drop(lot.index)
            if lot.root:
                try:
                    found = self.fetch(lot.index, lot.root)
                except (StoreError, ResultMissing) as error:
                    self.missing[lot.index] = str(error)
                    continue
                self.items.update(zip(self.plan.lot_items(lot.index), found, strict=True))
                self.roots[lot.index] = lot.root
                arrived.append(lot.index)
        return arrived

    def collect_all(self, job: JobRecord, *, timeout: float = 20.0) -> None:
        """Tries until every revealed lot is here. Raises ResultMissing."""
        deadline = time.monotonic() + timeout
        while True:
            self.collect(job)
            if not self.missing:
                return
            if time.monotonic() >= deadline:
                lot, why = next(iter(self.missing.items()))
                raise ResultMissing(
                    f"{len(self.missing)} revealed lots cannot be fetched; lot {lot}: {why}",
                    "Try another mirror; or run the lot yourself: assay verify.",
                )
            time.sleep(0.5)

    def fetch(self, lot: int, root: bytes) -> list[ItemResult]:
        """The results behind a lot root, checked. Raises StoreError, ResultMissing."""
        wanted = self.plan.lot_items(lot)
        try:
            roots = self._list(root, len(wanted))
            return [self._item(item, identity) for item, identity in zip(wanted, roots, strict=True)]
        except (ResultError, CommitmentError) as error:
            raise ResultMissing(f"the result of lot {lot} cannot be of this job: {error}") from error

    def arrays(self, item: int) -> dict[str, Array]:
        """The named results of an item that has arrived. Raises ResultMissing."""
        try:
            return named(self.items[item].arrays, self.spec.outputs)
        except ResultError as error:
            raise ResultMissing(f"Item {item}: {error}.") from error

    def save(self, path: Path) -> None:
        """Writes all items that have arrived as one .npz: name, or item_3/name when the job has several."""
        single = self.plan.items == 1
        whole = {
            name if single else f"item_{item}/{name}": array
            for item in sorted(self.items)
            for name, array in self.arrays(item).items()
        }
        part = path.with_name(f".{path.name}.part")
        try:
            with open(part, "wb") as file:
                np.savez(file, **whole)  # type: ignore[arg-type]
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise AssayError(
                f"The results {path} cannot be written: {error.strerror}.",
                "Fetch them later: assay job results.",
            ) from error

    def _drop(self, lot: int) -> None:
        self.missing.pop(lot, None)
        if self.roots.pop(lot, None) is not None:
            for item in self.plan.lot_items(lot):
                self.items.pop(item, None)

    def _list(self, root: bytes, most: int) -> tuple[bytes, ...]:
        return list_ids(self.store.get(Kind.LIST, root, max_bytes=most * ID_BYTES))

    def _item(self, item: int, root: bytes) -> ItemResult:
        traces = len(self.program.strided_loops)
        outputs_root, *states = self._list(root, 1 + traces)
        specs = self.program.outputs
        tensors = self._list(outputs_root, len(specs))
        if len(tensors) != len(specs):
            raise ResultError(f"item {item} has {len(tensors)} outputs, its program {len(specs)}")
        objects = [
            self.store.get(Kind.TENSOR, tensor, max_bytes=spec.nbytes + MAX_HEAD_BYTES)
            for tensor, spec in zip(tensors, specs, strict=True)
        ]
        return checked_item(ItemResult(tuple(objects), tuple(states)).encode(), specs, traces, item)


def collector_of(store: Store, job: JobRecord) -> ExactCollector:
    """A collector for a posted exact job. Raises StoreError, ResultMissing for a job of another kind or malformed."""
    if not is_exact(job.terms):
        raise ResultMissing("This is a native job: its results depend on the class of its devices.")
    try:
        spec = ExactSpec.from_json(parse_spec(store.get(Kind.SPEC, job.terms.spec_hash)))
        program = load_program(spec, store)
    except (SpecError, BadInput, JobError) as error:
        raise ResultMissing(f"This is not an exact job that can be read: {error}.") from error
    cut = plan(spec, program)
    if program.root != job.terms.program_root or (cut.lots, cut.items) != (job.terms.lots, job.terms.items):
        raise ResultMissing("The job's terms name another program, or cut it otherwise than its spec.")
    return ExactCollector(store, spec, cut, program)
