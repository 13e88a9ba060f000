# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Where operations read whose operand is selected by a value
@notice Functions as in element_rules. Every index is clamped, so that no value leads outside.
"""

from contracts.modules import index_maps
from contracts.modules import leaf_codes
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops
from contracts.modules import question
from contracts.modules import tensor_proof


@pure
@internal
def _index_fits(head: operand_proof.Head) -> uint256:
    """
    @notice Whether this is an index tensor, of any length.
    """
    if head.dtype == tensor_proof.BOOL:
        return leaf_codes.BAD_TYPE
    return leaf_codes.OK if head.rank == 1 else leaf_codes.BAD_SHAPE


@pure
@internal
def _has_start(op: uint256) -> bool:
    return op == program_ops.SLICE_AT or op == program_ops.UPDATE_AT


@pure
@internal
def _take(node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head) -> (uint256, uint256):
    if asked.step == 0:
        code: uint256 = self._index_fits(head)
        if code == leaf_codes.OK and (node.rank != 2 or head.size != node.dims[0]):
            code = leaf_codes.BAD_SHAPE
        return code, asked.place[0]
    if head.dtype != node.dtype:
        return leaf_codes.BAD_TYPE, 0
    if head.rank != 2 or head.dims[1] != node.dims[1]:
        return leaf_codes.BAD_SHAPE, 0
    row: uint256 = index_maps._clamped(asked.seen[0], head.dims[0], 1)
    return leaf_codes.OK, row * head.dims[1] + asked.place[1]


@pure
@internal
def _part(node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head) -> (uint256, uint256):
    """
    @notice SLICE_AT and UPDATE_AT: the start, then the tensor that is cut, or the one that is laid over another.
    """
    if asked.step == 0:
        rank: uint256[8] = empty(uint256[8])
        rank[0] = node.rank
        return question._fits(head, tensor_proof.I64, 1, rank), 0
    if asked.step == 2:
        return question._fits(head, node.dtype, node.rank, node.dims), asked.index
    if head.dtype != node.dtype:
        return leaf_codes.BAD_TYPE, 0
    if head.rank != node.rank:
        return leaf_codes.BAD_SHAPE, 0
    is_cut: bool = node.op == program_ops.SLICE_AT
    place: uint256[8] = asked.place
    inside: bool = True
    for axis: uint256 in range(node.rank, bound=8):
        whole: uint256 = max(node.dims[axis], head.dims[axis])
        part: uint256 = min(node.dims[axis], head.dims[axis])
        if whole != (head.dims[axis] if is_cut else node.dims[axis]):
            return leaf_codes.BAD_SHAPE, 0
        start: uint256 = index_maps._clamped(asked.seen[axis], whole, part)
        if is_cut:
            place[axis] += start
        elif place[axis] >= start and place[axis] - start < part:
            place[axis] -= start
        else:
            inside = False
    # every axis has been looked at: a wrong shape is found wherever the element lies
    return leaf_codes.OK, index_maps._flat(place, node.rank, head.dims) if inside else question.NOWHERE
