# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title One element or term that is asked for, and which operands it needs in which order
@notice Indices are opened before what they select. A rule (element_rules, gather_rules, term_rules) says for each operand, from
        its head and the values before it, which of its elements is needed, or NOWHERE when its shape is all.
"""

from contracts.modules import index_maps
from contracts.modules import leaf_codes
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops

NOWHERE: constant(uint256) = max_value(uint256)
MAX_STEPS: constant(uint256) = 8  # a concat of eight
# ops that read one element; all others read two
ONE_PAGE: constant(uint256) = (
    2**program_ops.CONVERT + 2**program_ops.CLZ + 2**program_ops.VIEW + 2**program_ops.PAD + 2**program_ops.CONCAT
    + 2**program_ops.SUM + 2**program_ops.MAX_OF + 2**program_ops.MIN_OF
)


struct Question:
    index: uint256     # of the element, row-major
    place: uint256[8]  # the same as coordinates; of a concat what is left of them
    term: uint256
    step: uint256      # operands behind us
    seen: int256[8]    # values read: of a start tensor all, else of each operand one


@pure
@internal
def _ask(node: node_descriptor.Node, index: uint256, term: uint256) -> Question:
    asked: Question = empty(Question)
    asked.index = index
    asked.term = term
    asked.place = index_maps._coordinates(index, node.rank, node.dims)
    return asked


@pure
@internal
def _has_elements(op: uint256) -> bool:
    """
    @notice Whether an op is judged by its elements, rather than by roots or terms.
    """
    return op == program_ops.FILL or (op >= program_ops.ADD and op < program_ops.SUM)


@pure
@internal
def _pages(op: uint256, term: uint256) -> uint256:
    """
    @notice How many elements are read.
    """
    if node_descriptor._has(ONE_PAGE, op) or (op == program_ops.SCATTER and term == 0):
        return 1
    return 2


@pure
@internal
def _input(op: uint256, asked: Question) -> uint256:
    """
    @notice Which input comes next.
    """
    if op == program_ops.TAKE or op == program_ops.SLICE_AT:
        return 1 - asked.step
    if op == program_ops.UPDATE_AT:
        return 2 - asked.step
    if op == program_ops.RANK:
        return 0
    if op == program_ops.SCATTER and asked.term > 0:
        return 1 + asked.step
    if op == program_ops.SELECT and asked.step == 1 and asked.seen[0] == 0:
        return 2
    return asked.step


@pure
@internal
def _same(rank: uint256, a: uint256[8], b: uint256[8]) -> bool:
    for axis: uint256 in range(rank, bound=8):
        if a[axis] != b[axis]:
            return False
    return True


@pure
@internal
def _fits(head: operand_proof.Head, dtype: uint256, rank: uint256, dims: uint256[8]) -> uint256:
    """
    @notice The code of an operand that should have this dtype and these dimensions.
    """
    if head.dtype != dtype:
        return leaf_codes.BAD_TYPE
    if head.rank != rank or not self._same(rank, head.dims, dims):
        return leaf_codes.BAD_SHAPE
    return leaf_codes.OK
