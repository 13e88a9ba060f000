"""DeviceTender function by function, and what a policy and a schedule allow on a share."""

from typing import Any

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.offering_world import YEAR, OfferingWorld, offering_world, shares
from tests.contracts.worlds import RECOVERY_SECONDS, TENDER_SECONDS, USD, ZERO, deployer, fund, role


@pytest.fixture(scope="module")
def parts() -> OfferingWorld:
    return offering_world()


@pytest.fixture
def sold(parts: OfferingWorld) -> tuple[Any, list[str], str]:
    """100 shares: 89 with one holder, 1 and 10 with others; and a bidder."""
    holders = [parts.investor(f"holder_{k}") for k in range(3)]
    share = parts.sold_out(dict(zip(holders, (89, 1, 10), strict=True)))
    return share, holders, parts.investor("bidder")


def completed(parts: OfferingWorld, share: Any, holders: list[str], bidder: str) -> bytes:
    tender_id = parts.bid(bidder, share)
    parts.tender.accept(tender_id, shares(89), sender=holders[0])
    parts.tender.accept(tender_id, shares(1), sender=holders[1])
    boa.env.time_travel(seconds=TENDER_SECONDS)
    parts.tender.complete(tender_id)
    return tender_id


def test_open_tender__bounds__revert(parts: OfferingWorld, sold: Any) -> None:
    share, _, bidder = sold
    for price, seconds, reason in (
        (0, 600, "tender: price is zero or above the limit"),
        (10**30 + 1, 600, "tender: price is zero or above the limit"),
        (10 * USD - 1, 600, "tender: price below book value"),
        (10 * USD, TENDER_SECONDS, "tender: the deadline is inside the notice"),
        (10 * USD, 90 * 86_400 + 1, "tender: the deadline is too far"),
    ):
        with boa.reverts(reason):
            parts.bid(bidder, share, price, seconds)
    parts.bid(bidder, share, 10 * USD, TENDER_SECONDS + 1)
    assert parts.usd.balanceOf(parts.tender.address) == 1_000 * USD


def test_open_tender__share_without_a_schedule_or_of_elsewhere__reverts(parts: OfferingWorld) -> None:
    holder = parts.investor("holder")
    share = parts.sold_out({holder: 10}, cost_usd6=0, salvage_usd6=0, life_seconds=0)
    with boa.reverts("tender: the share has no schedule, so no squeeze-out"):
        parts.bid(holder, share)
    with boa.reverts("tender: not a share of this factory"):
        parts.bid(holder, parts.usd)


def test_complete__threshold__one_unit_short_is_refused(parts: OfferingWorld, sold: Any) -> None:
    share, holders, bidder = sold
    tender_id = parts.bid(bidder, share)
    parts.tender.accept(tender_id, shares(89), sender=holders[0])
    parts.tender.accept(tender_id, shares(1) - 1, sender=holders[1])
    boa.env.time_travel(seconds=TENDER_SECONDS - 1)
    with boa.reverts("tender: the notice is not over"):
        parts.tender.complete(tender_id)
    boa.env.time_travel(seconds=1)
    with boa.reverts("tender: below the threshold"):
        parts.tender.complete(tender_id)
    parts.tender.accept(tender_id, 1, sender=holders[1])
    parts.tender.complete(tender_id)
    with boa.reverts("tender: complete already"):
        parts.tender.complete(tender_id)
    with boa.reverts("tender: complete, take the price"):
        parts.tender.release(tender_id, holders[0], sender=holders[0])


