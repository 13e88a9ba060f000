"""List roots and proofs against the written definition."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.commitment import CommitmentError, list_bytes, list_ids, list_proof, list_root, verify_list_item
from tests.worker.commitment.test_artifact import model_top

ids_strategy = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


@given(ids_strategy)
def test_list_root__any_ids__equals_model(ids: list[bytes]) -> None:
    top = model_top([sha256(b"\x00" + item).digest() for item in ids])
    head = b"\x02assay/list/1" + len(ids).to_bytes(8, "big") + (32 * len(ids)).to_bytes(8, "big")
    assert list_root(ids) == sha256(head + top).digest()
    assert list_ids(list_bytes(ids)) == tuple(ids)


@given(ids_strategy, st.integers(0, 50))
def test_list_proof__any_index__verifies_and_forgeries_do_not(ids: list[bytes], index: int) -> None:
    proof = list_proof(ids, index)
    assert verify_list_item(proof) == (ids[index] if index < len(ids) else b"")
    assert proof.root == list_root(ids)
    forgeries = [replace(proof, count=proof.count + 1), replace(proof, root=bytes(32))]
    forgeries.append(replace(proof, item=bytes(32) if proof.item != bytes(32) else b"\1" * 32))
    forgeries.append(replace(proof, siblings=(*proof.siblings, bytes(32))))
    for forged in forgeries:
        with pytest.raises(CommitmentError):
            verify_list_item(forged)


def test_list_root__id_of_wrong_length__refused_by_position() -> None:
    with pytest.raises(CommitmentError, match="id 1 of the list has 31 bytes"):
        list_root([bytes(32), bytes(31)])


def test_list_root__more_than_a_proof_can_hold__refused() -> None:
    with pytest.raises(CommitmentError, match="at most 65536"):
        list_root([bytes(32)] * 65_537)


def test_list_ids__ragged_bytes__refused() -> None:
    with pytest.raises(CommitmentError, match="multiple of 32"):
        list_ids(bytes(33))


def test_list_root__differs_from_artifact_of_the_same_bytes() -> None:
    from assay.commitment import artifact_id

    assert list_root([]) != artifact_id(b"")
    assert list_root([bytes(32)]) != artifact_id(bytes(32))
