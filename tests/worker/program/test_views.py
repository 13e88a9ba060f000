"""Plans of affine views: the fast paths are found where they should be, and every plan reads the right elements."""

import random
from math import prod
from typing import Any

import hypothesis.strategies as st
import jax
import numpy as np
import pytest
from hypothesis import given, settings

from assay.program.dtypes import row_major
from assay.program.view_plans import StackPlan, plan_view
from assay.program.views import view


def strided(x: Any, dims: tuple[int, ...], offset: int, strides: tuple[int, ...]) -> Any:
    """The definition."""
    flat = np.full(dims, offset)
    for axis, step in zip(np.indices(dims), strides, strict=True):
        flat = flat + axis * step
    return x.reshape(-1)[flat]


LONG = settings.get_profile("long").max_examples == settings().max_examples
H, W, C = 12, 10, 3
PLANNED = {
    "transpose": ((4, 6), (6, 4), 0, (1, 6), 1),
    "reverse": ((4, 6), (4, 6), 23, (-6, -1), 1),
    "broadcast a row": ((6,), (4, 6), 0, (0, 1), 1),
    "broadcast a column": ((4,), (4, 6), 0, (1, 0), 1),
    "strided slice": ((9, 10), (3, 3), 12, (30, 3), 1),
    "reversed strided slice": ((9, 10), (3, 3), 88, (-30, -3), 1),
    "split an axis": ((24,), (2, 3, 4), 0, (12, 4, 1), 1),
    "join after a transpose of three": ((2, 3, 4), (4, 3, 2), 0, (1, 4, 12), 1),
    "a cut of a line, folded": ((10,), (2, 3), 3, (3, 1), 1),
    "the diagonal": ((5, 5), (5,), 0, (6,), 1),
    "windows of a line": ((10,), (8, 3), 0, (1, 1), 3),
    "3 by 3 windows of a picture": ((H, W, C), (H - 2, W - 2, 3, 3, C), 0, (W * C, C, W * C, C, 1), 9),
    "windows with a stride": ((H, W, C), (5, 4, 3, 3, C), 0, (2 * W * C, 2 * C, W * C, C, 1), 9),
    "dilated windows": ((H, W), (6, 4, 3, 3), 0, (W, 1, 3 * W, 3), 9),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANNED)
def test_plan_view__common_views__need_no_gather(name: str) -> None:
    source, dims, offset, strides, slices = PLANNED[name]
    plan = plan_view(source, dims, offset, strides)
    assert isinstance(plan, StackPlan) and len(plan.plans) == slices
    x = np.arange(prod(source), dtype=np.int32).reshape(source)
    wanted = strided(x, dims, offset, strides)
    found = jax.jit(lambda y: view(y, dims, offset, strides))
    assert (np.asarray(found(x)) == wanted).all()
    assert "gather" not in found.lower(x).as_text()


def random_view(rng: random.Random, source: tuple[int, ...]) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
    """Dimensions, offset and strides of a legal view."""
    size, dims, strides = prod(source), [], []
    low = high = 0
    for _ in range(rng.randint(0, 5)):
        length = rng.randint(1, 5)
        most = (size - 1 - (high - low)) // (length - 1) if length > 1 else size
        stride = rng.choice([0, rng.randint(0, most), *(step for step in row_major(source) if step <= most)])
        stride *= rng.choice((1, -1))
        dims.append(length)
        strides.append(stride)
        low, high = low + min(0, stride * (length - 1)), high + max(0, stride * (length - 1))
    return tuple(dims), rng.randint(-low, size - 1 - high), tuple(strides)


@settings(max_examples=100 if LONG else 4)
@given(st.integers(0, 2**64 - 1))
def test_view__any_legal_views__read_what_the_definition_reads(seed: int) -> None:
    rng = random.Random(seed)
    sources = [tuple(rng.randint(1, 5) for _ in range(rng.randint(0, 4))) for _ in range(40)]
    views = [random_view(rng, source) for source in sources]
    arrays = [np.arange(prod(source), dtype=np.int32).reshape(source) for source in sources]
    found = jax.jit(lambda xs: [view(x, *one) for x, one in zip(xs, views, strict=True)])(arrays)
    for got, x, one in zip(found, arrays, views, strict=True):
        assert (np.asarray(got) == strided(x, *one)).all(), (x.shape, one)
