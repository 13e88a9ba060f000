"""The terms that an element of a reduction is made of, and how they join: what a dispute splits.

Python integers, as `elements.py`. An element is the join of its terms in any order and grouping.
"""

from __future__ import annotations

from functools import reduce

from assay.program.elements import Operands, Read, clamp
from assay.program.node import Node
from assay.program.ops import Family, Op
from assay.program.rules import SCATTER_KINDS


def term_count(node: Node, operands: Operands) -> int:
    """How many terms each element of the node has."""
    if node.info.family is not Family.TERMS:
        raise ValueError(f"{node.info.name} has no terms")
    if node.op is Op.SCATTER:
        return operands[1].dims[0] + 1
    return operands[0].dims[-1]


def neutral(node: Node) -> int:
    """The value that changes nothing when joined."""
    dtype = node.spec.dtype
    return {"add": 0, "max": dtype.least, "min": dtype.greatest}[_joining(node)]


def join(node: Node, a: int, b: int) -> int:
    """Two partial values joined, in the result's dtype."""
    how = _joining(node)
    if how == "add":
        return node.spec.dtype.wrap(a + b)
    return max(a, b) if how == "max" else min(a, b)


def term(node: Node, operands: Operands, index: int, k: int, read: Read) -> int:
    """Term k of element `index` (flat, row-major), in the result's dtype."""
    dtype, count = node.spec.dtype, term_count(node, operands)
    if node.op in (Op.SUM, Op.MAX_OF, Op.MIN_OF):
        return read(0, index * count + k)
    if node.op is Op.RANK:
        row, i = divmod(index, count)
        x_k, x_i = read(0, row * count + k), read(0, index)
        return int(x_k < x_i or (x_k == x_i and k < i))
    if node.op is Op.DOT:
        _, m_size, n_size = node.dims
        batch, rest = divmod(index, m_size * n_size)
        m, n = divmod(rest, n_size)
        a = saturate(read(0, (batch * m_size + m) * count + k), node.param("p_a"))
        b = saturate(read(1, (batch * n_size + n) * count + k), node.param("p_b"))
        return dtype.wrap(a * b)
    if k == 0:
        return read(0, index)
    n, r = divmod(index, operands[0].dims[1])
    return read(2, (k - 1) * operands[0].dims[1] + r) if read(1, k - 1) == n else neutral(node)


def segment(node: Node, operands: Operands, index: int, terms: range, read: Read) -> int:
    """The join of a range of terms: what a reveal of partial values states."""
    values = (term(node, operands, index, k, read) for k in terms)
    return reduce(lambda a, b: join(node, a, b), values, neutral(node))


def saturate(value: int, bits: int) -> int:
    """`value` moved into the symmetric range of `bits` bits, sign included."""
    most = (1 << (bits - 1)) - 1
    return clamp(value, -most, most)


def _joining(node: Node) -> str:
    if node.op is Op.SCATTER:
        return SCATTER_KINDS[node.param("kind")]
    return {Op.MAX_OF: "max", Op.MIN_OF: "min"}.get(node.op, "add")
