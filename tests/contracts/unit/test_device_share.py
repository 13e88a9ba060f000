"""DeviceShare alone: ERC-20 movements, income in, income out, roles that do not exist."""

from typing import Any

import boa
import pytest
from eth_account import Account

from tests.contracts.worlds import (
    MAX_UINT256,
    SHARE,
    USD,
    ZERO,
    ShareWorld,
    deployer,
    fund,
    logs_of,
    role,
    share_world,
    sign_permit,
)


@pytest.fixture
def world() -> ShareWorld:
    return share_world(supply=1000 * SHARE, cut_bps=1_000)


def give(world: ShareWorld, to: str, amount: int) -> None:
    with boa.env.prank(world.provider):
        world.share.transfer(to, amount)


def test_create__new_share__whole_supply_and_terms_read_back(world: ShareWorld) -> None:
    share = world.share
    assert share.balanceOf(world.provider) == share.totalSupply() == 1000 * SHARE
    assert (share.name(), share.symbol(), share.decimals()) == ("North One", "NORTH", 18)
    assert share.device_id() == world.device_id
    assert share.operator() == world.provider
    assert share.operator_cut_bps() == 1_000
    assert share.usd() == world.usd.address
    assert share.total_income_usd6() == share.claimable(world.provider) == share.operator_claimable() == 0


def test_abi__no_way_to_mint_burn_or_own(world: ShareWorld) -> None:
    names = {item.get("name") for item in world.share.abi}
    assert not names & {"mint", "burn", "burn_from", "set_minter", "owner", "transfer_ownership", "is_minter"}


def test_transfer__part__moves_balance_and_logs(world: ShareWorld) -> None:
    investor = role("investor")
    give(world, investor, 1)
    (event,) = logs_of(world.share, "Transfer")
    assert (event.sender, event.receiver, event.value) == (world.provider, investor, 1)
    assert world.share.balanceOf(investor) == 1


def test_transfer__one_above_balance__reverts(world: ShareWorld) -> None:
    with boa.env.prank(world.provider), boa.reverts("erc20: transfer amount exceeds balance"):
        world.share.transfer(role("investor"), 1000 * SHARE + 1)


def test_transfer__max_uint__reverts(world: ShareWorld) -> None:
    with boa.env.prank(world.provider), boa.reverts("erc20: transfer amount exceeds balance"):
        world.share.transfer(role("investor"), MAX_UINT256)


def test_transfer__whole_balance__leaves_zero(world: ShareWorld) -> None:
    give(world, role("investor"), 1000 * SHARE)
    assert world.share.balanceOf(world.provider) == 0


def test_transfer__to_zero_address__reverts(world: ShareWorld) -> None:
    with boa.env.prank(world.provider), boa.reverts("erc20: transfer to the zero address"):
        world.share.transfer(ZERO, 1)


@pytest.mark.parametrize("amount", [0, 1])
def test_transfer__to_the_share_itself__reverts(world: ShareWorld, amount: int) -> None:
    with boa.env.prank(world.provider), boa.reverts("share: transfer to the share itself"):
        world.share.transfer(world.share.address, amount)


def test_transfer_from__to_the_share_itself__reverts(world: ShareWorld) -> None:
    spender = role("spender")
    with boa.env.prank(world.provider):
        world.share.approve(spender, 1)
    with boa.env.prank(spender), boa.reverts("share: transfer to the share itself"):
        world.share.transferFrom(world.provider, world.share.address, 1)


def test_transfer_from__allowance_bound__exact_passes_one_more_reverts(world: ShareWorld) -> None:
    spender, investor = role("spender"), role("investor")
    with boa.env.prank(world.provider):
        world.share.approve(spender, 10)
    with boa.env.prank(spender):
        world.share.transferFrom(world.provider, investor, 10)
        with boa.reverts("erc20: insufficient allowance"):
            world.share.transferFrom(world.provider, investor, 1)
    assert world.share.balanceOf(investor) == 10


def test_transfer_from__unlimited_allowance__stays_unlimited(world: ShareWorld) -> None:
    spender = role("spender")
    with boa.env.prank(world.provider):
        world.share.approve(spender, MAX_UINT256)
    with boa.env.prank(spender):
        world.share.transferFrom(world.provider, spender, 5)
    assert world.share.allowance(world.provider, spender) == MAX_UINT256


def test_transfer__income_before__stays_with_the_seller(world: ShareWorld) -> None:
    investor = role("investor")
    world.deposit(1000 * USD)
    give(world, investor, 1000 * SHARE)
    assert world.share.claimable(world.provider) == 900 * USD
    assert world.share.claimable(investor) == 0
    world.deposit(1000 * USD)
    assert world.share.claimable(world.provider) == 900 * USD
    assert world.share.claimable(investor) == 900 * USD


