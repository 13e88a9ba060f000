"""INV-01, INV-10, INV-11 and INV-13 of tokenized devices as a state machine: sale, share, buyout beside a model.

Investors buy, a provider activates or cancels or does nothing, shares are delivered, moved, accepted, taken; income
arrives all the while. The model knows who must own how many shares and what each account was paid; income by
conservation: whatever arrived is with somebody or owed to somebody, but for the dust of divisions.
"""

from typing import Any

import boa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.contracts.offering_world import (
    ACTIVATION_SECONDS,
    SALE_SECONDS,
    OfferingWorld,
    offering_world,
)
from tests.contracts.slots import Slots
from tests.contracts.stateful.depth import DEPTH, LONG
from tests.contracts.worlds import SHARE, TENDER_SECONDS, USD, fund

# a run takes over three seconds: a quarter of the others' number until it is made cheaper
RUNS = settings(DEPTH, max_examples=DEPTH.max_examples if LONG else 50)
PEOPLE = 4
MONEY = 20_000 * USD
PRICE = 10 * USD
people = st.integers(0, PEOPLE - 1)


class Offerings(RuleBasedStateMachine):
    """`world`: deployed once; each run opens its own sale on it."""

    world: OfferingWorld
    accounts: list[str]

    def __init__(self) -> None:
        super().__init__()
        self._anchor = boa.env.anchor()
        self._anchor.__enter__()

    @initialize(
        least=st.sampled_from([1, 30, 60]), cap=st.sampled_from([60, 61, 100]), cut=st.sampled_from([0, 777])
    )
    def open(self, least: int, cap: int, cut: int) -> None:
        w = self.world
        self.target, self.cap = least, cap
        self.opened = boa.env.timestamp
        self.sale = w.open(w.terms(operator_cut_bps=cut), target=least, cap=cap, retained=0)
        self.paid_in = dict.fromkeys(self.accounts, 0)  # whole shares neither refunded nor delivered
        self.held = dict.fromkeys(self.accounts, 0)  # units in wallets
        self.kept = dict.fromkeys(self.accounts, 0)  # units accepted, neither released nor paid
        self.bought = 0  # units of the bidder that the tender keeps
        self.sold = 0
        self.cancelled = False
        self.share: Any = None
        self.bid: bytes | None = None
        self.completed = self.ended = False
        self.bid_at = self.completed_at = 0
        self.price = 0
        self.income = 0

    def teardown(self) -> None:
        """Time alone and strangers' calls give everybody what is theirs (INV-13: no role was asked)."""
        if hasattr(self, "sale"):
            self._wind_up()
        self._anchor.__exit__(None, None, None)

    @property
    def now(self) -> int:
        return int(boa.env.timestamp) - self.opened

    @property
    def failed(self) -> bool:
        if self.share is not None:
            return False
        late = self.now > SALE_SECONDS and self.sold < self.target
        return self.cancelled or late or self.now > SALE_SECONDS + ACTIVATION_SECONDS

    # --- the sale ---

    @precondition(lambda self: self.share is None)
    @rule(who=people, shares=st.integers(0, 70))
    def invest(self, who: int, shares: int) -> None:
        account = self.accounts[who]
        fine = shares and self.sold + shares <= self.cap and self.now <= SALE_SECONDS and not self.cancelled
        if not fine:
            with boa.reverts():
                self.world.invest(self.sale, account, shares)
            return
        assert self.world.invest(self.sale, account, shares) == shares * PRICE
        self.sold += shares
        self.paid_in[account] += shares

    @rule()
    def activate(self) -> None:
        ready = self.sold == self.cap or self.now > SALE_SECONDS
        if self.share is not None or self.failed or self.sold < self.target or not ready:
            with boa.reverts():
                self.world.activate(self.sale)
            return
        self.share = self.world.activate(self.sale)
        self.slots = Slots(self.share)
        for account in self.accounts:
            self.share.approve(self.world.tender.address, 2**256 - 1, sender=account)

    @precondition(lambda self: self.share is None and not self.cancelled and self.now > SALE_SECONDS // 2)
    @rule()
    def cancel(self) -> None:
        self.world.offering.cancel(self.sale, sender=self.world.provider)
        self.cancelled = True

    @rule(who=people)
    def refund(self, who: int) -> None:
        account = self.accounts[who]
        if not self.failed or not self.paid_in[account]:
            with boa.reverts():
                self.world.offering.refund(self.sale, account)
            return
        assert self.world.offering.refund(self.sale, account) == self.paid_in[account] * PRICE
        self.sold -= self.paid_in[account]
        self.paid_in[account] = 0
        self.cap = 0  # nothing is sold any more

    @precondition(lambda self: self.share is not None)
    @rule(who=people)
    def deliver(self, who: int) -> None:
        account = self.accounts[who]
        if not self.paid_in[account]:
            with boa.reverts("offering: nothing to deliver"):
                self.world.offering.deliver(self.sale, account)
            return
        self.world.offering.deliver(self.sale, account)
        self.held[account] += self.paid_in[account] * SHARE
        self.paid_in[account] = 0

    # --- the share ---

    @precondition(lambda self: self.share is not None)
    @rule(amount=st.sampled_from([1, 7, USD, 333 * USD]))
    def earn(self, amount: int) -> None:
        fund(self.world.usd, self.share.address, amount)
        self.income += amount

    @precondition(lambda self: self.share is not None)
    @rule(who=people, to=people, part=st.sampled_from([0, 1, 3, 10**18]))
    def move(self, who: int, to: int, part: int) -> None:
        giver, taker = self.accounts[who], self.accounts[to]
        amount = min(part, self.held[giver]) if part < SHARE else self.held[giver]
        self.share.transfer(taker, amount, sender=giver)
        self.held[giver] -= amount
        self.held[taker] += amount

    @precondition(lambda self: self.share is not None)
    @rule(who=people)
    def claim(self, who: int) -> None:
        self.share.claim_for(self.accounts[who])

    # --- the buyout ---

    @precondition(lambda self: self.share is not None and self.bid is None)
    @rule(price=st.sampled_from([PRICE * 2, 20 * USD + 1, 33 * USD + 333_333]))
    def bid_for_all(self, price: int) -> None:
        self.price, self.bid_at = price, int(boa.env.timestamp)
        self.bid = self.world.bid(self.accounts[0], self.share, price, 10 * TENDER_SECONDS)

    @precondition(lambda self: self.bid is not None)
    @rule(who=people, less=st.sampled_from([0, 1, SHARE]))
    def accept(self, who: int, less: int) -> None:
        account = self.accounts[who]
        amount = max(0, self.held[account] - less)
        if self.completed or not amount or self._bid_is_late():
            with boa.reverts():
                self.world.tender.accept(self.bid, amount, sender=account)
            return
        self.world.tender.accept(self.bid, amount, sender=account)
        self.held[account] -= amount
        self.kept[account] += amount

    @precondition(lambda self: self.bid is not None)
    @rule(who=people)
    def release(self, who: int) -> None:
        account = self.accounts[who]
        if self.completed or not self.kept[account]:
            with boa.reverts():
                self.world.tender.release(self.bid, account, sender=account)
            return
        self.world.tender.release(self.bid, account, sender=account)
        self.held[account] += self.kept[account]
        self.kept[account] = 0

    @precondition(lambda self: self.bid is not None)
    @rule()
    def complete(self) -> None:
        enough = sum(self.kept.values()) * 10 >= self.share.totalSupply() * 9
        early = boa.env.timestamp < self.bid_at + TENDER_SECONDS
        if self.completed or early or not enough or self._bid_is_late():
            with boa.reverts():
                self.world.tender.complete(self.bid)
            return
        self.world.tender.complete(self.bid)
        self.completed, self.completed_at = True, int(boa.env.timestamp)
        self.bought = sum(self.kept.values())

    @precondition(lambda self: self.bid is not None)
    @rule(who=people)
    def take(self, who: int) -> None:
        account = self.accounts[who]
        if not self.completed:
            with boa.reverts("tender: not complete"):
                self.world.tender.take(self.bid, [account])
            return
        taken = 0 if self.ended else self.held[account]
        before = Slots(self.world.tender).read("credit_of", account)
        self.world.tender.take(self.bid, [account, account])
        price = (self.kept[account] + taken) * self.price // SHARE
        assert Slots(self.world.tender).read("credit_of", account) >= before + price
        self.kept[account] = 0
        self.held[account] -= taken
        self.bought += taken

    @precondition(lambda self: self.bid is not None)
    @rule()
    def end(self) -> None:
        over = boa.env.timestamp > self.completed_at + TENDER_SECONDS
        all_here = self.bought == self.share.totalSupply()
        may = (over or all_here) if self.completed else self._bid_is_late()
        if self.ended or not may:
            with boa.reverts():
                self.world.tender.end(self.bid)
            return
        self.world.tender.end(self.bid)
        self.ended = True
        self.held[self.accounts[0]] += self.bought
        self.bought = 0

    def _bid_is_late(self) -> bool:
        return bool(boa.env.timestamp > self.bid_at + 10 * TENDER_SECONDS)

    @rule(seconds=st.sampled_from([1, TENDER_SECONDS, ACTIVATION_SECONDS, SALE_SECONDS]))
    def wait(self, seconds: int) -> None:
        boa.env.time_travel(seconds=seconds)

    @rule(who=people)
    def withdraw(self, who: int) -> None:
        for contract in (self.world.offering, self.world.tender):
            contract.withdraw(self.accounts[who])

    # --- what must hold ---

    @invariant()
    def shares_are_where_the_model_has_them(self) -> None:
        if not hasattr(self, "sale"):
            return
        w = self.world
        if self.share is None:
            # INV-01: all of it can be refunded
            money = Slots(w.usd).read("erc20.balanceOf", w.offering.address)
            assert money >= sum(self.paid_in.values()) * PRICE
            return
        assert self.slots.read("erc20.totalSupply") == self.sold * SHARE
        for account in self.accounts:
            assert self.slots.read("erc20.balanceOf", account) == self.held[account]
        kept = self.bought if self.completed else sum(self.kept.values())
        for keeper, units in ((w.offering, sum(self.paid_in.values()) * SHARE), (w.tender, kept)):
            assert self.slots.read("erc20.balanceOf", keeper.address) == units

    @invariant()
    def credits_are_covered(self) -> None:
        if not hasattr(self, "sale"):
            return
        for contract in (self.world.offering, self.world.tender):
            slots = Slots(contract)
            owed = sum(slots.read("credit_of", account) for account in self.accounts)
            assert Slots(self.world.usd).read("erc20.balanceOf", contract.address) >= owed

    def _wind_up(self) -> None:
        w, stranger = self.world, self.world.guardian
        boa.env.time_travel(seconds=10 * (SALE_SECONDS + ACTIVATION_SECONDS))
        with boa.env.prank(stranger):
            if self.share is None:
                for account in self.accounts:
                    if self.paid_in[account]:
                        w.offering.refund(self.sale, account)
            else:
                for account in self.accounts:
                    if self.paid_in[account]:
                        w.offering.deliver(self.sale, account)
                self._wind_up_bid()
                self.share.sync_income()
                for account in self.accounts:
                    self.share.claim_for(account)
                    if self.bid is not None:
                        w.tender.credit_income(self.bid, account)
                self.share.claim_operator()
            for account in self.accounts:
                w.offering.withdraw(account)
                w.tender.withdraw(account)
        # everything that ever came is with its people again, but for less than a unit for each time it was divided
        assert w.usd.balanceOf(w.offering.address) <= 60
        assert w.usd.balanceOf(w.tender.address) <= 60
        there = sum(w.usd.balanceOf(account) for account in self.accounts)
        assert there <= PEOPLE * MONEY + self.income
        assert there >= PEOPLE * MONEY + self.income - 200
        if self.share is None:
            # INV-11: to the unit
            assert there == PEOPLE * MONEY
        else:
            assert sum(self.share.balanceOf(account) for account in self.accounts) == self.sold * SHARE

    def _wind_up_bid(self) -> None:
        if self.bid is None:
            return
        for account in self.accounts:
            if self.completed:
                self.world.tender.take(self.bid, [account])
            elif self.kept[account]:
                self.world.tender.release(self.bid, account)
        if not self.ended:
            self.world.tender.end(self.bid)


def test_inv_11__sale_share_and_buyout__nobody_pays_for_shares_that_do_not_come() -> None:
    """Also inv_01, inv_10 and inv_13: solvency, conservation of income, no role in the way out."""
    world = offering_world()
    # the first is the provider and the bidder too
    others = [world.investor(f"investor_{k}", 20_000) for k in range(1, PEOPLE)]
    fund(world.usd, world.provider, MONEY)
    for spender in (world.offering, world.tender):
        world.usd.approve(spender.address, 2**256 - 1, sender=world.provider)
    machine: Any = type(
        "OfferingsHere", (Offerings,), {"world": world, "accounts": [world.provider, *others]}
    )
    run_state_machine_as_test(machine, settings=RUNS)
