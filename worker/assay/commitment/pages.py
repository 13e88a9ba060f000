"""Proofs that one page belongs to an artifact id, for `Availability.answer_page` and for resumable reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from assay.commitment.artifact import (
    PAGE_BYTES,
    ArtifactHasher,
    Buffer,
    artifact_id_from_top,
    page_count_of,
)
from assay.commitment.errors import CommitmentError, ProofInvalid
from assay.commitment.row import climb, height_of, leaf_hash


@dataclass(frozen=True, slots=True)
class PageProof:
    """One page and its path. `siblings` run from the leaves up; `top` is the top of the artifact's row.

    Out of range (`page_index >= page_count`): `page` and `siblings` are empty and `top` alone shows the
    count.
    """

    artifact_id: bytes
    page_count: int
    byte_length: int
    page_index: int
    page: bytes
    siblings: tuple[bytes, ...]
    top: bytes

    @property
    def in_range(self) -> bool:
        """Whether the artifact has such a page."""
        return self.page_index < self.page_count


def page_proof(data: Buffer, page_index: int) -> PageProof:
    """Proof of page `page_index` of the artifact `data` (or that there is no such page)."""
    return page_proof_from_stream((data,), page_index)


def page_proof_from_stream(blocks: Iterable[Buffer], page_index: int) -> PageProof:
    """As page_proof, reading the artifact once with bounded memory."""
    if page_index < 0:
        raise CommitmentError(f"page index {page_index} is negative")
    hasher = ArtifactHasher(watch_page=page_index)
    first, last = page_index * PAGE_BYTES, (page_index + 1) * PAGE_BYTES
    page = bytearray()
    for block in blocks:
        view = memoryview(block).cast("B")
        base = hasher.byte_length
        if base < last and base + len(view) > first:
            page += view[max(first - base, 0) : last - base]
        hasher.update(view)
    digest = hasher.digest()
    return PageProof(
        artifact_id=digest.id,
        page_count=digest.page_count,
        byte_length=digest.byte_length,
        page_index=page_index,
        page=bytes(page),
        siblings=hasher.page_path,
        top=digest.top,
    )


def verify_page(proof: PageProof) -> bytes:
    """The page, proven (empty when proven out of range). Raises ProofInvalid naming what does not fit."""
    if proof.page_count != page_count_of(proof.byte_length):
        raise ProofInvalid(f"{proof.byte_length} bytes cannot have {proof.page_count} pages")
    top = proof.top
    if proof.in_range:
        start = proof.page_index * PAGE_BYTES
        length = min(PAGE_BYTES, proof.byte_length - start)
        if len(proof.page) != length:
            raise ProofInvalid(f"page {proof.page_index} has {length} bytes, {len(proof.page)} came")
        if len(proof.siblings) != height_of(proof.page_count):
            raise ProofInvalid(
                f"a path in {proof.page_count} pages has {height_of(proof.page_count)} siblings, "
                f"{len(proof.siblings)} came"
            )
        top = climb(leaf_hash(proof.page), proof.page_index, proof.siblings)
    elif proof.page or proof.siblings:
        raise ProofInvalid(f"there is no page {proof.page_index} in {proof.page_count} pages, yet one came")
    if artifact_id_from_top(proof.page_count, proof.byte_length, top) != proof.artifact_id:
        raise ProofInvalid(f"page {proof.page_index} does not belong to artifact 0x{proof.artifact_id.hex()}")
    return proof.page
