"""post_auction, seal_bid, open_bid, award_auction, cancel_auction, return_deposit; BidBook behind them."""

from typing import Any

import boa
import pytest
from eth_account import Account

from assay.protocol.clearing import clear, deposit_of
from tests.contracts.auction_world import (
    BID_SECONDS,
    OPEN,
    OPEN_SECONDS,
    SALT,
    AuctionedJob,
    auction,
    bidder,
    budget_at,
)
from tests.contracts.market_world import (
    AWARDED,
    CANCELLED,
    CANCELLED_BUYER,
    CLOSED,
    POKE,
    REFEREED,
    TRUSTED,
    MarketWorld,
    plain,
)
from tests.contracts.worlds import CLASS, USD, deployer, fund, logs_of, role, sign_permit

EXPIRED_NO_BID = 5
CEILING = 2 * USD


def one_lot(world: MarketWorld, **changes: Any) -> AuctionedJob:
    return auction(world, **({"grade": TRUSTED, "seats": 1, "spares": 0, "lots": 1} | changes))


def opened(job: AuctionedJob, prices: list[int], units: int = 1) -> AuctionedJob:
    """The first providers of the world seal these prices and open them."""
    pairs = list(zip(job.world.providers, prices, strict=False))
    for one, price in pairs:
        job.seal(one, price, units)
    job.start_opening()
    for one, _ in pairs:
        job.open(one)
    return job


# --- post_auction ---


def test_post_auction__good_terms__takes_one_poke_price_more_and_opens_the_bidding(
    world: MarketWorld,
) -> None:
    terms = world.terms()
    before, now = world.usd.balanceOf(world.buyer), boa.env.evm.patch.timestamp
    job = auction(world)
    escrow = budget_at(terms, CEILING, POKE) + POKE
    assert (
        world.board.auction_escrow_for(plain(terms)) == escrow == world.board.escrow_for(plain(terms)) + POKE
    )
    assert before - world.usd.balanceOf(world.buyer) == escrow == job.held()
    book = job.book
    assert (book.state, book.sealed, book.opened, book.kept) == (OPEN, 0, 0, 0)
    assert (book.seal_deadline, book.open_deadline) == (now + BID_SECONDS, now + BID_SECONDS + OPEN_SECONDS)
    assert not world.market.is_known(job.job_id)
    assert world.board.job_id_of(world.buyer, job.salt, plain(terms)) == job.job_id


def test_post_auction__order_that_exists__reverts_in_both_forms(world: MarketWorld) -> None:
    job = auction(world)
    terms = plain(job.terms)
    picks = [plain(pick) for pick in world.even_picks(job.terms)]
    for _ in range(2):
        with boa.env.prank(world.buyer), boa.reverts("board: this job exists"):
            world.board.post_auction(terms, job.salt)
        with boa.env.prank(world.buyer), boa.reverts("board: this job exists"):
            world.board.post_job(terms, picks, job.salt)
        if job.book.state == OPEN:
            job.cancel()
    instant = world.post()
    with boa.env.prank(world.buyer), boa.reverts("board: this job exists"):
        world.board.post_auction(plain(instant.terms), instant.salt)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"grade": 2}, "auction: no such grade with these seats"),
        ({"spares": 3}, "auction: spares or audited part do not fit the grade"),
        ({"lots": 4097}, "auction: lots out of range"),
        ({"ceiling_usd6": 0}, "auction: ceiling is zero"),
        ({"ceiling_usd6": 10**15 + 1}, "auction: ceiling too high"),
        ({"grade": REFEREED}, "auction: refereed jobs have no runtime class"),
        ({"lot_seconds": 324_001}, "board: the commit window is too long"),
        ({"runtime_class": b"\0" * 32, "ceiling_usd6": 79_999}, "board: too cheap to be disputed"),
        (
            {"runtime_class": b"\0" * 32, "lot_seconds": 86_401},
            "board: a lot that can be disputed states at most 86400 seconds",
        ),
    ],
)
def test_post_auction__what_an_award_could_refuse__reverts_at_once(
    world: MarketWorld, changes: dict[str, Any], cause: str
) -> None:
    with boa.reverts(cause):
        auction(world, **changes)


