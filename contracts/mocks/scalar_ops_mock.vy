# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Harness of modules/scalar_ops.vy, merkle_row.vy and tensor_proof.vy for tests: many evaluations in a call
@custom:kill Never deployed outside tests.
"""

from contracts.modules import merkle_row
from contracts.modules import node_descriptor
from contracts.modules import scalar_ops
from contracts.modules import tensor_proof

BATCH: constant(uint256) = 1_024


@pure
@external
def binary(op: uint256, dtype: uint256, pairs: DynArray[int256[2], BATCH]) -> DynArray[int256, BATCH]:
    results: DynArray[int256, BATCH] = []
    for pair: int256[2] in pairs:
        result: int256 = scalar_ops._binary(op, dtype, pair[0], pair[1])
        results.append(result)
    return results


@pure
@external
def unary(op: uint256, dtype: uint256, operands: DynArray[int256, BATCH]) -> DynArray[int256, BATCH]:
    results: DynArray[int256, BATCH] = []
    for operand: int256 in operands:
        result: int256 = scalar_ops._unary(op, dtype, operand)
        results.append(result)
    return results


@pure
@external
def join(kind: uint256, dtype: uint256, pairs: DynArray[int256[2], BATCH]) -> DynArray[int256, BATCH]:
    results: DynArray[int256, BATCH] = []
    for pair: int256[2] in pairs:
        result: int256 = scalar_ops._join(kind, dtype, pair[0], pair[1])
        results.append(result)
    return results


@pure
@external
def nothing(kind: uint256, dtype: uint256) -> int256:
    return scalar_ops._nothing(kind, dtype)


@pure
@external
def saturate(operand: int256, precision: uint256) -> int256:
    return scalar_ops._saturate(operand, precision)


@pure
@external
def height(count: uint256) -> uint256:
    return merkle_row._height(count)


@pure
@external
def children_of(count: uint256, height: uint256, index: uint256) -> (uint256, uint256):
    return merkle_row._children_of(count, height, index)


@pure
@external
def parent_of(
    children: DynArray[bytes32, merkle_row.MAX_CHILDREN], child_height: uint256, levels: uint256
) -> bytes32:
    return merkle_row._parent_of(children, child_height, levels)


@pure
@external
def list_root(count: uint256, top: bytes32) -> bytes32:
    return merkle_row._list_root(count, top)


@pure
@external
def written(page: Bytes[256], dtype: uint256, place: uint256) -> int256:
    return tensor_proof._written(page, dtype, place)


@pure
@external
def step_root(step: uint256) -> bytes32:
    return tensor_proof._step_root(step)


@pure
@external
def tensor_root(descriptor: Bytes[256], top: bytes32) -> bytes32:
    return tensor_proof._root(node_descriptor._head(descriptor), top)
