"""Rendering through the sandbox: right light, equal bits, clear refusals."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from assay.commitment.artifact import artifact_id
from assay.jobs import catalogue_index
from assay.jobs.errors import JobError
from assay.jobs.render.assemble import assemble
from assay.jobs.render.plan import item_from_bytes
from assay.jobs.render.session import RenderSession
from assay.jobs.render.spec import RenderSpec
from assay.jobs.runner import JobRunner
from tests.worker.jobs.glb import document, glb, simple

PROGRAM = catalogue_index.by_name("render-4096").read()


def scene_id(data: bytes) -> str:
    return "0x" + artifact_id(data).hex()


def session_for(scene: bytes, width: int, height: int, samples: int, **spec: Any) -> RenderSession:
    wanted = RenderSpec(scene_id(scene), width, height, samples, **spec)
    return JobRunner(threads=1).open("render", wanted.to_json(), PROGRAM, {wanted.scene: scene})


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


def furnace() -> bytes:
    """A grey floor (albedo 0.5) seen from straight above, under a white sky (the scene has no light)."""
    root, binary = document()
    root["materials"] = [
        {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.5, 0.5, 1], "metallicFactor": 0}}
    ]
    root["meshes"][0]["primitives"][0]["material"] = 0
    root["cameras"] = [{"type": "perspective", "perspective": {"yfov": 0.4}}]
    half = float(np.sqrt(0.5))
    root["nodes"].append({"camera": 0, "translation": [0, 2, 0], "rotation": [-half, 0, 0, half]})
    root["scenes"] = [{"nodes": [0, 1]}]
    return glb(root, binary)


def lit_floor(kind: str) -> bytes:
    """The same floor under one lamp two units above its middle: a point light, or a small square of light."""
    root, binary = document()
    root["materials"] = [
        {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.5, 0.5, 1], "metallicFactor": 0}},
        {
            "emissiveFactor": [1, 1, 1],
            "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 100}},
        },
    ]
    root["meshes"][0]["primitives"][0]["material"] = 0
    lamp: dict[str, Any] = {"mesh": 1, "translation": [0, 2, 0], "scale": [0.05, 1, 0.05]}
    root["meshes"].append({"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 1}]})
    if kind == "point":
        # A square of side 0.1 and radiance 100 shines like a lamp of 100 · 0.01 candela, seen face on.
        root["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point", "intensity": 1.0}]}}
        lamp = {"extensions": {"KHR_lights_punctual": {"light": 0}}, "translation": [0, 2, 0]}
    root["cameras"] = [{"type": "perspective", "perspective": {"yfov": 0.1}}]
    half = float(np.sqrt(0.5))
    # From below the lamp, so that the lamp is not in the picture.
    root["nodes"] += [lamp, {"camera": 0, "translation": [0, 1.5, 0], "rotation": [-half, 0, 0, half]}]
    root["scenes"] = [{"nodes": [0, 1, 2]}]
    return glb(root, binary)


def mean_light(scene: bytes, samples: int = 256) -> float:
    with session_for(scene, 8, 8, samples) as session:
        values = [item_from_bytes(data) for data in session.run_items(list(range(session.plan.items)))]
    total = sum(values)
    return float((total[:8, :8, :3].sum() / 3) / total[:8, :8, 3].sum())


def test_render__grey_floor_under_a_white_sky__reflects_its_albedo() -> None:
    # Lambert gives 0.5 of the sky; the thin dielectric coat takes 4% of that and adds its own reflection.
    assert mean_light(furnace()) == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("kind", ["point", "area"])
def test_render__lamp_above_a_floor__inverse_square_law(kind: str) -> None:
    # Radiance = albedo/π · I/d² = 0.5/π · 1/4 for the diffuse part; the coat adds up to a tenth.
    assert mean_light(lit_floor(kind)) == pytest.approx(0.5 / np.pi / 4, rel=0.12)


def test_render__sample_range_split_over_items__same_sum_as_one_seed(gallery_session: RenderSession) -> None:
    # Samples depend on (seed, pixel, sample) alone: 68 samples in chunks of 64 and 4 begin like 64 samples.
    scene = furnace()
    with session_for(scene, 8, 8, 64) as short, session_for(scene, 8, 8, 68) as long:
        assert short.run_items([0]) == long.run_items([0])[:1]
        assert item_from_bytes(long.run_items([1])[0])[0, 0, 3] == 4


def test_render__other_seed__other_noise_same_picture() -> None:
    scene = lit_floor("area")
    with session_for(scene, 8, 8, 16) as one, session_for(scene, 8, 8, 16, seed=1) as two:
        assert one.run_items([0]) != two.run_items([0])


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
