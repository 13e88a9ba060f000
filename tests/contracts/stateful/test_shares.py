"""INV-10 as a state machine: income of a share beside a model in exact fractions.

Any sequence of transfers (to oneself, of nothing, of everything, through allowances), deposits, unsynced gifts and
claims; after every step the contract's figures follow from the model, and the token balance covers them (INV-01).
"""

from fractions import Fraction
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

from tests.contracts.slots import Slots
from tests.contracts.stateful.depth import DEPTH
from tests.contracts.worlds import (
    SHARE,
    ShareWorld,
    deployer,
    fund,
    registry_and_factory,
    role,
    share_world,
    shared_device,
)

HOLDERS = 5
SCALE = 10**36
holder_index = st.integers(0, HOLDERS - 1)
amounts = st.one_of(
    st.sampled_from([0, 1, 2, 999, 10**6]), st.integers(0, 10**13), st.integers(0, 10**9).map(lambda n: n * 7)
)
portions = st.one_of(st.sampled_from([Fraction(0), Fraction(1)]), st.fractions(0, 1, max_denominator=10**6))


class Shares(RuleBasedStateMachine):
    """Model: exact fraction of income each holder has earned, and what each was paid.

    `base`: dollar, registry and factory, deployed once for all runs; each run has a device and a share of its own.
    """

    base: tuple[Any, Any, Any]

    def __init__(self) -> None:
        super().__init__()
        self._anchor = boa.env.anchor()
        self._anchor.__enter__()

    @initialize(
        supply=st.sampled_from([SHARE, 3 * SHARE, 1000 * SHARE, 10**30, 10**18 + 7]),
        cut_bps=st.sampled_from([0, 1, 333, 1_000, 5_000]),
    )
    def create(self, supply: int, cut_bps: int) -> None:
        self.world: ShareWorld = shared_device(*self.base, supply=supply, cut_bps=cut_bps)
        self.share, self.usd = Slots(self.world.share), Slots(self.world.usd)
        self.supply, self.cut_bps = supply, cut_bps
        self.holders = [self.world.provider] + [role(f"investor_{i}") for i in range(1, HOLDERS)]
        self.spender = role("spender")
        self.balances = dict.fromkeys(self.holders, 0) | {self.world.provider: supply}
        self.earned: dict[str, Fraction] = dict.fromkeys(self.holders, Fraction(0))
        self.paid = dict.fromkeys(self.holders, 0)
        self.operator_paid = 0
        self.income = 0  # accounted
        self.gifts = 0  # arrived, not yet accounted

    def teardown(self) -> None:
        if hasattr(self, "share"):
            for account in self.holders:
                assert self.world.share.claimable(account) == self.claimable(account)
        self._anchor.__exit__(None, None, None)

    # --- actions ---

    @rule(sender=holder_index, to=holder_index, portion=portions)
    def transfer(self, sender: int, to: int, portion: Fraction) -> None:
        self._transfer(sender, to, portion, direct=True)

    @rule(owner=holder_index, to=holder_index, portion=portions)
    def transfer_from(self, owner: int, to: int, portion: Fraction) -> None:
        self._transfer(owner, to, portion, direct=False)

    @rule(sender=holder_index, to=holder_index)
    def transfer_one_too_many(self, sender: int, to: int) -> None:
        with boa.env.prank(self.holders[sender]), boa.reverts("erc20: transfer amount exceeds balance"):
            self.world.share.transfer(self.holders[to], self.balances[self.holders[sender]] + 1)

    @rule(amount=amounts)
    def deposit(self, amount: int) -> None:
        self.gift(amount)
        assert self.world.share.sync_income() == self.gifts
        self._account()

    @rule(amount=amounts)
    def gift(self, amount: int) -> None:
        if amount:
            fund(self.world.usd, self.world.share.address, amount)
        self.gifts += amount

    @rule()
    def sync(self) -> None:
        assert self.world.share.sync_income() == self.gifts
        self._account()

    @rule(holder=holder_index, own=st.booleans())
    def claim(self, holder: int, own: bool) -> None:
        account = self.holders[holder]
        share = self.world.share
        self.paid[account] += share.claim(sender=account) if own else share.claim_for(account)
        assert share.claimable(account) == 0

    @precondition(lambda self: self.cut_bps)
    @rule()
    def claim_operator(self) -> None:
        self.operator_paid += self.world.share.claim_operator()

    def _transfer(self, sender: int, to: int, portion: Fraction, *, direct: bool) -> None:
        owner, receiver = self.holders[sender], self.holders[to]
        amount = int(self.balances[owner] * portion)
        if direct:
            self.world.share.transfer(receiver, amount, sender=owner)
        else:
            spender = self.spender
            self.world.share.approve(spender, amount, sender=owner)
            self.world.share.transferFrom(owner, receiver, amount, sender=spender)
        self.balances[owner] -= amount
        self.balances[receiver] += amount

    def _account(self) -> None:
        operator_before = self.income * self.cut_bps // 10_000
        self.income += self.gifts
        operator = self.income * self.cut_bps // 10_000 - operator_before
        for account, balance in self.balances.items():
            self.earned[account] += Fraction((self.gifts - operator) * balance, self.supply)
        self.gifts = 0

    # --- what must hold ---

    def claimable(self, account: str) -> int:
        """What the view answers, from storage."""
        share = self.share
        fresh = share.read("income.index_scaled") - share.read("income.seen_scaled", account)
        owed = share.read("income.owed_scaled", account)
        return (owed + share.read("erc20.balanceOf", account) * fresh) // SCALE

    @invariant()
    def figures_follow_the_model(self) -> None:
        share = self.share
        claimable = {account: self.claimable(account) for account in self.holders}
        operator = share.read("operator_claimable_of", self.world.provider)
        income, paid_out = share.read("total_income_usd6"), share.read("paid_out_usd6")
        # shares are conserved
        assert share.read("erc20.totalSupply") == self.supply
        assert {account: share.read("erc20.balanceOf", account) for account in self.holders} == self.balances
        # each holder gets what it earned: only the dust of divisions by the supply waits for a later deposit
        for account in self.holders:
            got = self.paid[account] + claimable[account]
            assert self.earned[account] - Fraction(self.supply, SCALE) - 1 < got <= self.earned[account]
        # claimable + claimed = deposited - dust, the operator's part to the unit
        assert operator + self.operator_paid == self.income * self.cut_bps // 10_000
        assert income == self.income
        assert 0 <= income - paid_out - operator - sum(claimable.values()) <= HOLDERS
        assert paid_out == self.operator_paid + sum(self.paid.values())
        # the balance covers the ledger
        dollars = self.usd.read("erc20.balanceOf", self.world.share.address)
        assert dollars == income - paid_out + self.gifts


def test_inv_10__any_sequence__claimable_plus_claimed_is_deposited_less_dust() -> None:
    usd = deployer("TestUSD").deploy()
    machine: Any = type("SharesHere", (Shares,), {"base": (usd, *registry_and_factory(usd))})
    run_state_machine_as_test(machine, settings=DEPTH)


@pytest.mark.parametrize("supply", [SHARE, 3 * SHARE, 10**30])
def test_inv_10__settled_after_each_unit__costs_the_victim_nothing(supply: int) -> None:
    """A stranger settles a holder after every deposit of one unit: rounding at each settlement would starve it."""
    world = share_world(supply=supply, cut_bps=0)
    victim = role("victim")
    with boa.env.prank(world.provider):
        world.share.transfer(victim, supply // 3)
    for _ in range(150):
        world.deposit(1)
        with boa.env.prank(world.provider):
            world.share.transfer(victim, 0)
    assert 49 <= world.share.claimable(victim) <= 50
