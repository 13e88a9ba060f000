# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The open page request of a lot: at most one, two slots
@notice word   requester 160 | deadline 40 | subject 8 | place 8 | nonce 40
        The id hashes what was asked for, so that the indices need no slot of their own.
"""


struct Request:
    id: bytes32
    requester: address
    deadline: uint256
    subject: uint256
    place: uint256
    nonce: uint256


M8: constant(uint256) = 2**8 - 1
M40: constant(uint256) = 2**40 - 1
M160: constant(uint256) = 2**160 - 1

_words: HashMap[bytes32, HashMap[uint256, uint256]]  # job => lot
_ids: HashMap[bytes32, HashMap[uint256, bytes32]]    # job => lot
_nonce: uint256  # makes ids unique, also for the same page asked twice in one block


@view
@internal
def _id_of(
    job_id: bytes32, index: uint256, subject: uint256, list_index: uint256, page_index: uint256, nonce: uint256
) -> bytes32:
    return keccak256(abi_encode(chain.id, self, job_id, index, subject, list_index, page_index, nonce))


@internal
def _open(
    job_id: bytes32,
    index: uint256,
    place: uint256,
    subject: uint256,
    list_index: uint256,
    page_index: uint256,
    deadline: uint256,
) -> bytes32:
    self._nonce += 1
    nonce: uint256 = self._nonce
    id: bytes32 = self._id_of(job_id, index, subject, list_index, page_index, nonce)
    self._ids[job_id][index] = id
    self._words[job_id][index] = (
        convert(msg.sender, uint256) | (deadline << 160) | (subject << 200) | (place << 208) | (nonce << 216)
    )
    return id


@view
@internal
def _load(job_id: bytes32, index: uint256) -> Request:
    word: uint256 = self._words[job_id][index]
    return Request(
        id=self._ids[job_id][index],
        requester=convert(word & M160, address),
        deadline=(word >> 160) & M40,
        subject=(word >> 200) & M8,
        place=(word >> 208) & M8,
        nonce=word >> 216,
    )


@internal
def _clear(job_id: bytes32, index: uint256):
    self._words[job_id][index] = 0
    self._ids[job_id][index] = empty(bytes32)
