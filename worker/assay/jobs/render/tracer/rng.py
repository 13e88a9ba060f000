"""Counter-based random numbers: four uniforms from (pixel, sample, dimension, seed) and nothing else.

The hash is PCG4D (Jarzynski and Olano, JCGT 9(3), 2020), integers only.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

INVERSE_2_24 = 1.0 / (1 << 24)


def uniforms(pixel: Array, sample: Array, dimension: Array, seed: Array) -> tuple[Array, Array, Array, Array]:
    """Four float32 values in [0, 1) per lane; all arguments uint32 lanes (seed may be a scalar)."""
    x, y, z, w = (v * jnp.uint32(1664525) + jnp.uint32(1013904223) for v in (pixel, sample, dimension, seed))
    x, y, z, w = _mix(x, y, z, w)
    x, y, z, w = (v ^ (v >> jnp.uint32(16)) for v in (x, y, z, w))
    x, y, z, w = _mix(x, y, z, w)
    a, b, c, d = (
        (v >> jnp.uint32(8)).astype(jnp.int32).astype(jnp.float32) * INVERSE_2_24 for v in (x, y, z, w)
    )
    return a, b, c, d


def _mix(x: Array, y: Array, z: Array, w: Array) -> tuple[Array, Array, Array, Array]:
    x = x + y * w
    y = y + z * x
    z = z + x * y
    w = w + y * z
    return x, y, z, w
