"""Walking the threaded tree: all lanes step together until enough of them are done.

A lane is a ray with a cursor. Each tree is stored eight times in visiting order (see tables.py), so a step needs no stack: a
hit goes to the next row, a miss to the row's skip link. A lane that meets a leaf stops there until its triangles are tested.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from assay.jobs.render.tracer.vec import Vec, columns, cross, dot, larger, rows_at, smaller, sub

BOX_STEPS = 4
TRIANGLE_STEPS = 2  # after so many box steps; measured
FAR = 3e38
PAD = 1.0000004  # widens boxes by the rounding of the slab test (Ize 2013)


class Ray(NamedTuple):
    """origin, direction; inverse direction and −origin·inverse; any_hit: stop at the first hit (shadow rays)."""

    origin: Vec
    direction: Vec
    inverse: Vec
    shift: Vec
    any_hit: Array


class Cursor(NamedTuple):
    """node: next row, −1 when none; leaf: code of waiting triangles, 0 when none; best: distance; hit: triangle or −1."""

    node: Array
    leaf: Array
    best: Array
    hit: Array


def active(cursor: Cursor) -> Array:
    return (cursor.node >= 0) | (cursor.leaf > 0)


def start(origin: Vec, direction: Vec, any_hit: Array, limit: Array, tree_rows: int) -> tuple[Ray, Cursor]:
    """A ray and its cursor at the root; `limit` is the largest distance of interest, `tree_rows` the rows of one octant."""
    safe = [jnp.where(jnp.abs(d) < 1e-12, jnp.where(d < 0, -1e-12, 1e-12), d) for d in direction]
    inverse = (1.0 / safe[0], 1.0 / safe[1], 1.0 / safe[2])
    shift = (-origin[0] * inverse[0], -origin[1] * inverse[1], -origin[2] * inverse[2])
    octant = sum((jnp.where(safe[k] < 0, 1 << k, 0) for k in range(3)), jnp.int32(0))
    node = (octant * tree_rows).astype(jnp.int32)
    none = jnp.zeros_like(node)
    return Ray(origin, direction, inverse, shift, any_hit), Cursor(node, none, limit, none - 1)


def advance(nodes: Array, tris: Array, ray: Ray, cursor: Cursor, quota: Array) -> Cursor:
    """Step all lanes until at most `quota` of them are active."""

    def body(carry: tuple[Cursor, Array]) -> tuple[Cursor, Array]:
        cursor, _ = carry
        # Inner loops, not unrolled code: a loop's carry is computed once, a chain of steps would be recomputed by its readers.
        cursor = lax.fori_loop(0, BOX_STEPS, lambda _, c: _box_step(nodes, ray, c), cursor)
        cursor = lax.fori_loop(0, TRIANGLE_STEPS, lambda _, c: _triangle_step(tris, ray, c), cursor)
        return cursor, jnp.sum(active(cursor).astype(jnp.int32))

    first = jnp.sum(active(cursor).astype(jnp.int32))
    return lax.while_loop(lambda carry: carry[1] > quota, body, (cursor, first))[0]


def _box_step(nodes: Array, ray: Ray, cursor: Cursor) -> Cursor:
    row = rows_at(nodes, larger(cursor.node, 0))
    near, far = columns(row, 0), columns(row, 3)
    enter = [near[k] * ray.inverse[k] + ray.shift[k] for k in range(3)]
    leave = [far[k] * ray.inverse[k] + ray.shift[k] for k in range(3)]
    enters = larger(larger(enter[0], enter[1]), larger(enter[2], 0.0))
    leaves = smaller(smaller(leave[0], leave[1]) * PAD, smaller(leave[2] * PAD, cursor.best))
    inside = enters <= leaves
    code = row[:, 7].astype(jnp.int32)
    moving = (cursor.leaf == 0) & (cursor.node >= 0)
    descend = inside & (code == 0)
    node = jnp.where(moving, jnp.where(descend, cursor.node + 1, row[:, 6].astype(jnp.int32)), cursor.node)
    leaf = jnp.where(moving & inside, code, cursor.leaf)
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
