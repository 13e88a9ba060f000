"""Page answers from a store verify against what stands on chain."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.artifacts import ArtifactMissing, ArtifactStore, Kind
from assay.artifacts.answers import answer_in_artifact, answer_in_list
from assay.commitment import ListProof, PageProof, list_bytes, list_root, verify_list_item, verify_page
from assay.protocol.generated import structs


def item_of(answer: structs.PageProof, root: bytes) -> bytes:
    """The artifact id that the answer proves, as the contract does."""
    in_range = answer.list_index < answer.list_count
    return verify_list_item(
        ListProof(
            root=root,
            count=answer.list_count,
            index=answer.list_index,
            item=answer.artifact_id if in_range else b"",
            siblings=tuple(answer.list_proof),
            top=answer.list_top,
        )
    )


def page_of(answer: structs.PageProof) -> bytes:
    """The page that the answer proves."""
    return verify_page(
        PageProof(
            artifact_id=answer.artifact_id,
            page_count=answer.page_count,
            byte_length=answer.byte_length,
            page_index=answer.page_index,
            page=answer.page,
            siblings=tuple(answer.page_proof) if answer.page_index < answer.page_count else (),
            top=answer.artifact_top,
        )
    )


@given(
    sizes=st.lists(st.integers(0, 3 * 4096), max_size=5),
    list_index=st.integers(0, 6),
    page_index=st.integers(0, 4),
)
def test_answer_in_list__any_index__proves_page_or_absence(
    sizes: list[int], list_index: int, page_index: int
) -> None:
    store = ArtifactStore("memory://answers")
    items = [bytes([index + 1]) * size for index, size in enumerate(sizes)]
    ids = [store.put_bytes(item) for item in items]
    root = store.put_bytes(list_bytes(ids), Kind.LIST)
    assert root == list_root(ids)
    answer = answer_in_list(store, root, list_index, page_index)
    if list_index >= len(items):
        assert item_of(answer, root) == b"" and answer.page == b""
        return
    assert item_of(answer, root) == ids[list_index]
    assert page_of(answer) == items[list_index][page_index * 4096 : (page_index + 1) * 4096]


def test_answer_in_artifact__program_page__proves_it(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    program = bytes(range(256)) * 100
    identity = store.put_bytes(program)
    answer = answer_in_artifact(store, identity, 3)
    assert answer.list_count == 0 and page_of(answer) == program[3 * 4096 : 4 * 4096]
    assert page_of(answer_in_artifact(store, identity, 7)) == b""
    assert replace(answer, page=b"").page != answer.page


def test_answer_in_list__item_not_here__missing(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    root = store.put_bytes(list_bytes([bytes(32)]), Kind.LIST)
    with pytest.raises(ArtifactMissing):
        answer_in_list(store, root, 0, 0)
    with pytest.raises(ArtifactMissing):
        answer_in_list(store, bytes(32), 0, 0)