def test_post_auction__at_the_bounds__passes(world: MarketWorld) -> None:
    assert auction(world, lot_seconds=324_000).book.state == OPEN
    assert auction(world, runtime_class=b"\0" * 32, ceiling_usd6=80_000).book.state == OPEN


def test_post_auction__paused__reverts_and_open_ones_go_on(world: MarketWorld) -> None:
    job = one_lot(world)
    with boa.env.prank(world.guardian):
        world.board.pause_new_jobs()
    with boa.reverts("guardian: new business is paused"):
        one_lot(world)
    assert opened(job, [1]).award() is not None


def test_post_auction_with_permit__signed_for_the_amount__pays(world: MarketWorld) -> None:
    key = b"\x41" * 32
    buyer = Account.from_key(key).address
    terms = plain(world.terms())
    amount = world.board.auction_escrow_for(terms)
    fund(world.usd, buyer, amount)
    deadline = boa.env.evm.patch.timestamp + 60
    signature = sign_permit(world.usd, key, world.escrow.address, amount, deadline)
    with boa.env.prank(buyer):
        job_id = world.board.post_auction_with_permit(terms, SALT, deadline, *signature)
    assert world.escrow.job_balance(job_id) == amount and world.usd.balanceOf(buyer) == 0


# --- seal_bid ---


