"""Rendering through the sandbox: right light, equal bits, clear refusals."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from assay.commitment.artifact import artifact_id
from assay.jobs import catalogue_index
from assay.jobs.errors import JobError
from assay.jobs.render.assemble import assemble
from assay.jobs.render.session import RenderSession
from assay.jobs.render.spec import RenderSpec
from assay.jobs.runner import JobRunner
from tests.worker.jobs.glb import simple

PROGRAM = catalogue_index.by_name("render-4096").read()


def scene_id(data: bytes) -> str:
    return "0x" + artifact_id(data).hex()


def test_run_lot__gallery__whole_lit_picture_with_right_counts(gallery_session: RenderSession) -> None:
    seen: list[tuple[int, int]] = []
    job = gallery_session.plan
    items: dict[int, bytes] = {}
    for lot in range(job.lots):
        results = gallery_session.run_lot(lot, lambda done, total: seen.append((done, total)))
        items.update(zip(job.lot_items(lot), results, strict=True))
    picture = assemble(job, items)
    assert picture.complete
    assert (picture.counts == 8).all()
    assert 0.1 < picture.linear.mean() < 1.0
    assert len(seen) == job.items
    assert seen[-1][0] == seen[-1][1]


def test_run_items__again_and_in_another_order__same_bits(gallery_session: RenderSession) -> None:
    first = gallery_session.run_items([0, 1, 5])
    again = gallery_session.run_items([5, 0, 1])
    assert [hashlib.sha256(data).digest() for data in first] == [
        hashlib.sha256(data).digest() for data in (again[1], again[2], again[0])
    ]


def test_run_lot__lot_that_does_not_exist__refused(gallery_session: RenderSession) -> None:
    with pytest.raises(IndexError, match="the job has"):
        gallery_session.run_lot(gallery_session.plan.lots)


def test_open__wrong_program__refused() -> None:
    scene = simple()
    spec = RenderSpec(scene_id(scene), 8, 8, 1)
    other = catalogue_index.by_name("render-16384").read()
    for program in (other, PROGRAM[:-1], b""):
        with pytest.raises(JobError, match="not render-4096 of the catalogue"):
            JobRunner().open("render", spec.to_json(), program, {spec.scene: scene})


def test_open__inputs_missing_or_changed__refused() -> None:
    scene = simple()
    spec = RenderSpec(scene_id(scene), 8, 8, 1)
    with pytest.raises(JobError, match="do not hold the scene"):
        JobRunner().open("render", spec.to_json(), PROGRAM, {})
    with pytest.raises(JobError, match="do not match"):
        JobRunner().open("render", spec.to_json(), PROGRAM, {spec.scene: scene + b"\0"})


@pytest.mark.parametrize(
    ("kind", "changes"), [("mine", {}), ("render", {"kind": "mine"}), ("render", {"samples": 0})]
)
def test_open__bad_kind_or_spec__refused(kind: str, changes: dict[str, Any]) -> None:
    scene = simple()
    spec = RenderSpec(scene_id(scene), 8, 8, 1).to_json() | changes
    with pytest.raises(JobError):
        JobRunner().open(kind, spec, PROGRAM, {scene_id(scene): scene})


def test_open__scene_that_is_no_gltf__refused() -> None:
    spec = RenderSpec(scene_id(b"hello"), 8, 8, 1)
    with pytest.raises(JobError, match="neither"):
        JobRunner().open("render", spec.to_json(), PROGRAM, {spec.scene: b"hello"})
