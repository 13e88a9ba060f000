# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title One page of an artifact, proven up to a root that is on chain; twin of assay.commitment
@notice leaf = sha256(0x00 ‖ page), node = sha256(0x01 ‖ left ‖ right), rows padded with 32 zero bytes to a power of two;
        a root is sha256(0x02 ‖ domain ‖ u64be(count) ‖ u64be(byte length) ‖ top), so counts and lengths cannot be lied about.
"""

from contracts.interfaces import IAvailability

PAGE_BYTES: constant(uint256) = 4_096
ARTIFACT_DOMAIN: constant(Bytes[17]) = b"\x02assay/artifact/1"
LIST_DOMAIN: constant(Bytes[13]) = b"\x02assay/list/1"
MAX_U64: constant(uint256) = 2**64 - 1


@pure
@internal
def _u64(number: uint256) -> Bytes[8]:
    return slice(abi_encode(number), 24, 8)


@pure
@internal
def _top(leaf: bytes32, index: uint256, count: uint256, siblings: DynArray[bytes32, 32]) -> bytes32:
    """
    @notice Folds a leaf up its siblings; the depth is the one that count demands, never the prover's choice.
    """
    node: bytes32 = leaf
    position: uint256 = index
    width: uint256 = 1
    for sibling: bytes32 in siblings:
        assert width < count, "page: proof too long"
        if position & 1 == 0:
            node = sha256(concat(0x01, node, sibling))
        else:
            node = sha256(concat(0x01, sibling, node))
        position >>= 1
        width <<= 1
    assert width >= count, "page: proof too short"
    return node


@pure
@internal
def _artifact_id(page_count: uint256, byte_length: uint256, top: bytes32) -> bytes32:
    assert page_count <= MAX_U64 and byte_length <= MAX_U64, "page: length too large"
    count: Bytes[8] = self._u64(page_count)
    length: Bytes[8] = self._u64(byte_length)
    return sha256(concat(ARTIFACT_DOMAIN, count, length, top))


@pure
@internal
def _list_root(list_count: uint256, top: bytes32) -> bytes32:
    assert list_count <= MAX_U64 // 32, "page: list too long"
    count: Bytes[8] = self._u64(list_count)
    length: Bytes[8] = self._u64(list_count * 32)
    return sha256(concat(LIST_DOMAIN, count, length, top))


@pure
@internal
def _verify(root: bytes32, is_list: bool, proof: IAvailability.PageProof) -> bool:
    """
    @notice Whether the asked page exists (and is proof.page); a proof that the index is out of range returns False.
            Reverts when the proof proves neither.
    """
    if is_list:
        if proof.list_index >= proof.list_count:
            listed: bytes32 = self._list_root(proof.list_count, proof.list_top)
            assert listed == root, "page: wrong list"
            assert len(proof.page) == 0, "page: no such item"
            return False
        leaf: bytes32 = sha256(concat(0x00, proof.artifact_id))
        top: bytes32 = self._top(leaf, proof.list_index, proof.list_count, proof.list_proof)
        listed: bytes32 = self._list_root(proof.list_count, top)
        assert listed == root, "page: not in the list"
    else:
        assert proof.list_count == 0 and proof.list_index == 0, "page: this root is no list"
        assert proof.artifact_id == root, "page: another artifact"
    # an id made over another number of pages than its bytes fill would let its maker deny pages that it owes
    pages: uint256 = proof.byte_length // PAGE_BYTES
    if proof.byte_length % PAGE_BYTES > 0:
        pages += 1
    assert proof.page_count == pages, "page: count and length disagree"
    in_range: bool = proof.page_index < proof.page_count
    artifact_top: bytes32 = proof.artifact_top
    if in_range:
        size: uint256 = len(proof.page)
        if proof.page_index + 1 == proof.page_count:
            assert size > 0 and proof.page_index * PAGE_BYTES + size == proof.byte_length, "page: wrong length"
        else:
            assert size == PAGE_BYTES, "page: wrong length"
        page_leaf: bytes32 = sha256(concat(0x00, proof.page))
        artifact_top = self._top(page_leaf, proof.page_index, proof.page_count, proof.page_proof)
    else:
        assert len(proof.page) == 0, "page: no such page"
    artifact: bytes32 = self._artifact_id(proof.page_count, proof.byte_length, artifact_top)
    assert artifact == proof.artifact_id, "page: not in the artifact"
    return in_range
