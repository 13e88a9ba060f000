"""Numbers with an exponent per element, and functions of them, in integer operations only.

Called by the `exact` transformation, one function for each float primitive. Every function is pure, works on arrays of
any shape (shapes broadcast), is total, and gives the same bits jitted or not, on any device, in any tiling.
The stated errors are in `README.md` of `assay.exact`. Importing it changes no JAX setting.
"""

from assay.exact.wide.arithmetic import abs, add, div, integer_pow, mul, neg, sign, square, sub
from assay.exact.wide.convert import decode, encode, from_int, to_int
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
    "add",
    "clamp",
    "decode",
    "div",
    "encode",
    "eq",
    "from_int",
    "from_order_key",
    "ge",
    "gt",
    "integer_pow",
    "is_finite",
    "le",
    "lt",
    "maximum",
    "minimum",
    "mul",
    "ne",
    "neg",
    "normalise",
    "order_key",
    "resize",
    "select",
    "sign",
    "square",
    "sub",
    "to_int",
]
