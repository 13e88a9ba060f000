"""Fetches revealed lots, checks every byte against the roots on chain, and assembles the picture."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from assay.artifacts import Kind, StoreError
from assay.artifacts.base import Store
from assay.commitment.listing import list_ids
from assay.jobs.render.assemble import ResultError, picture_png
from assay.jobs.render.errors import SceneError
from assay.jobs.render.plan import ITEM_BYTES, Plan, plan
from assay.jobs.render.prepare import scene_stats
from assay.jobs.render.spec import RenderSpec, SpecError
from assay.market.records import JobRecord, LotRecord
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.spec import parse_spec


class ResultMissing(AssayError):
    """A revealed lot's bytes cannot be fetched, or are not what a result must be."""


@dataclass
class Collector:
    """Items of one job as they arrive. Nothing is kept that does not hash to the root on chain."""

    store: Store
    plan: Plan
    exposure: float = 0.0
    items: dict[int, bytes] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)  # lot → why

    def collect(self, job: JobRecord) -> list[int]:
        """Fetches lots whose root is public and not here yet; returns those that arrived now."""
        arrived = []
        for lot in job.lots:
            if lot.root and not self._has(lot):
                try:
                    self._fetch(lot)
                except (StoreError, ResultMissing) as error:
                    self.missing[lot.index] = str(error)
                else:
                    self.missing.pop(lot.index, None)
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
                    "Inside the delivery window a page can be requested on chain; later, try another mirror.",
                )
            time.sleep(0.5)

    def picture(self) -> bytes:
        """The PNG of what has arrived; missing tiles are transparent. Raises ResultMissing for impossible results."""
        try:
            return picture_png(self.plan, self.items, self.exposure)
        except ResultError as error:
            raise ResultMissing(f"A result agreed on by its seats cannot be a picture: {error}.") from error

    def _has(self, lot: LotRecord) -> bool:
        return all(item in self.items for item in self.plan.lot_items(lot.index))

    def _fetch(self, lot: LotRecord) -> None:
        wanted = self.plan.lot_items(lot.index)
        ids = list_ids(self.store.get(Kind.LIST, lot.root))
        if len(ids) != len(wanted):
            raise ResultMissing(f"the list of lot {lot.index} has {len(ids)} items, not {len(wanted)}")
        fetched = [self.store.get(Kind.BYTES, item, max_bytes=ITEM_BYTES) for item in ids]
        self.items.update(zip(wanted, fetched, strict=True))


def plan_of(store: Store, job: JobRecord) -> tuple[Plan, float]:
    """(plan, exposure) of a posted render job, read from the store. Raises StoreError, ResultMissing."""
    try:
        spec = RenderSpec.from_json(parse_spec(store.get(Kind.SPEC, job.terms.spec_hash)))
        scene = store.get(Kind.BYTES, bytes.fromhex(spec.scene[2:]))
        cut = plan(spec, scene_stats(scene))
    except (SpecError, SceneError, BadInput) as error:
        raise ResultMissing(f"This is not a render job that can be assembled: {error}.") from error
    if (cut.lots, cut.items) != (job.terms.lots, job.terms.items):
        raise ResultMissing("The job's terms cut it otherwise than a render job is cut.")
    return cut, spec.exposure
