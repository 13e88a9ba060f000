"""The operation table: code, name, arity, parameter layout, shape rule. The single source other files read.

`FORMAT.md` is the same table in words, with the value of each operation.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from assay.program import rules
from assay.program.rules import Rule

MAX_INPUTS = 8
Field = tuple[str, str]  # name, kind: u8 u16 u32 u64 i64 bytes32


class Op(enum.IntEnum):
    """Operations with their codes."""

    PARAM = 0
    CONST = 1
    FILL = 2
    PACK = 3
    PART = 4
    LOOP = 5
    ADD = 16
    SUB = 17
    MUL = 18
    DIV = 19
    REM = 20
    MIN = 21
    MAX = 22
    AND = 23
    OR = 24
    XOR = 25
    SHL = 26
    SHR = 27
    EQ = 28
    LT = 29
    LE = 30
    SELECT = 31
    CONVERT = 32
    CLZ = 33
    VIEW = 48
    PAD = 49
    CONCAT = 50
    IOTA = 51
    TAKE = 64
    SLICE_AT = 65
    UPDATE_AT = 66
    SUM = 80
    MAX_OF = 81
    MIN_OF = 82
    DOT = 83
    RANK = 84
    SCATTER = 85


class Family(enum.Enum):
    """How a dispute over one element of the result is decided."""

    ROOT = "the value's root is compared"
    TUPLE = "a tuple of tensors"
    ELEMENT = "each operand is read at the same index"
    INDEX = "operands are read where index arithmetic says"
    TERMS = "a sum, maximum or minimum of terms"


class Source(enum.IntEnum):
    """Where a param comes from."""

    CARRY = 0
    INVARIANT = 1
    STEP = 2


@dataclass(frozen=True, slots=True)
class OpInfo:
    """One row. `fixed` parameters come first, then `per_dimension` once for each output dimension.

    `rule` is None for pack, part and loop, whose operands or results are tuples (see validation.py).
    """

    op: Op
    family: Family
    inputs: tuple[int, int]
    rule: Rule | None
    fixed: tuple[Field, ...] = ()
    per_dimension: tuple[Field, ...] = ()

    @property
    def name(self) -> str:
        """The name in FORMAT.md."""
        return self.op.name.lower()

    def layout(self, rank: int) -> tuple[Field, ...]:
        """The parameters of a node whose result has this rank, in order."""
        return self.fixed + self.per_dimension * rank


def _table() -> dict[Op, OpInfo]:
    element, index, terms = Family.ELEMENT, Family.INDEX, Family.TERMS
    rows = [
        OpInfo(Op.PARAM, Family.ROOT, (0, 0), rules.leaf, (("source", "u8"), ("k", "u16"))),
        OpInfo(Op.CONST, Family.ROOT, (0, 0), rules.leaf, (("root", "bytes32"),)),
        OpInfo(Op.FILL, element, (0, 0), rules.leaf, (("value", "i64"),)),
        OpInfo(Op.PACK, Family.TUPLE, (0, 0), None, (("first", "u32"),)),
        OpInfo(Op.PART, Family.ROOT, (1, 1), None, (("k", "u16"),)),
        OpInfo(
            Op.LOOP, Family.TUPLE, (1, 2), None, (("body", "bytes32"), ("trips", "u64"), ("stride", "u64"))
        ),
        *(OpInfo(op, element, (2, 2), rules.same) for op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.REM)),
        *(OpInfo(op, element, (2, 2), rules.same_or_bool) for op in (Op.MIN, Op.MAX, Op.AND, Op.OR, Op.XOR)),
        *(OpInfo(op, element, (2, 2), rules.same) for op in (Op.SHL, Op.SHR)),
        *(OpInfo(op, element, (2, 2), rules.compare) for op in (Op.EQ, Op.LT, Op.LE)),
        OpInfo(Op.SELECT, element, (3, 3), rules.select),
        OpInfo(Op.CONVERT, element, (1, 1), rules.convert),
        OpInfo(Op.CLZ, element, (1, 1), rules.same),
        OpInfo(Op.VIEW, index, (1, 1), rules.view, (("offset", "i64"),), (("stride", "i64"),)),
        OpInfo(Op.PAD, index, (2, 2), rules.pad, (), (("low", "u64"), ("interior", "u64"))),
        OpInfo(Op.CONCAT, index, (1, MAX_INPUTS), rules.concat, (("axis", "u8"),)),
        OpInfo(Op.IOTA, index, (0, 0), rules.iota, (("axis", "u8"),)),
        OpInfo(Op.TAKE, index, (2, 2), rules.take),
        OpInfo(Op.SLICE_AT, index, (2, 2), rules.slice_at),
        OpInfo(Op.UPDATE_AT, index, (3, 3), rules.update_at),
        OpInfo(Op.SUM, terms, (1, 1), rules.total),
        OpInfo(Op.MAX_OF, terms, (1, 1), rules.extreme),
        OpInfo(Op.MIN_OF, terms, (1, 1), rules.extreme),
        OpInfo(Op.DOT, terms, (2, 2), rules.dot, (("p_a", "u8"), ("p_b", "u8"))),
        OpInfo(Op.RANK, terms, (1, 1), rules.rank),
        OpInfo(Op.SCATTER, terms, (3, 3), rules.scatter, (("kind", "u8"),)),
    ]
    return {row.op: row for row in rows}


TABLE: dict[Op, OpInfo] = _table()
