"""One lot → its tiles as small PNGs, for the job page before the picture is whole. Pure, no JAX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assay.jobs.render.assemble import assemble, png_bytes, tone_mapped
from assay.jobs.render.plan import Plan, item_args


@dataclass(frozen=True)
class TilePreview:
    """A PNG and the rectangle of the picture it covers, in pixels."""

    x: int
    y: int
    width: int
    height: int
    png: bytes


def lot_preview(job: Plan, lot: int, results: Sequence[bytes], exposure: float = 0.0) -> list[TilePreview]:
    """The tiles of a lot from its item results in order; raises ResultError, IndexError, ValueError."""
    items = job.lot_items(lot)
    if len(results) != len(items):
        raise ValueError(f"lot {lot} has {len(items)} items, {len(results)} results were given")
    pixels = tone_mapped(assemble(job, dict(zip(items, results, strict=True))), exposure)
    previews = []
    for tile in sorted({item // job.chunks for item in items}):
        args = item_args(job, tile * job.chunks)
        piece = pixels[args.tile_y : args.tile_y + job.tile, args.tile_x : args.tile_x + job.tile]
        previews.append(
            TilePreview(args.tile_x, args.tile_y, piece.shape[1], piece.shape[0], png_bytes(piece))
        )
    return previews
