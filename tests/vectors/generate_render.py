"""Writes render_plan.json and render_assemble.json, which the Python and TypeScript tests read.

Run `python -m tests.vectors.generate_render`. The item values of render_assemble.json follow a formula with exact
floats, so the file holds no results: channel c of pixel (x, y) of item i is ((7x + 3y + 5i + 11c) mod 32) / 8 times the
samples of the item, channel 3 is the sample count; zero outside the image.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.assemble import assemble, tone_mapped
from assay.jobs.render.plan import TILE, Plan, item_args, item_to_bytes, plan
from assay.jobs.render.prepare import SceneStats
from assay.jobs.render.spec import RenderSpec

FOLDER = Path(__file__).parent
SCENE = "0x" + "5a" * 32
CASES = (
    (1, 1, 1, 1),
    (32, 32, 64, 4096),
    (33, 31, 65, 4097),
    (320, 180, 16, 15168),
    (640, 360, 64, 15168),
    (1920, 1080, 1024, 65536),
    (1920, 1080, 1025, 65537),
    (7680, 7680, 65536, 262144),
)


def plan_cases() -> list[dict[str, Any]]:
    """The plan of each case, with a few items spelled out."""
    cases = []
    for width, height, samples, triangles in CASES:
        job = plan(RenderSpec(SCENE, width, height, samples), SceneStats(triangles))
        chosen = sorted({0, 1, job.items // 2, job.items - 1} & set(range(job.items)))
        items = [{"item": item, **vars(item_args(job, item))} for item in chosen]
        last = job.lot_items(job.lots - 1)
        expected = {
            **job.to_json(),
            "last_lot": [last.start, last.stop],
            "lot_seconds": job.lot_seconds(100_000.0),
        }
        spec = {"width": width, "height": height, "samples": samples}
        cases.append({"spec": spec, "triangles": triangles, "plan": expected, "some_items": items})
    return cases


def item_values(job: Plan, item: int) -> NDArray[np.float32]:
    """The result of an item by the formula of the module docstring."""
    args = item_args(job, item)
    y, x, c = np.meshgrid(np.arange(TILE), np.arange(TILE), np.arange(4), indexing="ij")
    values = ((7 * x + 3 * y + 5 * item + 11 * c) % 32) / 8 * args.sample_count
    values[..., 3] = args.sample_count
    values[(args.tile_y + y >= job.height) | (args.tile_x + x >= job.width)] = 0
    return values.astype(np.float32)


def assemble_case() -> dict[str, Any]:
    """A 40 x 35 picture of 70 samples, one item missing, half a stop brighter."""
    spec = RenderSpec(SCENE, 40, 35, 70, exposure=0.5)
    job = plan(spec, SceneStats(100))
    missing = [2, 3]
    items = {i: item_to_bytes(item_values(job, i)) for i in range(job.items) if i not in missing}
    pixels = tone_mapped(assemble(job, items), spec.exposure)
    return {
        "spec": {"width": 40, "height": 35, "samples": 70, "exposure": 0.5},
        "items": job.items,
        "missing": missing,
        "rgba": base64.b64encode(pixels.tobytes()).decode(),
        "tolerance": 1,
    }


def documents() -> dict[Path, str]:
    """The text of both files."""
    return {
        FOLDER / "render_plan.json": json.dumps({"cases": plan_cases()}, indent=1) + "\n",
        FOLDER / "render_assemble.json": json.dumps(assemble_case(), indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text)
