"""Item results → the picture. Pure, no JAX; twin in the frontend (tests/vectors/render_assemble.json).

Per pixel, in float64: sum the four channels over the items in index order; mean = rgb / count; x = mean ·
2^exposure; y = x(2.51x + 0.03) / (x(2.43x + 0.59) + 0.14), clamped to [0, 1] (Narkowicz's fit of the ACES curve); s
= 12.92y if y ≤ 0.0031308 else 1.055·y^(1/2.4) - 0.055; byte = floor(255·s + 0.5). Alpha is 255, or 0 where no
sample has arrived.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assay.jobs.errors import ResultError
from assay.jobs.render.plan import Plan, item_args, item_from_bytes

__all__ = [
    "Picture",
    "ResultError",
    "assemble",
    "checked_item",
    "npy_bytes",
    "picture_png",
    "png_bytes",
    "tone_mapped",
]


@dataclass(frozen=True)
class Picture:
    """linear: float64 [height, width, 3], mean radiance, 0 where missing; counts: float64 [height, width], samples
    so far."""

    linear: NDArray[np.float64]
    counts: NDArray[np.float64]

    @property
    def complete(self) -> bool:
        """Whether every pixel has at least one sample."""
        return bool((self.counts > 0).all())


def checked_item(job: Plan, item: int, data: bytes) -> NDArray[np.float32]:
    """The float32 [32, 32, 4] result of an item after all checks; raises ResultError."""
    try:
        values = item_from_bytes(data)
    except ValueError as error:
        raise ResultError(f"item {item}: {error}") from error
    if not np.isfinite(values).all() or (values[..., :3] < 0).any():
        raise ResultError(f"item {item} holds NaN, infinite or negative light")
    args = item_args(job, item)
    rows, columns = _inside(job, args.tile_x, args.tile_y)
    expected = np.zeros((job.tile, job.tile))
    expected[:rows, :columns] = args.sample_count
    if not np.array_equal(values[..., 3], expected):
        raise ResultError(
            f"item {item} counts other samples than the {args.sample_count} a pixel that were asked of it"
        )
    if values[expected == 0].any():
        raise ResultError(f"item {item} has light outside the image")
    return values


def assemble(job: Plan, items: Mapping[int, bytes]) -> Picture:
    """The picture of the items that are there (index → result bytes); raises ResultError, IndexError."""
    sums = np.zeros((job.height, job.width, 4))
    for item in sorted(items):
        values = checked_item(job, item, items[item])
        args = item_args(job, item)
        rows, columns = _inside(job, args.tile_x, args.tile_y)
        sums[args.tile_y : args.tile_y + rows, args.tile_x : args.tile_x + columns] += values[:rows, :columns]
    counts = sums[..., 3]
    return Picture(sums[..., :3] / np.maximum(counts, 1.0)[..., None], counts)


def tone_mapped(picture: Picture, exposure: float = 0.0) -> NDArray[np.uint8]:
    """sRGB bytes with alpha, uint8 [height, width, 4]."""
    x = picture.linear * 2.0**exposure
    # Far above white the curve is flat; the cap keeps x² finite.
    x = np.minimum(x, 1e6)
    y = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0)
    srgb = np.where(y <= 0.0031308, 12.92 * y, 1.055 * np.power(y, 1 / 2.4) - 0.055)
    alpha = np.where(picture.counts > 0, 255, 0)
    return np.concatenate([np.floor(255 * srgb + 0.5), alpha[..., None]], axis=2).astype(np.uint8)


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of uint8 [height, width, 4]."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels), "RGBA").save(out, "PNG", compress_level=6)
    return out.getvalue()


def npy_bytes(picture: Picture) -> bytes:
    """The linear picture as a .npy file, float32 [height, width, 4]: RGB and sample count."""
    out = io.BytesIO()
    np.save(out, np.concatenate([picture.linear, picture.counts[..., None]], axis=2).astype("<f4"))
    return out.getvalue()


def picture_png(job: Plan, items: Mapping[int, bytes], exposure: float = 0.0) -> bytes:
    """The PNG of the items that are there; missing pixels are transparent. Raises ResultError."""
    return png_bytes(tone_mapped(assemble(job, items), exposure))


def _inside(job: Plan, tile_x: int, tile_y: int) -> tuple[int, int]:
    """(rows, columns) of the tile that lie inside the image."""
    return min(job.tile, job.height - tile_y), min(job.tile, job.width - tile_x)
