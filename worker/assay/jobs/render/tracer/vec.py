"""Three-component vectors as tuples of equal-shaped float32 arrays, and `Keep`, which stops recomputation.

`larger` and `smaller` are written as selects: jnp.maximum must also carry NaN and costs twice as much on CPUs.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array, lax

Vec = tuple[Array, Array, Array]


class Keep:
    """Makes XLA compute a value once. Called on each intermediate that several later values read.

    XLA fuses a cheap expression into every reader and computes it again there; a chain of such steps grows without
    bound. It never copies a division, so dividing by a 1.0 that it cannot see (an input of the program) pins the
    value. x / 1 = x exactly.
    """

    def __init__(self, one: Array) -> None:
        self.one = one

    def __call__(self, value: Array) -> Array:
        return value / self.one

    def vec(self, value: Vec) -> Vec:
        return self(value[0]), self(value[1]), self(value[2])

    def mask(self, value: Array) -> Array:
        return self(jnp.where(value, 1.0, 0.0)) > 0.5


def add(a: Vec, b: Vec) -> Vec:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def sub(a: Vec, b: Vec) -> Vec:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def mul(a: Vec, b: Vec) -> Vec:
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


def scale(a: Vec, s: Array | float) -> Vec:
    return a[0] * s, a[1] * s, a[2] * s


def dot(a: Vec, b: Vec) -> Array:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec, b: Vec) -> Vec:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def unit(a: Vec) -> Vec:
    """`a` at length 1; a zero vector stays (almost) zero."""
    return scale(a, lax.rsqrt(dot(a, a) + 1e-30))


def pick(mask: Array, a: Vec, b: Vec) -> Vec:
    return jnp.where(mask, a[0], b[0]), jnp.where(mask, a[1], b[1]), jnp.where(mask, a[2], b[2])


def larger(a: Array | float, b: Array | float) -> Array:
    return jnp.where(a > b, a, b)


def smaller(a: Array | float, b: Array | float) -> Array:
    return jnp.where(a < b, a, b)


def columns(rows: Array, first: int) -> Vec:
    """Columns first … first + 2 of a [lanes, n] table."""
    return rows[:, first], rows[:, first + 1], rows[:, first + 2]


def rows_at(table: Array, index: Array) -> Array:
    """table[index], [lanes, n]; an index outside is clamped (the semantics of StableHLO's gather)."""
    return table.at[index].get(mode="promise_in_bounds")
