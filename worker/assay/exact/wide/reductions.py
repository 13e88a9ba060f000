"""Sums, maxima and minima over axes: order-free, so that no tiling can change them."""

import math

import jax.numpy as jnp
from jax import lax

from assay.exact.wide.number import E_MIN, WIDTH, Array, Wide, magnitude_bits, operation
from assay.exact.wide.order import from_order_key, order_key
from assay.exact.wide.packing import bounded, int32, int64, round_off64


def _axes(x: Wide, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({axis % x.ndim for axis in axes}))


@operation
def reduce_sum(x: Wide, *, axes: tuple[int, ...], width: int = WIDTH) -> Wide:
    """The sum over `axes`, shape without them; one exact integer sum after alignment to the group's largest exponent.

    With n terms, each is cut downwards 2^-g units below the last place of the largest one, g = 61 - width - log2(n)
    (rounded down), and the sum is rounded once: error ≤ 0.5 units in its last place + n · 2^-g of the largest term's.
    A sum over no elements is 0.
    """
    bits = magnitude_bits(width)
    axes = _axes(x, axes)
    shape = tuple(n for axis, n in enumerate(x.shape) if axis not in axes)
    terms = math.prod(x.shape[axis] for axis in axes)
    if terms == 0 or not math.prod(shape):
        return Wide(lax.full(shape, 0, jnp.int32), lax.full(shape, E_MIN, jnp.int16))
    guard = 62 - bits - (terms - 1).bit_length()
    if guard < 0:
        raise ValueError(
            f"a sum of {terms} terms is too long for numbers of {width} bits; sum it in two steps"
        )
    e = int32(x.e)
    top = lax.reduce_max(e, axes)
    kept = tuple(axis for axis in range(x.ndim) if axis not in axes)
    distance = bounded(lax.broadcast_in_dim(top, x.shape, kept) - e, 0, 63)
    aligned = (int64(x.m) << guard) >> int64(distance)
    return round_off64(lax.reduce_sum(aligned, axes), top - guard, bits)


def _extreme(x: Wide, axes: tuple[int, ...], width: int, largest: bool) -> Wide:
    axes = _axes(x, axes)
    if not math.prod(x.shape[axis] for axis in axes):
        raise ValueError("the maximum of no numbers is not stated; give the reduced axes a length")
    key = order_key(x, width=width)
    reduced: Array = lax.reduce_max(key, axes) if largest else lax.reduce_min(key, axes)
    return from_order_key(reduced, width=width)


@operation
def reduce_max(x: Wide, *, axes: tuple[int, ...], width: int = WIDTH) -> Wide:
    """The largest over `axes`, exact."""
    return _extreme(x, axes, width, True)


@operation
def reduce_min(x: Wide, *, axes: tuple[int, ...], width: int = WIDTH) -> Wide:
    """The smallest over `axes`, exact."""
    return _extreme(x, axes, width, False)
