"""INV-01, 02, 06, 07 of auctions: any play of buyer, bidders and strangers beside a Python model.

The model is written from contracts/README.md and from the twin of the clearing rule, not from the contracts.
"""

from dataclasses import dataclass, replace
from typing import Any

import boa
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assay.protocol.clearing import OpenedBid, clear, deposit_of
from assay.protocol.generated.structs import Awardee
from tests.contracts.auction_world import (
    BID_SECONDS,
    OPEN_SECONDS,
    SALT,
    AuctionedJob,
    auction,
    bidder,
    budget_at,
)
from tests.contracts.market_world import (
    CLOSED,
    POKE,
    REPLICATED,
    TRUSTED,
    MarketWorld,
    PostedJob,
    Provider,
)
from tests.contracts.slots import Slots
from tests.contracts.stateful.depth import DEPTH

BIDDERS = 24
CEILING = 1_000
WHO = st.integers(0, BIDDERS - 1)
PRICES = st.sampled_from([1, 2, 3, 500, CEILING - 1, CEILING, CEILING, CEILING + 1])
RARELY = st.integers(0, 5).map(lambda number: number == 5)
OPEN, AWARDED, EXPIRED, CANCELLED = 1, 2, 4, 5


@dataclass
class Bid:
    """What the model knows of one bidder. status: 1 sealed, 2 opened, 3 returned."""

    price: int
    units: int
    cover: int
    order: int
    status: int = 1


