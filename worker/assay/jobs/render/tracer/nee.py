"""Next-event estimation: one light drawn by power, one point on it, what it would send to a surface point."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from assay.jobs.render.nodes import DIRECTIONAL, SPOT
from assay.jobs.render.tracer.vec import (
    Keep,
    Vec,
    columns,
    cross,
    dot,
    larger,
    pick,
    rows_at,
    scale,
    smaller,
    sub,
    unit,
)


class LightSample(NamedTuple):
    """towards: unit direction to the light; distance; radiance already divided by the density of the choice;

    density: per solid angle, 0 for lights without area (a ray never hits those by chance)."""

    towards: Vec
    distance: Array
    radiance: Vec
    density: Array


def draw(  # noqa: PLR0917
    keep: Keep, lights: Array, count: Array, point: Vec, far: Array, choose: Array, u: Array, v: Array
) -> LightSample:
    """A light sample for `point`; `count` is the number of rows in use (float32), `far` the distance of directional
    lights."""
    at = keep(choose * count)
    index = smaller(at.astype(jnp.int32), count.astype(jnp.int32) - 1)
    first = rows_at(lights, index)
    stays = at - index.astype(jnp.float32) < first[:, 13]
    choice = keep(jnp.where(stays, index.astype(jnp.float32), first[:, 14]))
    row = rows_at(lights, choice.astype(jnp.int32))
    kind, chance = row[:, 15].astype(jnp.int32), row[:, 12]
    origin, edge_a, edge_b = columns(row, 0), columns(row, 3), columns(row, 6)
    root = lax.sqrt(u)
    b, c = root * (1.0 - v), root * v
    on_area = tuple(origin[k] + edge_a[k] * b + edge_b[k] * c for k in range(3))
    area_light, sun = kind == 0, kind == DIRECTIONAL
    offset = keep.vec(sub(pick(area_light, on_area, origin), point))  # type: ignore[arg-type]
    square = larger(dot(offset, offset), 1e-12)
    distance = lax.sqrt(square)
    towards = pick(sun, scale(edge_a, -1.0), scale(offset, 1.0 / distance))
    normal = unit(cross(edge_a, edge_b))
    facing = larger(jnp.abs(dot(normal, towards)), 1e-6)
    density = chance * square / facing
    cone = smaller(larger((-dot(edge_a, towards) - row[:, 6]) * row[:, 7], 0.0), 1.0)
    weight = jnp.where(kind == SPOT, cone * cone, 1.0) / larger(
        jnp.where(sun, chance, chance * square), 1e-30
    )
    weight = jnp.where(area_light, 1.0 / larger(density, 1e-30), weight)
    weight = jnp.where(chance > 0, weight, 0.0)
    weight = keep(weight)
    return LightSample(
        keep.vec(towards),
        jnp.where(sun, far, distance),
        scale(columns(row, 9), weight),
        keep(jnp.where(area_light, density, 0.0)),
    )
