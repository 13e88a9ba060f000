"""Numbers brought to one exponent, so that integer sums are exact and need no order: for scatters and running sums."""

from typing import Any

import jax.numpy as jnp
from jax import lax

from assay.exact.values import broadcast
from assay.exact.wide import E_MIN, Wide
from assay.exact.wide.number import magnitude_bits
from assay.exact.wide.packing import int32, int64, round_off64


def guard_bits(terms: int, width: int) -> int:
    """Bits below the largest term's last place that a sum of `terms` numbers in int64 can keep."""
    return 62 - magnitude_bits(width) - max(terms, 1).bit_length()


def lift(x: Wide, top: Any, guard: int) -> Any:
    """int64 mantissas of x in units of 2^(top - guard), cut downwards. top: int32, ≥ every exponent it stands over."""
    drop = lax.clamp(jnp.int32(0), lax.sub(broadcast(top, x.shape), int32(x.e)), jnp.int32(63))
    raised = lax.shift_left(int64(x.m), lax.full_like(drop, guard, dtype=jnp.int64))
    return lax.shift_right_arithmetic(raised, int64(drop))


def settle_sum(total: Any, top: Any, guard: int, width: int) -> Wide:
    """The number nearest to total · 2^(top - guard); total: int64."""
    return round_off64(total, lax.sub(top, lax.full_like(top, guard)), magnitude_bits(width))


def top_exponent(x: Wide, axes: tuple[int, ...]) -> Any:
    """Largest exponent along `axes`, int32; those axes are kept with size 1."""
    shape = tuple(1 if d in axes else n for d, n in enumerate(x.shape))
    top = lax.reduce(x.e, jnp.int16(E_MIN), lax.max, axes)
    return int32(lax.reshape(top, shape))


def running_total(x: Wide, axis: int, reverse: bool, width: int) -> Wide:
    """Prefix sums along `axis`; the error is as in `wide.reduce_sum`, over the largest term of the whole axis."""
    if 0 in x.shape:
        return x
    guard = guard_bits(x.shape[axis], width)
    top = top_exponent(x, (axis,))
    summed = lax.cumsum(lift(x, top, guard), axis=axis, reverse=reverse)
    return settle_sum(summed, broadcast(top, x.shape), guard, width)
