"""The written coefficients are what the fits give."""

import numpy as np
import pytest

from assay.exact.wide import coefficients
from tests.worker.exact.wide.fits import FITS, error, fit


@pytest.mark.parametrize("name", FITS)
def test_coefficients__fitted_again__are_the_written_ones(name: str) -> None:
    written = np.array(getattr(coefficients, name))
    again = np.array(fit(name))
    # another library's rounding may move the last bits of what stands before high powers
    assert written.shape == again.shape
    assert np.abs(written - again).max() <= 64
    assert error(name) < (2**-16 if name in ("RECIPROCAL", "RSQRT", "RCBRT") else 2**-24)
