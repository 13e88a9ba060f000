"""Answers to page requests, built from a store: what `Availability.answer_page` takes.

Called by: providers that were asked for an output page, buyers that were asked for an input or the program.
"""

from assay.artifacts.base import Store
from assay.artifacts.errors import ArtifactCorrupt
from assay.artifacts.kinds import Kind
from assay.commitment import list_ids, list_proof, page_proof_from_stream
from assay.protocol.generated.structs import PageProof

EMPTY32 = bytes(32)


def answer_in_artifact(store: Store, artifact_id: bytes, page_index: int) -> PageProof:
    """Page of an artifact whose id stands on chain itself (the program)."""
    return _page(store, artifact_id, page_index, count=0, index=0, siblings=(), top=EMPTY32)


def answer_in_list(store: Store, root: bytes, list_index: int, page_index: int) -> PageProof:
    """Page of the artifact at `list_index` of a list (inputs_root, or a lot's root); or proof that it is not
    there.

    Raises ArtifactMissing when the store lacks the list or the artifact.
    """
    ids = list_ids(store.get(Kind.LIST, root))
    proof = list_proof(ids, list_index)
    if not proof.in_range:
        return PageProof(
            list_count=proof.count,
            list_index=list_index,
            list_proof=(),
            list_top=proof.top,
            page_count=0,
            byte_length=0,
            page_index=page_index,
            page_proof=(),
            artifact_top=EMPTY32,
            artifact_id=EMPTY32,
            page=b"",
        )
    return _page(
        store,
        proof.item,
        page_index,
        count=proof.count,
        index=list_index,
        siblings=proof.siblings,
        top=proof.top,
    )


def _page(
    store: Store,
    artifact_id: bytes,
    page_index: int,
    *,
    count: int,
    index: int,
    siblings: tuple[bytes, ...],
    top: bytes,
) -> PageProof:
    proof = page_proof_from_stream(store.stream(Kind.BYTES, artifact_id), page_index)
    if proof.artifact_id != artifact_id:
        raise ArtifactCorrupt(f"0x{artifact_id.hex()} changed while it was read.", "Read it again.")
    return PageProof(
        list_count=count,
        list_index=index,
        list_proof=siblings,
        list_top=top,
        page_count=proof.page_count,
        byte_length=proof.byte_length,
        page_index=page_index,
        page_proof=proof.siblings,
        artifact_top=proof.top,
        artifact_id=artifact_id,
        page=proof.page,
    )
