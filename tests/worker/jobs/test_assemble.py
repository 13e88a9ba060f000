"""Items to picture: golden case, missing and damaged items, preview."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assay.jobs.render.assemble import ResultError, assemble, npy_bytes, picture_png, tone_mapped
from assay.jobs.render.plan import Plan, item_to_bytes, plan
from assay.jobs.render.prepare import SceneStats
from assay.jobs.render.preview import lot_preview
from assay.jobs.render.spec import RenderSpec
from tests.vectors.generate_render import FOLDER, item_values

SCENE = "0x" + "5a" * 32


@pytest.fixture
def job() -> Plan:
    return plan(RenderSpec(SCENE, 40, 35, 70), SceneStats(100))


def all_items(job: Plan) -> dict[int, bytes]:
    return {item: item_to_bytes(item_values(job, item)) for item in range(job.items)}


def test_assemble__golden_case__same_pixels(job: Plan) -> None:
    case = json.loads(Path(FOLDER / "render_assemble.json").read_text())
    items = {item: data for item, data in all_items(job).items() if item not in case["missing"]}
    pixels = tone_mapped(assemble(job, items), case["spec"]["exposure"])
    expected = np.frombuffer(base64.b64decode(case["rgba"]), np.uint8).reshape(pixels.shape)
    assert np.array_equal(pixels, expected)


def test_assemble__all_items__mean_of_the_sums(job: Plan) -> None:
    picture = assemble(job, all_items(job))
    assert picture.complete
    assert (picture.counts == 70).all()
    first, second = ((7 * 3 + 3 * 2 + 5 * item) % 32 / 8 for item in (0, 1))
    assert picture.linear[2, 3, 0] == pytest.approx((first * 64 + second * 6) / 70)


def test_picture_png__missing_tile__is_transparent(job: Plan) -> None:
    items = all_items(job)
    del items[0], items[1]
    image = Image.open(io.BytesIO(picture_png(job, items)))
    assert (image.size, image.mode) == ((40, 35), "RGBA")
    alpha = np.asarray(image)[..., 3]
    assert (alpha[:32, :32] == 0).all()
    assert (alpha[:, 32:] == 255).all()


def test_picture_png__no_items__all_transparent(job: Plan) -> None:
    assert not np.asarray(Image.open(io.BytesIO(picture_png(job, {})))).any()


def test_npy_bytes__holds_linear_values_and_counts(job: Plan) -> None:
    picture = assemble(job, all_items(job))
    stored = np.load(io.BytesIO(npy_bytes(picture)))
    assert (stored.shape, stored.dtype) == ((35, 40, 4), np.dtype("<f4"))
    assert np.array_equal(stored[..., 3], picture.counts)


@pytest.mark.parametrize(
    ("position", "value"),
    [((0, 0, 0), np.nan), ((0, 0, 1), np.inf), ((0, 0, 2), -1.0), ((0, 0, 3), 65.0), ((0, 0, 3), 0.0)],
)
def test_assemble__damaged_value__refused(job: Plan, position: tuple[int, int, int], value: float) -> None:
    values = item_values(job, 0)
    values[position] = value
    with pytest.raises(ResultError, match="item 0"):
        assemble(job, {0: item_to_bytes(values)})


def test_assemble__light_outside_the_image__refused(job: Plan) -> None:
    values = item_values(job, job.items - 1)
    values[31, 31, 0] = 1.0
    with pytest.raises(ResultError, match="outside"):
        assemble(job, {job.items - 1: item_to_bytes(values)})


@pytest.mark.parametrize("data", [b"", b"\0" * 16_380, b"\0" * 16_388])
def test_assemble__wrong_length__refused(job: Plan, data: bytes) -> None:
    with pytest.raises(ResultError, match="16384 bytes"):
        assemble(job, {0: data})


def test_assemble__item_of_another_job__refused(job: Plan) -> None:
    other = plan(RenderSpec(SCENE, 40, 35, 64), SceneStats(100))
    with pytest.raises(ResultError, match="counts other samples"):
        assemble(job, {1: item_to_bytes(item_values(other, 1))})
    with pytest.raises(IndexError):
        assemble(job, {job.items: item_to_bytes(item_values(job, 0))})


def test_tone_mapped__extreme_light__stays_in_range(job: Plan) -> None:
    values = item_values(job, 0)
    values[..., :3] = 3e38
    pixels = tone_mapped(assemble(job, {0: item_to_bytes(values)}), 10.0)
    assert (pixels[:32, :32, :3] == 255).all()


def test_lot_preview__each_lot__its_tiles_and_rectangles(job: Plan) -> None:
    items = all_items(job)
    tiles = [
        tile
        for lot in range(job.lots)
        for tile in lot_preview(job, lot, [items[i] for i in job.lot_items(lot)])
    ]
    assert {(t.x, t.y, t.width, t.height) for t in tiles} == {
        (0, 0, 32, 32),
        (32, 0, 8, 32),
        (0, 32, 32, 3),
        (32, 32, 8, 3),
    }
    for tile in tiles:
        assert Image.open(io.BytesIO(tile.png)).size == (tile.width, tile.height)


def test_lot_preview__wrong_number_of_results__refused(job: Plan) -> None:
    with pytest.raises(ValueError, match="lot 0"):
        lot_preview(job, 0, [])
