"""A prepared scene as the input arrays of a native program, padded to a size bucket (NumPy only).

Called by the runner and by tests. Links and counts in float tables are whole numbers below 2^24, hence exact.

    nodes  [16 · bucket, 4]  int32: for each of the eight signs of a ray's direction the tree in visiting order, then a
                             row that is always missed. Words 0-2: near corner x, y, z and far corner x, y, z, 16 bits
                             each, in cells of a grid over the scene, widened by a cell. Word 3: the next row when an
                             inner node is missed (-1: done), or -1 - (8 · first triangle + count) of a leaf. A hit node
                             and any leaf are followed by the next row.
    tris   [bucket, 12]      corner, edge a, edge b, 3 zeros
    shade  [bucket, 20]      three normals, base RGB, metallic, roughness, emitted RGB, chance as a light per unit of
                             area, 2 zeros
    lights [bucket + 64, 16] see lights.py
    camera [28]              0-16 see scene.py; 17 number of light rows; 18 is 1.0 (see tracer/vec.py, Keep); 20-22
                             origin of the grid; 23-25 size of its cells
    params [8] uint32        width, height, tile x, tile y, first sample, sample count, seed, 0
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.errors import SceneError
from assay.jobs.render.nodes import MAX_PUNCTUAL
from assay.jobs.render.scene import Scene

BUCKETS = (4_096, 16_384, 65_536, 262_144)
OCTANTS = 8
LIGHT_COUNT_SLOT, ONE_SLOT, GRID_SLOT, CELL_SLOT = 17, 18, 20, 23
CAMERA_SIZE = 28
CELLS = 65_535


def bucket_for(triangles: int) -> int:
    """The smallest bucket that holds a scene of so many triangles; raises SceneError beyond the largest.

    The tree of n triangles has at most 2n - 1 nodes and the scene at most n + MAX_PUNCTUAL lights: they always fit.
    """
    for bucket in BUCKETS:
        if triangles <= bucket:
            return bucket
    raise SceneError(f"the scene has {triangles} triangles; the limit is {BUCKETS[-1]}: simplify its meshes")


def scene_tables(scene: Scene, bucket: int) -> list[NDArray[Any]]:
    """[nodes, tris, shade, lights, camera] for a program of size `bucket`."""
    if bucket_for(scene.triangles) > bucket:
        raise SceneError(f"the scene does not fit in a program for {bucket} triangles: plan the job again")
    tris = np.zeros((bucket, 12), np.float32)
    corner = scene.positions[:, 0]
    edges = scene.positions[:, 1:] - corner[:, None]
    tris[: scene.triangles, :9] = np.concatenate([corner, edges.reshape(-1, 6)], axis=1)
    shade = np.zeros((bucket, 20), np.float32)
    shade[: scene.triangles, :9] = scene.normals.reshape(-1, 9)
    shade[: scene.triangles, 9:17] = scene.materials[scene.material]
    shade[: scene.triangles, 17] = scene.light_pdf
    lights = np.zeros((bucket + MAX_PUNCTUAL, 16), np.float32)
    lights[: len(scene.lights)] = scene.lights
    grid, cell = _grid(scene)
    camera = np.zeros(CAMERA_SIZE, np.float32)
    camera[: len(scene.camera)] = scene.camera
    camera[LIGHT_COUNT_SLOT], camera[ONE_SLOT] = len(scene.lights), 1.0
    camera[GRID_SLOT : GRID_SLOT + 3], camera[CELL_SLOT : CELL_SLOT + 3] = grid, cell
    return [_threaded_nodes(scene, bucket, grid, cell), tris, shade, lights, camera]


def _grid(scene: Scene) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(origin, cell size) of the grid that node boxes are rounded to; two cells to spare on each side."""
    low, high = scene.node_lower[0].astype(np.float64), scene.node_upper[0].astype(np.float64)
    cell = np.maximum(
        (high - low) / (CELLS - 8), np.maximum(np.abs(low), np.abs(high)) * 1e-7 + 1e-12
    ).astype(np.float32)
    return (low - 4.0 * cell).astype(np.float32), cell


def _threaded_nodes(
    scene: Scene, bucket: int, grid: NDArray[np.float32], cell: NDArray[np.float32]
) -> NDArray[np.int32]:
    child, count = scene.node_child, len(scene.node_child)
    levels = _levels(child)
    size = np.ones(count, np.int64)
    for level in reversed(levels):
        inner = level[child[level] > 0]
        size[inner] = 1 + size[child[inner]] + size[child[inner] + 1]
    # Exact in float64 up to the division; a whole cell of slack covers its rounding and that of the ray's slab test.
    lower = np.clip(np.floor((scene.node_lower - grid.astype(np.float64)) / cell) - 1, 0, CELLS).astype(
        np.int64
    )
    upper = np.clip(np.ceil((scene.node_upper - grid.astype(np.float64)) / cell) + 1, 0, CELLS).astype(
        np.int64
    )
    leaf_link = -1 - (scene.node_first.astype(np.int64) * 8 + scene.node_count)
    table = np.zeros((OCTANTS, 2 * bucket, 4), np.int64)
    table[:, :, 3] = -1
    for octant in range(OCTANTS):
        negative = np.array([octant >> axis & 1 for axis in range(3)], bool)
        behind, ahead = np.where(negative, 0, CELLS), np.where(negative, CELLS, 0)
        table[octant, :, :3] = _words(
            behind[None], ahead[None]
        )  # entered after it is left: missed by every ray
        at = np.zeros(count, np.int64)
        for level in levels:
            inner = level[child[level] > 0]
            swap = negative[scene.node_axis[inner]]
            near, far = child[inner] + swap, child[inner] + 1 - swap
            at[near] = at[inner] + 1
            at[far] = at[inner] + 1 + size[near]
        skip = at + size
        near_cell, far_cell = np.where(negative, upper, lower), np.where(negative, lower, upper)
        table[octant, at, :3] = _words(near_cell, far_cell)
        table[octant, at, 3] = np.where(
            child > 0, np.where(skip < count, skip + octant * 2 * bucket, -1), leaf_link
        )
    return table.astype(np.uint32).view(np.int32).reshape(-1, 4)


def _words(near: NDArray[np.int64], far: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two corners [n, 3] of 16-bit cells as three words [n, 3]."""
    pairs = [near[:, 0] | near[:, 1] << 16, near[:, 2] | far[:, 0] << 16, far[:, 1] | far[:, 2] << 16]
    return np.stack(pairs, axis=1)


def _levels(child: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    levels, level = [], np.array([0])
    while len(level):
        levels.append(level)
        inner = level[child[level] > 0]
        level = np.stack([child[inner], child[inner] + 1], axis=1).reshape(-1).astype(np.int64)
    return levels