class Auction(RuleBasedStateMachine):
    """One auction of each run; once it is over, steps cost nothing."""

    world: MarketWorld
    people: list[Provider]

    def __init__(self) -> None:
        super().__init__()
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()

    def teardown(self) -> None:
        try:
            if hasattr(self, "job"):
                self.end_by_time_alone()
        finally:
            self.anchor.__exit__(None, None, None)

    @initialize(lots=st.integers(1, 3), seats=st.integers(1, 3), spares=st.integers(0, 2))
    def post(self, lots: int, seats: int, spares: int) -> None:
        self.lots, self.seats, self.spares = lots, seats, min(spares, seats)
        self.grade = TRUSTED if seats == 1 else REPLICATED
        self.job: AuctionedJob = auction(
            self.world, lots=lots, seats=seats, spares=self.spares, grade=self.grade, ceiling_usd6=CEILING
        )
        self.bids: dict[int, Bid] = {}
        self.state, self.began, self.paid_in, self.credits = OPEN, self.now, self.job.held(), {}
        self.escrow, self.vault = Slots(self.world.escrow), Slots(self.world.vault)
        self.usd = Slots(self.world.usd)

    @property
    def now(self) -> int:
        return int(boa.env.evm.patch.timestamp)

    @property
    def sealing(self) -> bool:
        return self.now <= self.began + BID_SECONDS

    @property
    def opening(self) -> bool:
        return not self.sealing and self.now <= self.began + BID_SECONDS + OPEN_SECONDS

    def bond(self, price: int) -> int:
        return -(-price // 10) if self.grade == TRUSTED else price

    def credit(self, account: str, amount: int) -> None:
        self.credits[account] = self.credits.get(account, 0) + amount

    def attempt(self, allowed: bool, act: Any) -> bool:
        if allowed:
            act()
        else:
            with pytest.raises(boa.BoaError):
                act()
        return allowed

    # --- rules ---

    @precondition(lambda self: self.state == OPEN)
    @rule(who=WHO, price=PRICES, units=st.integers(0, 4), more=st.integers(0, 1), many=RARELY)
    def seal(self, who: int, price: int, units: int, more: int, many: bool) -> None:
        """One bidder, or everybody from it on."""
        for k in range(who, BIDDERS if many and self.sealing else who + 1):
            allowed = self.sealing and k not in self.bids and 0 < units + more <= self.lots
            one, cover = self.people[k], units + more

            def act(one: Provider = one, cover: int = cover) -> None:
                digest = self.job.digest(one.address, price, units)
                with boa.env.prank(one.address):
                    self.world.board.seal_bid(self.job.order, digest, cover)

            if self.attempt(allowed, act):
                self.bids[k] = Bid(price, units, cover, len(self.bids))

    @precondition(lambda self: self.state == OPEN)
    @rule(who=WHO, lie=st.integers(0, 9), many=RARELY)
    def open(self, who: int, lie: int, many: bool) -> None:
        """One that has sealed, or all of them; now and then with another price than was sealed."""
        order = list(self.bids) or [who]
        for k in order[who % len(order) :] if many and self.opening else [order[who % len(order)]]:
            bid, one = self.bids.get(k), self.people[k]
            price = bid.price + (lie == 1) if bid else 1
            allowed = bid is not None and self.opening and bid.status == 1 and lie != 1
            allowed = allowed and 0 < bid.price <= CEILING and 0 < bid.units <= bid.cover  # type: ignore[union-attr]
            units = bid.units if bid else 1

            def act(one: Provider = one, price: int = price, units: int = units) -> None:
                with boa.env.prank(one.address):
                    self.world.board.open_bid(self.job.order, (one.device_id, price, units, SALT))

            if self.attempt(allowed, act):
                assert bid is not None
                bid.status = 2
                self.credit(one.address, deposit_of(CEILING, bid.cover))

    @rule(seconds=st.sampled_from([1, 5, BID_SECONDS]))
    def wait(self, seconds: int) -> None:
        boa.env.time_travel(seconds=seconds)

    @precondition(lambda self: self.state == OPEN and not self.sealing)
    @rule()
    def award(self) -> None:
        every = all(bid.status == 2 for bid in self.bids.values())
        if self.attempt(not self.opening or every, self.job.award):
            self.note_award()

    @precondition(lambda self: self.state == OPEN)
    @rule(often=st.integers(0, 9))
    def cancel(self, often: int) -> None:
        """Rarely while it would pass: most runs should get further."""
        allowed = not any(bid.status == 2 for bid in self.bids.values())
        if allowed and often:
            return
        if self.attempt(allowed, self.job.cancel):
            self.state = CANCELLED
            self.credit(self.world.buyer, self.paid_in)

    @precondition(lambda self: self.state in (OPEN, CANCELLED))
    @rule(who=WHO)
    def return_deposit(self, who: int) -> None:
        bid, account = self.bids.get(who), self.people[who].address
        allowed = self.state == CANCELLED and bid is not None and bid.status == 1
        if self.attempt(allowed, lambda: self.job.return_deposit(account)):
            assert bid is not None
            bid.status = 3
            self.credit(account, deposit_of(CEILING, bid.cover))

    # --- the model ---

    def opened(self) -> list[OpenedBid]:
        return [
            OpenedBid(self.people[k].address, bid.price, bid.units, bid.order)
            for k, bid in self.bids.items()
            if bid.status == 2
        ]

    def unopened(self) -> int:
        return sum(deposit_of(CEILING, bid.cover) for bid in self.bids.values() if bid.status == 1)

    def note_award(self) -> None:
        found = clear(self.opened(), lots=self.lots, seats=self.seats, spares=self.spares)
        self.state = AWARDED if found.awarded else EXPIRED
        self.found = found
        left = budget_at(self.job.terms, found.price_usd6, POKE) if found.awarded else 0
        self.credit(self.world.stranger, POKE)
        self.credit(self.world.buyer, self.paid_in - POKE - left + self.unopened())
        assert self.world.market.is_known(self.job.job_id) == bool(found.awarded)

    def expected_bonds(self) -> dict[str, int]:
        if self.state == OPEN:
            kept = sorted(self.opened(), key=lambda bid: (bid.price_usd6, bid.order))[:20]
            return {bid.provider: bid.units * self.bond(CEILING) for bid in kept}
        if self.state == AWARDED:
            price = self.found.price_usd6
            return {bid.provider: units * self.bond(price) for bid, units in self.found.awarded}
        return {}

    @invariant()
    @precondition(lambda self: hasattr(self, "job"))
    def money_and_bonds_are_the_models(self) -> None:
        """INV-01, 02, 06: every unit is in a ledger that the model names."""
        job_id = self.job.job_id
        held = self.escrow.read("_jobs", job_id)
        if self.state == AWARDED:
            assert held == budget_at(self.job.terms, self.found.price_usd6, POKE)
        else:
            assert held == (self.paid_in if self.state == OPEN else 0) + (
                self.unopened() if self.state != EXPIRED else 0
            )
        for account, amount in self.credits.items():
            assert self.escrow.read("_credits", account) == amount
        liabilities = self.escrow.read("_liabilities_usd6")
        assert held + sum(self.credits.values()) == liabilities
        assert self.usd.read("erc20.balanceOf", self.world.escrow.address) >= liabilities
        bonds = self.expected_bonds()
        for k in self.bids:
            account = self.people[k].address
            locked = bonds.get(account, 0)
            assert self.vault.read("bond_of", account, job_id) == locked
            assert self.vault.read("locked_of", account) == locked <= self.vault.read("stake_of", account)

    # --- INV-07 ---

    def end_by_time_alone(self) -> None:
        """A stranger with a clock ends it from here; nothing stays behind but what was slashed."""
        job, world = self.job, self.world
        if self.state == OPEN:
            boa.env.time_travel(seconds=BID_SECONDS + OPEN_SECONDS + 1)
            awarded = job.award()
            self.note_award()
            self.money_and_bonds_are_the_models()
        elif self.state == AWARDED:
            awarded = self.awarded()
        if self.state == CANCELLED:
            for k, bid in self.bids.items():
                if bid.status == 1:
                    job.return_deposit(self.people[k].address)
        if self.state == AWARDED:
            assert awarded is not None
            awarded.draw_now()
            for _ in range(2 * (self.seats + self.spares)):
                if awarded.state().state == CLOSED:
                    break
                boa.env.time_travel(seconds=1_000)
                awarded.poke(*range(self.lots))
            assert awarded.state().state == CLOSED
            world.vault.release(job.job_id, [one.provider for one in awarded.awardees])
        assert job.held() == 0
        for k in self.bids:
            assert self.vault.read("locked_of", self.people[k].address) == 0
        for account in {world.buyer, world.stranger, *(one.address for one in self.people)}:
            if self.escrow.read("_credits", account):
                world.escrow.withdraw(account)
        assert (
            world.usd.balanceOf(world.escrow) == world.escrow.liabilities_usd6() == world.escrow.kitty_usd6()
        )

    def awarded(self) -> PostedJob:
        """The job as the last award made it, put together from the model."""
        by_account = {one.address: one for one in self.people}
        price = self.found.price_usd6
        rows = [
            Awardee(bid.provider, by_account[bid.provider].device_id, bid.provider, price, units)
            for bid, units in self.found.awarded
        ]
        terms = replace(self.job.terms, spares=self.found.spares, ceiling_usd6=price)
        return PostedJob(self.world, self.job.job_id, terms, self.job.salt, rows)


def test_inv_01_inv_02_inv_06_inv_07__any_play_of_an_auction__holds(world: MarketWorld) -> None:
    staked = [bidder(world, f"bidder {k}", 100_000) for k in range(BIDDERS)]
    machine: Any = type("AuctionHere", (Auction,), {"world": world, "people": staked})
    run_state_machine_as_test(machine, settings=DEPTH)
