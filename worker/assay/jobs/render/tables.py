"""A prepared scene as the input arrays of a native program, padded to a size bucket (NumPy only).

Called by the runner and by tests. All tables are float32; links and counts are whole numbers below 2^24, hence exact.

    nodes  [16 · bucket, 8] for each of the eight signs of a ray's direction the tree in visiting order: near corner, far corner,
                            index of the next node when this one is missed (−1: done), leaf code = 8 · first triangle + count
                            (0 for inner nodes). A hit inner node is followed by the next row.
    tris   [bucket, 12]     corner, edge a, edge b, 3 zeros
    shade  [bucket, 20]     three normals, base RGB, metallic, roughness, emitted RGB, chance as a light per unit of area, 2 zeros
    lights [bucket + 64, 16] see lights.py
    camera [20]             see scene.py; entry 17 is the number of light rows, entry 18 is 1.0 (see tracer/vec.py, Keep)
    params [8] uint32       width, height, tile x, tile y, first sample, sample count, seed, 0
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.errors import SceneError
from assay.jobs.render.nodes import MAX_PUNCTUAL
from assay.jobs.render.scene import Scene

BUCKETS = (4_096, 16_384, 65_536, 262_144)
OCTANTS = 8
LIGHT_COUNT_SLOT = 17
ONE_SLOT = 18


def bucket_for(triangles: int) -> int:
    """The smallest bucket that holds a scene of so many triangles; raises SceneError beyond the largest.

    The tree of n triangles has at most 2n − 1 nodes and the scene at most n + MAX_PUNCTUAL lights: they always fit.
    """
    for bucket in BUCKETS:
        if triangles <= bucket:
            return bucket
    raise SceneError(f"the scene has {triangles} triangles; the limit is {BUCKETS[-1]}: simplify its meshes")


def scene_tables(scene: Scene, bucket: int) -> list[NDArray[np.float32]]:
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
    camera = scene.camera.copy()
    camera[ONE_SLOT] = 1.0
    camera[LIGHT_COUNT_SLOT] = len(scene.lights)
    return [_threaded_nodes(scene, bucket), tris, shade, lights, camera]


def _threaded_nodes(scene: Scene, bucket: int) -> NDArray[np.float32]:
    child, count = scene.node_child, len(scene.node_child)
    levels = _levels(child)
    size = np.ones(count, np.int64)
    for level in reversed(levels):
        inner = level[child[level] > 0]
        size[inner] = 1 + size[child[inner]] + size[child[inner] + 1]
    leaf_code = np.where(child > 0, 0, scene.node_first.astype(np.int64) * 8 + scene.node_count)
    table = np.zeros((OCTANTS, 2 * bucket, 8), np.float32)
    table[:, :, 6] = -1
    for octant in range(OCTANTS):
        negative = np.array([octant >> axis & 1 for axis in range(3)], bool)
        at = np.zeros(count, np.int64)
        for level in levels:
            inner = level[child[level] > 0]
            swap = negative[scene.node_axis[inner]]
            near, far = child[inner] + swap, child[inner] + 1 - swap
            at[near] = at[inner] + 1
            at[far] = at[inner] + 1 + size[near]
        skip = at + size
        rows = table[octant]
        rows[at, 0:3] = np.where(negative, scene.node_upper, scene.node_lower)
        rows[at, 3:6] = np.where(negative, scene.node_lower, scene.node_upper)
        rows[at, 6] = np.where(skip < count, skip + octant * 2 * bucket, -1)
        rows[at, 7] = leaf_code
    return table.reshape(-1, 8)


def _levels(child: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    levels, level = [], np.array([0])
    while len(level):
        levels.append(level)
        inner = level[child[level] > 0]
        level = np.stack([child[inner], child[inner] + 1], axis=1).reshape(-1).astype(np.int64)
    return levels
