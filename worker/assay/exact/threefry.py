"""Threefry-2x32, 20 rounds (Salmon et al., SC 2011), in unsigned integer operations: JAX's default random bits."""

from typing import Any

import jax.numpy as jnp
from jax import lax

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA


def threefry2x32(k1: Any, k2: Any, x1: Any, x2: Any) -> tuple[Any, Any]:
    """Two words of random bits for each counter (x1, x2) under the key (k1, k2): uint32 arrays of one shape."""
    keys = (k1, k2, lax.bitwise_xor(lax.bitwise_xor(k1, k2), lax.full_like(k1, PARITY)))
    a, b = lax.add(x1, keys[0]), lax.add(x2, keys[1])
    for group in range(5):
        for amount in ROTATIONS[group % 2]:
            a = lax.add(a, b)
            b = lax.bitwise_xor(a, _rotate(b, amount))
        a = lax.add(a, keys[(group + 1) % 3])
        b = lax.add(b, lax.add(keys[(group + 2) % 3], lax.full_like(b, group + 1)))
    return a, b


def _rotate(x: Any, amount: int) -> Any:
    return lax.bitwise_or(
        lax.shift_left(x, lax.full_like(x, amount)), lax.shift_right_logical(x, lax.full_like(x, 32 - amount))
    )


def counters(shape: tuple[int, ...]) -> tuple[Any, Any]:
    """High and low words of 0, 1, 2 … in row-major order: uint32 arrays."""
    low = lax.full(shape, 0, jnp.uint64)
    step = 1
    for axis in reversed(range(len(shape))):
        place = lax.broadcasted_iota(jnp.uint64, shape, axis)
        low = lax.add(low, lax.mul(place, lax.full_like(place, step)))
        step *= shape[axis]
    high = lax.shift_right_logical(low, lax.full_like(low, 32))
    return lax.convert_element_type(high, jnp.uint32), lax.convert_element_type(low, jnp.uint32)
