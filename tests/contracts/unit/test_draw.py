"""Draw against its Python twin; INV-08."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.protocol import draw as twin
from tests.contracts.market_world import MarketWorld

SEED = b"\x42" * 32


@st.composite
def rings(draw: st.DrawFn) -> tuple[bytes, list[int], int, int]:
    """Seed, units of up to 20 awardees, lots, width: any that fill a ring."""
    width = draw(st.integers(1, 10))
    lots = draw(st.integers(1, 60))
    left, units = lots * width, []
    count = draw(st.integers(width, 20))
    for rest in range(count - 1, -1, -1):
        low, high = max(1, left - rest * lots), min(lots, left - rest)
        if low > high:
            continue
        block = draw(st.integers(low, high)) if rest else left
        units.append(block)
        left -= block
    if left or any(not 0 < block <= lots for block in units):
        units = [lots] * width
    return draw(st.binary(min_size=32, max_size=32)), draw(st.permutations(units)), lots, width


@settings(max_examples=60, deadline=None)
@given(case=rings(), data=st.data())
def test_inv_08__draw__agrees_with_the_twin_and_seats_of_a_lot_are_distinct(
    world: MarketWorld, case: tuple[bytes, list[int], int, int], data: st.DataObject
) -> None:
    seed, units, lots, width = case
    contract = world.draw
    ring = twin.Ring(seed, units, lots, width)
    lot = data.draw(st.integers(0, lots - 1))
    places = contract.places_of(seed, units, lots, width, lot)
    assert places == ring.places(lot)
    assert len(set(places)) == width
    place = data.draw(st.integers(0, width - 1))
    assert contract.seat_of(seed, units, lots, width, lot, place) == places[place]


@settings(max_examples=40, deadline=None)
@given(case=rings())
def test_inv_08__load__is_exactly_the_units(case: tuple[bytes, list[int], int, int]) -> None:
    seed, units, lots, width = case
    ring = twin.Ring(seed, units, lots, width)
    held = [0] * len(units)
    for lot in range(lots):
        for index in ring.places(lot):
            held[index] += 1
    assert held == units


@settings(max_examples=30, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), count=st.integers(1, 20))
def test_permutation__any_seed__agrees_with_the_twin(world: MarketWorld, seed: bytes, count: int) -> None:
    assert world.draw.permutation(seed, count) == twin.permutation(seed, count)


@pytest.mark.parametrize(
    ("units", "lots", "width", "lot", "cause"),
    [
        ([2, 2], 2, 2, 2, "no such lot"),
        ([2, 1], 2, 2, 0, "units do not fill the ring"),
        ([2, 2, 1], 2, 2, 0, "units do not fill the ring"),
        ([3, 1], 2, 2, 0, "a block is longer than the lots"),
        ([], 2, 2, 0, "units do not fill the ring"),
        ([2, 2], 2, 0, 0, "width out of range"),
        ([1] * 17, 1, 17, 0, "width out of range"),
    ],
)
def test_places_of__bad_ring__reverts(
    world: MarketWorld, units: list[int], lots: int, width: int, lot: int, cause: str
) -> None:
    with boa.reverts("draw: " + cause):
        world.draw.places_of(SEED, units, lots, width, lot)


def test_seat_of__place_out_of_range__reverts(world: MarketWorld) -> None:
    with boa.reverts("draw: no such place"):
        world.draw.seat_of(SEED, [2, 2], 2, 2, 0, 2)


def test_permutation__too_many__reverts(world: MarketWorld) -> None:
    with boa.reverts("draw: too many awardees"):
        world.draw.permutation(SEED, 21)


def test_holders_of__job__is_what_the_market_uses(world: MarketWorld) -> None:
    job = world.post().draw_now()
    state = job.state()
    for lot in range(2):
        found = world.draw.holders_of(state.seed, state.award_hash, job.award_list, 2, 4, lot)
        assert found == job.ring.places(lot)
    with boa.reverts("draw: another award list"):
        world.draw.holders_of(state.seed, state.award_hash, job.award_list[::-1], 2, 4, 0)


def test_block_hash__future_or_current_block__is_empty(world: MarketWorld) -> None:
    now = boa.env.evm.patch.block_number
    for number in (now, now + 1, 2**256 - 1):
        assert world.draw.block_hash(number) == b"\0" * 32
