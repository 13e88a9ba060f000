"""Comparison, choice and keys against NumPy's, which are exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assay.exact import wide
from tests.worker.exact.wide.numbers import COUNT, assert_normal

WITH_INFINITIES = hnp.arrays(
    np.float32, (COUNT,), elements=st.floats(width=32, allow_nan=False, allow_infinity=True)
).map(lambda x: x.astype(np.float64))
NUMPY = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}


@given(a=WITH_INFINITIES, b=WITH_INFINITIES)
@settings(max_examples=25)
def test_comparisons__floats_and_infinities__are_those_of_the_values(a: np.ndarray, b: np.ndarray) -> None:
    b[:10] = a[:10]
    with np.errstate(over="ignore"):
        b[10:20] = np.nextafter(a[10:20].astype(np.float32), np.float32(np.inf)).astype(np.float64)
    x, y = wide.encode(a), wide.encode(b)
    for name, reference in NUMPY.items():
        assert np.array_equal(np.asarray(getattr(wide, name)(x, y)), getattr(np, reference)(a, b)), name
    assert np.array_equal(wide.decode(wide.maximum(x, y)), np.maximum(a, b))
    assert np.array_equal(wide.decode(wide.minimum(x, y)), np.minimum(a, b))
    assert np.array_equal(np.asarray(wide.is_finite(x)), np.isfinite(a))


def test_comparisons__infinities_of_different_patterns__are_equal() -> None:
    one = wide.encode(np.array([np.inf, -np.inf]))
    other = wide.mul(one, wide.encode(np.array([0.3, 0.3])))
    assert not np.array_equal(np.asarray(other.m), np.asarray(one.m))
    assert np.asarray(wide.eq(one, other)).all() and np.asarray(wide.le(one, other)).all()
    assert np.asarray(wide.ge(one, other)).all()
    assert not np.asarray(wide.ne(one, other)).any() and not np.asarray(wide.lt(one, other)).any()
    assert not np.asarray(wide.gt(one, other)).any()
    assert np.array_equal(np.asarray(wide.order_key(one)), np.asarray(wide.order_key(other)))


@pytest.mark.parametrize("width", [25, 28, 8])
@given(a=WITH_INFINITIES)
@settings(max_examples=15)
def test_order_key__any_numbers__sorts_like_the_values_and_returns(width: int, a: np.ndarray) -> None:
    x = wide.encode(a, width=width)
    key = np.asarray(wide.order_key(x, width=width))
    assert np.array_equal(np.argsort(key, kind="stable"), np.argsort(wide.decode(x), kind="stable"))
    assert np.abs(key).max() < 1 << (width + 14)
    back = wide.from_order_key(key, width=width)
    assert_normal(back, width)
    assert np.array_equal(np.asarray(back.m), x.m) and np.array_equal(np.asarray(back.e), x.e)


def test_select_and_clamp__mixed_shapes__broadcast() -> None:
    x = wide.encode(np.array([[-2.0, 0.5, 3.0]]))
    low, high = wide.encode(np.array(-1.0)), wide.encode(np.array(1.0))
    assert wide.decode(wide.clamp(low, x, high)).tolist() == [[-1.0, 0.5, 1.0]]
    assert wide.decode(wide.select(np.array([[True], [False]]), x, low)).tolist() == [
        [-2, 0.5, 3],
        [-1, -1, -1],
    ]
