"""Artifact ids against a naive recursive model, streams, lying lengths and page proofs."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.commitment import (
    CHUNK_BYTES,
    PAGE_BYTES,
    ArtifactHasher,
    ArtifactVerifier,
    ChunkVerifier,
    CommitmentError,
    IdMismatch,
    LengthMismatch,
    ProofInvalid,
    TooLarge,
    artifact_digest,
    artifact_id,
    chunk_tops,
    page_proof,
    page_proof_from_stream,
    verify_page,
)

SIZES = [
    0,
    1,
    4095,
    4096,
    4097,
    8192,
    12_289,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    3 * CHUNK_BYTES + 7,
]


def pattern(size: int) -> bytes:
    """Bytes that differ from page to page."""
    return b"".join(sha256(i.to_bytes(4, "big")).digest() for i in range(-(-size // 32)))[:size]


def model_top(leaves: list[bytes]) -> bytes:
    """The written definition, as plainly as possible."""
    if not leaves:
        return bytes(32)
    while len(leaves) & (len(leaves) - 1):
        leaves = [*leaves, bytes(32)]
    while len(leaves) > 1:
        leaves = [sha256(b"\x01" + leaves[i] + leaves[i + 1]).digest() for i in range(0, len(leaves), 2)]
    return leaves[0]


def model_id(data: bytes) -> bytes:
    pages = [data[i : i + 4096] for i in range(0, len(data), 4096)]
    top = model_top([sha256(b"\x00" + page).digest() for page in pages])
    head = b"\x02assay/artifact/1" + len(pages).to_bytes(8, "big") + len(data).to_bytes(8, "big")
    return sha256(head + top).digest()


@pytest.mark.parametrize("size", SIZES)
def test_artifact_id__size_at_a_boundary__equals_model(size: int) -> None:
    assert artifact_id(pattern(size)) == model_id(pattern(size))


@given(st.integers(0, 9 * PAGE_BYTES), st.lists(st.integers(1, 3 * PAGE_BYTES), min_size=1, max_size=6))
def test_artifact_hasher__blocks_of_any_size__equals_whole(size: int, cuts: list[int]) -> None:
    data = pattern(size)
    hasher = ArtifactHasher()
    position = turn = 0
    while position < size:
        step = cuts[turn % len(cuts)]
        hasher.update(memoryview(data)[position : position + step])
        position += step
        turn += 1
    assert hasher.digest() == artifact_digest(data)


def test_artifact_id__trailing_zero_byte__differs() -> None:
    assert len({artifact_id(b""), artifact_id(b"\0"), artifact_id(b"\0\0"), artifact_id(bytes(4096))}) == 4


def test_artifact_hasher__past_the_limit__refused_before_hashing() -> None:
    hasher = ArtifactHasher(max_bytes=10)
    hasher.update(b"0123456789")
    with pytest.raises(TooLarge, match="larger than 10 bytes"):
        hasher.update(b"x")
    assert hasher.digest().id == artifact_id(b"0123456789")


def test_artifact_verifier__more_than_announced__refused_at_once() -> None:
    verifier = ArtifactVerifier(artifact_id(b"abc"), byte_length=3)
    with pytest.raises(LengthMismatch, match="more than the announced 3"):
        verifier.update(b"abcd")


def test_artifact_verifier__truncated__refused() -> None:
    verifier = ArtifactVerifier(artifact_id(b"abc"), byte_length=3)
    verifier.update(b"ab")
    with pytest.raises(LengthMismatch, match="2 of the announced 3"):
        verifier.finish()


@given(st.integers(1, 3 * PAGE_BYTES), st.data())
def test_artifact_verifier__one_flipped_bit__refused(size: int, data: st.DataObject) -> None:
    good = pattern(size)
    bad = bytearray(good)
    bad[data.draw(st.integers(0, size - 1))] ^= 1 << data.draw(st.integers(0, 7))
    verifier = ArtifactVerifier(artifact_id(good), byte_length=size)
    verifier.update(bad)
    with pytest.raises(IdMismatch):
        verifier.finish()


@given(st.integers(0, 20 * PAGE_BYTES), st.integers(0, 22), st.integers(1, 2 * PAGE_BYTES))
def test_page_proof__any_page__verifies_and_equals_streamed(size: int, index: int, step: int) -> None:
    data = pattern(size)
    proof = page_proof(data, index)
    assert verify_page(proof) == data[index * PAGE_BYTES : (index + 1) * PAGE_BYTES]
    assert proof.artifact_id == model_id(data)
    assert page_proof_from_stream((data[i : i + step] for i in range(0, size, step)), index) == proof


@given(st.integers(1, 12 * PAGE_BYTES), st.data())
def test_verify_page__any_part_changed__refused(size: int, draw: st.DataObject) -> None:
    proof = page_proof(pattern(size), draw.draw(st.integers(0, 14)))
    bad = [
        replace(proof, byte_length=proof.byte_length + 1),
        replace(proof, byte_length=proof.byte_length + PAGE_BYTES, page_count=proof.page_count + 1),
        replace(proof, page_index=proof.page_index ^ 1) if proof.page_count > 1 else replace(proof, page=b""),
        replace(proof, artifact_id=bytes(32)),
        replace(proof, siblings=(*proof.siblings, bytes(32))),
    ]
    if proof.in_range:
        bad += [
            replace(proof, page=proof.page[:-1]),
            replace(proof, page=proof.page[:-1] + bytes([proof.page[-1] ^ 1])),
        ]
    else:
        bad += [replace(proof, top=bytes(32)), replace(proof, page=b"x")]
        bad[2] = replace(proof, page_index=0)
    for forged in bad:
        with pytest.raises(CommitmentError):
            verify_page(forged)


def test_page_proof__negative_index__refused() -> None:
    with pytest.raises(CommitmentError, match="negative"):
        page_proof(b"x", -1)


@pytest.mark.parametrize("size", SIZES)
def test_chunk_verifier__every_chunk__accepted_only_unchanged(size: int) -> None:
    data = pattern(size)
    tops = chunk_tops(data)
    assert tops == chunk_tops(data[i : i + 700_001] for i in range(0, size, 700_001))
    verifier = ChunkVerifier(artifact_id(data), size, tops)
    for index in reversed(range(len(tops))):
        chunk = bytearray(data[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES])
        verifier.check(index, chunk)
        chunk[-1] ^= 1
        with pytest.raises(IdMismatch):
            verifier.check(index, chunk)
        with pytest.raises(LengthMismatch):
            verifier.check(index, chunk[:-1])


def test_chunk_verifier__lying_length_or_tops__refused() -> None:
    data = pattern(2 * CHUNK_BYTES + 5)
    tops = chunk_tops(data)
    identity = artifact_id(data)
    with pytest.raises(IdMismatch):
        ChunkVerifier(identity, len(data) + 1, tops)
    with pytest.raises(LengthMismatch, match="chunks"):
        ChunkVerifier(identity, CHUNK_BYTES, tops)
    with pytest.raises(IdMismatch):
        ChunkVerifier(identity, len(data), (tops[1], tops[0], tops[2]))
    with pytest.raises(CommitmentError, match="no chunk 3"):
        ChunkVerifier(identity, len(data), tops).check(3, b"")
    with pytest.raises(CommitmentError, match="outside"):
        ChunkVerifier(identity, -1, ())


def test_verify_page__path_of_a_node_offered_as_a_page__refused() -> None:
    data = pattern(4 * PAGE_BYTES)
    proof = page_proof(data, 0)
    forged = replace(proof, siblings=proof.siblings[1:])
    with pytest.raises(ProofInvalid, match="siblings"):
        verify_page(forged)
