"""What an order for an exact job must keep to: class, grade, bond, run time; and the window that it gets."""

from dataclasses import replace

import boa
import pytest

from contracts.scripts.params import DEVNET
from tests.contracts.exact_job import EXACT, exact_job
from tests.contracts.market_world import (
    GAME_BOND,
    REFEREED,
    REPLICATED,
    TRUSTED,
    WINDOWS,
    MarketWorld,
    market_world,
    plain,
)
from tests.contracts.worlds import CLASS, USD, deployer

DAY = 86_400


@pytest.mark.parametrize("seats", [1, 2, 5])
def test_award__refereed__takes_one_to_five_seats_of_any_class(world: MarketWorld, seats: int) -> None:
    job = exact_job(world, REFEREED, seats)
    assert len(job.awardees) == seats
    for one in job.awardees:
        assert world.vault.bond_of(one.provider, job.job_id) == 2 * one.price_usd6 * one.units


@pytest.mark.parametrize("seats", [0, 6])
def test_award__refereed_with_other_seats__reverts(world: MarketWorld, seats: int) -> None:
    with boa.reverts("auction: no such grade with these seats"):
        world.award([], world.terms(grade=REFEREED, seats=seats, spares=0, runtime_class=EXACT))


def test_award__refereed_with_a_runtime_class__reverts(world: MarketWorld) -> None:
    with boa.reverts("auction: refereed jobs have no runtime class"):
        world.award([], world.terms(grade=REFEREED, seats=1, spares=0, runtime_class=CLASS))


def test_award__devices_of_two_classes__go_together_in_an_exact_job_only(world: MarketWorld) -> None:
    device = world.providers[1].device_id
    with boa.env.prank(world.providers[1].address):
        world.registry.set_runtime_class(device, b"\x77" * 32)
    terms = world.terms(lots=1, spares=0)
    with boa.reverts("auction: a picked device has another runtime class"):
        world.award(world.even_picks(terms), terms)
    exact = world.terms(lots=1, spares=0, runtime_class=EXACT)
    assert len(world.award(world.even_picks(exact), exact)) == 2


@pytest.mark.parametrize(("grade", "seats", "times"), [(REFEREED, 1, 2), (REPLICATED, 2, 1)])
def test_post_job__bond_of_twice_the_games__is_the_least(
    world: MarketWorld, grade: int, seats: int, times: int
) -> None:
    """An hour a lot: the price of a seat is the ask itself."""
    least = 2 * GAME_BOND // times
    world = replace(world, providers=[])
    for k in range(seats):
        world.add_provider(f"cheap {k}", least - 1)
    changes = {"lots": 1, "spares": 0, "seats": seats, "lot_seconds": 3_600, "runtime_class": EXACT}
    with boa.reverts("board: too cheap to be disputed"):
        world.post(grade=grade, **changes)
    for one in world.providers:
        with boa.env.prank(one.address):
            world.auction.post_ask(one.device_id, least, 4096)
    assert world.post(grade=grade, **changes).state().window_seconds == 2 * 3_600 + 10


def test_post_job__exact_lot_of_more_than_a_day__only_when_trusted(world: MarketWorld) -> None:
    changes = {"lots": 1, "spares": 0, "seats": 1, "runtime_class": EXACT, "ceiling_usd6": 40_000 * USD}
    with boa.reverts("board: a lot that can be disputed states at most 86400 seconds"):
        world.post(grade=REFEREED, lot_seconds=DAY + 1, **changes)
    job = world.post(grade=TRUSTED, lot_seconds=DAY + 1, **changes)
    assert job.state().window_seconds == 2 * (DAY + 1) + 10


def test_post_job__native__has_no_window(world: MarketWorld) -> None:
    assert world.post().state().window_seconds == 0


def test_post_job__game_clock_of_the_longest_lot__is_admitted_by_the_game() -> None:
    assert DEVNET.path_moves * 4 * DAY <= 2**24 - 1


def test_window__by_the_escrow__at_each_bound() -> None:
    """A board with three windows: below 100 USD, below 10,000 USD, from there on."""
    world = market_world(1)
    windows = (100, 200, 300, 7)
    at = world.board.address
    world.board = deployer("JobBoard").deploy(
        world.market.address, world.escrow.address, world.vault.address, world.auction.address,
        world.bids.address,
        world.game.address, world.guardian, 2**40, 30, 30, windows, override_address=at,
    )  # fmt: skip
    for bound, below, above in ((100 * USD, 100, 200), (10_000 * USD, 200, 300)):
        first = next(c for c in range(bound * 97 // 100, bound) if _escrow(c) >= bound)
        for ceiling, least in ((first - 1, below), (first, above)):
            terms = world.terms(
                grade=REFEREED, seats=1, spares=0, lots=1, runtime_class=EXACT, ceiling_usd6=ceiling
            )
            assert world.board.escrow_for(plain(terms)) == _escrow(ceiling)
            assert world.post(terms).state().window_seconds == least


def _escrow(ceiling: int) -> int:
    """One lot of one seat: ceiling, fee, and the pokes of the lot and of the draw."""
    return ceiling - (-ceiling * DEVNET.fee_bps // 10_000) + 2 * DEVNET.poke_price_usd6


@pytest.mark.parametrize(
    ("place", "value", "cause"),
    [
        (0, 0, "a window is zero"),
        (1, 0, "a window is zero"),
        (2, 0, "a window is zero"),
        (0, 30 * DAY + 1, "window too long"),
        (3, 30 * DAY + 1, "window too long"),
    ],
)
def test_deploy_board__windows_out_of_bounds__revert(
    world: MarketWorld, place: int, value: int, cause: str
) -> None:
    windows = list(WINDOWS)
    windows[place] = value
    with boa.reverts("board: " + cause):
        deployer("JobBoard").deploy(*[world.stranger] * 7, 2**40, 30, 30, tuple(windows))
