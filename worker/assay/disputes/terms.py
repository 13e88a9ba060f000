"""The terms of one element of a sum, maximum or minimum, and their partial values (FORMAT.md, "Terms")."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.disputes.answers import segments_of
from assay.disputes.values import JOIN_ADD, JOIN_MAX, JOIN_MIN, join
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op

Array = np.ndarray[Any, Any]


def join_of(node: Node) -> int:
    """How the terms of a node join."""
    if node.op is Op.SCATTER:
        return node.param("kind")
    return {Op.MAX_OF: JOIN_MAX, Op.MIN_OF: JOIN_MIN}.get(node.op, JOIN_ADD)


def nothing(kind: int, dtype: DType) -> int:
    """What changes no partial value."""
    return {JOIN_ADD: 0, JOIN_MAX: dtype.least, JOIN_MIN: dtype.greatest}[kind]


def terms_of(node: Node, operands: Sequence[Array], element: int) -> Array:
    """All terms of one element, in order."""
    if node.op is Op.DOT:
        a, b = operands
        where = np.unravel_index(element, node.dims)
        left = _saturated(a[where[0], where[1]], node.param("p_a"))
        return np.asarray(left * _saturated(b[where[0], where[2]], node.param("p_b")))
    if node.op is Op.SCATTER:
        x, index, u = operands
        row, column = np.unravel_index(element, node.dims)
        assert node.dtype is not None
        none = np.array(nothing(join_of(node), node.dtype), x.dtype)
        return np.concatenate([x[row, column : column + 1], np.where(index == row, u[:, column], none)])
    (x,) = operands
    values = x.reshape(-1, x.shape[-1])
    if node.op is Op.RANK:
        row, own = divmod(element, x.shape[-1])
        value = values[row, own]
        ties = (values[row] == value) & (np.arange(x.shape[-1]) < own)
        return np.asarray((values[row] < value) | ties, np.int32)
    return np.asarray(values[element])


def _saturated(values: Array, bits: int) -> Array:
    limit = (1 << (bits - 1)) - 1
    return np.asarray(np.clip(values.astype(np.int64), -limit, limit))


def partials_of(node: Node, terms: Array, first: int, last: int) -> tuple[int, ...]:
    """A partial value of each segment of [first, last)."""
    assert node.dtype is not None
    width, _ = segments_of(first, last)
    kind, dtype = join_of(node), int(node.dtype)
    partials = []
    for start in range(first, last, width):
        values = [int(value) for value in terms[start : min(start + width, last)]]
        total = values[0]
        for value in values[1:]:
            total = join(kind, dtype, total, value)
        partials.append(total)
    return tuple(partials)
