# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Fills and iotas, and where elementwise operations, views, pads and concats read
@notice Each of the latter: (code, element of the operand with this head, or NOWHERE).
"""

from contracts.modules import gather_rules
from contracts.modules import index_maps
from contracts.modules import leaf_codes
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops
from contracts.modules import question
from contracts.modules import scalar_ops
from contracts.modules import tensor_proof


@pure
@internal
def _judge(node: node_descriptor.Node) -> uint256:
    """
    @notice What the descriptor alone gets wrong, beyond node_descriptor._decode.
    """
    if node.op == program_ops.CONCAT or node.op == program_ops.IOTA:
        if node.parameters[0] >= node.rank:
            return leaf_codes.BAD_PARAMETER
    if node.op == program_ops.TAKE and node.rank != 2:
        return leaf_codes.BAD_SHAPE
    if node.rank == 0 and gather_rules._has_start(node.op):
        return leaf_codes.BAD_SHAPE
    return leaf_codes.OK


@pure
@internal
def _made(node: node_descriptor.Node, index: uint256) -> int256:
    """
    @notice An element of FILL or IOTA, which have no operands.
    """
    made: int256 = node_descriptor._i64(node, 0)
    if node.op == program_ops.IOTA:
        place: uint256[8] = index_maps._coordinates(index, node.rank, node.dims)
        made = convert(place[node.parameters[0]], int256)
    return scalar_ops._wrap(node.dtype, made)


@pure
@internal
def _elementwise(
    node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head, dtype: uint256
) -> (uint256, uint256):
    """
    @notice `dtype` is that of the operand before, 0 when there is none.
    """
    expected: uint256 = node.dtype
    if node.op == program_ops.SELECT:
        if asked.step == 0:
            expected = tensor_proof.BOOL
    elif node.op == program_ops.CONVERT or node_descriptor._has(node_descriptor.COMPARISONS, node.op):
        expected = head.dtype if asked.step == 0 else dtype
    return question._fits(head, expected, node.rank, node.dims), asked.index


@pure
@internal
def _view(
    node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head
) -> (uint256, uint256):
    """
    @notice The whole view must lie in the operand, not only this element.
    """
    found: int256 = node_descriptor._i64(node, 0)
    lowest: int256 = found
    highest: int256 = found
    for axis: uint256 in range(node.rank, bound=8):
        stride: int256 = node_descriptor._i64(node, 1 + axis)
        found += stride * convert(asked.place[axis], int256)
        reach: int256 = stride * convert(node.dims[axis] - 1, int256)
        lowest += min(reach, 0)
        highest += max(reach, 0)
    if head.dtype != node.dtype:
        return leaf_codes.BAD_TYPE, 0
    if lowest < 0 or highest >= convert(head.size, int256):
        return leaf_codes.BAD_PARAMETER, 0
    return leaf_codes.OK, convert(found, uint256)


@pure
@internal
def _pad(node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head) -> (uint256, uint256):
    if head.dtype != node.dtype:
        return leaf_codes.BAD_TYPE, 0
    if asked.step == 1:
        return leaf_codes.OK if head.rank == 0 else leaf_codes.BAD_SHAPE, 0
    if head.rank != node.rank:
        return leaf_codes.BAD_SHAPE, 0
    place: uint256[8] = asked.place
    for axis: uint256 in range(node.rank, bound=8):
        low: uint256 = node.parameters[2 * axis]
        pace: uint256 = node.parameters[2 * axis + 1] + 1
        if place[axis] < low:
            return leaf_codes.OK, question.NOWHERE
        behind: uint256 = place[axis] - low
        place[axis] = behind // pace
        if behind % pace != 0 or place[axis] >= head.dims[axis]:
            return leaf_codes.OK, question.NOWHERE
    return leaf_codes.OK, index_maps._flat(place, node.rank, head.dims)


@pure
@internal
def _concat(
    node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head
) -> (uint256, uint256):
    """
    @notice Of asked.place the axis counts from the beginning of this operand.
    """
    axis: uint256 = node.parameters[0]
    dims: uint256[8] = node.dims
    dims[axis] = head.dims[axis]
    code: uint256 = question._fits(head, node.dtype, node.rank, dims)
    if code != leaf_codes.OK or asked.place[axis] < dims[axis]:
        return code, index_maps._flat(asked.place, node.rank, dims)
    # behind the last part the whole should have ended
    return leaf_codes.BAD_SHAPE if asked.step + 1 == node.arity else leaf_codes.OK, question.NOWHERE
