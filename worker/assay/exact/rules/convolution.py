"""Convolutions as index maps and dots: strided, padded, dilated on either side, grouped by features or batch."""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.rules.dots import as_wide
from assay.exact.rules.registry import Call, rule
from assay.exact.shared import Shared, product, share
from assay.exact.values import Value, reshape, transpose, zero_like
from assay.exact.wide import Wide
from assay.exact.windows import Axis, flat_reads, take_rows


@rule("conv_general_dilated")
def conv_general_dilated(call: Call, lhs: Value, rhs: Value) -> Wide:
    """Operands are shared per image and per output channel (or per tensor), unrolled, and multiplied as matrices."""
    p = call.params
    numbers = p["dimension_numbers"]
    if math.prod(call.out.shape) == 0 or any(math.prod(t.shape) == 0 for t in call.ins):
        nothing: Wide = zero_like(call.out)
        return nothing
    images = transpose(as_wide(lhs, call), tuple(numbers.lhs_spec))  # [N, C, spatial...]
    kernels = transpose(as_wide(rhs, call), tuple(numbers.rhs_spec))  # [O, C / groups, spatial...]
    axes = [
        Axis(size, window, stride, low, high, base, hole)
        for size, window, stride, (low, high), base, hole in zip(
            images.shape[2:],
            kernels.shape[2:],
            p["window_strides"],
            p["padding"],
            p["lhs_dilation"],
            p["rhs_dilation"],
            strict=True,
        )
    ]
    found = _convolve(call, images, kernels, axes)  # [N, O, spatial...]
    back = tuple(int(i) for i in np.argsort(np.asarray(numbers.out_spec)))
    placed: Wide = transpose(found, back)
    return placed


def _convolve(call: Call, images: Wide, kernels: Wide, axes: list[Axis]) -> Wide:
    p_a, p_b = call.precision.dot
    groups, batches = call.params["feature_group_count"], call.params["batch_group_count"]
    spatial = tuple(range(2, images.ndim))
    whole = call.precision.exponents == "tensor"
    # One exponent for what is contracted together: an image's channels of a group and all its places.
    split = _groups_of_images(images, groups, batches)  # [G, N', C', spatial...]
    shared = share(
        split, p_a, tuple(range(split.ndim)) if whole else (2, *(d + 1 for d in spatial)), call.width
    )
    count = groups * batches
    per_group = kernels.shape[0] // count
    weights = reshape(kernels, (count, per_group, math.prod(kernels.shape[1:])))
    right = share(weights, p_b, (0, 1, 2) if whole else (2,), call.width)
    left = _unrolled(shared, axes)
    result = product(left, right, (p_a, p_b), call.width)  # [G, N' * places, O']
    places = tuple(axis.count for axis in axes)
    n = split.shape[1]
    shaped = reshape(result, (count, n, math.prod(places), per_group))
    ordered = transpose(shaped, (1, 0, 3, 2))
    found: Wide = reshape(ordered, (n, count * per_group, *places))
    return found


def _groups_of_images(images: Wide, groups: int, batches: int) -> Wide:
    """[N, C, spatial...] as [G, N', C', spatial...]: groups share no channels (feature) or no images (batch)."""
    n, c, *spatial = images.shape
    rank = len(spatial)
    rest = tuple(range(3, 3 + rank))
    if batches > 1:
        by_batch: Wide = reshape(images, (batches, n // batches, c, *spatial))
        return by_batch
    split = reshape(images, (n, groups, c // groups, *spatial))
    found: Wide = transpose(split, (1, 0, 2, *rest))
    return found


def _unrolled(x: Shared, axes: list[Axis]) -> Shared:
    """[G, N, places, C * window] mantissas, as the matrix [G, N * places, K], and its rows' exponents."""
    groups, n, c, *spatial = x.m.shape
    places = math.prod(axis.count for axis in axes)
    window = math.prod(axis.window for axis in axes)
    by_place = lax.transpose(x.m, (*range(3, 3 + len(spatial)), 0, 1, 2))
    rows = lax.reshape(by_place, (math.prod(spatial), groups * n * c))
    taken = take_rows(rows, flat_reads(axes), 0)
    split = lax.reshape(taken, (window, places, groups, n, c))
    matrix = lax.reshape(lax.transpose(split, (2, 3, 1, 4, 0)), (groups, n * places, c * window))
    e = lax.reshape(x.e, (x.e.shape[0], x.e.shape[1], 1))
    if e.shape[1] == n and n > 1:
        repeated = lax.broadcast_in_dim(e, (e.shape[0], n, places, 1), (0, 1, 3))
        e = lax.reshape(repeated, (e.shape[0], n * places, 1))
    return Shared(matrix, jnp.asarray(e))


def spatial_axes(call: Call, shape: tuple[int, ...]) -> list[Axis]:
    """The windows of a pooling primitive, one Axis a dimension."""
    p: dict[str, Any] = call.params
    ones = (1,) * len(shape)
    base, holes = p.get("base_dilation") or ones, p.get("window_dilation") or ones
    found = []
    for d, size in enumerate(shape):
        low, high = p["padding"][d]
        found.append(
            Axis(size, p["window_dimensions"][d], p["window_strides"][d], low, high, base[d], holes[d])
        )
    return found
