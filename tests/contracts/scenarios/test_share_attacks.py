"""Attacks on a device's income: each is tried for real, and must earn nothing and stop nobody."""

import boa
import pytest

from tests.contracts.worlds import (
    SHARE,
    UNBONDING_SECONDS,
    USD,
    ZERO,
    deployer,
    role,
    share_world,
    vault_world,
)


def encoded(contract: object, function: str, *arguments: object) -> bytes:
    """Call data of one function of a titanoboa contract."""
    return bytes(getattr(contract, function).prepare_calldata(*arguments))


@pytest.mark.parametrize("function", ["claim_for", "sync_income", "claim_operator", "transfer", "claimable"])
def test_reentrant_stablecoin__during_a_claim__cannot_enter_the_share(function: str) -> None:
    """A stablecoin with a hook hands control to the holder in the middle of its claim."""
    usd = deployer("OddToken").deploy()
    world = share_world(usd=usd)
    usd.mint(world.share.address, 1000)
    world.share.sync_income()
    arguments: dict[str, tuple[object, ...]] = {
        "claim_for": (world.provider,),
        "claimable": (world.provider,),
        "transfer": (role("attacker"), 0),
    }
    usd.set_callback(world.share.address, encoded(world.share, function, *arguments.get(function, ())))
    assert world.share.claim_for(world.provider) == 900
    assert usd.callback_tried()
    assert not usd.callback_worked(), "the lock let a call back in"
    assert usd.balanceOf(world.provider) == 900
    assert world.share.claim_for(world.provider) == 0


@pytest.mark.parametrize("function", ["withdraw", "free_of"])
def test_reentrant_stablecoin__during_a_withdrawal__cannot_enter_the_vault(function: str) -> None:
    usd, provider = deployer("OddToken").deploy(), role("provider")
    world = vault_world(usd)
    world.stake(provider, 100)
    world.stake(role("other"), 100)
    with boa.env.prank(provider):
        world.vault.request_unbond(100)
    boa.env.time_travel(seconds=UNBONDING_SECONDS)
    arguments = (provider, 1) if function == "withdraw" else (provider,)
    usd.set_callback(world.vault.address, encoded(world.vault, function, *arguments))
    world.vault.withdraw(provider, 1)
    assert usd.callback_tried()
    assert not usd.callback_worked()
    assert usd.balanceOf(provider) == 100
    assert usd.balanceOf(world.vault.address) == world.vault.total_stake_usd6() == 100


def test_first_depositor__one_unit_then_a_flood__takes_nothing_from_later_holders() -> None:
    """In vaults the first depositor can inflate a share's price so that later ones round to nothing."""
    world = share_world(supply=SHARE, cut_bps=0)
    investor = role("investor")
    world.deposit(1)
    with boa.env.prank(world.provider):
        world.share.transfer(investor, SHARE // 2)
    world.deposit(1_000_000 * USD)
    assert world.share.claim_for(investor) == 500_000 * USD
    assert world.share.claim_for(world.provider) == 500_000 * USD + 1


def test_donation__huge_gift_before_a_sale__stays_with_those_who_held() -> None:
    world = share_world(cut_bps=0)
    attacker = role("attacker")
    with boa.env.prank(world.provider):
        world.share.transfer(attacker, 1)  # 1e-21 of the supply
    world.deposit(1_000_000 * USD, sync=False)
    world.share.sync_income()
    assert world.share.claimable(attacker) == 0
    assert world.share.claimable(world.provider) == 1_000_000 * USD - 1


def test_sandwich__buy_sync_sell__attacker_gets_only_what_came_while_it_held() -> None:
    """Income that waits unaccounted can be taken by whoever holds when it is synced: Escrow syncs in the same call."""
    world = share_world(cut_bps=0)
    attacker = role("attacker")
    world.deposit(100 * USD)  # pushed and synced at once, as Escrow does
    with boa.env.prank(world.provider):
        world.share.transfer(attacker, 1000 * SHARE)
    with boa.env.prank(attacker):
        world.share.sync_income()
        world.share.transfer(world.provider, 1000 * SHARE)
        assert world.share.claim() == 0
    assert world.share.claim_for(world.provider) == 100 * USD


def test_dust_transfers__to_a_stranger__create_no_claim() -> None:
    world = share_world(cut_bps=0)
    world.deposit(1_000 * USD)
    sybils = [role(f"sybil_{index}") for index in range(20)]
    for sybil in sybils:
        with boa.env.prank(world.provider):
            world.share.transfer(sybil, 1)
    assert world.share.claimable(world.provider) == 1_000 * USD
    assert all(world.share.claimable(sybil) == 0 for sybil in sybils)


def test_shares_sent_to_the_share__impossible_so_income_cannot_be_locked() -> None:
    world = share_world()
    for target in (world.share.address, ZERO):
        with boa.env.prank(world.provider), boa.reverts():
            world.share.transfer(target, SHARE)
    world.deposit(1_000)
    assert world.share.claim_for(world.provider) == 900


def test_fake_share__made_outside_the_factory__is_not_one() -> None:
    """Escrow pushes income to addresses the factory vouches for; a look-alike is not vouched for."""
    world = share_world()
    fake = deployer("DeviceShare").deploy(
        world.usd.address,
        world.registry.address,
        role("offering"),
        role("tender"),
        world.device_id,
        role("attacker"),
        SHARE,
        1,
        (0, ZERO, 0, 0, 0, False, "N", "N"),
    )
    assert world.factory.is_share(world.share.address)
    assert not world.factory.is_share(fake.address)


def test_deed_thief__moves_the_deed_of_a_shared_device__holders_lose_nothing() -> None:
    """An operator sells the deed and its buyer tries to turn the income away from the holders."""
    world = share_world()
    buyer = role("deed_buyer")
    with boa.env.prank(world.provider):
        world.registry.transferFrom(world.provider, buyer, int.from_bytes(world.device_id, "big"))
    with boa.env.prank(buyer):
        with boa.reverts("registry: a shared device pays its share"):
            world.registry.set_payee(world.device_id, buyer)
        with boa.reverts("factory: device has shares already"):
            world.factory.create_share(world.device_id, SHARE, 0, "Again", "A")
    assert world.registry.device(world.device_id).payee == world.share.address
