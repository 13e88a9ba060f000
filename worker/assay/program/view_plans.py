"""How an affine view can be made from slices, reversals, transposes and broadcasts. Pure integers, no JAX.

The operand is read as a row of mixed-radix digits: `boundaries` 1 = b_0 | b_1 | ... | b_k = size give one axis
of extent b_{j+1} / b_j to each digit. A view whose every dimension moves along one such axis is a strided slice
of the operand reshaped to those axes. Overlapping windows move along one axis twice: a short one of the two is
unrolled into a stack of slices.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from math import prod

MAX_UNROLLED = 128


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension of the view that moves: its number, size and (positive) stride; `back`: it runs backwards."""

    dim: int
    size: int
    stride: int
    back: bool


@dataclass(frozen=True, slots=True)
class SlicePlan:
    """crop: flat range of the operand (its end may lie beyond, for zeros that are never read) or None;
    extents: how it is reshaped; slices: (start, limit, step) for each extent; axes: which dimension of the view
    each extent becomes, None for one of size 1.
    """

    crop: tuple[int, int] | None
    extents: tuple[int, ...]
    slices: tuple[tuple[int, int, int], ...]
    axes: tuple[Axis | None, ...]


@dataclass(frozen=True, slots=True)
class StackPlan:
    """unrolled: the dimensions of the view that are stacked, outermost first; plans: one for each of their indices."""

    unrolled: tuple[Axis, ...]
    plans: tuple[SlicePlan, ...]


def moving_axes(dims: tuple[int, ...], offset: int, strides: tuple[int, ...]) -> tuple[int, list[Axis]]:
    """The least index that the view reads, and its moving dimensions by falling stride."""
    axes = []
    for dim, (size, stride) in enumerate(zip(dims, strides, strict=True)):
        if size == 1 or stride == 0:
            continue
        if stride < 0:
            offset += stride * (size - 1)
        axes.append(Axis(dim, size, abs(stride), stride < 0))
    return offset, sorted(axes, key=lambda axis: -axis.stride)


def plan_view(
    source: tuple[int, ...], dims: tuple[int, ...], offset: int, strides: tuple[int, ...]
) -> StackPlan | None:
    """A plan for a checked view of an operand of dimensions `source`; None when only a gather can make it."""
    least, axes = moving_axes(dims, offset, strides)
    by_cost = sorted(
        (chosen for count in range(4) for chosen in combinations(axes, count)),
        key=lambda chosen: (prod(axis.size for axis in chosen), len(chosen)),
    )
    for chosen in by_cost:
        if prod(axis.size for axis in chosen) > MAX_UNROLLED:
            break
        plans = _all_plans(source, least, axes, chosen)
        if plans is not None:
            return StackPlan(chosen, plans)
    return None


def _all_plans(
    source: tuple[int, ...], least: int, axes: list[Axis], unrolled: tuple[Axis, ...]
) -> tuple[SlicePlan, ...] | None:
    rest = [axis for axis in axes if axis not in unrolled]
    offsets = [least]
    for axis in unrolled:
        steps = range(axis.size - 1, -1, -1) if axis.back else range(axis.size)
        offsets = [offset + step * axis.stride for offset in offsets for step in steps]
    plans = []
    for offset in offsets:
        plan = _plan_slices(source, offset, rest)
        if plan is None:
            return None
        plans.append(plan)
    return tuple(plans)


def _plan_slices(source: tuple[int, ...], offset: int, axes: list[Axis]) -> SlicePlan | None:
    size = prod(source)
    own = [1]
    for extent in reversed(source):
        own.append(own[-1] * extent)
    strides = sorted({1, size, *(axis.stride for axis in axes)})
    for boundaries in (sorted(set(own)), _merged(sorted(set(own)), strides), strides):
        plan = _fit(boundaries, offset, axes, None)
        if plan is not None:
            return plan
    if not axes:
        return None
    crop = (offset, offset + axes[0].size * axes[0].stride)
    inside = sorted({1, crop[1] - crop[0], *(axis.stride for axis in axes)})
    return _fit(inside, 0, axes, crop)


def _merged(own: list[int], strides: list[int]) -> list[int]:
    found = list(own)
    for stride in strides:
        below = max(b for b in found if b <= stride)
        above = min((b for b in found if b > stride), default=stride)
        if stride % below == 0 and above % stride == 0:
            found = sorted({*found, stride})
    return found


def _fit(
    boundaries: list[int], offset: int, axes: list[Axis], crop: tuple[int, int] | None
) -> SlicePlan | None:
    if any(high % low for low, high in pairwise(boundaries)):
        return None
    levels = list(pairwise(boundaries))[::-1]
    extents, slices, chosen = [], [], []
    left = list(axes)
    for unit, above in levels:
        extent, digit = above // unit, offset % above // unit
        here = [axis for axis in left if unit <= axis.stride < above]
        if len(here) > 1:
            return None
        step, count = 1, 1
        if here:
            if here[0].stride % unit:
                return None
            step, count = here[0].stride // unit, here[0].size
            left.remove(here[0])
        last = digit + (count - 1) * step
        if last >= extent:
            return None
        extents.append(extent)
        slices.append((digit, last + 1, step))
        chosen.append(here[0] if here else None)
    return None if left else SlicePlan(crop, tuple(extents), tuple(slices), tuple(chosen))
