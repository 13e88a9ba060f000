# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Sums, maxima and minima: how many terms an element has, how they join, where one term reads
@notice An element of sum, max_of, min_of, dot and rank has one term for each k of the last axis; one of scatter has x and then
        one for each update. Functions return as in element_rules.
"""

from contracts.modules import gather_rules
from contracts.modules import leaf_codes
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops
from contracts.modules import question
from contracts.modules import scalar_ops
from contracts.modules import tensor_proof

MAX_RANKS: constant(uint256) = 2**31 - 1


@pure
@internal
def _join_of(node: node_descriptor.Node) -> uint256:
    if node.op == program_ops.SCATTER:
        return node.parameters[0]
    if node.op == program_ops.MAX_OF:
        return program_ops.JOIN_MAX
    return program_ops.JOIN_MIN if node.op == program_ops.MIN_OF else program_ops.JOIN_ADD


@pure
@internal
def _judge(node: node_descriptor.Node) -> uint256:
    """
    @notice What the descriptor alone gets wrong, beyond node_descriptor._decode.
    """
    if node.op == program_ops.DOT:
        a: uint256 = node.parameters[0]
        b: uint256 = node.parameters[1]
        if min(a, b) < 2 or max(a, b) > 32:
            return leaf_codes.BAD_PARAMETER
        return leaf_codes.OK if node.rank == 3 else leaf_codes.BAD_SHAPE
    if node.op == program_ops.RANK:
        if node.rank == 0 or node.dims[node.rank - 1] > MAX_RANKS:
            return leaf_codes.BAD_SHAPE
    elif node.op == program_ops.SCATTER:
        if node.parameters[0] > program_ops.JOIN_MIN:
            return leaf_codes.BAD_PARAMETER
        if node.dtype == tensor_proof.BOOL and node.parameters[0] == program_ops.JOIN_ADD:
            return leaf_codes.BAD_TYPE
        return leaf_codes.OK if node.rank == 2 else leaf_codes.BAD_SHAPE
    return leaf_codes.OK


@pure
@internal
def _count(node: node_descriptor.Node, head: operand_proof.Head, step: uint256) -> (uint256, uint256):
    """
    @notice (code, terms of each element) by the operand that says so: x of a reduction, a of a dot (b at step 1), x of a
            rank, the index of a scatter.
    """
    if node.op == program_ops.SCATTER:
        return gather_rules._index_fits(head), head.size + 1
    if node.op == program_ops.RANK:
        return question._fits(head, head.dtype, node.rank, node.dims), node.dims[node.rank - 1]
    if head.rank == 0:
        return leaf_codes.BAD_SHAPE, 0
    terms: uint256 = head.dims[head.rank - 1]
    if node.op == program_ops.DOT:
        if head.rank != 3 or head.dims[0] != node.dims[0] or head.dims[1] != node.dims[1 + step]:
            return leaf_codes.BAD_SHAPE, 0
        if not tensor_proof._is_signed(head.dtype):
            return leaf_codes.BAD_TYPE, 0
        largest: uint256 = terms << (node.parameters[0] + node.parameters[1] - 2)
        limit: uint256 = 1 << (scalar_ops._bits(node.dtype) - 1)
        return leaf_codes.OK if largest < limit else leaf_codes.BAD_PARAMETER, terms
    dims: uint256[8] = node.dims
    dims[head.rank - 1] = terms
    return question._fits(head, node.dtype, node.rank + 1, dims), terms


@pure
@internal
def _where(
    node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head, terms: uint256
) -> (uint256, uint256, uint256):
    """
    @notice (code, element, terms); `terms` as the operand before had it, 0 when there is none.
    """
    if node.op == program_ops.SCATTER:
        if asked.term == 0:
            return question._fits(head, node.dtype, node.rank, node.dims), asked.index, 1
        if asked.step == 1:
            dims: uint256[8] = node.dims
            dims[0] = terms - 1
            source: uint256 = (asked.term - 1) * dims[1] + asked.place[1]
            return question._fits(head, node.dtype, 2, dims), source, terms
    code: uint256 = leaf_codes.OK
    count: uint256 = 0
    code, count = self._count(node, head, asked.step)
    if code == leaf_codes.OK and node.op == program_ops.DOT and asked.step == 1 and count != terms:
        code = leaf_codes.BAD_SHAPE
    if code != leaf_codes.OK:
        return code, 0, count
    assert asked.term < count, "leaf: no such term"
    if node.op == program_ops.SCATTER:
        return code, asked.term - 1, count
    if node.op == program_ops.DOT:
        row: uint256 = asked.place[0] * head.dims[1] + asked.place[1 + asked.step]
        return code, row * count + asked.term, count
    if node.op == program_ops.RANK:
        own: uint256 = asked.index % count
        return code, asked.index if asked.step == 0 else asked.index - own + asked.term, count
    return code, asked.index * count + asked.term, count


@pure
@internal
def _misses(node: node_descriptor.Node, asked: question.Question) -> bool:
    """
    @notice Whether the update of a scatter goes to another row (or to none): then it need not be opened.
    """
    if node.op != program_ops.SCATTER or asked.term == 0 or asked.step != 1:
        return False
    return asked.seen[0] != convert(asked.place[0], int256)


@pure
@internal
def _value(node: node_descriptor.Node, asked: question.Question) -> int256:
    """
    @notice The term from the values read.
    """
    if node.op == program_ops.DOT:
        a: int256 = scalar_ops._saturate(asked.seen[0], node.parameters[0])
        return a * scalar_ops._saturate(asked.seen[1], node.parameters[1])
    if node.op == program_ops.RANK:
        if asked.seen[1] == asked.seen[0]:
            return 1 if asked.term < asked.place[node.rank - 1] else 0
        return 1 if asked.seen[1] < asked.seen[0] else 0
    if node.op == program_ops.SCATTER and asked.term > 0:
        if self._misses(node, asked):
            return scalar_ops._nothing(node.parameters[0], node.dtype)
        return asked.seen[1]
    return asked.seen[0]
