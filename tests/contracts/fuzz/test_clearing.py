"""BidBook clears any set of bids as its twin in Python does, whatever the order they are opened in."""

from typing import Any

import boa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assay.protocol.clearing import Clearing, OpenedBid, clear
from contracts.scripts.params import DEVNET
from tests.contracts.worlds import CLASS, deployer, register, registry_and_factory, role

BIDDERS = 24
SALT = b"\x5a" * 32
JOB = b"\x4a" * 32


class Bench:
    """A book between a board of ours and the real registry, with bidders and a device each."""

    def __init__(self) -> None:
        usd = deployer("TestUSD").deploy()
        self.registry, _ = registry_and_factory(usd)
        self.board = role("board")
        self.bidders = [role(f"bidder {k}") for k in range(BIDDERS)]
        self.devices = [register(self.registry, one) for one in self.bidders]
        self.book = deployer("BidBook").deploy(
            self.board, self.registry.address, DEVNET.bid_seconds, DEVNET.open_seconds
        )

    def run(self, bids: list[tuple[int, int]], openings: list[int], terms: tuple[int, int, int]) -> Any:
        """Seals (price, units) in the order of bidders, opens in the order given; what clear() returns."""
        book = self.book
        with boa.env.anchor(), boa.env.prank(self.board):
            book.start(JOB, 2**32 - 1)
            for k, (price, units) in enumerate(bids):
                digest = book.seal_of(JOB, self.bidders[k], price, units, SALT)
                book.seal(JOB, self.bidders[k], digest, units, 1)
            boa.env.time_travel(seconds=DEVNET.bid_seconds + 1)
            for k in openings:
                price, units = bids[k]
                book.open(JOB, self.bidders[k], self.devices[k], CLASS, price, units, SALT)
            boa.env.time_travel(seconds=DEVNET.open_seconds)
            return book.clear(JOB, *terms)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@st.composite
def auctions(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[int], tuple[int, int, int]]:
    """Bids, an order of openings (some bids stay closed), (lots, seats, spares). Few prices: ties are common."""
    lots = draw(st.sampled_from([1, 1, 2, 3, 5]))
    seats = draw(st.integers(1, 5))
    count = draw(st.one_of(st.integers(0, 8), st.integers(19, BIDDERS)))
    prices = st.one_of(st.integers(1, 5), st.sampled_from([1, 10**15 - 1, 10**15]))
    bids = draw(st.lists(st.tuples(prices, st.integers(1, lots)), min_size=count, max_size=count))
    openings = draw(st.permutations(range(count)))
    closed = draw(st.integers(0, min(2, count)))
    return bids, list(openings[closed:]), (lots, seats, draw(st.integers(0, seats)))


# every kept bid wins, and a displaced one sets the price
@example(auction=([(k + 1, 1) for k in range(22)], list(range(22))[::-1], (4, 5, 0)))
@example(auction=([(5, 1)] * 24, list(range(24)), (1, 5, 5)))
@given(auction=auctions())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_clear__any_bids__equals_the_twin(
    bench: Bench, auction: tuple[list[tuple[int, int]], list[int], tuple[int, int, int]]
) -> None:
    bids, openings, (lots, seats, spares) = auction
    found = bench.run(bids, openings, (lots, seats, spares))
    opened = [OpenedBid(bench.bidders[k], *bids[k], order=k) for k in openings]
    expected = clear(opened, lots=lots, seats=seats, spares=spares)
    awarded = [(one.provider, one.price_usd6, one.units) for one in found.awardees]
    price = expected.price_usd6
    assert awarded == [(bid.provider, price, units) for bid, units in expected.awarded]
    assert (found.price_usd6, found.spares) == (price, expected.spares)
    assert found.deposits_usd6 == len(bids) - len(openings)
    covers = {one.provider: (one.units, one.awarded) for one in found.covers}
    kept = sorted(opened, key=lambda bid: (bid.price_usd6, bid.order))[:20]
    won = {bid.provider: units for bid, units in expected.awarded}
    assert covers == {bid.provider: (bid.units, won.get(bid.provider, 0)) for bid in kept}
    check_rule(expected, opened, lots, seats, spares)


def check_rule(found: Clearing, opened: list[OpenedBid], lots: int, seats: int, spares: int) -> None:
    """What any clearing must have, said without the twin's own steps."""
    if not found.awarded:
        return
    units = sum(units for _, units in found.awarded)
    assert units == lots * (seats + found.spares) and 0 <= found.spares <= spares
    assert all(0 < units <= min(bid.units, lots) for bid, units in found.awarded)
    winners = {bid.provider for bid, _ in found.awarded}
    assert len(winners) >= seats + found.spares
    losers = [bid.price_usd6 for bid in opened if bid.provider not in winners]
    assert all(bid.price_usd6 <= found.price_usd6 for bid, _ in found.awarded)
    dearest = max(bid.price_usd6 for bid, _ in found.awarded)
    assert found.price_usd6 == min(losers, default=dearest)