@pytest.mark.parametrize(
    ("ceiling", "units", "deposit"), [(1, 1, 1), (20, 1, 1), (21, 1, 2), (2 * USD, 2, USD // 5)]
)
def test_seal_bid__deposit__is_a_twentieth_of_ceiling_times_units_rounded_up(
    world: MarketWorld, ceiling: int, units: int, deposit: int
) -> None:
    job = auction(world, ceiling_usd6=ceiling)
    one, held = world.providers[0], job.held()
    job.seal(one, 1, units)
    assert world.board.deposit_for(plain(job.terms), units) == deposit == deposit_of(ceiling, units)
    assert job.held() - held == deposit == job.book.deposits_usd6 == job.bid_of(one.address).deposit_usd6
    assert (job.bid_of(one.address).status, job.book.sealed) == (1, 1)


@pytest.mark.parametrize(("late", "passes"), [(0, True), (1, False)])
def test_seal_bid__deadline__is_inclusive(world: MarketWorld, late: int, passes: bool) -> None:
    job = one_lot(world)
    boa.env.time_travel(seconds=BID_SECONDS + late)
    if passes:
        job.seal(world.providers[0], 1)
    else:
        with boa.reverts("bids: sealing is over"):
            job.seal(world.providers[0], 1)


def test_seal_bid__units__from_one_to_the_most_of_a_bid(world: MarketWorld) -> None:
    job = auction(world, lots=3)
    assert world.board.max_units_for(plain(job.terms)) == 3
    with boa.reverts("board: more units than a bid may have"):
        job.seal(world.providers[0], 1, 4)
    with boa.env.prank(world.providers[0].address), boa.reverts("board: units is zero"):
        world.board.seal_bid(job.order, SALT, 0)
    job.seal(world.providers[0], 1, 3)


@pytest.mark.parametrize(
    ("lot_seconds", "most"), [(1, 10), (2_592_000 // 17, 10), (2_592_000 // 17 + 1, 9), (324_000, 1)]
)
def test_max_units_for__long_lots__keeps_the_commit_window_in_its_limit(
    world: MarketWorld, lot_seconds: int, most: int
) -> None:
    assert world.board.max_units_for(plain(world.terms(lots=10, lot_seconds=lot_seconds))) == most


def test_seal_bid__twice_or_for_an_unknown_job__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    job.seal(world.providers[0], 1)
    with boa.reverts("bids: one bid a provider"):
        job.seal(world.providers[0], 2)
    ghost = AuctionedJob(world, b"\1" * 32, job.terms, b"\2" * 32)
    with boa.reverts("bids: this job is not open to bids"):
        ghost.seal(world.providers[1], 1)


def test_seal_bid__instant_job__reverts(world: MarketWorld) -> None:
    instant = world.post()
    job = AuctionedJob(world, instant.job_id, instant.terms, instant.salt)
    with boa.reverts("bids: this job is not open to bids"):
        job.seal(world.providers[0], 1)


# --- open_bid ---


def test_open_bid__in_time__returns_the_deposit_and_locks_at_the_ceiling(world: MarketWorld) -> None:
    job = auction(world)
    one = world.providers[1]
    job.seal(one, USD, 2)
    deposit, before = job.bid_of(one.address).deposit_usd6, job.credit(one.address)
    job.start_opening().open(one)
    assert job.credit(one.address) - before == deposit and job.book.deposits_usd6 == 0
    assert job.bond(one.address) == 2 * CEILING
    bid = job.bid_of(one.address)
    assert (bid.status, bid.units, bid.digest) == (2, 2, one.device_id)


def test_open_bid__before_and_after_its_time__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    one = world.providers[0]
    job.seal(one, 1)
    boa.env.time_travel(seconds=BID_SECONDS)
    with boa.reverts("bids: sealing goes on"):
        job.open(one)
    boa.env.time_travel(seconds=1)
    with boa.env.anchor():
        job.open(one)
    boa.env.time_travel(seconds=OPEN_SECONDS - 1)
    with boa.env.anchor():
        job.open(one)
    boa.env.time_travel(seconds=1)
    with boa.reverts("bids: opening is over"):
        job.open(one)


@pytest.mark.parametrize("changes", [{"price": 999}, {"units": 2}, {"salt": b"\1" * 32}])
def test_open_bid__other_than_sealed__reverts(world: MarketWorld, changes: dict[str, Any]) -> None:
    job = auction(world)
    job.seal(world.providers[0], 1_000, 1)
    job.start_opening()
    with boa.reverts("bids: not what was sealed"):
        job.open(world.providers[0], **changes)


def test_open_bid__twice_or_unsealed__reverts(world: MarketWorld) -> None:
    job = opened(one_lot(world), [1])
    with boa.reverts("bids: no sealed bid of this provider"):
        job.open(world.providers[0])
    job.sealed[world.providers[1].address] = (1, 1)
    with boa.reverts("bids: no sealed bid of this provider"):
        job.open(world.providers[1])


def test_open_bid__price__from_one_to_the_ceiling_else_the_deposit_is_lost(world: MarketWorld) -> None:
    job = one_lot(world, spares=1)
    prices = [1, CEILING, CEILING + 1, 0]
    for one, price in zip(world.providers, prices, strict=False):
        job.seal(one, price)
    job.start_opening()
    job.open(world.providers[0])
    job.open(world.providers[1])
    with boa.reverts("board: the bid is above the ceiling"):
        job.open(world.providers[2])
    with boa.reverts("board: price is zero"):
        job.open(world.providers[3])
    job.end_opening().award()
    lost = 2 * deposit_of(CEILING, 1)
    (closed,) = logs_of(world.board, "BiddingClosed")
    assert closed.forfeited_usd6 == lost


def test_open_bid__units__at_most_what_the_deposit_covers(world: MarketWorld) -> None:
    job = auction(world, lots=3)
    job.seal(world.providers[0], 1, 3, cover=2)
    job.seal(world.providers[1], 1, 1, cover=2)
    job.start_opening()
    with boa.reverts("bids: units out of what the deposit covers"):
        job.open(world.providers[0])
    job.open(world.providers[1])
    assert job.bond(world.providers[1].address) == CEILING


def test_open_bid__device_of_another__retired__or_of_another_class__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    one, other = world.providers[:2]
    with boa.env.prank(one.address):
        foreign = world.registry.register_device(b"\x77" * 32, b"\x78" * 32, SALT, "other", "cpu", 1)
        retired = world.registry.register_device(b"\x76" * 32, CLASS, SALT, "old", "cpu", 1)
        world.registry.retire_device(retired)
    job.seal(one, 1)
    job.start_opening()
    for device, cause in [
        (other.device_id, "bids: only the device's provider"),
        (foreign, "bids: the device has another runtime class"),
        (retired, "bids: the device is retired"),
    ]:
        with boa.reverts(cause):
            job.open(one, device_id=device)
    job.open(one)


def test_open_bid__exact_job__takes_any_class_and_refuses_prices_too_cheap_to_dispute(
    world: MarketWorld,
) -> None:
    job = one_lot(world, grade=REFEREED, runtime_class=b"\0" * 32, spares=1)
    job.seal(world.providers[0], 39_999)
    job.seal(world.providers[1], 40_000)
    job.start_opening()
    with boa.reverts("board: too cheap to be disputed"):
        job.open(world.providers[0])
    job.open(world.providers[1])
    awarded = job.end_opening().award()
    assert awarded is not None and awarded.state().window_seconds > 0
    assert awarded.awardees[0].price_usd6 == 40_000


def test_open_bid__without_the_stake__reverts(world: MarketWorld) -> None:
    poor = bidder(world, "poor", CEILING - 1)
    job = auction(world, lots=1)
    job.seal(poor, 1)
    job.start_opening()
    with boa.reverts("vault: bond above the free stake"):
        job.open(poor)


# --- the cap of twenty ---


def crowd(world: MarketWorld, job: AuctionedJob, prices: list[int]) -> list[Any]:
    bidders = [bidder(world, f"bidder {k}", 10 * USD) for k in range(len(prices))]
    for one, price in zip(bidders, prices, strict=True):
        job.seal(one, price)
    job.start_opening()
    for one in bidders:
        job.open(one)
    return bidders


def test_open_bid__twenty_first__displaces_the_dearest_and_frees_its_bond(world: MarketWorld) -> None:
    job = one_lot(world)
    bidders = crowd(world, job, [100 + k for k in range(20)] + [50])
    assert job.book.kept == 20 and job.book.next_usd6 == 119
    assert (job.bond(bidders[19].address), job.bond(bidders[20].address)) == (0, CEILING // 10)
    assert job.credit(bidders[19].address) == deposit_of(CEILING, 1)
    awarded = job.award()
    assert awarded is not None
    assert [one.provider for one in awarded.awardees] == [bidders[20].address]
    assert awarded.awardees[0].price_usd6 == 100


@pytest.mark.parametrize(("price", "kept"), [(118, True), (119, False), (120, False)])
def test_open_bid__twenty_first__equal_to_the_dearest_is_not_kept_and_gets_its_deposit(
    world: MarketWorld, price: int, kept: bool
) -> None:
    job = one_lot(world)
    bidders = crowd(world, job, [100 + k for k in range(20)] + [price])
    (event,) = logs_of(world.board, "BidOpened")
    assert event.kept == kept
    assert (job.bond(bidders[20].address) > 0) == kept
    assert job.credit(bidders[20].address) == deposit_of(CEILING, 1)


def test_award_auction__twenty_winners__a_displaced_price_is_the_first_unit_not_awarded(
    world: MarketWorld,
) -> None:
    # five seats of four lots: each of twenty bids of one unit wins
    job = auction(world, seats=5, spares=0, lots=4, items_per_lot=1)
    crowd(world, job, [100 + k for k in range(20)] + [1_000, 500])
    awarded = job.award()
    assert awarded is not None and len(awarded.awardees) == 20
    assert {one.price_usd6 for one in awarded.awardees} == {500}


# --- award_auction ---


def test_award_auction__price_is_the_first_unit_not_awarded__surplus_returns(world: MarketWorld) -> None:
    job = one_lot(world)
    escrow = job.held()
    opened(job, [700, 300, 500])
    awarded = job.award()
    assert awarded is not None
    winner = world.providers[1].address
    assert [(one.provider, one.price_usd6, one.units) for one in awarded.awardees] == [(winner, 500, 1)]
    left = budget_at(job.terms, 500, POKE)
    assert job.held() == left
    assert job.credit(world.buyer) == escrow - POKE - left
    assert job.credit(world.stranger) == POKE
    assert (job.bond(winner), job.bond(world.providers[0].address), job.bond(world.providers[2].address)) == (
        50,
        0,
        0,
    )
    state = awarded.state()
    assert (state.state, state.buyer, state.lots, state.seats, state.spares) == (
        AWARDED,
        world.buyer,
        1,
        1,
        0,
    )
    assert job.book.state == AWARDED


def test_award_auction__no_bid_left_over__pays_the_highest_awarded(world: MarketWorld) -> None:
    awarded = opened(auction(world, lots=1), [700, 300, 500, 900]).award()
    assert awarded is not None
    assert {one.price_usd6 for one in awarded.awardees} == {900}


def test_award_auction__marginal_winner_with_units_left__sets_no_price(world: MarketWorld) -> None:
    job = auction(world, seats=2, spares=0, lots=3)
    opened(job, [100, 200, 300, 400], units=2)
    awarded = job.award()
    assert awarded is not None
    # six units: two each of the first three
    assert [one.units for one in awarded.awardees] == [2, 2, 2]
    assert awarded.awardees[0].price_usd6 == 400
    job = auction(world, seats=2, spares=0, lots=3)
    for one, (price, units) in zip(world.providers, [(100, 3), (200, 2), (300, 3)], strict=False):
        job.seal(one, price, units)
    job.start_opening()
    for one in world.providers[:3]:
        job.open(one)
    awarded = job.award()
    assert awarded is not None and [one.units for one in awarded.awardees] == [3, 2, 1]
    assert awarded.awardees[0].price_usd6 == 300


def test_award_auction__equal_prices__the_earlier_sealed_wins(world: MarketWorld) -> None:
    job = one_lot(world)
    first, second = world.providers[3], world.providers[0]
    for one in (first, second):
        job.seal(one, 500)
    job.start_opening()
    for one in (second, first):
        job.open(one)
    awarded = job.award()
    assert awarded is not None and awarded.awardees[0].provider == first.address


@pytest.mark.parametrize(
    ("units", "spares"),
    [([2, 2], 0), ([2, 2, 1], 0), ([2, 2, 2], 1), ([2, 2, 2, 1], 1), ([2, 2, 2, 2], 2), ([2, 2, 2, 2, 2], 2)],
)
def test_award_auction__short_of_spares__takes_as_many_as_fill_all_lots(
    world: MarketWorld, units: list[int], spares: int
) -> None:
    job = auction(world)
    pairs = list(zip(world.providers, units, strict=False))
    for one, count in pairs:
        job.seal(one, 1_000, count)
    job.start_opening()
    for one, _ in pairs:
        job.open(one)
    awarded = job.award()
    assert awarded is not None and awarded.state().spares == spares
    assert sum(one.units for one in awarded.awardees) == 2 * (2 + spares)
    twin = clear(job.opened(), lots=2, seats=2, spares=2)
    assert twin.spares == spares
    awarded.draw_now()
    assert len({awarded.holder(0, place) for place in range(2 + spares)}) == 2 + spares


def test_award_auction__short_of_seats__expires_and_everything_returns(world: MarketWorld) -> None:
    job = auction(world)
    escrow = job.held()
    job.seal(world.providers[0], 1_000, 2)
    job.seal(world.providers[1], 1_000, 1)
    job.seal(world.providers[2], 1_000, 1, cover=2)  # never opened
    job.start_opening()
    for one in world.providers[:2]:
        job.open(one)
    job.end_opening()
    assert job.award() is None
    (closed,) = logs_of(world.board, "BiddingClosed")
    lost = deposit_of(CEILING, 2)
    assert (closed.reason, closed.price_usd6, closed.surplus_usd6, closed.forfeited_usd6) == (
        EXPIRED_NO_BID, 0, escrow - POKE, lost
    )  # fmt: skip
    assert job.held() == 0 and job.credit(world.buyer) == escrow - POKE + lost
    assert not any(job.bond(one.address) for one in world.providers)
    assert job.book.state == CLOSED and not world.market.is_known(job.job_id)


def test_award_auction__nobody_sealed__ends_as_soon_as_sealing_does(world: MarketWorld) -> None:
    job = one_lot(world)
    boa.env.time_travel(seconds=BID_SECONDS)
    with boa.reverts("bids: sealing goes on"):
        job.award()
    boa.env.time_travel(seconds=1)
    assert job.award() is None and job.held() == 0


def test_award_auction__every_seal_opened__need_not_wait(world: MarketWorld) -> None:
    job = one_lot(world)
    for one in world.providers[:2]:
        job.seal(one, 5)
    job.start_opening().open(world.providers[0])
    with boa.reverts("bids: opening goes on"):
        job.award()
    with boa.env.anchor():
        job.open(world.providers[1])
        assert job.award() is not None
    boa.env.time_travel(seconds=OPEN_SECONDS - 1)
    with boa.reverts("bids: opening goes on"):
        job.award()
    boa.env.time_travel(seconds=1)
    assert job.award() is not None


def test_award_auction__twice__reverts(world: MarketWorld) -> None:
    job = opened(one_lot(world), [1])
    job.award()
    with boa.reverts("bids: this job is not open to bids"):
        job.award()


def test_award_auction__order_with_other_terms__is_another_job(world: MarketWorld) -> None:
    job = opened(one_lot(world), [1])
    forged = (world.stranger, job.salt, plain(job.terms))
    with boa.env.prank(world.stranger), boa.reverts("bids: this job is not open to bids"):
        world.board.award_auction(forged)


def test_award_auction__deed_sold_or_retired_after_opening__stands(world: MarketWorld) -> None:
    job = one_lot(world)
    one = world.providers[1]
    job.seal(one, 5)
    job.start_opening().open(one)
    with boa.env.prank(one.address):
        world.registry.retire_device(one.device_id)
    awarded = job.award()
    assert awarded is not None and awarded.awardees[0].payee == one.address


def test_award_auction__whole_life__pays_the_clearing_price_and_leaves_nothing(world: MarketWorld) -> None:
    job = opened(auction(world), [USD, USD + 1, USD + 2, USD + 3, USD + 4], units=2)
    awarded = job.award()
    assert awarded is not None
    awarded.draw_now()
    for lot in range(2):
        awarded.settle(lot)
    assert awarded.state().state == CLOSED and job.held() == 0
    for lot in range(2):
        for place in range(2):
            assert awarded.price(lot, place) == USD + 4
    world.check_solvent()


@pytest.mark.parametrize("ceiling", [1, 10**15])
@pytest.mark.parametrize("at_ceiling", [True, False])
def test_award_auction__extreme_amounts__add_up(world: MarketWorld, ceiling: int, at_ceiling: bool) -> None:
    rich = [bidder(world, f"rich {k}", 2 * ceiling) for k in range(2)]
    fund(world.usd, world.buyer, 3 * ceiling)
    job = one_lot(world, ceiling_usd6=ceiling, spares=1)
    escrow = job.held()
    for one in rich:
        job.seal(one, ceiling if at_ceiling else 1)
    job.start_opening()
    for one in rich:
        job.open(one)
    awarded = job.award()
    assert awarded is not None
    assert job.held() + job.credit(world.buyer) + POKE == escrow
    with boa.env.prank(world.buyer):
        world.market.cancel_job(job.job_id)
    assert job.held() == 0 and job.credit(world.buyer) == escrow - POKE
    world.vault.release(job.job_id, [one.address for one in rich])
    assert not any(world.vault.locked_of(one.address) for one in rich)


# --- cancel_auction, return_deposit ---


def test_cancel_auction__before_the_first_opening__everything_returns(world: MarketWorld) -> None:
    job = one_lot(world)
    escrow = job.held()
    job.seal(world.providers[0], 5)
    job.start_opening()
    job.cancel()
    (closed,) = logs_of(world.board, "BiddingClosed")
    assert (closed.reason, closed.surplus_usd6, closed.forfeited_usd6) == (CANCELLED_BUYER, escrow, 0)
    assert job.credit(world.buyer) == escrow and job.book.state == CANCELLED
    one = world.providers[0].address
    job.return_deposit(one)
    assert job.credit(one) == deposit_of(CEILING, 1) and job.held() == 0
    with boa.reverts("bids: no deposit of this provider"):
        job.return_deposit(one)
    with boa.reverts("bids: this job is not open to bids"):
        job.award()


def test_cancel_auction__by_another_or_after_an_opening__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    with boa.reverts("board: only the buyer"):
        job.cancel(world.stranger)
    opened(job, [5])
    with boa.reverts("bids: a bid has been opened"):
        job.cancel()


def test_return_deposit__of_a_job_that_is_not_cancelled__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    job.seal(world.providers[0], 5)
    with boa.reverts("bids: the job was not cancelled while bids were sealed"):
        job.return_deposit(world.providers[0].address)


# --- who may call what ---


def test_bid_book__called_by_anyone_but_the_board__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    calls = [
        ("start", (SALT, 1)),
        ("seal", (job.job_id, world.stranger, SALT, 1, 0)),
        ("open", (job.job_id, world.stranger, SALT, SALT, 1, 1, SALT)),
        ("clear", (job.job_id, 1, 1, 0)),
        ("cancel", (job.job_id,)),
        ("take_deposit", (job.job_id, world.stranger)),
    ]
    for name, arguments in calls:
        with boa.env.prank(world.stranger), boa.reverts("bids: only JobBoard"):
            getattr(world.bids, name)(*arguments)


def test_bid_book_start__known_job__reverts(world: MarketWorld) -> None:
    job = one_lot(world)
    with boa.env.prank(world.board.address), boa.reverts("bids: this job is known"):
        world.bids.start(job.job_id, 1)


def test_unlock__by_anyone_but_the_board__reverts(world: MarketWorld) -> None:
    job = world.post()
    with boa.env.prank(world.stranger), boa.reverts("vault: caller is not the board"):
        world.vault.unlock(job.awardees[0].provider, job.job_id, 1)


def test_unlock__more_than_the_bond_of_that_job__reverts(world: MarketWorld) -> None:
    job, other = world.post(), world.post()
    one = job.awardees[0].provider
    bond = world.vault.bond_of(one, job.job_id)
    assert world.vault.bond_of(one, other.job_id)
    with boa.env.prank(world.board.address):
        with boa.reverts():
            world.vault.unlock(one, job.job_id, bond + 1)
        world.vault.unlock(one, job.job_id, bond)
    assert world.vault.bond_of(one, job.job_id) == 0


def test_seal_of__agrees_with_the_twin(world: MarketWorld) -> None:
    job = one_lot(world)
    one = world.providers[0].address
    assert world.bids.seal_of(job.job_id, one, 7, 3, SALT) == job.digest(one, 7, 3)


@pytest.mark.parametrize(
    ("windows", "cause"),
    [
        ((0, 1), "bids: a window is zero"),
        ((1, 0), "bids: a window is zero"),
        ((7 * 86_400 + 1, 1), "bids: window too long"),
        ((1, 7 * 86_400 + 1), "bids: window too long"),
    ],
)
def test_init__windows_out_of_range__reverts(windows: tuple[int, int], cause: str) -> None:
    with boa.reverts(cause):
        deployer("BidBook").deploy(role("board"), role("registry"), *windows)


def test_init__longest_windows__deploys() -> None:
    book = deployer("BidBook").deploy(role("board"), role("registry"), 7 * 86_400, 7 * 86_400)
    assert tuple(book.windows()) == (7 * 86_400, 7 * 86_400)
