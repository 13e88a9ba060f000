"""The light is right: analytic scenes, and samples that depend on nothing but their own number.

The program runs in this process, compiled once; test_session.py runs it in the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assay.jobs.render.plan import item_params, plan
from assay.jobs.render.prepare import prepare, scene_stats
from assay.jobs.render.spec import RenderSpec
from assay.jobs.render.tables import scene_tables
from tests.worker.jobs.glb import document, glb

Render = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def render() -> Render:
    """(scene bytes, samples, item=0, seed=0) → float32 [32, 32, 4] of an 8 x 8 picture."""
    import jax

    from assay.jobs.render import program

    function, inputs = program.build(4096)
    compiled = jax.jit(function).lower(*inputs).compile()

    def run(scene: bytes, samples: int, item: int = 0, seed: int = 0) -> np.ndarray:
        job = plan(RenderSpec("0x" + "00" * 32, 8, 8, samples, seed=seed), scene_stats(scene))
        return np.asarray(compiled(*scene_tables(prepare(scene), 4096), item_params(job, item)))

    return run


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


def mean_light(values: np.ndarray) -> float:
    return float(values[:8, :8, :3].sum() / 3 / values[:8, :8, 3].sum())


def test_render__grey_floor_under_a_white_sky__reflects_its_albedo(render: Render) -> None:
    # Lambert gives 0.5 of the sky; the thin dielectric coat takes 4% of that and adds its own reflection.
    assert mean_light(render(furnace(), 64)) == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("kind", ["point", "area"])
def test_render__lamp_above_a_floor__inverse_square_law(render: Render, kind: str) -> None:
    # Radiance = albedo/π · I/d² = 0.5/π · 1/4 for the diffuse part; the coat adds up to a tenth.
    assert mean_light(render(lit_floor(kind), 64)) == pytest.approx(0.5 / np.pi / 4, rel=0.12)


def test_render__sample_range_split_over_items__samples_keep_their_numbers(render: Render) -> None:
    # 68 samples in chunks of 64 and 4 begin with exactly the 64 samples of a smaller job.
    scene = furnace()
    assert np.array_equal(render(scene, 68, item=0), render(scene, 64))
    assert render(scene, 68, item=1)[0, 0, 3] == 4


def test_render__other_seed__other_noise_same_light(render: Render) -> None:
    one, two = render(lit_floor("area"), 64), render(lit_floor("area"), 64, seed=1)
    assert not np.array_equal(one, two)
    assert mean_light(one) == pytest.approx(mean_light(two), rel=0.05)


def test_render__pixels_outside_the_image__zero_without_samples(render: Render) -> None:
    values = render(furnace(), 4)
    assert (values[:8, :8, 3] == 4).all()
    assert not values[8:].any()
    assert not values[:, 8:].any()
