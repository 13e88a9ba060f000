"""Numbers with an exponent per element, and functions of them, in integer operations only.

Called by the `exact` transformation, one function for each float primitive. Every function is pure, works on arrays of
any shape (shapes broadcast), is total, and gives the same bits jitted or not, on any device, in any tiling.
The stated errors are in `README.md` of `assay.exact`. Importing it changes no JAX setting.
"""

from assay.exact.wide.arithmetic import abs, add, div, integer_pow, mul, neg, sign, square, sub
from assay.exact.wide.composed import acos, acosh, asin, asinh, atan, atanh, cosh, sinh
from assay.exact.wide.convert import decode, encode, from_int, to_int
from assay.exact.wide.error_function import erf, erf_inv, erfc
from assay.exact.wide.exponential import exp, exp2, expm1, logistic, tanh
from assay.exact.wide.logarithm import log, log1p, pow
from assay.exact.wide.number import (
    E_HIGH,
    E_INF,
    E_LOW,
    E_MIN,
    MAX_WIDTH,
    MIN_WIDTH,
    ROUNDING,
    WIDTH,
    Wide,
)
from assay.exact.wide.order import (
    clamp,
    eq,
    from_order_key,
    ge,
    gt,
    is_finite,
    le,
    lt,
    maximum,
    minimum,
    ne,
    order_key,
    select,
)
from assay.exact.wide.packing import normalise, resize
from assay.exact.wide.reductions import reduce_max, reduce_min, reduce_sum
from assay.exact.wide.roots import cbrt, rsqrt, sqrt
from assay.exact.wide.rounding import ceil, floor, nextafter, rem, round
from assay.exact.wide.trigonometry import atan2, cos, sin, tan

__all__ = [
    "E_HIGH",
    "E_INF",
    "E_LOW",
    "E_MIN",
    "MAX_WIDTH",
    "MIN_WIDTH",
    "ROUNDING",
    "WIDTH",
    "Wide",
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clamp",
    "cos",
    "cosh",
    "decode",
    "div",
    "encode",
    "eq",
    "erf",
    "erf_inv",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "from_int",
    "from_order_key",
    "ge",
    "gt",
    "integer_pow",
    "is_finite",
    "le",
    "log",
    "log1p",
    "logistic",
    "lt",
    "maximum",
    "minimum",
    "mul",
    "ne",
    "neg",
    "nextafter",
    "normalise",
    "order_key",
    "pow",
    "reduce_max",
    "reduce_min",
    "reduce_sum",
    "rem",
    "resize",
    "round",
    "rsqrt",
    "select",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "sub",
    "tan",
    "tanh",
    "to_int",
]
