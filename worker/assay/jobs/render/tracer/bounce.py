"""One meeting of a path with a surface: emitted light, one light sample, and the next direction."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from assay.jobs.render.tracer import bsdf, nee, rng
from assay.jobs.render.tracer.state import Job, Path
from assay.jobs.render.tracer.vec import (
    Keep,
    Vec,
    add,
    columns,
    cross,
    dot,
    larger,
    mul,
    pick,
    rows_at,
    scale,
    smaller,
    sub,
    unit,
)

ROULETTE_FROM = 2


class Bounce(NamedTuple):
    """What happens at a surface: emitted light, a light sample behind a shadow ray, and the next direction."""

    emitted: Vec
    origin: Vec
    lit: Array
    light: Vec
    light_direction: Vec
    light_distance: Array
    direction: Vec
    weight: Vec
    density: Array
    lives: Array


def bounce(job: Job, path: Path, pixel: Array) -> Bounce:
    keep = job.keep
    at = larger(path.cursor.hit, 0)
    shape, looks = rows_at(job.tris, at), rows_at(job.shade, at)
    point, flat, normal = _hit_point(keep, path, shape, looks)
    out = scale(path.ray.direction, -1.0)
    frame = _frame(keep, normal)
    cos_flat = larger(jnp.abs(dot(flat, out)), 1e-6)
    light_density = looks[:, 17] * path.cursor.best * path.cursor.best / cos_flat
    ratio = light_density / path.density
    seen = mul(path.weight, scale(columns(looks, 14), 1.0 / (1.0 + ratio * ratio)))
    local_out = keep.vec(_to_local(frame, out))
    stuff = bsdf.surface(keep, columns(looks, 9), looks[:, 12], looks[:, 13], larger(local_out[2], 0.0))
    dimension = (path.bounce * 2 + 1).astype(jnp.uint32)
    sample = path.sample.astype(jnp.uint32)
    a = [keep(u) for u in rng.uniforms(pixel, sample, dimension, job.seed)]
    b = [keep(u) for u in rng.uniforms(pixel, sample, dimension + jnp.uint32(1), job.seed)]
    far = job.camera[16] * 4.0
    lamp = nee.draw(keep, job.lights, job.camera[17], point, far, a[0], a[1], a[2])
    value, density = bsdf.evaluate(keep, stuff, local_out, keep.vec(_to_local(frame, lamp.towards)))
    ratio = density / larger(lamp.density, 1e-20)
    share = jnp.where(lamp.density > 0, 1.0 / (1.0 + ratio * ratio), 1.0)
    light = keep.vec(mul(path.weight, mul(value, scale(lamp.radiance, share))))
    lit = (dot(lamp.towards, flat) > 0) & (light[0] + light[1] + light[2] > 0)
    local_in = keep.vec(bsdf.sample(keep, stuff, local_out, b[0], b[1], b[2]))
    value, density = bsdf.evaluate(keep, stuff, local_out, local_in)
    direction = keep.vec(unit(_to_world(frame, local_in)))
    weight = keep.vec(mul(path.weight, scale(value, 1.0 / larger(density, 1e-20))))
    strongest = larger(weight[0], larger(weight[1], weight[2]))
    survive = jnp.where(path.bounce >= ROULETTE_FROM, smaller(strongest, 0.95), 1.0)
    lives = (b[3] < survive) & (strongest > 0) & (dot(direction, flat) > 0)
    weight = scale(weight, 1.0 / larger(survive, 1e-20))
    return Bounce(
        seen, point, lit, light, lamp.towards, lamp.distance * 0.9995, direction, weight, density, lives
    )  # fmt: skip


def _hit_point(keep: Keep, path: Path, shape: Array, looks: Array) -> tuple[Vec, Vec, Vec]:
    """(point lifted off the surface, flat normal, smooth normal), both normals facing the ray's origin."""
    corner, edge_a, edge_b = columns(shape, 0), columns(shape, 3), columns(shape, 6)
    p = cross(path.ray.direction, edge_b)
    inverse = 1.0 / dot(edge_a, p)
    offset = sub(path.ray.origin, corner)
    u = keep(dot(offset, p) * inverse)
    v = keep(dot(path.ray.direction, cross(offset, edge_a)) * inverse)
    flat = unit(cross(edge_a, edge_b))
    back = dot(flat, path.ray.direction) > 0
    flat = keep.vec(pick(back, scale(flat, -1.0), flat))
    point = add(corner, add(scale(edge_a, u), scale(edge_b, v)))
    reach = (
        larger(larger(jnp.abs(point[0]), jnp.abs(point[1])), jnp.abs(point[2])) * 2e-6
        + path.cursor.best * 2e-6
    )
    point = keep.vec(add(point, scale(flat, reach + 1e-5)))
    first, second, third = columns(looks, 0), columns(looks, 3), columns(looks, 6)
    smooth = keep.vec(unit(add(scale(first, 1.0 - u - v), add(scale(second, u), scale(third, v)))))
    smooth = pick(dot(smooth, flat) < 0, scale(smooth, -1.0), smooth)
    # A smooth normal that leans behind the view would reflect into the surface: use the flat one there.

    return point, flat, keep.vec(pick(dot(smooth, path.ray.direction) > -0.02, flat, smooth))


def _frame(keep: Keep, n: Vec) -> tuple[Vec, Vec, Vec]:
    """An orthonormal basis around n (Duff et al., JCGT 6(1), 2017)."""
    sign = jnp.where(n[2] >= 0, 1.0, -1.0)
    a = -1.0 / (sign + n[2])
    b = n[0] * n[1] * a
    return (1.0 + sign * n[0] * n[0] * a, sign * b, -sign * n[0]), (b, sign + n[1] * n[1] * a, -n[1]), n


def _to_local(frame: tuple[Vec, Vec, Vec], d: Vec) -> Vec:
    return dot(frame[0], d), dot(frame[1], d), dot(frame[2], d)


def _to_world(frame: tuple[Vec, Vec, Vec], d: Vec) -> Vec:
    return add(add(scale(frame[0], d[0]), scale(frame[1], d[1])), scale(frame[2], d[2]))
