"""How the polynomials of `assay.exact.wide.coefficients` were made: interpolation at Chebyshev nodes, in float64.

`python -m tests.worker.exact.wide.fits` prints them again. Name: (function of the polynomial's variable, interval,
degree, fractional bits).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, polynomial
from scipy import special

Function = Callable[[Any], Any]


def _ratio(function: Function, slope: float) -> Function:
    """f(x) / x, with its limit `slope` at 0."""

    def divided(x: Any) -> Any:
        safe = np.where(x == 0, 1.0, x)
        return np.where(x == 0, slope, function(safe) / safe)

    return divided


def _of_square(function: Function) -> Function:
    """g(z) = function(sqrt(z))."""
    return lambda z: function(np.sqrt(np.maximum(z, 0.0)))


def _erfcx(s: Any) -> Any:
    x = 2 * (1 + s) / (1 - s)
    return (1 + 2 * x) * special.erfcx(x)


def _erf_inv_ratio(w: Any) -> Any:
    """erf_inv(x) / x, w = -ln(1 - x²)."""
    q = np.exp(-w)
    x = np.sqrt(-np.expm1(-w))
    tail = -special.ndtri(q / (2 * (1 + x))) / np.sqrt(2)  # from 1 - x = q / (1 + x): accurate near 1
    return np.where(w < 1e-9, np.sqrt(np.pi) / 2, tail / np.where(x == 0, 1, x))


FITS: dict[str, tuple[Function, float, float, int, int]] = {
    "EXP2": (np.exp2, -0.5, 0.5, 6, 30),
    "EXPM1": (_ratio(np.expm1, 1.0), -0.5, 0.5, 6, 30),
    "LOG": (_ratio(np.log1p, 1.0), 0.5**0.5 - 1, 2**0.5 - 1, 10, 30),
    "LOG2": (_ratio(lambda u: np.log1p(u) / np.log(2), 1 / np.log(2)), 0.5**0.5 - 1, 2**0.5 - 1, 10, 30),
    "TANH": (_of_square(_ratio(np.tanh, 1.0)), 0.0, 0.36, 6, 30),
    "ERF": (_of_square(_ratio(special.erf, 2 / np.sqrt(np.pi))), 0.0, 1.0, 8, 30),
    "ERFCX": (_erfcx, -0.34, 1.0 - 1e-9, 11, 29),
    "ERF_INV": (lambda v: _erf_inv_ratio(v * 4 + 2.5), -0.625, 0.625, 10, 29),
    "ERF_INV_TAIL": (lambda v: _erf_inv_ratio((v + 3) ** 2), 5**0.5 - 3 - 0.001, 20**0.5 - 3, 11, 28),
    "RECIPROCAL": (lambda u: 1 / (u + 1.5), -0.5, 0.5, 6, 30),
    "RSQRT": (lambda u: 1 / np.sqrt(u + 1.5), -0.5, 0.5, 5, 30),
    "RCBRT": (lambda u: (u + 1.5) ** (-1 / 3), -0.5, 0.5, 5, 30),
    "SIN": (_of_square(_ratio(lambda r: np.sin(np.pi / 2 * r), np.pi / 2)), 0.0, 0.25, 5, 30),
    "COS": (_of_square(lambda r: np.cos(np.pi / 2 * r)), 0.0, 0.25, 5, 30),
    "ATAN": (_of_square(_ratio(np.arctan, 1.0)), 0.0, 1.0, 11, 30),
}


def fit(name: str) -> tuple[int, ...]:
    """Integer coefficients, the constant first, scaled by 2^(fractional bits)."""
    function, low, high, degree, bits = FITS[name]
    interpolant = chebyshev.chebinterpolate(
        lambda t: function((high - low) / 2 * t + (high + low) / 2), degree
    )
    in_t = chebyshev.cheb2poly(interpolant)
    scale, shift = 2 / (high - low), -(high + low) / (high - low)
    power, result = np.array([1.0]), np.zeros(1)
    for coefficient in in_t:
        result = polynomial.polyadd(result, coefficient * power)
        power = polynomial.polymul(power, [shift, scale])
    return tuple(int(c) for c in np.rint(result * 2.0**bits).astype(np.int64))


def error(name: str) -> float:
    """Largest relative error of the integer polynomial on its interval, evaluated in float64."""
    function, low, high, _, bits = FITS[name]
    x = np.linspace(low, high, 20_001)
    exact = function(x)
    return float(np.max(np.abs(polynomial.polyval(x, np.array(fit(name), float)) / 2.0**bits / exact - 1)))


if __name__ == "__main__":
    for each in FITS:
        print(f"# relative error 2^{np.log2(error(each)):.1f}")
        print(f"{each} = {fit(each)}")
