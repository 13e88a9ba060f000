"""Rules of the transformation, one file a family. Importing this registers all of them."""

from assay.exact.rules import (
    casts,
    control,
    convolution,
    dots,
    elementwise,
    functions,
    gathers,
    pooling,
    randoms,
    reductions,
    scatters,
    sorting,
    structural,
)
from assay.exact.rules.hints import hint_for
from assay.exact.rules.integers import INTEGER_PRIMITIVES
from assay.exact.rules.registry import FLOAT_RULES, INTEGER_RULES, Call

FAMILIES = (
    casts,
    control,
    convolution,
    dots,
    elementwise,
    functions,
    gathers,
    pooling,
    randoms,
    reductions,
    scatters,
    sorting,
    structural,
)

__all__ = ["FAMILIES", "FLOAT_RULES", "INTEGER_PRIMITIVES", "INTEGER_RULES", "Call", "hint_for"]
