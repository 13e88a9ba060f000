"""What the catalogue exports for the render kind: one item = one tile and one range of samples. Imports JAX.

Called by `assay.jobs.catalogue` only. Inputs are the six arrays of tables.py; output float32 [TILE, TILE, 4]:
linear RGB sums and the number of samples in them; zero outside the image.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from assay.jobs.render.nodes import MAX_PUNCTUAL
from assay.jobs.render.plan import TILE
from assay.jobs.render.tables import CAMERA_SIZE, CELL_SLOT, GRID_SLOT, OCTANTS, ONE_SLOT
from assay.jobs.render.tracer.integrate import render
from assay.jobs.render.tracer.state import Job
from assay.jobs.render.tracer.traverse import Grid
from assay.jobs.render.tracer.vec import Keep, Vec

LANES_PER_PIXEL = 4


def build(bucket: int) -> tuple[Callable[..., Array], list[jax.ShapeDtypeStruct]]:
    """(function, input descriptors) of the program for scenes of at most `bucket` triangles."""
    shapes = [(bucket, 12), (bucket, 20), (bucket + MAX_PUNCTUAL, 16), (CAMERA_SIZE,)]
    inputs = [jax.ShapeDtypeStruct((OCTANTS * 2 * bucket, 4), jnp.int32)]  # type: ignore[no-untyped-call]
    inputs += [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]  # type: ignore[no-untyped-call]
    inputs.append(jax.ShapeDtypeStruct((8,), jnp.uint32))  # type: ignore[no-untyped-call]

    def render_tile(  # noqa: PLR0917 -- the positions are the program's interface
        nodes: Array, tris: Array, shade: Array, lights: Array, camera: Array, params: Array
    ) -> Array:
        width, height, tile_x, tile_y, first, count = (params[k].astype(jnp.int32) for k in range(6))
        lane = jnp.arange(TILE * TILE * LANES_PER_PIXEL, dtype=jnp.int32)
        pixel = lane // LANES_PER_PIXEL
        x, y = tile_x + pixel % TILE, tile_y + pixel // TILE
        inside = (x < width) & (y < height)
        keep = Keep(camera[ONE_SLOT])
        size = (width, height)
        origin, cell = _vec(camera, GRID_SLOT), _vec(camera, CELL_SLOT)
        grid = Grid(origin, cell, 2 * bucket)
        job = Job(
            nodes, tris, shade, lights, camera, size, first + count, params[6], grid, LANES_PER_PIXEL, keep
        )
        total = render(job, x, y, first + lane % LANES_PER_PIXEL, inside)
        counts = jnp.where(inside, count, 0).astype(jnp.float32).reshape(-1, LANES_PER_PIXEL)[:, 0]
        sums = [_by_pixel(channel) for channel in total]
        return jnp.stack([*sums, counts], axis=1).reshape(TILE, TILE, 4)

    return render_tile, inputs


def _vec(camera: Array, first: int) -> Vec:
    return camera[first], camera[first + 1], camera[first + 2]


def _by_pixel(lanes: Array) -> Array:
    """The lanes of each pixel added in a fixed order, [TILE·TILE]."""
    parts = lanes.reshape(-1, LANES_PER_PIXEL)
    total = parts[:, 0]
    for k in range(1, LANES_PER_PIXEL):
        total = total + parts[:, k]
    return total
