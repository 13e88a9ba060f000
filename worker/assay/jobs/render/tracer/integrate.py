"""The path tracer: each lane owns a pixel and walks its samples one after the other until its share is done.

A lane is always in one of three stages: tracing a camera or bounce ray, tracing a shadow ray, or idle. All lanes
step through the tree together (`traverse.advance`); when half of the living ones have finished their ray, all
finished ones are shaded at once and get their next ray. So no lane waits for the slowest ray of a bounce.

A sample depends on (seed, pixel, sample number) alone: every lane adds its own samples in order, and the lanes of a
pixel are added in a fixed order at the end. Estimator: unidirectional paths of at most MAX_BOUNCES surfaces,
next-event estimation at each with multiple importance sampling (power heuristic), Russian roulette from the third
bounce on.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array, lax

from assay.jobs.render.tracer import rng
from assay.jobs.render.tracer.bounce import bounce
from assay.jobs.render.tracer.state import Job, Path, Pixels
from assay.jobs.render.tracer.traverse import FAR, Cursor, Ray, active, advance, start
from assay.jobs.render.tracer.vec import Vec, add, mul, pick, scale, unit

MAX_BOUNCES = 6
TRACING, SHADOW, IDLE = 0, 1, 2
QUOTA_EIGHTHS = 4  # shade when at most so many eighths of the living lanes are still on their way
NARROWER, NARROWINGS = 4, 1
CERTAIN = 1e18  # density of the camera's choice of direction: light seen directly counts in full


def render(job: Job, pixel_x: Array, pixel_y: Array, first_sample: Array, alive: Array) -> Vec:
    """The sum of the samples first_sample, first_sample + stride, … < last_sample of each lane's pixel (linear
    RGB).

    Some pixels take several times the work of others, so lanes run dry: when a quarter is left, those are moved
    together and the rest of the job runs on a quarter of the width.
    """
    where = Pixels(pixel_x, pixel_y, (pixel_y * job.size[0] + pixel_x).astype(jnp.uint32))
    path = _first(job, where, first_sample, alive & (first_sample < job.last_sample))
    return _finish(job, where, path, NARROWINGS)


def _finish(job: Job, where: Pixels, path: Path, narrowings: int) -> Vec:
    width = len(where.number)
    enough = width // NARROWER if narrowings else 0

    def more(path: Path) -> Array:
        return _living(path) > enough

    def turn(path: Path) -> Path:
        quota = _living(path) * QUOTA_EIGHTHS // 8
        cursor = advance(job.nodes, job.tris, path.ray, path.cursor, quota)
        return _shade(job, path._replace(cursor=cursor), where)

    path = lax.while_loop(more, turn, path)
    if not narrowings:
        return path.total
    kept = jnp.argsort((path.stage == IDLE).astype(jnp.int32), stable=True)[:enough]
    some_where, some_path = jax.tree.map(lambda lanes: lanes[kept], (where, path))
    some = _finish(job, some_where, some_path, narrowings - 1)
    total = [
        whole.at[kept].set(part, unique_indices=True) for whole, part in zip(path.total, some, strict=True)
    ]
    return total[0], total[1], total[2]


def _living(path: Path) -> Array:
    return jnp.sum((path.stage != IDLE).astype(jnp.int32))


def _camera_ray(job: Job, where: Pixels, sample: Array) -> tuple[Vec, Vec]:
    """Origin and unit direction through a uniform point of the pixel."""
    x, y, pixel = where
    u, v, _, _ = rng.uniforms(pixel, sample.astype(jnp.uint32), jnp.zeros_like(pixel), job.seed)
    width, height = job.size[0].astype(jnp.float32), job.size[1].astype(jnp.float32)
    tangent = job.camera[12]
    u, v = job.keep(u), job.keep(v)
    a = ((x.astype(jnp.float32) + u) * 2.0 - width) / height * tangent
    b = (height - (y.astype(jnp.float32) + v) * 2.0) / height * tangent
    right, up, forward, position = (_constant(job.camera, k) for k in (3, 6, 9, 0))
    direction = job.keep.vec(unit(add(add(scale(right, a), scale(up, b)), forward)))
    eye = [jnp.broadcast_to(p, a.shape) for p in position]
    return (eye[0], eye[1], eye[2]), direction


def _constant(camera: Array, first: int) -> Vec:
    return camera[first], camera[first + 1], camera[first + 2]


def _first(job: Job, where: Pixels, sample: Array, alive: Array) -> Path:
    origin, direction = _camera_ray(job, where, sample)
    zero = jnp.zeros_like(origin[0])
    ray, cursor = start(job.grid, origin, direction, zero > 0, zero + FAR)
    cursor = cursor._replace(node=jnp.where(alive, cursor.node, -1))
    stage = jnp.where(alive, TRACING, IDLE)
    black, white = (zero, zero, zero), (zero + 1, zero + 1, zero + 1)
    none = zero > 0
    return Path(
        ray,
        cursor,
        stage,
        sample,
        stage * 0,
        white,
        black,
        black,
        zero + CERTAIN,
        black,
        direction,
        black,
        none,
    )


def _shade(job: Job, path: Path, where: Pixels) -> Path:
    """Resolve every finished ray and give its lane the next one."""
    done = ~active(path.cursor) & (path.stage != IDLE)
    shadow = done & (path.stage == SHADOW)
    traced = done & (path.stage == TRACING)
    found = path.cursor.hit >= 0
    light = pick(shadow & ~found, add(path.light, path.waiting), path.light)
    missed = traced & ~found
    light = pick(missed, add(light, mul(path.weight, _constant(job.camera, 13))), light)
    bounced = bounce(job, path, where.number)
    hit = traced & found
    light = job.keep.vec(pick(hit, add(light, bounced.emitted), light))
    goes_on = hit & (path.bounce < MAX_BOUNCES - 1)
    asks_light = job.keep.mask(goes_on & bounced.lit)
    lives = jnp.where(hit, goes_on & bounced.lives, path.next_lives)
    direction = pick(hit, bounced.direction, path.next_direction)
    weight = pick(hit, bounced.weight, path.next_weight)
    moves_on = job.keep.mask((shadow | (hit & ~asks_light)) & lives)
    ends = job.keep.mask(done & ~asks_light & ~moves_on)
    sample = path.sample + jnp.where(ends, job.stride, 0)
    total = add(path.total, pick(ends, _finite(light), (0.0, 0.0, 0.0)))  # type: ignore[arg-type]
    restarts = ends & (sample < job.last_sample)
    eye, view = _camera_ray(job, where, sample)
    origin = pick(restarts, eye, pick(hit, bounced.origin, path.ray.origin))
    towards = pick(restarts, view, pick(asks_light, bounced.light_direction, direction))
    limit = jnp.where(asks_light, bounced.light_distance, FAR)
    origin, towards = job.keep.vec(origin), job.keep.vec(towards)
    fresh_ray, fresh_cursor = start(job.grid, origin, towards, asks_light, limit)
    starts = restarts | asks_light | moves_on
    zero = jnp.zeros_like(path.density)
    black, white = (zero, zero, zero), (zero + 1, zero + 1, zero + 1)
    stage = jnp.where(
        asks_light, SHADOW, jnp.where(restarts | moves_on, TRACING, jnp.where(ends, IDLE, path.stage))
    )
    return Path(
        ray=_choose(starts, fresh_ray, path.ray),
        cursor=_choose_cursor(starts, fresh_cursor, path.cursor),
        stage=stage,
        sample=sample,
        bounce=jnp.where(ends, 0, path.bounce + jnp.where(moves_on, 1, 0)),
        weight=pick(ends, white, pick(moves_on, weight, path.weight)),
        light=pick(ends, black, light),
        total=total,
        density=jnp.where(ends, CERTAIN, jnp.where(hit, bounced.density, path.density)),
        waiting=pick(hit, bounced.light, path.waiting),
        next_direction=direction,
        next_weight=weight,
        next_lives=lives,
    )


def _finite(light: Vec) -> Vec:
    fine = jnp.isfinite(light[0] + light[1] + light[2])
    return pick(fine, light, (0.0, 0.0, 0.0))  # type: ignore[arg-type]


def _choose(mask: Array, a: Ray, b: Ray) -> Ray:
    return Ray(
        pick(mask, a.origin, b.origin), pick(mask, a.direction, b.direction), pick(mask, a.slope, b.slope),
        pick(mask, a.shift, b.shift), jnp.where(mask, a.any_hit, b.any_hit),
    )  # fmt: skip


def _choose_cursor(mask: Array, a: Cursor, b: Cursor) -> Cursor:
    return Cursor(*(jnp.where(mask, x, y) for x, y in zip(a, b, strict=True)))
