"""Walking the threaded tree: all lanes step together until enough of them are done.

A lane is a ray with a cursor. Each tree is stored eight times in visiting order (see tables.py), so a step needs no
stack: a hit goes to the next row, a miss to the row's skip link. A lane that meets a leaf stops there until its
triangles are tested.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from assay.jobs.render.tracer.vec import Vec, columns, cross, dot, larger, mul, rows_at, smaller, sub

BOX_STEPS = 6
TRIANGLE_STEPS = 1  # after so many box steps; measured
FAR = 3e38


class Ray(NamedTuple):
    """origin, direction; any_hit: stop at the first hit (shadow rays); distance at a grid coordinate = coordinate ·
    slope + shift."""

    origin: Vec
    direction: Vec
    slope: Vec
    shift: Vec
    any_hit: Array


class Cursor(NamedTuple):
    """node: next row, -1 when none; leaf: code of waiting triangles, 0 when none; best: distance; hit: triangle or
    -1."""

    node: Array
    leaf: Array
    best: Array
    hit: Array


def active(cursor: Cursor) -> Array:
    return (cursor.node >= 0) | (cursor.leaf > 0)


class Grid(NamedTuple):
    """The grid of the node boxes: origin and cell size (scalars per axis), rows of one octant's tree."""

    origin: Vec
    cell: Vec
    tree_rows: int


def start(grid: Grid, origin: Vec, direction: Vec, any_hit: Array, limit: Array) -> tuple[Ray, Cursor]:
    """A ray and its cursor at the root; `limit` is the largest distance of interest."""
    safe = [jnp.where(jnp.abs(d) < 1e-12, jnp.where(d < 0, -1e-12, 1e-12), d) for d in direction]
    inverse = (1.0 / safe[0], 1.0 / safe[1], 1.0 / safe[2])
    octant = sum((jnp.where(safe[k] < 0, 1 << k, 0) for k in range(3)), jnp.int32(0))
    node = (octant * grid.tree_rows).astype(jnp.int32)
    none = jnp.zeros_like(node)
    ray = Ray(origin, direction, mul(grid.cell, inverse), mul(sub(grid.origin, origin), inverse), any_hit)
    return ray, Cursor(node, none, limit, none - 1)


def advance(nodes: Array, tris: Array, ray: Ray, cursor: Cursor, quota: Array) -> Cursor:
    """Step all lanes until at most `quota` of them are active."""

    def body(carry: tuple[Cursor, Array]) -> tuple[Cursor, Array]:
        cursor, _ = carry
        # Inner loops, not unrolled code: a loop's carry is computed once, a chain of steps would be recomputed by
        # its readers.
        cursor = lax.fori_loop(0, BOX_STEPS, lambda _, c: _box_step(nodes, ray, c), cursor)
        cursor = lax.fori_loop(0, TRIANGLE_STEPS, lambda _, c: _triangle_step(tris, ray, c), cursor)
        return cursor, jnp.sum(active(cursor).astype(jnp.int32))

    first = jnp.sum(active(cursor).astype(jnp.int32))
    return lax.while_loop(lambda carry: carry[1] > quota, body, (cursor, first))[0]


def _box_step(nodes: Array, ray: Ray, cursor: Cursor) -> Cursor:
    row = rows_at(nodes, larger(cursor.node, 0))
    low = [(row[:, k] & 0xFFFF).astype(jnp.float32) for k in range(3)]
    high = [lax.shift_right_logical(row[:, k], jnp.int32(16)).astype(jnp.float32) for k in range(3)]
    near, far = (low[0], high[0], low[1]), (high[1], low[2], high[2])
    enter = [near[k] * ray.slope[k] + ray.shift[k] for k in range(3)]
    leave = [far[k] * ray.slope[k] + ray.shift[k] for k in range(3)]
    enters = larger(larger(enter[0], enter[1]), larger(enter[2], 0.0))
    leaves = smaller(smaller(leave[0], leave[1]), smaller(leave[2], cursor.best))
    inside = enters <= leaves
    link = row[:, 3]
    is_leaf = link < -1
    moving = (cursor.leaf == 0) & (cursor.node >= 0)
    node = jnp.where(moving, jnp.where(inside | is_leaf, cursor.node + 1, link), cursor.node)
    leaf = jnp.where(moving & inside & is_leaf, -1 - link, cursor.leaf)
    return cursor._replace(node=node, leaf=leaf)


def _triangle_step(tris: Array, ray: Ray, cursor: Cursor) -> Cursor:
    index = cursor.leaf >> 3
    row = rows_at(tris, index)
    edge_a, edge_b = columns(row, 3), columns(row, 6)
    p = cross(ray.direction, edge_b)
    determinant = dot(edge_a, p)
    sign = jnp.where(determinant < 0, -1.0, 1.0)
    offset = sub(ray.origin, columns(row, 0))
    u = dot(offset, p) * sign
    q = cross(offset, edge_a)
    v = dot(ray.direction, q) * sign
    inside = (u >= 0) & (v >= 0) & (u + v <= determinant * sign) & (cursor.leaf > 0)
    # The division comes last, so that XLA computes all of the above once (see vec.Keep).
    distance = jnp.where(inside, dot(edge_b, q), FAR) / jnp.where(inside, determinant, 1.0)
    found = (distance > 0) & (distance < cursor.best)
    rest = jnp.where((cursor.leaf & 7) > 1, cursor.leaf + 7, 0)
    stop = found & ray.any_hit
    return Cursor(
        node=jnp.where(stop, -1, cursor.node),
        leaf=jnp.where(stop, 0, rest),
        best=jnp.where(found, distance, cursor.best),
        hit=jnp.where(found, index, cursor.hit),
    )
