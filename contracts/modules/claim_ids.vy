# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a claim is called; twin of assay.protocol.digests.claim_id_of
@notice The root is in it: when a place of another lot, or the same place, showed another root, it would be another claim.
"""

CLAIM_DOMAIN: constant(bytes32) = keccak256("assay/claim/1")


@pure
@internal
def _claim_id(job_id: bytes32, lot: uint256, place: uint256, root: bytes32) -> bytes32:
    return keccak256(abi_encode(CLAIM_DOMAIN, job_id, lot, place, root))