def test_transfer_from__income_before__stays_with_the_seller(world: ShareWorld) -> None:
    investor = role("investor")
    world.deposit(1000 * USD)
    with boa.env.prank(world.provider):
        world.share.approve(investor, 500 * SHARE)
    with boa.env.prank(investor):
        world.share.transferFrom(world.provider, investor, 500 * SHARE)
    world.deposit(1000 * USD)
    assert world.share.claimable(world.provider) == 1350 * USD
    assert world.share.claimable(investor) == 450 * USD


def test_transfer__to_oneself__changes_nothing(world: ShareWorld) -> None:
    world.deposit(1000 * USD)
    give(world, world.provider, 1000 * SHARE)
    assert world.share.balanceOf(world.provider) == 1000 * SHARE
    assert world.share.claimable(world.provider) == 900 * USD
    world.deposit(1000 * USD)
    assert world.share.claimable(world.provider) == 1800 * USD


def test_transfer__there_and_back__earns_only_what_was_held(world: ShareWorld) -> None:
    investor = role("investor")
    give(world, investor, 500 * SHARE)
    world.deposit(100 * USD)
    with boa.env.prank(investor):
        world.share.transfer(world.provider, 500 * SHARE)
    world.deposit(100 * USD)
    assert world.share.claimable(investor) == 45 * USD
    assert world.share.claimable(world.provider) == 135 * USD


def test_sync_income__nothing_arrived__returns_zero_and_logs_nothing(world: ShareWorld) -> None:
    assert world.share.sync_income() == 0
    assert logs_of(world.share, "IncomeDeposited") == []


def test_sync_income__twice__second_finds_nothing(world: ShareWorld) -> None:
    world.deposit(100, sync=False)
    assert world.share.sync_income() == 100
    assert world.share.sync_income() == 0
    assert world.share.total_income_usd6() == 100


def test_sync_income__after_a_claim__counts_only_what_is_new(world: ShareWorld) -> None:
    world.deposit(1000)
    world.share.claim_for(world.provider)
    world.deposit(500, sync=False)
    assert world.share.sync_income() == 500
    assert world.share.total_income_usd6() == 1500


def test_sync_income__event__splits_to_the_unit(world: ShareWorld) -> None:
    world.deposit(999, sync=False)
    payer = role("payer")
    with boa.env.prank(payer):
        world.share.sync_income()
    (event,) = logs_of(world.share, "IncomeDeposited")
    assert (event.payer, event.amount_usd6, event.operator_usd6, event.holders_usd6) == (payer, 999, 99, 900)


def test_sync_income__ten_deposits_of_one_unit__operator_gets_its_tenth(world: ShareWorld) -> None:
    for _ in range(10):
        world.deposit(1)
    assert world.share.operator_claimable() == 1
    assert world.share.claimable(world.provider) == 9


@pytest.mark.parametrize(("cut_bps", "operator_usd6"), [(0, 0), (1, 100), (5_000, 500_000)])
def test_sync_income__cut_bounds__operator_part(cut_bps: int, operator_usd6: int) -> None:
    world = share_world(cut_bps=cut_bps)
    world.deposit(1_000_000)
    assert world.share.operator_claimable() == operator_usd6
    assert world.share.claimable(world.provider) == 1_000_000 - operator_usd6


def test_claim__by_holder__pays_once(world: ShareWorld) -> None:
    world.deposit(1000)
    with boa.env.prank(world.provider):
        assert world.share.claim() == 900
        (event,) = logs_of(world.share, "IncomeClaimed")
        assert (event.holder, event.amount_usd6) == (world.provider, 900)
        assert world.share.claim() == 0
        assert logs_of(world.share, "IncomeClaimed") == []
    assert world.usd.balanceOf(world.provider) == 900
    assert world.share.claimable(world.provider) == 0


def test_claim_for__stranger__money_goes_to_the_holder(world: ShareWorld) -> None:
    world.deposit(1000)
    stranger = role("stranger")
    with boa.env.prank(stranger):
        assert world.share.claim_for(world.provider) == 900
    assert world.usd.balanceOf(stranger) == 0
    assert world.usd.balanceOf(world.provider) == 900


def test_claim__no_holder__pays_nothing(world: ShareWorld) -> None:
    world.deposit(1000)
    with boa.env.prank(role("stranger")):
        assert world.share.claim() == 0


def test_claim_for__zero_address_and_share_itself__pay_nothing(world: ShareWorld) -> None:
    world.deposit(1000)
    assert world.share.claim_for(ZERO) == 0
    assert world.share.claim_for(world.share.address) == 0


def test_claim__after_selling_everything__pays_the_past(world: ShareWorld) -> None:
    world.deposit(1000)
    give(world, role("investor"), 1000 * SHARE)
    with boa.env.prank(world.provider):
        assert world.share.claim() == 900


