"""Merkle identities of artifacts and lists: pure functions over bytes, no I/O, nothing above imported.

The Vyper twin is `contracts/modules/page_proof.vy`, the TypeScript twin `frontend/src/lib/merkle.ts`;
all three read `tests/vectors/artifact.json` and `tests/vectors/list.json`.
"""

from assay.commitment.artifact import (
    CHUNK_BYTES,
    PAGE_BYTES,
    ArtifactDigest,
    ArtifactHasher,
    ArtifactVerifier,
    artifact_digest,
    artifact_id,
    artifact_id_from_top,
    page_count_of,
)
from assay.commitment.chunks import ChunkVerifier, chunk_tops
from assay.commitment.errors import CommitmentError, IdMismatch, LengthMismatch, ProofInvalid, TooLarge
from assay.commitment.listing import ListProof, list_bytes, list_ids, list_proof, list_root, verify_list_item
from assay.commitment.pages import PageProof, page_proof, page_proof_from_stream, verify_page

__all__ = [
    "CHUNK_BYTES",
    "PAGE_BYTES",
    "ArtifactDigest",
    "ArtifactHasher",
    "ArtifactVerifier",
    "ChunkVerifier",
    "CommitmentError",
    "IdMismatch",
    "LengthMismatch",
    "ListProof",
    "PageProof",
    "ProofInvalid",
    "TooLarge",
    "artifact_digest",
    "artifact_id",
    "artifact_id_from_top",
    "chunk_tops",
    "list_bytes",
    "list_ids",
    "list_proof",
    "list_root",
    "page_count_of",
    "page_proof",
    "page_proof_from_stream",
    "verify_list_item",
    "verify_page",
]
