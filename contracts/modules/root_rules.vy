# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Values that are some other value: what a param, part, pack or loop refers to
@notice Roots are compared here, never elements.
"""

from contracts.modules import merkle_row
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import packed


@pure
@internal
def _shown(operands: Bytes[operand_proof.MAX_BYTES], at: uint256) -> bytes32:
    """
    @notice 32 bytes of the operands, as a root.
    """
    return convert(packed._uint(operands, at, 32), bytes32)


@pure
@internal
def _tuple_root(
    k: uint256,
    operands: Bytes[operand_proof.MAX_BYTES],
    siblings: DynArray[bytes32, merkle_row.MAX_SIBLINGS],
    start: uint256,
) -> (bytes32, bytes32, uint256):
    """
    @notice (root of tensor k, root of its tuple, next sibling), from u32be tensors ‖ root and the tensor's siblings.
    """
    count: uint256 = packed._uint(operands, 0, 4)
    assert k < count and count <= node_descriptor.MAX_NODES, "operand: the tuple has no such tensor"
    root: bytes32 = self._shown(operands, 4)
    height: uint256 = merkle_row._height(count)
    leaf: bytes32 = merkle_row._id_leaf(root)
    top: bytes32 = merkle_row._climb(leaf, k, height, siblings, start)
    return root, merkle_row._list_root(count, top), start + height
