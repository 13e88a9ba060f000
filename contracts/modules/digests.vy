# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The hashes providers and buyers sign up to; twins in assay.protocol.digests
@notice A seal binds chain, market, provider, job, lot, tag and salt: a copy of it opens for nobody else.
        A tag shows equality of roots, not the root.
        A mark proves that a place called after tags were public knew the root: the tag alone is not enough to make it.
"""

SEAL_DOMAIN: constant(bytes32) = keccak256("assay/seal/1")
TAG_DOMAIN: constant(bytes32) = keccak256("assay/tag/1")
MARK_DOMAIN: constant(bytes32) = keccak256("assay/mark/1")


@view
@internal
def _seal(provider: address, job_id: bytes32, lot: uint256, tag: bytes32, salt: bytes32) -> bytes32:
    return keccak256(abi_encode(SEAL_DOMAIN, chain.id, self, provider, job_id, lot, tag, salt))


@pure
@internal
def _tag(job_id: bytes32, lot: uint256, root: bytes32) -> bytes32:
    return keccak256(abi_encode(TAG_DOMAIN, job_id, lot, root))


@pure
@internal
def _mark(job_id: bytes32, lot: uint256, place: uint256, root: bytes32) -> bytes32:
    """
    @notice The salt a late place must have used; bound to the place so that one late place cannot copy another.
    """
    return keccak256(abi_encode(MARK_DOMAIN, job_id, lot, place, root))
