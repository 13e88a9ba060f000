"""Sums, products and quotients against exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.exact import wide
from tests.worker.exact.wide.numbers import WIDTHS, assert_normal, exact, floats


def rounded_half_up(value: Fraction, width: int) -> Fraction:
    """The number of this width nearest to `value`, halves upwards."""
    if value == 0:
        return value
    e = math.floor(math.log2(abs(value.numerator)) - math.log2(value.denominator)) - width + 1
    while abs(value) >= Fraction(2) ** (e + width - 1):
        e += 1
    while abs(value) < Fraction(2) ** (e + width - 2):
        e -= 1
    unit = Fraction(2) ** e
    return math.floor(value / unit + Fraction(1, 2)) * unit


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["add", "sub", "mul"])
@given(a=floats(), b=floats())
@settings(max_examples=12)
def test_arithmetic__any_floats__is_the_exact_result_rounded_half_up(
    name: str, width: int, a: np.ndarray, b: np.ndarray
) -> None:
    b[:8] = -a[:8] * (1 + np.arange(8) * 2.0**-22)  # nearly equal, opposite
    b[8:12] = a[8:12] * 2.0**-24
    x, y = wide.encode(a, width=width), wide.encode(b, width=width)
    result = getattr(wide, name)(x, y, width=width)
    assert_normal(result, width)
    operator = {"add": Fraction.__add__, "sub": Fraction.__sub__, "mul": Fraction.__mul__}[name]
    wanted = [rounded_half_up(operator(p, q), width) for p, q in zip(exact(x), exact(y), strict=True)]
    assert exact(result) == wanted


@pytest.mark.parametrize("width", WIDTHS)
@given(a=floats(), b=floats())
@settings(max_examples=12)
def test_div__any_floats__is_off_by_at_most_its_stated_units(
    width: int, a: np.ndarray, b: np.ndarray
) -> None:
    x, y = wide.encode(a, width=width), wide.encode(b, width=width)
    result = wide.div(x, y, width=width)
    assert_normal(result, width)
    bound = Fraction(54, 100) if width <= 25 else Fraction(76, 100)
    for p, q, r, e in zip(exact(x), exact(y), exact(result), np.asarray(result.e), strict=True):
        if q != 0:
            assert abs(r - p / q) <= bound * Fraction(2) ** int(e) or r == p == 0


@given(x=floats(), power=st.sampled_from([-3, -1, 0, 1, 2, 3, 5, 10]))
@settings(max_examples=30)
def test_integer_pow__any_floats__stays_within_its_stated_error(x: np.ndarray, power: int) -> None:
    encoded = wide.encode(x)
    result = wide.integer_pow(encoded, y=power)
    assert_normal(result)
    bound = Fraction(max(1, 2 * abs(power)), 2**24)
    for p, r in zip(exact(encoded), exact(result), strict=True):
        if p != 0:
            assert abs(r / p**power - 1) <= bound


def test_arithmetic__zero_and_infinity__has_the_stated_results() -> None:
    inf = np.inf
    a = np.array([inf, -inf, inf, inf, 0.0, 0.0, 5.0, -5.0, 5.0, inf, -inf, 0.0])
    b = np.array([1.0, 7.0, inf, -inf, inf, 0.0, 0.0, 0.0, -inf, 2.0, 0.5, -3.0])
    x, y = wide.encode(a), wide.encode(b)
    got = {name: wide.decode(getattr(wide, name)(x, y)).tolist() for name in ("add", "sub", "mul", "div")}
    assert got["add"] == [inf, -inf, inf, 0, inf, 0, 5, -5, -inf, inf, -inf, -3]
    assert got["sub"] == [inf, -inf, 0, inf, -inf, 0, 5, -5, inf, inf, -inf, 3]
    assert got["mul"] == [inf, -inf, inf, -inf, 0, 0, 0, 0, -inf, inf, -inf, 0]
    assert got["div"] == [inf, -inf, 1, -1, 0, 0, inf, -inf, 0, inf, -inf, 0]


def test_mul__far_beyond_the_exponents__saturates_and_stays_infinite() -> None:
    huge = wide.Wide(np.array([2**23, -(2**23)], np.int32), np.array([wide.E_HIGH] * 2, np.int16))
    tiny = wide.Wide(np.array([2**23, -(2**23)], np.int32), np.array([wide.E_LOW] * 2, np.int16))
    over = wide.mul(wide.mul(huge, huge), wide.mul(huge, huge))
    assert_normal(over)
    assert wide.decode(over).tolist() == [np.inf, np.inf]
    assert not np.asarray(wide.is_finite(over)).any()
    under = wide.mul(tiny, tiny)
    assert_normal(under)
    assert np.asarray(under.e).tolist() == [wide.E_LOW] * 2
    assert wide.decode(under).tolist() == [0.0, 0.0]
    assert wide.decode(wide.div(tiny, huge)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("width", [0, 7, 29, 24.0, "25"])
def test_operations__unsuitable_width__is_refused_by_name(width: object) -> None:
    x = wide.encode(np.ones(1))
    with pytest.raises(ValueError, match="8 to 28 bits"):
        wide.add(x, x, width=width)  # type: ignore[arg-type]


def test_neg_abs_sign__signs__are_exact() -> None:
    x = wide.encode(np.array([-3.5, 0.0, 2.25, -np.inf]))
    assert wide.decode(wide.neg(x)).tolist() == [3.5, 0.0, -2.25, np.inf]
    assert wide.decode(wide.abs(x)).tolist() == [3.5, 0.0, 2.25, np.inf]
    assert wide.decode(wide.sign(x)).tolist() == [-1.0, 0.0, 1.0, -1.0]
