"""INV-09 of auctions: bidding its cost is a one-unit bidder's best response; what others show earns nothing.

The rule is the twin's (assay.protocol.clearing), which tests/contracts/fuzz/test_clearing.py holds equal to BidBook.
"""

import random
from dataclasses import replace

import boa
import pytest

from assay.protocol.clearing import OpenedBid, clear
from tests.contracts.auction_world import auction
from tests.contracts.market_world import TRUSTED, MarketWorld

CEILING = 30


def profit(bids: list[OpenedBid], who: int, cost: int, lots: int, seats: int, spares: int) -> int:
    """What the bidder gains when every unit that it wins costs it `cost`."""
    found = clear(bids, lots=lots, seats=seats, spares=spares)
    won = sum(units for bid, units in found.awarded if bid.provider == str(who))
    return won * (found.price_usd6 - cost)


def truthful(costs: list[int], units: list[int] | None = None) -> list[OpenedBid]:
    units = units or [1] * len(costs)
    return [OpenedBid(str(k), cost, units[k], k) for k, cost in enumerate(costs)]


@pytest.mark.parametrize("seed", range(60))
def test_inv_09__one_unit_bidders_with_a_rival_behind__cost_is_the_best_response(seed: int) -> None:
    """Against any bids of the others, truthful or not, no other price does better. Orders vary: ties are included."""
    dice = random.Random(seed)
    seats, spares = dice.randint(1, 3), dice.randint(0, 1)
    lots = dice.randint(1, 2)
    needed = lots * (seats + spares)
    count = needed + dice.randint(1, 16)  # up to 24: beyond the twenty that are kept
    others = [dice.randint(1, CEILING) for _ in range(count)]
    orders = dice.sample(range(count), count)
    bids = [OpenedBid(str(k), price, 1, orders[k]) for k, price in enumerate(others)]
    for who in range(0, count, 3):
        cost = dice.randint(1, CEILING)
        own = [replace(bid, price_usd6=cost) if bid.provider == str(who) else bid for bid in bids]
        honest = profit(own, who, cost, lots, seats, spares)
        assert honest >= 0
        for price in range(1, CEILING + 1):
            bent = [replace(bid, price_usd6=price) if bid.provider == str(who) else bid for bid in bids]
            assert profit(bent, who, cost, lots, seats, spares) <= honest


def test_best_response__no_rival_behind__the_dearest_winner_gains_by_asking_more() -> None:
    """The limit that the page states: without a losing bid the highest winner sets the price, up to the ceiling."""
    bids = truthful([10, 20])
    bent = [bids[0], replace(bids[1], price_usd6=CEILING)]
    assert profit(bids, 1, 20, 1, 2, 0) == 0
    assert profit(bent, 1, 20, 1, 2, 0) == CEILING - 20


def test_best_response__several_units__the_last_of_them_may_be_shaded() -> None:
    """The other limit: leaving out its dearest unit can raise what a larger bidder is paid for the rest."""
    lots, seats = 2, 1
    whole = [OpenedBid("0", 10, 2, 0), OpenedBid("1", 12, 1, 1), OpenedBid("2", 25, 1, 2)]
    less = [OpenedBid("0", 10, 1, 0), *whole[1:]]
    assert profit(whole, 0, 10, lots, seats, 0) == 4
    assert profit(less, 0, 10, lots, seats, 0) == 15


def test_inv_09__copy_of_a_seal__opens_for_nobody_else_and_costs_its_deposit(world: MarketWorld) -> None:
    job = auction(world, grade=TRUSTED, seats=1, spares=0, lots=1)
    honest, thief = world.providers[:2]
    job.seal(honest, 1_000)
    with boa.env.prank(thief.address):
        world.board.seal_bid(job.order, job.digest(honest.address, 1_000, 1), 1)
    job.sealed[thief.address] = (1_000, 1)
    job.start_opening().open(honest)
    with boa.reverts("bids: not what was sealed"):
        job.open(thief)
    before = job.credit(world.buyer)
    awarded = job.end_opening().award()
    assert awarded is not None
    assert [one.provider for one in awarded.awardees] == [honest.address]
    (closed,) = [e for e in world.board.get_logs() if type(e).__name__ == "BiddingClosed"]
    assert closed.forfeited_usd6 == job.bid_of(thief.address).deposit_usd6 > 0
    assert job.credit(world.buyer) - before == closed.surplus_usd6 + closed.forfeited_usd6


def test_inv_09__sniping_once_prices_show__is_too_late(world: MarketWorld) -> None:
    job = auction(world, grade=TRUSTED, seats=1, spares=0, lots=1)
    honest, sniper = world.providers[:2]
    job.seal(honest, 1_000)
    job.start_opening().open(honest)
    with boa.reverts("bids: sealing is over"):
        job.seal(sniper, 999)
