"""How a render job is cut: tiles, sample ranges, items, lots. Pure, no JAX; twin in the frontend
(tests/vectors/render_plan.json).

    tiles_x = ceil(width / 32), tiles_y = ceil(height / 32); tiles = tiles_x · tiles_y, row by row from the top left
    chunk   = samples if samples ≤ 64; 64 if samples ≤ 1024; else ceil(samples / 16) rounded up to a multiple of 4
    chunks  = ceil(samples / chunk)
    items   = tiles · chunks; item i is chunk i mod chunks of tile floor(i / chunks)
    wanted  = min(max(ceil(width · height · samples / 4,194,304), 12), 4096)
    items_per_lot = max(floor(items / wanted), ceil(items / 4096), 1)
    lots    = ceil(items / items_per_lot); lot l is the items [l · items_per_lot, min((l + 1) · items_per_lot,
    items))

Item i covers the pixels from (tile_x, tile_y) = 32 · (tile mod tiles_x, floor(tile / tiles_x)) and the samples
[chunk_index · chunk, min((chunk_index + 1) · chunk, samples)).

**Result of an item** (its artifact bytes): little-endian float32 [32, 32, 4], row-major, no header, 16,384 bytes.
Channels: linear red, green and blue *summed* over the samples, and the number of samples; all four are zero for
pixels outside the image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.prepare import SceneStats
from assay.jobs.render.spec import RenderSpec
from assay.jobs.render.tables import bucket_for

TILE = 32
ITEM_BYTES = TILE * TILE * 4 * 4
MIN_LOTS, MAX_LOTS = 12, 4096
SAMPLES_PER_LOT = 4 * 2**20
OPERATIONS_PER_SAMPLE = 30_000  # scalar operations of one path, measured on the gallery scene
COMPILE_SECONDS = 10.0  # of the largest program on a slow core


@dataclass(frozen=True)
class Plan:
    """The cut of one job. `program` is a name of the catalogue; counts as in the module docstring."""

    width: int
    height: int
    samples: int
    seed: int
    program: str
    bucket: int
    tile: int
    tiles_x: int
    tiles_y: int
    chunk: int
    chunks: int
    items: int
    items_per_lot: int
    lots: int

    @property
    def operations(self) -> int:
        """Estimated scalar operations of the whole job."""
        return self.width * self.height * self.samples * OPERATIONS_PER_SAMPLE

    def lot_items(self, lot: int) -> range:
        """The item indices of a lot."""
        if not 0 <= lot < self.lots:
            raise IndexError(f"lot {lot} does not exist: the job has {self.lots} lots")
        return range(lot * self.items_per_lot, min((lot + 1) * self.items_per_lot, self.items))

    def lot_seconds(self, samples_per_second: float) -> int:
        """Stated run time of one lot at this speed: the largest lot with a quarter to spare, and compilation; at
        least 1."""
        if not samples_per_second > 0:
            raise ValueError(
                f"samples_per_second is {samples_per_second}; it must be above zero: run the benchmark"
            )
        largest = self.items_per_lot * self.tile * self.tile * self.chunk
        return max(math.ceil(COMPILE_SECONDS + 1.25 * largest / samples_per_second), 1)

    def to_json(self) -> dict[str, Any]:
        """The plan for API answers."""
        names = (
            "width",
            "height",
            "samples",
            "seed",
            "program",
            "tile",
            "tiles_x",
            "tiles_y",
            "chunk",
            "chunks",
        )
        counts = ("items", "items_per_lot", "lots", "operations")
        return {name: getattr(self, name) for name in names + counts}


@dataclass(frozen=True)
class ItemArgs:
    """What one item covers: the pixel of its tile's corner, its first sample and how many it takes."""

    tile_x: int
    tile_y: int
    first_sample: int
    sample_count: int


def plan(spec: RenderSpec, stats: SceneStats) -> Plan:
    """The cut of a job; raises SceneError when the scene is too large for every program."""
    bucket = bucket_for(stats.triangles)
    tiles_x, tiles_y = -(-spec.width // TILE), -(-spec.height // TILE)
    chunk = _chunk(spec.samples)
    chunks = -(-spec.samples // chunk)
    items = tiles_x * tiles_y * chunks
    wanted = min(max(-(-spec.width * spec.height * spec.samples // SAMPLES_PER_LOT), MIN_LOTS), MAX_LOTS)
    items_per_lot = max(items // wanted, -(-items // MAX_LOTS), 1)
    lots = -(-items // items_per_lot)
    return Plan(
        spec.width, spec.height, spec.samples, spec.seed, program_name(bucket), bucket, TILE, tiles_x, tiles_y,
        chunk, chunks, items, items_per_lot, lots,
    )  # fmt: skip


def _chunk(samples: int) -> int:
    if samples <= 1024:
        return min(samples, 64)
    return -(-samples // 64) * 4  # ceil(samples / 16), rounded up to a multiple of 4


def program_name(bucket: int) -> str:
    """The catalogue name of the program for scenes of at most `bucket` triangles."""
    return f"render-{bucket}"


def item_args(job: Plan, item: int) -> ItemArgs:
    """What item `item` covers; raises IndexError outside the plan."""
    if not 0 <= item < job.items:
        raise IndexError(f"item {item} does not exist: the job has {job.items} items")
    tile, part = divmod(item, job.chunks)
    first = part * job.chunk
    return ItemArgs(
        tile % job.tiles_x * TILE, tile // job.tiles_x * TILE, first, min(job.chunk, job.samples - first)
    )


def item_params(job: Plan, item: int) -> NDArray[np.uint32]:
    """The last input of the program for an item (see tables.py), uint32 [8]."""
    args = item_args(job, item)
    corner = [args.tile_x, args.tile_y, args.first_sample, args.sample_count]
    return np.array([job.width, job.height, *corner, job.seed, 0], np.uint32)


def item_to_bytes(values: NDArray[np.float32]) -> bytes:
    """The canonical bytes of an item's result, float32 [32, 32, 4]."""
    if values.shape != (TILE, TILE, 4) or values.dtype != np.float32:
        raise ValueError(f"an item result is float32 [{TILE}, {TILE}, 4], not {values.dtype} {values.shape}")
    return values.astype("<f4").tobytes()


def item_from_bytes(data: bytes) -> NDArray[np.float32]:
    """The result in its canonical bytes; raises ValueError when the length is wrong."""
    if len(data) != ITEM_BYTES:
        raise ValueError(f"an item result has {ITEM_BYTES} bytes, not {len(data)}")
    return np.frombuffer(data, "<f4").reshape(TILE, TILE, 4)
