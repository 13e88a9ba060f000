"""Floats and integers in and out."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assay.exact import wide
from tests.worker.exact.wide.numbers import assert_normal, exact

INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@given(hnp.arrays(np.float32, (64,), elements=st.floats(width=32, allow_nan=False)))
@settings(max_examples=50)
def test_encode__float32_at_the_default_width__returns_bit_for_bit(x: np.ndarray) -> None:
    encoded = wide.encode(x)
    assert_normal(encoded)
    assert np.array_equal(wide.decode(encoded, dtype=np.float32), x)


@pytest.mark.parametrize("width", [8, 16, 25, 28])
@given(hnp.arrays(np.float64, (64,), elements=st.floats(-1e300, 1e300)))
@settings(max_examples=20)
def test_encode__float64__rounds_half_up(width: int, x: np.ndarray) -> None:
    encoded = wide.encode(x, width=width)
    assert_normal(encoded, width)
    with np.errstate(over="ignore", under="ignore"):
        unit = np.ldexp(1.0, np.maximum(np.asarray(encoded.e, np.int32), -1074))
    off = wide.decode(encoded) - x
    ordinary = np.abs(x) > 1e-280
    assert np.all(off[ordinary] <= unit[ordinary] / 2) and np.all(off[ordinary] > -unit[ordinary] / 2)


def test_encode__other_float_types__are_taken() -> None:
    assert wide.decode(wide.encode(np.array([1.5, -2.25], np.float16))).tolist() == [1.5, -2.25]
    assert wide.decode(wide.encode(jax.numpy.asarray([1.5, -3.0], jax.numpy.bfloat16))).tolist() == [
        1.5,
        -3.0,
    ]
    assert wide.encode(np.zeros((0, 3))).shape == (0, 3)
    assert wide.encode(2.5).shape == ()


def test_encode__nan__names_its_place() -> None:
    with pytest.raises(ValueError, match=r"NaN \(first at index \(1, 0\)\)"):
        wide.encode(np.array([[1.0, 2.0], [np.nan, 3.0]]))


@pytest.mark.parametrize("values", [np.array([1j]), np.array(["1"]), np.array([None])])
def test_encode__no_real_numbers__is_refused(values: np.ndarray) -> None:
    with pytest.raises(TypeError, match="real floats"):
        wide.encode(values)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_from_int__every_dtype_and_its_limits__is_nearest(dtype: str) -> None:
    kind = np.dtype(dtype)
    if kind == np.bool_:
        values = np.array([False, True])
    else:
        limit = np.iinfo(kind)
        middle = [
            limit.max // 2,
            limit.max // 2 + 1,
            limit.max - 1,
            limit.max // 3,
            (1 << 24) + 1,
            (1 << 33) + 513,
        ]
        values = np.array([0, 1, limit.min, limit.max, *(v for v in middle if v <= limit.max)], kind)
    with jax.enable_x64(True):
        result = wide.from_int(jax.numpy.asarray(values))
    assert_normal(result)
    for value, got, e in zip(values.tolist(), exact(result), np.asarray(result.e), strict=True):
        assert abs(got - value) * 2 <= 2.0 ** max(int(e), -30) if value else got == 0


def test_from_int__floats__are_refused() -> None:
    with pytest.raises(TypeError, match="integers or bools"):
        wide.from_int(np.ones(1, np.float32))


@pytest.mark.parametrize("dtype", INTEGERS[1:])
def test_to_int__all_sizes__truncates_and_saturates(dtype: str) -> None:
    limit = np.iinfo(dtype)
    values = [
        0,
        0.5,
        -0.5,
        1.99,
        -1.99,
        127,
        128,
        -128,
        -129,
        255,
        256,
        65535.5,
        2.0**31,
        -(2.0**31),
        3e9,
        -3e9,
    ]
    values += [2.0**32, 2.0**62, 2.0**63, -(2.0**63), 1.8e19, 1e30, -1e30, np.inf, -np.inf, 1e-300, 8388607.5]
    x = wide.encode(np.array(values))
    wanted = [
        (limit.max if v > 0 else limit.min) if np.isinf(v) else min(max(int(v), limit.min), limit.max)
        for v in wide.decode(x).tolist()
    ]
    assert [int(v) for v in np.asarray(wide.to_int(x, dtype=dtype))] == wanted


@given(
    st.integers(8, 28),
    st.integers(8, 28),
    hnp.arrays(np.float32, (16,), elements=st.floats(-(2.0**99), 2.0**99, width=32)),
)
@settings(max_examples=20)
def test_resize__any_widths__is_the_encoding_at_the_new_width(old: int, new: int, x: np.ndarray) -> None:
    encoded = wide.encode(x, width=old)
    resized = wide.resize(encoded, width=new)
    again = wide.encode(wide.decode(encoded), width=new)
    assert np.array_equal(np.asarray(resized.m), again.m) and np.array_equal(np.asarray(resized.e), again.e)
