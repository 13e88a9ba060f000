"""Bounding volume hierarchy over triangles, built level by level with NumPy (no JAX, no randomness).

Called by `prepare`. The tree is a pure function of the triangle positions: every decision is made on float64 values
that come from exact minima, maxima and counts, so every machine builds the same tree.

Method: binned surface-area heuristic (Wald 2007), 16 bins an axis, all nodes of one level at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAF_TRIANGLES = 4  # a node with more is always split
BINS = 16
TRIANGLE_COST = 1.5  # of one triangle test, in box tests
SAH_DEPTH = (
    40  # below this depth nodes are halved, so that no input makes a tree deeper than 40 + log2(triangles)
)


@dataclass(frozen=True)
class Bvh:
    """A binary tree in breadth-first order; node 0 is the root.

    lower, upper: float32 [n, 3]. child: int32 [n], index of the first child (the second is the next one), 0 for a
    leaf. axis: int32 [n], split axis of an inner node. first, count: int32 [n], a leaf's slice of `order` (0, 0
    when inner). order: int32 [triangles], triangle indices in leaf order.
    """

    lower: NDArray[np.float32]
    upper: NDArray[np.float32]
    child: NDArray[np.int32]
    axis: NDArray[np.int32]
    first: NDArray[np.int32]
    count: NDArray[np.int32]
    order: NDArray[np.int32]


@dataclass(frozen=True)
class _Level:
    """The nodes of one depth: `members` are triangle indices, node after node; node i owns counts[i] of them."""

    members: Ints
    slots: Ints  # where each member sits in the final order
    starts: Ints  # first slot of each node
    counts: Ints

    @property
    def offsets(self) -> Ints:
        return np.cumsum(self.counts) - self.counts

    @property
    def owner(self) -> Ints:
        return np.repeat(np.arange(len(self.counts)), self.counts)


def build(positions: NDArray[np.float32]) -> Bvh:
    """The tree over `positions`, float32 [triangles, 3 corners, 3 axes]; at least one triangle, all finite."""
    low = positions.min(axis=1).astype(np.float64)
    high = positions.max(axis=1).astype(np.float64)
    total = len(positions)
    order = np.zeros(total, np.int64)
    level = _Level(np.arange(total), np.arange(total), np.array([0]), np.array([total]))
    columns: list[tuple[NDArray[Any], ...]] = []
    nodes_done = 0
    depth = 0
    while len(level.counts):
        node_low = np.minimum.reduceat(low[level.members], level.offsets, axis=0)
        node_high = np.maximum.reduceat(high[level.members], level.offsets, axis=0)
        axis, goes_right = _split(level, low, high, depth)
        right_counts = np.add.reduceat(goes_right.astype(np.int64), level.offsets)
        inner = (right_counts > 0) & (right_counts < level.counts)
        nodes_done += len(level.counts)
        child = np.where(inner, nodes_done + 2 * (np.cumsum(inner) - 1), 0)
        first = np.where(inner, 0, level.starts)
        count = np.where(inner, 0, level.counts)
        columns.append((node_low, node_high, child, np.where(inner, axis, 0), first, count))
        is_leaf = ~inner[level.owner]
        order[level.slots[is_leaf]] = level.members[is_leaf]
        level = _descend(level, inner, goes_right, right_counts)
        depth += 1
    lower, upper, *links = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    small = [link.astype(np.int32) for link in links]
    return Bvh(
        lower=lower.astype(np.float32),
        upper=upper.astype(np.float32),
        child=small[0],
        axis=small[1],
        first=small[2],
        count=small[3],
        order=order.astype(np.int32),
    )


def _split(level: _Level, low: Floats, high: Floats, depth: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The split axis of each node, and for each member whether it goes to the second child (none does in a
    leaf)."""
    nodes, owner, counts = len(level.counts), level.owner, level.counts
    member_low, member_high = low[level.members], high[level.members]
    centre = (member_low + member_high) * 0.5
    base = np.minimum.reduceat(centre, level.offsets, axis=0)
    extent = np.maximum.reduceat(centre, level.offsets, axis=0) - base
    scale = np.where(extent > 0, BINS / np.where(extent > 0, extent, 1.0), 0.0)
    bins = np.minimum(((centre - base[owner]) * scale[owner]).astype(np.int64), BINS - 1)
    cost = np.full((nodes, 3, BINS - 1), np.inf)
    for axis in range(3):
        cost[:, axis] = _split_costs(owner * BINS + bins[:, axis], nodes, member_low, member_high)
    best = cost.reshape(nodes, -1).argmin(axis=1)
    best_cost = cost.reshape(nodes, -1)[np.arange(nodes), best]
    axis, cut = best // (BINS - 1), best % (BINS - 1)
    node_area = _half_area(
        np.minimum.reduceat(member_low, level.offsets, axis=0),
        np.maximum.reduceat(member_high, level.offsets, axis=0),
    )
    worth_it = TRIANGLE_COST * best_cost + 2.0 * node_area < TRIANGLE_COST * node_area * counts
    by_cost = np.isfinite(best_cost) & (depth < SAH_DEPTH) & (worth_it | (counts > LEAF_TRIANGLES))
    by_rank = ~by_cost & (counts > LEAF_TRIANGLES)
    rank = np.arange(len(owner)) - level.offsets[owner]
    right_by_cost = bins[np.arange(len(owner)), axis[owner]] > cut[owner]
    right_by_rank = rank >= (counts // 2)[owner]
    goes_right = np.where(by_cost[owner], right_by_cost, by_rank[owner] & right_by_rank)
    return axis, goes_right


def _split_costs(key: Ints, nodes: int, low: Floats, high: Floats) -> Floats:
    """Cost [nodes, BINS - 1] of cutting after each bin: area x count on both sides; inf when a side is empty.

    `key` is node x BINS + bin of each member.
    """
    size = np.bincount(key, minlength=nodes * BINS)
    by_key = np.argsort(key, kind="stable")
    filled = np.flatnonzero(size)
    begins = (np.cumsum(size) - size)[filled]
    bin_low = np.full((nodes * BINS, 3), np.inf)
    bin_high = np.full((nodes * BINS, 3), -np.inf)
    bin_low[filled] = np.minimum.reduceat(low[by_key], begins, axis=0)
    bin_high[filled] = np.maximum.reduceat(high[by_key], begins, axis=0)
    low_of = bin_low.reshape(nodes, BINS, 3)
    high_of = bin_high.reshape(nodes, BINS, 3)
    size = size.reshape(nodes, BINS)
    left = _half_area(np.minimum.accumulate(low_of, axis=1), np.maximum.accumulate(high_of, axis=1))[:, :-1]
    back_low = np.minimum.accumulate(low_of[:, ::-1], axis=1)[:, ::-1]
    back_high = np.maximum.accumulate(high_of[:, ::-1], axis=1)[:, ::-1]
    right = _half_area(back_low, back_high)[:, 1:]
    left_count = np.cumsum(size, axis=1)[:, :-1]
    right_count = size.sum(axis=1, keepdims=True) - left_count
    possible = (left_count > 0) & (right_count > 0)
    return np.where(
        possible,
        np.where(possible, left, 0) * left_count + np.where(possible, right, 0) * right_count,
        np.inf,
    )


def _half_area(low: Floats, high: Floats) -> Floats:
    side = np.maximum(high - low, 0.0)
    area: Floats = side[..., 0] * side[..., 1] + side[..., 1] * side[..., 2] + side[..., 2] * side[..., 0]
    return area


def _descend(
    level: _Level, inner: NDArray[np.bool_], goes_right: NDArray[np.bool_], right_counts: Ints
) -> _Level:
    """The children of the inner nodes, first and second side by side, members kept in their order."""
    keep = inner[level.owner]
    key = (level.owner * 2 + goes_right)[keep]
    by_side = np.argsort(key, kind="stable")
    counts = np.stack([level.counts - right_counts, right_counts], axis=1)[inner].reshape(-1)
    starts = np.stack([level.starts, level.starts + level.counts - right_counts], axis=1)[inner].reshape(-1)
    slots = level.slots[keep]  # ascending inside each node, so the children's slots are simply these in order
    return _Level(level.members[keep][by_side], slots, starts, counts)
