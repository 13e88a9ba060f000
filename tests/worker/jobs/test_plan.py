"""How a render job is cut: coverage, bounds, golden cases."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.jobs.render.errors import SceneError
from assay.jobs.render.plan import (
    MAX_LOTS,
    TILE,
    item_args,
    item_from_bytes,
    item_params,
    item_to_bytes,
    plan,
)
from assay.jobs.render.prepare import SceneStats
from assay.jobs.render.spec import RenderSpec
from tests.vectors import generate_render

SCENE = "0x" + "00" * 32


def test_vectors__committed_files__are_current() -> None:
    for path, text in generate_render.documents().items():
        assert json.loads(path.read_text()) == json.loads(text), f"run python -m {generate_render.__name__}"


def test_plan__demo_size__has_at_least_twelve_lots() -> None:
    job = plan(RenderSpec(SCENE, 320, 180, 16), SceneStats(15_168))
    assert (job.items, job.lots, job.items_per_lot, job.program) == (60, 12, 5, "render-16384")


@settings(max_examples=200)
@given(st.integers(1, 7680), st.integers(1, 7680), st.integers(1, 65_536))
def test_plan__any_size__lots_partition_the_items(width: int, height: int, samples: int) -> None:
    job = plan(RenderSpec(SCENE, width, height, samples), SceneStats(1))
    assert 1 <= job.lots <= MAX_LOTS
    assert job.lot_items(0).start == 0
    assert job.lot_items(job.lots - 1).stop == job.items
    assert (job.lots - 1) * job.items_per_lot < job.items <= job.lots * job.items_per_lot
    assert (job.chunks - 1) * job.chunk < samples <= job.chunks * job.chunk
    last = item_args(job, job.items - 1)
    assert last.tile_x < width <= last.tile_x + TILE
    assert last.tile_y < height <= last.tile_y + TILE
    assert last.first_sample + last.sample_count == samples


@settings(max_examples=30)
@given(st.integers(1, 100), st.integers(1, 100), st.integers(1, 200))
def test_item_args__all_items__cover_each_pixel_sample_once(width: int, height: int, samples: int) -> None:
    job = plan(RenderSpec(SCENE, width, height, samples), SceneStats(1))
    taken = np.zeros((job.tiles_y * TILE, job.tiles_x * TILE), np.int64)
    for item in range(job.items):
        args = item_args(job, item)
        taken[args.tile_y : args.tile_y + TILE, args.tile_x : args.tile_x + TILE] += args.sample_count
    assert (taken == samples).all()


def test_item_args__index_outside__refused() -> None:
    job = plan(RenderSpec(SCENE, 64, 64, 1), SceneStats(1))
    for item in (-1, job.items):
        with pytest.raises(IndexError):
            item_args(job, item)
    for lot in (-1, job.lots):
        with pytest.raises(IndexError):
            job.lot_items(lot)


@pytest.mark.parametrize(
    ("triangles", "bucket"), [(1, 4096), (4096, 4096), (4097, 16_384), (262_144, 262_144)]
)
def test_plan__triangle_count_at_a_bound__chooses_the_bucket(triangles: int, bucket: int) -> None:
    assert plan(RenderSpec(SCENE, 1, 1, 1), SceneStats(triangles)).program == f"render-{bucket}"


def test_plan__too_many_triangles__refused_with_limit() -> None:
    with pytest.raises(SceneError, match="262144"):
        plan(RenderSpec(SCENE, 1, 1, 1), SceneStats(262_145))


def test_lot_seconds__slower_machine__more_and_zero_refused() -> None:
    job = plan(RenderSpec(SCENE, 1920, 1080, 256), SceneStats(1))
    assert job.lot_seconds(1e4) > job.lot_seconds(1e6) >= 1
    for speed in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="benchmark"):
            job.lot_seconds(speed)


def test_item_params__largest_values__fit_in_uint32() -> None:
    job = plan(RenderSpec(SCENE, 7680, 7680, 65_536, seed=2**32 - 1), SceneStats(1))
    params = item_params(job, job.items - 1)
    assert params.dtype == np.uint32
    assert params.tolist() == [7680, 7680, 7648, 7648, 61_440, 4096, 2**32 - 1, 0]


def test_item_bytes__wrong_shape_or_length__refused() -> None:
    with pytest.raises(ValueError, match="float32"):
        item_to_bytes(np.zeros((32, 32, 4)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="16384"):
        item_from_bytes(b"\0" * 16_383)
    values = np.arange(4096, dtype=np.float32).reshape(32, 32, 4)
    assert np.array_equal(item_from_bytes(item_to_bytes(values)), values)
