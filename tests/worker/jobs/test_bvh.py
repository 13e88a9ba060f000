"""The tree holds every triangle once, boxes contain their children, and the program's tables agree with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.jobs.render import bvh
from assay.jobs.render.errors import SceneError
from assay.jobs.render.prepare import prepare
from assay.jobs.render.scenes import GALLERY
from assay.jobs.render.tables import OCTANTS, bucket_for, scene_tables
from tests.worker.jobs.glb import simple


def random_triangles(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (random.random((count, 1, 3)) * 10 + random.random((count, 3, 3))).astype(np.float32)


def check_tree(tree: bvh.Bvh, positions: np.ndarray) -> None:
    assert sorted(tree.order.tolist()) == list(range(len(positions)))
    leaves = tree.child == 0
    assert tree.count[leaves].sum() == len(positions)
    assert 1 <= tree.count[leaves].min() <= tree.count[leaves].max() <= bvh.LEAF_TRIANGLES
    for node in np.flatnonzero(~leaves):
        for child in (tree.child[node], tree.child[node] + 1):
            assert (tree.lower[node] <= tree.lower[child]).all()
            assert (tree.upper[node] >= tree.upper[child]).all()
    for node in np.flatnonzero(leaves):
        own = positions[tree.order[tree.first[node] : tree.first[node] + tree.count[node]]]
        assert (own.reshape(-1, 3) >= tree.lower[node]).all()
        assert (own.reshape(-1, 3) <= tree.upper[node]).all()


@settings(max_examples=25)
@given(st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_build__random_triangles__valid_tree(count: int, seed: int) -> None:
    positions = random_triangles(count, seed)
    check_tree(bvh.build(positions), positions)


@pytest.mark.parametrize("count", [1, 4, 5, 1000])
def test_build__all_triangles_equal__still_a_valid_shallow_tree(count: int) -> None:
    positions = np.repeat(random_triangles(1, 3), count, axis=0)
    tree = bvh.build(positions)
    check_tree(tree, positions)
    assert len(tree.child) <= 2 * count - 1


def test_build__exponentially_spaced_triangles__depth_is_bounded() -> None:
    positions = random_triangles(200, 1) * 1e-3 + (2.0 ** np.arange(100).repeat(2))[:, None, None].astype(
        np.float32
    )
    tree = bvh.build(positions.astype(np.float32))
    depth = np.zeros(len(tree.child), int)
    for node in np.flatnonzero(tree.child):
        depth[tree.child[node] : tree.child[node] + 2] = depth[node] + 1
    assert depth.max() <= bvh.SAH_DEPTH + 8


def test_scene_tables__each_octant__visits_all_leaves_in_order() -> None:
    scene = prepare(simple())
    nodes = scene_tables(scene, 4096)[0].reshape(OCTANTS, -1, 4)
    for rows in nodes:
        seen = []
        at = 0
        while rows[at, 3] != -1:
            if rows[at, 3] < -1:
                code = -1 - int(rows[at, 3])
                seen += list(range(code >> 3, (code >> 3) + (code & 7)))
            at += 1
        assert sorted(seen) == list(range(scene.triangles))


def test_scene_tables__skip_links__stay_inside_their_octant() -> None:
    nodes = scene_tables(prepare(GALLERY.read_bytes()), 16_384)[0].reshape(OCTANTS, -1, 4)
    for octant, rows in enumerate(nodes):
        inner = rows[:, 3] >= 0
        assert (rows[inner, 3] // len(rows) == octant).all()
        assert (rows[inner, 3] % len(rows) > np.flatnonzero(inner)).all()


def test_scene_tables__bucket_too_small__refused() -> None:
    scene = prepare(GALLERY.read_bytes())
    with pytest.raises(SceneError, match="plan the job again"):
        scene_tables(scene, 4096)
    with pytest.raises(SceneError, match="262144"):
        bucket_for(262_145)