def test_take__after_completion__everyone_gets_the_one_price(parts: OfferingWorld, sold: Any) -> None:
    share, holders, bidder = sold
    parts.income(share, 100 * USD)
    share.sync_income()
    tender_id = completed(parts, share, holders, bidder)
    with boa.reverts("tender: holders still may sell"):
        parts.tender.end(tender_id)
    parts.tender.take(tender_id, [*holders, holders[2]])
    assert [parts.tender.credit_of(account) // USD for account in holders] == [890, 10, 100]
    # accrued income stays with those who earned it
    assert [share.claimable(account) // USD for account in holders] == [89, 1, 10]
    parts.income(share, 50 * USD)
    parts.tender.end(tender_id)
    assert share.balanceOf(bidder) == shares(100)
    assert parts.tender.credit_of(bidder) == 50 * USD
    assert parts.registry.provider_of(parts.device_id) == parts.provider
    for account in (*holders, bidder):
        parts.tender.withdraw(account)
    assert parts.usd.balanceOf(parts.tender.address) == 0
    with boa.reverts("tender: ended already"):
        parts.tender.end(tender_id)


def test_end__nobody_took__bidder_gets_the_accepted_part_and_acceptors_their_price_for_ever(
    parts: OfferingWorld, sold: Any
) -> None:
    share, holders, bidder = sold
    tender_id = completed(parts, share, holders, bidder)
    boa.env.time_travel(seconds=TENDER_SECONDS + 1)
    parts.tender.end(tender_id)
    assert share.balanceOf(bidder) == shares(90)
    assert parts.tender.credit_of(bidder) == 100 * USD
    boa.env.time_travel(seconds=10 * YEAR)
    parts.tender.take(tender_id, holders)
    # the third holder keeps its shares: the squeeze-out is over
    assert share.balanceOf(holders[2]) == shares(10)
    assert [parts.tender.credit_of(account) // USD for account in holders] == [890, 10, 0]


def test_end__failed__everything_returns(parts: OfferingWorld, sold: Any) -> None:
    share, holders, bidder = sold
    tender_id = parts.bid(bidder, share)
    parts.tender.accept(tender_id, shares(89), sender=holders[0])
    parts.income(share, 100 * USD)
    with boa.reverts("tender: still open"):
        parts.tender.end(tender_id)
    with boa.reverts("tender: caller is not the holder"):
        parts.tender.release(tender_id, holders[0], sender=role("stranger"))
    with boa.reverts("tender: not complete"):
        parts.tender.take(tender_id, [holders[2]])
    boa.env.time_travel(seconds=601)
    for act in (lambda: parts.tender.complete(tender_id), lambda: parts.tender.accept(tender_id, 1)):
        with boa.reverts("tender: the deadline is past"):
            act()
    parts.tender.end(tender_id)
    parts.tender.release(tender_id, holders[0], sender=role("stranger"))
    assert share.balanceOf(holders[0]) == shares(89)
    assert parts.tender.credit_of(bidder) == 1_000 * USD
    assert parts.tender.credit_of(holders[0]) == 89 * USD


def test_tenders__two_at_once__income_is_divided_among_them(parts: OfferingWorld, sold: Any) -> None:
    share, holders, bidder = sold
    rival = parts.investor("rival")
    one, two = parts.bid(bidder, share), parts.bid(rival, share, 11 * USD)
    parts.tender.accept(one, shares(89), sender=holders[0])
    parts.tender.accept(two, shares(10), sender=holders[2])
    parts.income(share, 100 * USD)
    assert parts.tender.credit_income(two, holders[2]) == 10 * USD
    assert parts.tender.credit_income(one, holders[0]) == 89 * USD
    assert parts.tender.credit_income(one, holders[2]) == 0


def test_take__on_the_share_by_anyone_else__reverts(parts: OfferingWorld, sold: Any) -> None:
    share, holders, bidder = sold
    for caller in (bidder, parts.provider, parts.guardian):
        with boa.reverts("share: caller is not the tender"):
            share.take(holders[0], sender=caller)
    tender_id = completed(parts, share, holders, bidder)
    with boa.reverts("share: kept for others"):
        parts.tender.take(tender_id, [parts.offering.address])


# --- a policy ---


@pytest.fixture
def bound(parts: OfferingWorld) -> tuple[Any, Any, str, str]:
    """A share under an allow-list, its policy, its only holder and the holder's second wallet, listed too."""
    holder, found = parts.investor("listed"), parts.investor("found")
    policy = deployer("AllowListPolicy").at(parts.factory.create_allow_list(sender=parts.provider))
    offering_id = parts.open(parts.terms(policy=policy.address), target=1, cap=10, retained=0)
    with boa.reverts("offering: the policy refuses this investor"):
        parts.invest(offering_id, holder, 10)
    for wallet in (holder, found):
        policy.register_identity(wallet, b"\x07" * 32, 756, sender=parts.provider)
    parts.invest(offering_id, holder, 10)
    policy.remove_identity(holder, sender=parts.provider)
    share = parts.activate(offering_id)
    parts.income(share, 10 * USD)
    with boa.reverts("share: the policy refuses this transfer"):
        parts.offering.deliver(offering_id, holder)
    # never asked for income
    assert parts.offering.credit_income(offering_id, holder) == 10 * USD
    policy.register_identity(holder, b"\x07" * 32, 756, sender=parts.provider)
    parts.offering.deliver(offering_id, holder)
    return share, policy, holder, found


def test_transfer__under_a_policy__asked_each_time_and_beforehand(parts: OfferingWorld, bound: Any) -> None:
    share, policy, holder, found = bound
    stranger = role("stranger")
    assert not share.can_transfer(holder, stranger, 1)
    assert share.can_transfer(holder, found, shares(10))
    assert not share.can_transfer(holder, found, shares(10) + 1)
    for to in (ZERO, share.address):
        assert not share.can_transfer(holder, to, 0)
    with boa.env.prank(holder), boa.reverts("share: the policy refuses this transfer"):
        share.transfer(stranger, 1)
    share.approve(stranger, 1, sender=holder)
    with boa.env.prank(stranger), boa.reverts("share: the policy refuses this transfer"):
        share.transferFrom(holder, stranger, 1)
    policy.set_country_blocked(756, True, sender=parts.provider)
    assert not policy.is_verified(found)
    with boa.env.prank(holder), boa.reverts("share: the policy refuses this transfer"):
        share.transfer(found, 1)
    policy.set_country_blocked(756, False, sender=parts.provider)
    share.transfer(found, 1, sender=holder)


def test_policy__non_owner_and_non_agent__revert(parts: OfferingWorld, bound: Any) -> None:
    _, policy, holder, _ = bound
    with boa.env.prank(holder):
        for call in (lambda: policy.set_agent(holder, True), lambda: policy.set_country_blocked(1, True)):
            with boa.reverts("policy: caller is not the owner"):
                call()
        for call in (
            lambda: policy.register_identity(holder, b"\x01" * 32, 1),
            lambda: policy.remove_identity(holder),
        ):
            with boa.reverts("policy: caller is not an agent"):
                call()
    with boa.env.prank(parts.provider):
        with boa.reverts("policy: wallet is the zero address"):
            policy.register_identity(ZERO, b"\x01" * 32, 1)
        with boa.reverts("policy: empty identity"):
            policy.register_identity(holder, bytes(32), 1)
        with boa.reverts("policy: wallet has no identity"):
            policy.remove_identity(role("nobody"))
        policy.set_agent(holder, True)
    policy.remove_identity(holder, sender=holder)


def test_r15__recovery__moves_shares_and_income_after_the_notice(parts: OfferingWorld, bound: Any) -> None:
    share, _, lost, found = bound
    parts.income(share, 30 * USD)
    share.sync_income()
    with boa.env.prank(lost), boa.reverts("share: the policy refuses this recovery"):
        share.announce_recovery(lost, found)
    with boa.reverts("share: no recovery announced"):
        share.finish_recovery(lost)
    share.announce_recovery(lost, found, sender=parts.provider)
    boa.env.time_travel(seconds=RECOVERY_SECONDS - 1)
    with boa.reverts("share: the notice is not over"):
        share.finish_recovery(lost)
    boa.env.time_travel(seconds=1)
    assert share.finish_recovery(lost, sender=role("stranger")) == shares(10)
    assert (share.balanceOf(lost), share.balanceOf(found)) == (0, shares(10))
    assert (share.claimable(lost), share.claimable(found)) == (0, 30 * USD)
    with boa.reverts("share: no recovery announced"):
        share.finish_recovery(lost)


def test_inv_13__recovery_of_a_wallet_that_is_not_lost__vetoed(parts: OfferingWorld, bound: Any) -> None:
    share, _, holder, found = bound
    with boa.env.prank(holder), boa.reverts("share: no recovery announced"):
        share.veto_recovery()
    share.announce_recovery(holder, found, sender=parts.provider)
    share.veto_recovery(sender=holder)
    boa.env.time_travel(seconds=RECOVERY_SECONDS)
    with boa.reverts("share: no recovery announced"):
        share.finish_recovery(holder)


def test_inv_13__recovery__refused_without_a_policy_to_others_and_of_what_is_kept(
    parts: OfferingWorld, bound: Any
) -> None:
    share, policy, holder, found = bound
    with boa.env.prank(parts.provider):
        for lost, to in ((holder, holder), (holder, share.address), (holder, parts.tender.address)):
            with boa.reverts("share: recovery to this wallet is not possible"):
                share.announce_recovery(lost, to)
        with boa.reverts("share: kept for others"):
            share.announce_recovery(parts.offering.address, found)
        policy.register_identity(found, b"\x08" * 32, 756)
        with boa.reverts("share: the policy refuses this recovery"):
            share.announce_recovery(holder, found)
    other = offering_world()
    account = other.investor("holder")
    free = other.sold_out({account: 1})
    with boa.env.prank(other.provider), boa.reverts("share: no policy, no recovery"):
        free.announce_recovery(account, other.provider)


# --- retirement and the schedule ---


def test_r16__deposit_proceeds__retired_only_and_all_to_the_holders(parts: OfferingWorld) -> None:
    holder, seller = parts.investor("holder"), parts.investor("seller")
    share = parts.sold_out({holder: 10}, operator_cut_bps=5_000)
    parts.usd.approve(share.address, 100 * USD, sender=seller)
    with boa.env.prank(seller), boa.reverts("share: the device is not retired"):
        share.deposit_proceeds(100 * USD)
    fund(parts.usd, share.address, 10 * USD)  # income that nobody has accounted yet
    parts.registry.retire_device(parts.device_id, sender=parts.provider)
    with boa.env.prank(seller), boa.reverts("share: nothing arrived"):
        share.deposit_proceeds(0)
    assert share.deposit_proceeds(100 * USD, sender=seller) == 100 * USD
    assert share.operator_claimable() == 5 * USD
    boa.env.time_travel(seconds=50 * YEAR)
    assert share.claim(sender=holder) == 105 * USD
    fund(parts.usd, share.address, 10 * USD)
    share.sync_income()
    assert share.operator_claimable() == 10 * USD


@given(
    cost=st.integers(1, 10**18),
    salvage=st.fractions(0, 1, max_denominator=997),
    life=st.integers(1, 100 * YEAR),
    ages=st.lists(st.integers(0, 200 * YEAR), min_size=2, max_size=2),
    declining=st.booleans(),
)
@settings(max_examples=1_000, deadline=None)
def test_book_value__any_schedule__falls_from_cost_to_salvage(
    schedule: Any, cost: int, salvage: Any, life: int, ages: list[int], declining: bool
) -> None:
    floor = int(cost * salvage)
    early, late = (schedule.book_value(cost, floor, life, declining, age) for age in sorted(ages))
    assert floor <= late <= early <= cost
    assert schedule.book_value(cost, floor, life, declining, 0) == cost
    at_life = schedule.book_value(cost, floor, life, declining, life)
    assert at_life == (floor + (cost - floor) // 2 if declining else floor)


@pytest.fixture(scope="module")
def schedule() -> Any:
    return deployer("DepreciationMock").deploy()


def test_book_value__of_a_share__whole_and_by_units(parts: OfferingWorld) -> None:
    holder = parts.investor("holder")
    share = parts.sold_out({holder: 10})
    assert share.book_value_usd6() == 1_000 * USD
    boa.env.time_travel(seconds=5 * YEAR)
    assert share.book_value_usd6() == 550 * USD
    assert share.book_value_usd6(shares(1)) == 55 * USD
    assert share.book_value_usd6(shares(11)) == 550 * USD
    boa.env.time_travel(seconds=5 * YEAR)
    assert share.book_value_usd6() == 100 * USD


def test_init__bad_values__reverts() -> None:
    tender, usd = deployer("DeviceTender"), deployer("TestUSD").deploy()
    for arguments, reason in (
        ((role("usd"), usd.address, 1), "tender: the stablecoin has no code"),
        ((usd.address, ZERO, 1), "tender: the share factory is the zero address"),
        ((usd.address, usd.address, 0), "tender: notice out of range"),
        ((usd.address, usd.address, 90 * 86_400), "tender: notice out of range"),
    ):
        with boa.reverts(reason):
            tender.deploy(*arguments)
