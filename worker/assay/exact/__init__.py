"""Exact arithmetic: ordinary JAX functions evaluated in integers, the same bits on every device.

`exact(fn)` is the transformation; `Precision` and `region` say how many bits; `assay.exact.wide` holds the numbers and
`assay.exact.dot` the integer dot. Importing it changes no JAX setting.
"""

from assay.exact.errors import (
    ArgumentMismatch,
    ExactError,
    PrecisionError,
    UnfinishedLoop,
    UnsupportedPrimitive,
)
from assay.exact.precision import Precision, region
from assay.exact.transform import ExactFunction, exact
from assay.exact.wide import Wide

__all__ = [
    "ArgumentMismatch",
    "ExactError",
    "ExactFunction",
    "Precision",
    "PrecisionError",
    "UnfinishedLoop",
    "UnsupportedPrimitive",
    "Wide",
    "exact",
    "region",
]
