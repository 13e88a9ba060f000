"""Every elementary function against float64, at its stated error, over tiny, ordinary and huge arguments."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from assay.exact import wide
from tests.worker.exact.wide.numbers import floats, spread, worst_absolute, worst_relative

Arguments = Callable[[int], np.ndarray]


def every(low: int = -40, high: int = 7) -> Arguments:
    """Both signs, all sizes from 2^low to 2^high, and a plain uniform sample."""
    return lambda seed: np.concatenate(
        [spread(seed, 3000, low, high), np.random.default_rng(seed).uniform(-2, 2, 3000)]
    )


def positive(seed: int) -> np.ndarray:
    """All sizes, and what lies close to 1 on both sides."""
    near = 1 + spread(seed + 1, 3000, -24, -1)
    return np.concatenate([np.abs(spread(seed, 3000, -300, 300)), near])


def inside(seed: int) -> np.ndarray:
    """|x| < 1, crowded at 0 and at ±1."""
    away = 1 - np.abs(spread(seed + 1, 2000, -24, -1))
    return np.concatenate([spread(seed, 2000, -60, -1), away, -away])


def tails(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-6, 10, 6000)


# name: arguments, float64 reference, -log2 of the relative error stated in README.md
STATED: dict[str, tuple[Arguments, Callable[..., Any], float]] = {
    "exp": (every(), np.exp, 23.8),
    "exp2": (every(), np.exp2, 23.8),
    "expm1": (every(), np.expm1, 22.9),
    "logistic": (every(), special.expit, 23.8),
    "tanh": (every(), np.tanh, 23.8),
    "log": (positive, np.log, 23.8),
    "log1p": (lambda s: np.abs(every(-60, 60)(s)), np.log1p, 22.4),
    "sqrt": (positive, np.sqrt, 23.8),
    "rsqrt": (positive, lambda x: 1 / np.sqrt(x), 23.8),
    "cbrt": (every(-300, 300), np.cbrt, 23.7),
    "erf": (every(), special.erf, 23.7),
    "erfc": (tails, special.erfc, 22.0),
    "erf_inv": (inside, special.erfinv, 22.4),
    "sin": (lambda s: np.clip(every()(s), -1, 1), np.sin, 23.5),
    "cos": (lambda s: np.clip(every()(s), -1, 1), np.cos, 23.5),
    "tan": (lambda s: np.clip(every()(s), -1, 1), np.tan, 22.5),
    "asin": (inside, np.arcsin, 22.4),
    "acos": (inside, np.arccos, 22.4),
    "atan": (every(-300, 300), np.arctan, 23.7),
    "sinh": (every(), np.sinh, 22.2),
    "cosh": (every(), np.cosh, 22.8),
    "asinh": (every(-300, 300), np.arcsinh, 22.0),
    "acosh": (lambda s: 1 + np.abs(spread(s, 6000, -20, 300)), np.arccosh, 21.8),
    "atanh": (inside, np.arctanh, 22.0),
}


@pytest.mark.parametrize("name", STATED)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=4)
def test_function__all_sizes_of_argument__stays_within_its_stated_error(name: str, seed: int) -> None:
    arguments, reference, bits = STATED[name]
    assert worst_relative(getattr(wide, name), reference, arguments(seed)) <= 2.0**-bits


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4)
def test_log1p__below_zero__stays_within_its_stated_error(seed: int) -> None:
    x = -np.abs(inside(seed))
    assert worst_relative(wide.log1p, np.log1p, x[x > -1]) <= 2.0**-22.4


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4)
def test_pow__ordinary_bases__error_grows_with_the_logarithm_only(seed: int) -> None:
    random = np.random.default_rng(seed)
    base, power = np.abs(spread(seed, 4000, -8, 8)), random.uniform(-16, 16, 4000)
    assert worst_relative(wide.pow, np.power, base, power) <= 2.0**-22.5
    assert worst_relative(wide.pow, np.power, 1 + spread(seed, 4000, -20, -1) / 2, power) <= 2.0**-23.6


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4)
def test_atan2__points_everywhere__stays_within_its_stated_error(seed: int) -> None:
    y, x = spread(seed, 4000, -60, 60), spread(seed + 1, 4000, -60, 60)
    assert worst_relative(wide.atan2, np.arctan2, y, x) <= 2.0**-23.7


@pytest.mark.parametrize("name", ["sin", "cos"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=4)
def test_waves__large_angles__keep_their_absolute_error(name: str, seed: int) -> None:
    reference: Callable[..., Any] = getattr(np, name)
    assert worst_absolute(getattr(wide, name), reference, every(-40, 40)(seed)) <= 2.0**-24.7
    assert worst_absolute(getattr(wide, name), reference, spread(seed, 4000, 40, 79)) <= 2.0**-24.7


@pytest.mark.parametrize("width", [8, 12, 16, 20, 28])
@pytest.mark.parametrize(
    "name", ["exp", "logistic", "tanh", "log", "sqrt", "rsqrt", "erf", "atan", "erf_inv"]
)
def test_function__other_widths__round_to_them(name: str, width: int) -> None:
    arguments, reference, _ = STATED[name]
    x = wide.decode(wide.encode(arguments(7), width=width))
    x = x[np.abs(x) < 1] if name == "erf_inv" else x
    error = worst_relative(getattr(wide, name), reference, x, width=width)
    assert error <= 2.0 ** (1 - width) * (1.05 if width <= 20 else 2.8)


@pytest.mark.parametrize("width", [8, 16, 25, 28])
@given(x=floats())
@settings(max_examples=10)
def test_whole_numbers__any_floats__are_exact(width: int, x: np.ndarray) -> None:
    x[:16] = np.round(x[:16] % 1000) / 2
    encoded = wide.encode(x, width=width)
    value = wide.decode(encoded)
    assert np.array_equal(wide.decode(wide.floor(encoded, width=width)), np.floor(value))
    assert np.array_equal(wide.decode(wide.ceil(encoded, width=width)), np.ceil(value))
    assert np.array_equal(wide.decode(wide.round(encoded, width=width)), np.round(value))
    away = np.sign(value) * np.floor(np.abs(value) + 0.5)
    small = np.abs(value) < 2**52
    assert np.array_equal(wide.decode(wide.round(encoded, to_even=False, width=width))[small], away[small])


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_rem__quotients_up_to_2_to_33__is_exact(seed: int) -> None:
    a, b = wide.encode(spread(seed, 2000, -20, 12)), wide.encode(spread(seed + 1, 2000, -20, 12))
    assert np.array_equal(wide.decode(wide.rem(a, b)), np.fmod(wide.decode(a), wide.decode(b)))


INF = np.inf
POINTS = [0.0, 1.0, -1.0, INF, -INF, 1e300, -1e300, 1e-300, 4.0, 0.25]
EDGES: dict[str, list[float | None]] = {  # None: an ordinary value, tested above
    "exp": [1, None, None, INF, 0, INF, 0, 1, None, None],
    "exp2": [1, 2, 0.5, INF, 0, INF, 0, 1, 16, None],
    "expm1": [0, None, None, INF, -1, INF, -1, None, None, None],
    "logistic": [0.5, None, None, 1, 0, 1, 0, 0.5, None, None],
    "tanh": [0, None, None, 1, -1, 1, -1, None, None, None],
    "log": [-INF, 0, -INF, INF, -INF, None, -INF, None, None, None],
    "log1p": [0, None, -INF, INF, -INF, None, -INF, None, None, None],
    "sqrt": [0, 1, 0, INF, 0, None, 0, None, 2, 0.5],
    "rsqrt": [INF, 1, INF, 0, INF, None, INF, None, 0.5, 2],
    "cbrt": [0, 1, -1, INF, -INF, None, None, None, None, None],
    "erf": [0, None, None, 1, -1, 1, -1, None, 1, None],
    "erfc": [1, None, None, 0, 2, 0, 2, 1, None, None],
    "erf_inv": [0, INF, -INF, INF, -INF, INF, -INF, None, INF, None],
    "sin": [0, None, None, 0, 0, 0, 0, None, None, None],
    "cos": [1, None, None, 1, 1, 1, 1, 1, None, None],
    "tan": [0, None, None, 0, 0, 0, 0, None, None, None],
    "sinh": [0, None, None, INF, -INF, INF, -INF, None, None, None],
    "cosh": [1, None, None, INF, INF, INF, INF, 1, None, None],
    "asinh": [0, None, None, INF, -INF, None, None, None, None, None],
    "acosh": [0, 0, 0, INF, 0, None, 0, 0, None, 0],
    "atanh": [0, INF, -INF, INF, -INF, INF, -INF, None, INF, None],
    "floor": [0, 1, -1, INF, -INF, None, None, 0, 4, 0],
    "ceil": [0, 1, -1, INF, -INF, None, None, 1, 4, 1],
    "round": [0, 1, -1, INF, -INF, None, None, 0, 4, 0],
}


@pytest.mark.parametrize("name", EDGES)
def test_function__zero_one_infinity_and_outside_its_domain__has_the_stated_result(name: str) -> None:
    got = wide.decode(getattr(wide, name)(wide.encode(np.array(POINTS)))).tolist()
    for point, wanted, value in zip(POINTS, EDGES[name], got, strict=True):
        assert wanted is None or value == wanted, (point, value)


def test_pow__edges__has_the_stated_results() -> None:
    cases = [
        (0.0, 0.0, 1.0), (0.0, 2.0, 0.0), (0.0, -2.0, INF), (INF, 0.0, 1.0), (INF, 0.01, INF), (INF, -0.01, 0.0),
        (1.0, INF, 1.0), (0.5, INF, 0.0), (2.0, INF, INF), (-2.0, 3.0, -8.0), (-2.0, 2.0, 4.0), (-2.0, -1.0, -0.5),
        (-2.0, 0.5, 0.0), (-1.0, 2.0**30, 1.0), (-INF, 3.0, -INF), (7.0, 1e300, INF), (9.0, 0.5, 3.0), (10.0, 6.0, 1e6),
    ]  # fmt: skip
    base, power, wanted = (np.array(column) for column in zip(*cases, strict=True))
    assert wide.decode(wide.pow(wide.encode(base), wide.encode(power))).tolist() == wanted.tolist()


def test_atan2__axes_and_infinities__are_those_of_ieee() -> None:
    y = np.array([0.0, 0.0, 1.0, -1.0, INF, -INF, INF, 1.0, 1.0, 0.0, -2.0, 1e-300])
    x = np.array([1.0, -1.0, 0.0, 0.0, INF, -INF, -INF, INF, -INF, 0.0, 2.0, 1e300])
    got = wide.decode(wide.atan2(wide.encode(y), wide.encode(x)))
    assert np.allclose(got, np.arctan2(y, x), rtol=2.0**-23, atol=0)


def test_rem__zero_and_infinity__has_the_stated_results() -> None:
    a = wide.encode(np.array([5.0, INF, 5.0, -7.5, 0.0, 2.0**60]))
    b = wide.encode(np.array([0.0, 3.0, INF, 2.0, 3.0, 3.0]))
    assert wide.decode(wide.rem(a, b)).tolist() == [0.0, 0.0, 5.0, -1.5, 0.0, 0.0]
