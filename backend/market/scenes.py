"""What a job kind finds in an input artifact (`scene_stats`), computed once per artifact and version of `prepare`.

Reading a scene of 64 MiB takes seconds and memory: one at a time in each process, outcome kept, refusals too.
"""

from __future__ import annotations

import dataclasses
from threading import Lock
from typing import Any

from assay.artifacts import ArtifactMissing, ArtifactTooLarge, Kind, StoreError
from assay.jobs.render.errors import SceneError
from assay.jobs.render.prepare import MAX_FILE_BYTES, PREPARE_VERSION, SceneStats, scene_stats
from backend.artifacts.models import PreparedScene
from backend.artifacts.store import artifact_store
from backend.web.errors import Problem

_one_at_a_time = Lock()


def scene_of(artifact: str) -> SceneStats:
    """Stats of an uploaded scene. Raises a problem: 422 not here or malformed, 503 the store fails."""
    key = f"render:{PREPARE_VERSION}:{artifact}"
    row = PreparedScene.objects.filter(id=key).first()
    if row is None:
        with _one_at_a_time:
            row = PreparedScene.objects.filter(id=key).first() or _prepare(key, artifact)
    if row.error:
        raise Problem(422, "bad_scene", row.error, "Mend the file and upload it again.", field="scene")
    found: dict[str, Any] = dict(row.stats or {})
    found["warnings"] = tuple(found["warnings"])
    return SceneStats(**found)


def _prepare(key: str, artifact: str) -> PreparedScene:
    data = _bytes_of(artifact)
    stats, error = None, ""
    try:
        stats = dataclasses.asdict(scene_stats(data))
    except SceneError as refusal:
        error = str(refusal) or "The scene cannot be read."
    row, _ = PreparedScene.objects.get_or_create(
        id=key, defaults={"artifact": artifact, "stats": stats, "error": error}
    )
    return row


def _bytes_of(artifact: str) -> bytes:
    identity = bytes.fromhex(artifact.removeprefix("0x"))
    try:
        return artifact_store().get(Kind.BYTES, identity, max_bytes=MAX_FILE_BYTES)
    except ArtifactMissing:
        detail = f"The scene {artifact} is not in this store."
        hint = "Upload it first: PUT /api/v1/artifacts/bytes/{id}."
        raise Problem(422, "scene_missing", detail, hint, field="scene") from None
    except ArtifactTooLarge:
        detail = f"The scene is larger than {MAX_FILE_BYTES} bytes."
        raise Problem(422, "bad_scene", detail, "Simplify it or drop textures.", field="scene") from None
    except StoreError as error:
        raise Problem(503, "store_failed", "This mirror's store fails.", "Try again later.") from error