def test_claim__fraction_of_a_unit__is_kept_until_whole(world: ShareWorld) -> None:
    investor = role("investor")
    give(world, investor, 500 * SHARE)
    world.deposit(1)  # half a unit each, the operator's tenth is still below one
    assert world.share.claim_for(investor) == 0
    world.deposit(1)
    assert world.share.claim_for(investor) == 1


def test_claim_operator__stranger_calls__operator_is_paid(world: ShareWorld) -> None:
    world.deposit(1000)
    with boa.env.prank(role("stranger")):
        assert world.share.claim_operator() == 100
    (event,) = logs_of(world.share, "OperatorPaid")
    assert (event.operator, event.amount_usd6) == (world.provider, 100)
    assert world.share.claim_operator() == 0
    assert world.usd.balanceOf(world.provider) == 100


def test_claim_operator__deed_sold__each_operator_keeps_its_time(world: ShareWorld) -> None:
    buyer = role("deed_buyer")
    world.deposit(1000)
    with boa.env.prank(world.provider):
        world.registry.transferFrom(world.provider, buyer, int.from_bytes(world.device_id, "big"))
    assert world.share.operator() == buyer
    world.deposit(1000)
    assert world.share.claim_operator() == 100
    assert world.usd.balanceOf(buyer) == 100
    assert world.share.operator_claimable_of(world.provider) == 100
    assert world.share.claim_operator_for(world.provider) == 100
    assert world.usd.balanceOf(world.provider) == 100
    assert world.share.claim_operator_for(world.provider) == 0


def test_claim__stablecoin_refuses__reverts_and_keeps_the_debt() -> None:
    usd = deployer("OddToken").deploy()
    world = share_world(usd=usd)
    usd.mint(world.share.address, 1000)
    world.share.sync_income()
    usd.set_refuses(True)
    with boa.reverts("share: stablecoin refused the transfer"):
        world.share.claim_for(world.provider)
    usd.set_refuses(False)
    assert world.share.claim_for(world.provider) == 900


def test_claim__stablecoin_returns_nothing__pays() -> None:
    usd = deployer("SilentToken").deploy()
    world = share_world(usd=usd)
    usd.mint(world.share.address, 1000)
    world.share.sync_income()
    assert world.share.claim_for(world.provider) == 900
    assert usd.balanceOf(world.provider) == 900


def test_sync_income__largest_total__still_accounts_and_pays(world: ShareWorld) -> None:
    usd = deployer("SilentToken").deploy()
    world = share_world(usd=usd, supply=10**30, cut_bps=0)
    usd.mint(world.share.address, 2**128 - 1)
    assert world.share.sync_income() == 2**128 - 1
    assert world.share.claimable(world.provider) == 2**128 - 1
    assert world.share.claim_for(world.provider) == 2**128 - 1


def test_permit__valid__sets_allowance_and_cannot_be_replayed(world: ShareWorld) -> None:
    holder = Account.create()
    spender = role("spender")
    deadline = boa.env.timestamp
    v, r, s = sign_permit(world.share, holder.key, spender, 7, deadline)
    world.share.permit(holder.address, spender, 7, deadline, v, r, s)
    assert world.share.allowance(holder.address, spender) == 7
    with boa.reverts("erc20: invalid signature"):
        world.share.permit(holder.address, spender, 7, deadline, v, r, s)


def test_permit__one_second_late__reverts(world: ShareWorld) -> None:
    holder = Account.create()
    deadline = boa.env.timestamp - 1
    v, r, s = sign_permit(world.share, holder.key, role("spender"), 7, deadline)
    with boa.reverts("erc20: expired deadline"):
        world.share.permit(holder.address, role("spender"), 7, deadline, v, r, s)


def test_permit__of_another_share__reverts(world: ShareWorld) -> None:
    other = share_world()
    holder, spender = Account.create(), role("spender")
    deadline = boa.env.timestamp
    v, r, s = sign_permit(other.share, holder.key, spender, 7, deadline)
    with boa.reverts("erc20: invalid signature"):
        world.share.permit(holder.address, spender, 7, deadline, v, r, s)


def test_views__dust__is_below_one_unit_of_supply(world: ShareWorld) -> None:
    world.deposit(7)
    assert world.share.dust_scaled() < world.share.totalSupply()


def test_deposit__tokens_sent_by_a_stranger__belong_to_the_holders(world: ShareWorld) -> None:
    donor: Any = role("donor")
    fund(world.usd, donor, 100)
    with boa.env.prank(donor):
        world.usd.transfer(world.share.address, 100)
    assert world.share.claimable(world.provider) == 0
    assert world.share.sync_income() == 100
    assert world.share.claimable(world.provider) == 90
