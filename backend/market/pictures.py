"""Pictures of finished render jobs: a cache for previews and links, made from items verified against the chain's roots.

It proves nothing: buyers assemble their own from the same items. Kept as an artifact, content-addressed too.
"""

from __future__ import annotations

import logging
from hashlib import sha256

from assay.artifacts import Kind, StoreError
from assay.commitment import list_ids
from assay.jobs.registry import UnknownKind, kind_of
from assay.jobs.render.assemble import ResultError, picture_png
from assay.jobs.render.plan import ITEM_BYTES, Plan, plan
from assay.jobs.render.spec import KIND, SpecError
from backend.artifacts.models import Picture
from backend.artifacts.specs import spec_of
from backend.artifacts.store import artifact_store
from backend.market.models import Job, JobState, Lot
from backend.market.scenes import scene_of
from backend.web.errors import Problem

MAX_PIXELS = 4 << 20  # assembling takes 64 bytes a pixel
MAX_ITEMS = 20_000
logger = logging.getLogger(__name__)


def roots_of(job_id: str) -> list[str]:
    """The revealed root of each lot in order; empty text where there is none."""
    return list(Lot.objects.filter(job=job_id).order_by("lot").values_list("root", flat=True))


def digest_of(roots: list[str]) -> str:
    """Names a set of roots: a reorg that changes one makes the picture old."""
    return "0x" + sha256("".join(roots).encode()).hexdigest()


def pictures_due(limit: int) -> list[str]:
    """Jobs that closed with every lot paid and have no picture yet, newest first."""
    closed = Job.objects.filter(state=JobState.CLOSED, lots_paid__gt=0).order_by("-position")
    done = dict(Picture.objects.values_list("job_key", "roots_digest"))
    due = []
    for job in closed[:200]:
        if job.lots_paid == job.lots and done.get(job.id) != digest_of(roots_of(job.id)):
            due.append(job.id)
            if len(due) == limit:
                break
    return due


def picture_make(job_id: str) -> bool:
    """Assembles and keeps the picture; False (and why, remembered) when it cannot be made."""
    job = Job.objects.get(id=job_id)
    roots = roots_of(job_id)
    artifact, problem = "", ""
    try:
        artifact = "0x" + artifact_store().put_bytes(_png(job, roots)).hex()
    except _Unfit as error:
        problem = str(error)
    except StoreError as error:  # items not on this mirror yet: tried again
        logger.info("picture of %s: %s", job_id, error.message)
        return False
    values = {"roots_digest": digest_of(roots), "artifact": artifact, "problem": problem[:300]}
    Picture.objects.update_or_create(job_key=job_id, defaults=values)
    return not problem


def picture_get(job_id: str) -> bytes | None:
    """The PNG, if it was made from the roots the index holds now."""
    row = Picture.objects.filter(job_key=job_id).first()
    if row is None or not row.artifact or row.roots_digest != digest_of(roots_of(job_id)):
        return None
    try:
        return artifact_store().get(Kind.BYTES, bytes.fromhex(row.artifact[2:]))
    except StoreError:
        return None


class _Unfit(Exception):
    """There will never be a picture of this job."""


def _png(job: Job, roots: list[str]) -> bytes:
    spec = spec_of(job.spec_hash)
    if spec is None:
        raise StoreError(f"The spec {job.spec_hash} is not in the store.")
    try:
        kind = kind_of(spec)
        if kind.name != KIND:
            raise _Unfit(f"Jobs of kind {kind.name} have no picture.")
        parsed = kind.parse(spec)
        cut = plan(parsed, scene_of(parsed.scene))
    except (UnknownKind, SpecError, Problem) as error:
        raise _Unfit(f"The spec gives no plan: {error}") from None
    if cut.width * cut.height > MAX_PIXELS or cut.items > MAX_ITEMS:
        raise _Unfit(f"{cut.width} x {cut.height} pixels in {cut.items} items are too many for a preview.")
    if (cut.lots, cut.items) != (job.lots, job.items) or len(roots) != cut.lots:
        raise _Unfit("The terms do not follow from the spec.")
    try:
        return picture_png(cut, _items(cut, roots), parsed.exposure)
    except (ResultError, ValueError) as error:
        raise _Unfit(f"The results are no picture: {error}") from None


def _items(cut: Plan, roots: list[str]) -> dict[int, bytes]:
    """Every item's bytes, verified against its id, its id against the lot's root on chain."""
    store = artifact_store()
    found: dict[int, bytes] = {}
    for lot, root in enumerate(roots):
        ids = list_ids(store.get(Kind.LIST, bytes.fromhex(root.removeprefix("0x"))))
        for item, identity in zip(cut.lot_items(lot), ids, strict=True):
            found[item] = store.get(Kind.BYTES, identity, max_bytes=ITEM_BYTES)
    return found
