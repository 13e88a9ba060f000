"""Python twins against the contracts' own code, run in titanoboa: draw, digests, page proofs."""

from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import boa
import boa.interpret
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.artifacts import ArtifactStore, Kind
from assay.artifacts.answers import answer_in_artifact, answer_in_list
from assay.commitment import list_bytes
from assay.protocol.digests import award_hash_of, claim_id_of, mark_of, seal_of, tag_of, terms_hash_of
from assay.protocol.draw import Ring, permutation
from assay.protocol.errors import BadInput
from assay.protocol.generated.structs import Awardee, Terms
from assay.protocol.ids import address_from_bytes, job_id_of
from contracts.scripts.catalogue import BUILD_DIR, CONTRACTS_DIR

HARNESS = """
# pragma version 0.4.3
from contracts.interfaces import IAuction
from contracts.interfaces import IAvailability
from contracts.interfaces import IJobBoard
from contracts.modules import claim_ids
from contracts.modules import digests
from contracts.modules import page_proof

@view
@external
def seal(provider: address, job_id: bytes32, lot: uint256, tag: bytes32, salt: bytes32) -> bytes32:
    return digests._seal(provider, job_id, lot, tag, salt)

@pure
@external
def tag(job_id: bytes32, lot: uint256, root: bytes32) -> bytes32:
    return digests._tag(job_id, lot, root)

@pure
@external
def mark(job_id: bytes32, lot: uint256, place: uint256, root: bytes32) -> bytes32:
    return digests._mark(job_id, lot, place, root)

@pure
@external
def claim_id(job_id: bytes32, lot: uint256, place: uint256, root: bytes32) -> bytes32:
    return claim_ids._claim_id(job_id, lot, place, root)

@pure
@external
def terms_hash(terms: IJobBoard.Terms) -> bytes32:
    return keccak256(abi_encode(terms))

@pure
@external
def award_hash(awardees: DynArray[IAuction.Awardee, 20]) -> bytes32:
    return keccak256(abi_encode(awardees))

@view
@external
def job_id(buyer: address, client_salt: bytes32, terms_hash: bytes32) -> bytes32:
    return keccak256(abi_encode(chain.id, self, buyer, client_salt, terms_hash))

@pure
@external
def verify_page(root: bytes32, is_list: bool, proof: IAvailability.PageProof) -> bool:
    return page_proof._verify(root, is_list, proof)
"""
ID = st.binary(min_size=32, max_size=32)
ADDRESS = st.binary(min_size=20, max_size=20).map(address_from_bytes)
UINT8, UINT32 = st.integers(0, 2**8 - 1), st.integers(0, 2**32 - 1)
UINT256 = st.one_of(st.integers(0, 5), st.integers(0, 2**256 - 1))
CHAIN_ID = 1  # titanoboa's


@pytest.fixture(scope="module")
def harness() -> Iterator[Any]:
    boa.interpret.set_cache_dir(str(BUILD_DIR / "boa"))
    with boa.env.anchor():
        yield boa.loads(HARNESS)


@pytest.fixture(scope="module")
def draw() -> Iterator[Any]:
    boa.interpret.set_cache_dir(str(BUILD_DIR / "boa"))
    with boa.env.anchor():
        yield boa.load(str(CONTRACTS_DIR / "Draw.vy"))


@st.composite
def rings(draw: st.DrawFn) -> tuple[bytes, list[int], int, int]:
    """(seed, units, lots, width) of any legal job shape."""
    width = draw(st.integers(1, 10))
    lots = draw(st.one_of(st.integers(1, 12), st.sampled_from([4095, 4096])))
    owners = draw(st.integers(width, min(20, lots * width)))
    left, units = lots * width, []
    for index in range(owners):
        after = owners - index - 1
        units.append(draw(st.integers(max(1, left - lots * after), min(lots, left - after))))
        left -= units[-1]
    return draw(ID), units, lots, width


@settings(max_examples=40)
@given(shape=rings(), data=st.data())
def test_ring__any_shape__equals_the_contract_and_places_are_distinct(
    shape: tuple[bytes, list[int], int, int], data: st.DataObject, draw: Any
) -> None:
    seed, units, lots, width = shape
    ring = Ring(seed, units, lots, width)
    lot = data.draw(st.integers(0, lots - 1))
    place = data.draw(st.integers(0, width - 1))
    places = ring.places(lot)
    assert draw.places_of(seed, units, lots, width, lot) == places
    assert draw.seat_of(seed, units, lots, width, lot, place) == ring.seat(lot, place)
    assert len(set(places)) == width, "places of one lot belong to distinct awardees"


@given(seed=ID, count=st.integers(1, 20))
@settings(max_examples=25)
def test_permutation__any_seed__equals_the_contract(seed: bytes, count: int, draw: Any) -> None:
    assert permutation(seed, count) == draw.permutation(seed, count)
    assert sorted(permutation(seed, count)) == list(range(count))


