"""What the tests of wide numbers share: floats of every size, exact values, and how far a result is off."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assay.exact import wide

COUNT = 64
WIDTHS = (25, 28, 16, 8)


def floats(low: float | None = None, high: float | None = None) -> Any:
    """Arrays of COUNT float32 values as float64: subnormals, both zeros and huge values included, no NaN."""
    elements = st.floats(low, high, width=32, allow_nan=False, allow_infinity=False)
    return hnp.arrays(np.float32, (COUNT,), elements=elements).map(lambda x: x.astype(np.float64))


def spread(seed: int, count: int, low: int, high: int) -> np.ndarray:
    """Random float64 values of both signs, exponents uniform in low … high."""
    random = np.random.default_rng(seed)
    return (
        random.uniform(1, 2, count) * 2.0 ** random.integers(low, high, count) * random.choice([-1, 1], count)
    )


def exact(x: wide.Wide) -> list[Fraction]:
    """The numbers, without any rounding."""
    return [
        Fraction(int(m)) * Fraction(2) ** int(e) for m, e in zip(np.ravel(x.m), np.ravel(x.e), strict=True)
    ]


def assert_normal(x: wide.Wide, width: int = wide.WIDTH) -> None:
    """Every element is in the one form its value has."""
    m, e = np.abs(np.asarray(x.m).astype(np.int64)), np.asarray(x.e)
    assert x.m.dtype == np.int32 and x.e.dtype == np.int16
    assert np.all((m == 0) | ((m >= 1 << (width - 2)) & (m < 1 << (width - 1))))
    assert np.all((m == 0) == (e == wide.E_MIN))
    assert np.all((m == 0) | ((e >= wide.E_LOW) & (e <= wide.E_INF)))


def worst_relative(
    function: Callable[..., wide.Wide], reference: Callable[..., Any], *inputs: Any, width: int = wide.WIDTH
) -> float:
    """Largest |result / reference - 1| over the inputs whose reference is an ordinary float64."""
    encoded = [wide.encode(x, width=width) for x in inputs]
    result = function(*encoded, width=width)
    assert_normal(result, width)
    with np.errstate(all="ignore"):
        wanted = reference(*(wide.decode(x) for x in encoded))
        ordinary = np.isfinite(wanted) & (np.abs(wanted) > 1e-290)
        off = np.abs(wide.decode(result)[ordinary] / wanted[ordinary] - 1)
    assert ordinary.any()
    return float(off.max())


def worst_absolute(function: Callable[..., wide.Wide], reference: Callable[..., Any], *inputs: Any) -> float:
    """Largest |result - reference|."""
    encoded = [wide.encode(x) for x in inputs]
    result = function(*encoded)
    assert_normal(result)
    return float(np.abs(wide.decode(result) - reference(*(wide.decode(x) for x in encoded))).max())
