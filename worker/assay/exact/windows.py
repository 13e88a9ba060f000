"""Windows of a tensor: which element each window position reads, as constant indices; for convolutions and pooling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jax import lax


@dataclass(frozen=True)
class Axis:
    """One spatial axis of windows: sizes, in elements of the undilated input and of the window."""

    size: int
    window: int
    stride: int = 1
    low: int = 0
    high: int = 0
    base_dilation: int = 1
    window_dilation: int = 1

    @property
    def count(self) -> int:
        """Number of windows along this axis."""
        dilated = (self.size - 1) * self.base_dilation + 1 if self.size else 0
        span = (self.window - 1) * self.window_dilation + 1
        room = self.low + dilated + self.high - span
        return room // self.stride + 1 if room >= 0 else 0

    def reads(self) -> np.ndarray:
        """int64[window, count]: the element read, or -1 where the window reads padding or a hole."""
        at = (
            np.arange(self.count)[None, :] * self.stride
            + np.arange(self.window)[:, None] * self.window_dilation
            - self.low
        )
        inside = (at >= 0) & (at % self.base_dilation == 0) & (at // self.base_dilation < self.size)
        return np.where(inside, at // self.base_dilation, -1)


def flat_reads(axes: Sequence[Axis]) -> np.ndarray:
    """int64[windows of each axis..., counts of each axis...]: flat row-major index over all axes, -1 for padding."""
    rank = len(axes)
    total = np.zeros((1,) * (2 * rank), np.int64)
    valid = np.ones((1,) * (2 * rank), bool)
    for d, axis in enumerate(axes):
        shape = [1] * (2 * rank)
        shape[d], shape[rank + d] = axis.window, axis.count
        reads = axis.reads().reshape(shape)
        total = total * axis.size + np.where(reads < 0, 0, reads)
        valid = valid & (reads >= 0)
    return np.where(valid, total, -1)


def take_rows(x: Any, reads: np.ndarray, fill: Any) -> Any:
    """x[n, r] by rows at flat `reads` (any shape), `fill` where -1: shape [*reads.shape, r]."""
    flat = reads.reshape(-1)
    needs_fill = bool((flat < 0).any())
    if needs_fill:
        x = lax.concatenate([x, lax.full((1, x.shape[1]), fill, x.dtype)], 0)
        flat = np.where(flat < 0, x.shape[0] - 1, flat)
    dims = lax.GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,))
    rows = lax.gather(
        x, flat.astype(np.int32)[:, None], dims, (1, x.shape[1]), mode=lax.GatherScatterMode.CLIP
    )
    return lax.reshape(rows, (*reads.shape, x.shape[1]))
