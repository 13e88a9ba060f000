"""What the lanes of the path tracer carry: the job they share, their pixels, and the state of each path."""

from __future__ import annotations

from typing import NamedTuple

from jax import Array

from assay.jobs.render.tracer.traverse import Cursor, Grid, Ray
from assay.jobs.render.tracer.vec import Keep, Vec


class Job(NamedTuple):
    """The inputs of the program (see tables.py) and what follows from them; `stride` is a Python int."""

    nodes: Array
    tris: Array
    shade: Array
    lights: Array
    camera: Array
    size: tuple[Array, Array]
    last_sample: Array
    seed: Array
    grid: Grid
    stride: int
    keep: Keep


class Pixels(NamedTuple):
    """Which pixel each lane works on: column, row and number (uint32) in the whole image."""

    x: Array
    y: Array
    number: Array


class Path(NamedTuple):
    """The state of each lane. `weight`: throughput; `light`: this sample so far; `total`: finished samples;

    `density`: of the last direction; `waiting`: light that the shadow ray may let through; `next_*`: the ray after
    it."""

    ray: Ray
    cursor: Cursor
    stage: Array
    sample: Array
    bounce: Array
    weight: Vec
    light: Vec
    total: Vec
    density: Array
    waiting: Vec
    next_direction: Vec
    next_weight: Vec
    next_lives: Array