@given(shape=rings())
@settings(max_examples=25)
def test_held_by__all_awardees__cover_the_ring_by_their_units(
    shape: tuple[bytes, list[int], int, int],
) -> None:
    seed, units, lots, width = shape
    if lots > 12:
        return
    ring = Ring(seed, units, lots, width)
    assert [len(ring.held_by(index)) for index in range(len(units))] == units


@pytest.mark.parametrize(
    ("units", "lots", "width"),
    [([], 1, 1), ([1], 0, 1), ([1, 1], 1, 1), ([2, 0], 1, 2), ([3], 2, 1), ([1], 1, 0), ([1] * 17, 1, 17)],
)
def test_ring__blocks_that_do_not_fit__refused(units: list[int], lots: int, width: int) -> None:
    with pytest.raises(BadInput):
        Ring(bytes(32), units, lots, width)


def test_ring__place_or_lot_outside__refused() -> None:
    ring = Ring(bytes(32), [2, 2], 2, 2)
    for lot, place in ((2, 0), (0, 2), (-1, 0), (0, -1)):
        with pytest.raises(BadInput, match="no place"):
            ring.seat(lot, place)


@given(job_id=ID, lot=UINT256, place=UINT256, root=ID, salt=ID, provider=ADDRESS)
@settings(max_examples=30)
def test_digests__any_values__equal_the_contract(
    harness: Any, job_id: bytes, lot: int, place: int, root: bytes, salt: bytes, provider: str
) -> None:
    tag = tag_of(job_id, lot, root)
    assert harness.tag(job_id, lot, root) == tag
    assert harness.mark(job_id, lot, place, root) == mark_of(job_id, lot, place, root)
    assert harness.claim_id(job_id, lot, place, root) == claim_id_of(job_id, lot, place, root)
    assert harness.seal(provider, job_id, lot, tag, salt) == seal_of(
        chain_id=CHAIN_ID,
        market=harness.address,
        provider=provider,
        job_id=job_id,
        lot=lot,
        tag=tag,
        salt=salt,
    )


TERMS = st.builds(
    Terms,
    program_root=ID,
    inputs_root=ID,
    spec_hash=ID,
    runtime_class=ID,
    grade=UINT8,
    seats=UINT8,
    spares=UINT8,
    lots=UINT32,
    items_per_lot=UINT32,
    items=st.integers(0, 2**64 - 1),
    lot_seconds=UINT32,
    ceiling_usd6=UINT256,
    audit_bps=st.integers(0, 2**16 - 1),
)
AWARDEES = st.lists(
    st.builds(Awardee, provider=ADDRESS, device_id=ID, payee=ADDRESS, price_usd6=UINT256, units=UINT32),
    max_size=20,
)


@given(terms=TERMS, buyer=ADDRESS, salt=ID)
@settings(max_examples=30)
def test_job_id_of__any_terms__equals_the_contract(
    harness: Any, terms: Terms, buyer: str, salt: bytes
) -> None:
    found = terms_hash_of(terms)
    assert harness.terms_hash(astuple(terms)) == found
    assert harness.job_id(buyer, salt, found) == job_id_of(CHAIN_ID, harness.address, buyer, salt, found)


@given(awardees=AWARDEES)
@settings(max_examples=20)
def test_award_hash_of__any_list__equals_the_contract(harness: Any, awardees: list[Awardee]) -> None:
    assert harness.award_hash([astuple(row) for row in awardees]) == award_hash_of(awardees)


@given(
    sizes=st.lists(st.sampled_from([0, 1, 4095, 4096, 4097, 13_000]), max_size=5),
    list_index=st.integers(0, 6),
    page_index=st.integers(0, 4),
)
@settings(max_examples=40)
def test_answer__any_page__accepted_by_the_contract(
    harness: Any, sizes: list[int], list_index: int, page_index: int
) -> None:
    store = ArtifactStore("memory://twins")
    items = [bytes([index + 1]) * size for index, size in enumerate(sizes)]
    ids = [store.put_bytes(item) for item in items]
    root = store.put_bytes(list_bytes(ids), Kind.LIST)
    answer = answer_in_list(store, root, list_index, page_index)
    exists = list_index < len(items) and page_index * 4096 < len(items[list_index])
    assert harness.verify_page(root, True, astuple(answer)) is exists
    if items:
        program = answer_in_artifact(store, ids[0], page_index)
        assert harness.verify_page(ids[0], False, astuple(program)) is (page_index * 4096 < len(items[0]))


def test_answer__page_changed__refused_by_the_contract(harness: Any) -> None:
    store = ArtifactStore("memory://twins")
    data = bytes(range(256)) * 64
    identity = store.put_bytes(data)
    root = store.put_bytes(list_bytes([identity]), Kind.LIST)
    fields = list(astuple(answer_in_list(store, root, 0, 2)))
    fields[-1] = bytes([fields[-1][0] ^ 1]) + fields[-1][1:]
    with boa.reverts("page: not in the artifact"):
        harness.verify_page(root, True, tuple(fields))
