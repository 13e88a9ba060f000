# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What every leaf contract begins with: the node is proven in the frame's body
"""

from contracts.interfaces import ILeaf
from contracts.modules import leaf_codes
from contracts.modules import merkle_row
from contracts.modules import node_descriptor
from contracts.modules import operand_proof


@pure
@internal
def _proven(
    body_root: bytes32, index: uint256, evidence: ILeaf.Evidence
) -> (uint256, node_descriptor.Node, operand_proof.Reading):
    """
    @notice (code, node, a reading that begins behind the descriptor's siblings). Reverts when the descriptor is another.
    """
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    assert index < evidence.nodes and evidence.nodes <= node_descriptor.MAX_NODES, "node: no such node"
    reading.next = merkle_row._height(evidence.nodes)
    leaf: bytes32 = sha256(concat(0x00, evidence.descriptor))
    top: bytes32 = merkle_row._climb(leaf, index, reading.next, evidence.siblings, 0)
    node_descriptor._check(body_root, evidence.nodes, evidence.descriptor_bytes, top)
    code: uint256 = leaf_codes.OK
    node: node_descriptor.Node = empty(node_descriptor.Node)
    code, node = node_descriptor._decode(evidence.descriptor, index)
    return code, node, reading
