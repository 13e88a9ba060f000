# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What every leaf contract begins and ends with: the node is proven in the frame's body, what was opened in its trace
"""

from contracts.interfaces import ILeaf
from contracts.modules import leaf_codes
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
    reading.next = node_descriptor._check(
        body_root, evidence.nodes, evidence.descriptor_bytes, index, evidence.descriptor, evidence.siblings
    )
    code: uint256 = leaf_codes.OK
    node: node_descriptor.Node = empty(node_descriptor.Node)
    code, node = node_descriptor._decode(evidence.descriptor, index)
    return code, node, reading


@pure
@internal
def _finish(trace_root: bytes32, evidence: ILeaf.Evidence, reading: operand_proof.Reading):
    """
    @notice Reverts unless all that was opened stands in the trace and nothing is left over.
    """
    operand_proof._finish(trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading)
