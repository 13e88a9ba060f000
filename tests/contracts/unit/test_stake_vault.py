"""StakeVault: deposits, the queue, bonds, slashes; each bound, each wrong caller, each odd token."""

from typing import Any

import boa
import pytest
from eth_account import Account

from tests.contracts.worlds import (
    MAX_UINT256,
    UNBONDING_SECONDS,
    USD,
    ZERO,
    VaultWorld,
    deployer,
    logs_of,
    role,
    sign_permit,
    vault_world,
)

JOB = b"\x0a" * 32
OTHER_JOB = b"\x0b" * 32
REASON = 6


@pytest.fixture
def world() -> VaultWorld:
    return vault_world()


@pytest.fixture
def provider(world: VaultWorld) -> str:
    """A provider with 100 USD of stake."""
    account = role("provider")
    world.stake(account, 100 * USD)
    return account


def lock(world: VaultWorld, provider: str, amount: int, job: bytes = JOB) -> None:
    world.board.lock(world.vault.address, provider, job, amount)


def slash(world: VaultWorld, provider: str, amount: int, job: bytes = JOB) -> int:
    return int(world.market.slash(world.vault.address, provider, job, amount, REASON))


def state(world: VaultWorld, provider: str) -> tuple[int, int, int, int]:
    """(stake, locked, unbonding, free)"""
    vault = world.vault
    return (
        vault.stake_of(provider),
        vault.locked_of(provider),
        vault.unbonding_of(provider),
        vault.free_of(provider),
    )


def logs_of_market(world: VaultWorld, name: str) -> list[Any]:
    """The vault's events of a call that went through the board or the market."""
    return logs_of(world.board if name == "BondLocked" else world.market, name)


def exposure(world: VaultWorld, provider: str) -> tuple[int, int, int, int]:
    """The same four from one call."""
    stake, locked, unbonding, free = world.vault.exposure_of(provider)
    return stake, locked, unbonding, free


# --- deployment ---


def test_init__wiring__reads_back(world: VaultWorld) -> None:
    vault = world.vault
    assert (vault.usd(), vault.board(), vault.market(), vault.escrow()) == (
        world.usd.address,
        world.board.address,
        world.market.address,
        world.escrow.address,
    )
    assert vault.unbonding_seconds() == UNBONDING_SECONDS


@pytest.mark.parametrize(
    ("index", "value", "error"),
    [
        (0, "0x" + "22" * 20, "vault: the stablecoin has no code"),
        (1, ZERO, "vault: the board is the zero address"),
        (2, ZERO, "vault: the market is the zero address"),
        (3, ZERO, "vault: the escrow is the zero address"),
        (4, 90 * 86_400 + 1, "vault: unbonding time above the limit"),
    ],
)
def test_init__bad_argument__reverts(world: VaultWorld, index: int, value: Any, error: str) -> None:
    roles = [role(name) for name in ("board", "market", "escrow")]
    arguments = [world.usd.address, *roles, UNBONDING_SECONDS]
    arguments[index] = value
    with boa.reverts(error):
        deployer("StakeVault").deploy(*arguments)


@pytest.mark.parametrize("seconds", [0, 90 * 86_400])
def test_init__unbonding_bounds__pass(world: VaultWorld, seconds: int) -> None:
    roles = [role(name) for name in ("board", "market", "escrow")]
    vault = deployer("StakeVault").deploy(world.usd.address, *roles, seconds)
    assert vault.unbonding_seconds() == seconds


# --- deposit ---


def test_deposit__own_stake__is_free(world: VaultWorld, provider: str) -> None:
    assert state(world, provider) == (100 * USD, 0, 0, 100 * USD)
    assert world.vault.total_stake_usd6() == world.usd.balanceOf(world.vault.address) == 100 * USD


def test_deposit__for_another__credits_the_provider(world: VaultWorld, provider: str) -> None:
    sponsor = role("sponsor")
    world.usd.mint(sponsor, 5)
    with boa.env.prank(sponsor):
        world.usd.approve(world.vault.address, 5)
        world.vault.deposit(provider, 5)
    (event,) = logs_of(world.vault, "StakeDeposited")
    assert (event.provider, event.payer, event.amount_usd6) == (provider, sponsor, 5)
    assert event.stake_usd6 == world.vault.stake_of(provider) == 100 * USD + 5


def test_deposit__zero_or_nobody__reverts(world: VaultWorld, provider: str) -> None:
    with boa.reverts("vault: nothing to deposit"):
        world.vault.deposit(provider, 0)
    with boa.reverts("vault: provider is the zero address"):
        world.vault.deposit(ZERO, 1)


@pytest.mark.parametrize("amount", [1, MAX_UINT256])
def test_deposit__without_allowance__reverts(world: VaultWorld, amount: int) -> None:
    with boa.env.prank(role("poor")), boa.reverts("erc20: insufficient allowance"):
        world.vault.deposit(role("poor"), amount)


def test_deposit__one_above_balance__reverts(world: VaultWorld) -> None:
    payer = role("payer")
    world.usd.mint(payer, 10)
    with boa.env.prank(payer):
        world.usd.approve(world.vault.address, MAX_UINT256)
        with boa.reverts("erc20: transfer amount exceeds balance"):
            world.vault.deposit(payer, 11)


def test_deposit__token_keeps_a_fee__reverts() -> None:
    usd, payer = deployer("OddToken").deploy(), role("payer")
    world = vault_world(usd)
    usd.mint(payer, 100)
    usd.set_fee(1)
    with boa.env.prank(payer):
        usd.approve(world.vault.address, 100)
        with boa.reverts("vault: other amount arrived than was sent"):
            world.vault.deposit(payer, 100)


def test_deposit__token_refuses__reverts() -> None:
    usd, payer = deployer("OddToken").deploy(), role("payer")
    world = vault_world(usd)
    usd.mint(payer, 100)
    usd.set_refuses(True)
    with boa.env.prank(payer):
        usd.approve(world.vault.address, 100)
        with boa.reverts("vault: stablecoin refused the transfer"):
            world.vault.deposit(payer, 100)


def test_deposit__token_returns_nothing__is_accepted() -> None:
    world = vault_world(deployer("SilentToken").deploy())
    world.stake(role("a"), 100)
    assert world.vault.total_stake_usd6() == 100


def test_deposit_with_permit__valid__one_transaction(world: VaultWorld) -> None:
    payer, deadline = Account.create(), boa.env.timestamp + 60
    world.usd.mint(payer.address, 70)
    v, r, s = sign_permit(world.usd, payer.key, world.vault.address, 70, deadline)
    with boa.env.prank(payer.address):
        world.vault.deposit_with_permit(payer.address, 70, deadline, v, r, s)
    assert world.vault.stake_of(payer.address) == 70


def test_deposit_with_permit__front_run__still_deposits(world: VaultWorld) -> None:
    payer, deadline = Account.create(), boa.env.timestamp + 60
    world.usd.mint(payer.address, 70)
    v, r, s = sign_permit(world.usd, payer.key, world.vault.address, 70, deadline)
    with boa.env.prank(role("front_runner")):
        world.usd.permit(payer.address, world.vault.address, 70, deadline, v, r, s)
    with boa.env.prank(payer.address):
        world.vault.deposit_with_permit(payer.address, 70, deadline, v, r, s)
    assert world.vault.stake_of(payer.address) == 70


def test_deposit_with_permit__replayed__reverts_without_allowance(world: VaultWorld) -> None:
    payer, deadline = Account.create(), boa.env.timestamp + 60
    world.usd.mint(payer.address, 140)
    v, r, s = sign_permit(world.usd, payer.key, world.vault.address, 70, deadline)
    with boa.env.prank(payer.address):
        world.vault.deposit_with_permit(payer.address, 70, deadline, v, r, s)
        with boa.reverts("erc20: insufficient allowance"):
            world.vault.deposit_with_permit(payer.address, 70, deadline, v, r, s)
    assert world.vault.stake_of(payer.address) == 70


def test_deposit_with_permit__somebody_elses__cannot_spend_it(world: VaultWorld) -> None:
    payer, deadline = Account.create(), boa.env.timestamp + 60
    world.usd.mint(payer.address, 70)
    v, r, s = sign_permit(world.usd, payer.key, world.vault.address, 70, deadline)
    with boa.env.prank(role("attacker")), boa.reverts("erc20: insufficient allowance"):
        world.vault.deposit_with_permit(role("attacker"), 70, deadline, v, r, s)
    assert world.usd.balanceOf(payer.address) == 70


# --- unbonding ---


def test_request_unbond__all_that_is_free__waits_in_the_queue(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 40 * USD)
    with boa.env.prank(provider):
        assert world.vault.request_unbond(60 * USD) == 1
    (event,) = logs_of(world.vault, "UnbondRequested")
    assert (event.provider, event.request_id, event.amount_usd6) == (provider, 1, 60 * USD)
    assert event.available_at == boa.env.timestamp + UNBONDING_SECONDS
    assert state(world, provider) == (100 * USD, 40 * USD, 60 * USD, 0)
    request = world.vault.unbonds(provider, 1)
    assert (request.amount_usd6, request.available_at) == (60 * USD, event.available_at)


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        (0, "vault: nothing to unbond"),
        (60 * USD + 1, "vault: more than the free stake"),
        (MAX_UINT256, "vault: more than the free stake"),
    ],
)
def test_request_unbond__outside_the_bounds__reverts(
    world: VaultWorld, provider: str, amount: int, error: str
) -> None:
    lock(world, provider, 40 * USD)
    with boa.env.prank(provider), boa.reverts(error):
        world.vault.request_unbond(amount)


def test_request_unbond__no_stake__reverts(world: VaultWorld) -> None:
    with boa.env.prank(role("stranger")), boa.reverts("vault: more than the free stake"):
        world.vault.request_unbond(1)


def test_request_unbond__several__are_counted_apart(world: VaultWorld, provider: str) -> None:
    with boa.env.prank(provider):
        assert [world.vault.request_unbond(amount) for amount in (1, 2, 3)] == [1, 2, 3]
        world.vault.cancel_unbond(2)
    assert state(world, provider) == (100 * USD, 0, 4, 100 * USD - 4)
    with boa.env.prank(provider):
        assert world.vault.request_unbond(5) == 4


def test_cancel_unbond__own_request__is_free_again(world: VaultWorld, provider: str) -> None:
    with boa.env.prank(provider):
        world.vault.request_unbond(10)
        world.vault.cancel_unbond(1)
        (event,) = logs_of(world.vault, "UnbondCancelled")
        assert (event.provider, event.request_id, event.amount_usd6) == (provider, 1, 10)
        assert state(world, provider) == (100 * USD, 0, 0, 100 * USD)
        with boa.reverts("vault: no such request"):
            world.vault.cancel_unbond(1)


def test_cancel_unbond__somebody_elses__reverts(world: VaultWorld, provider: str) -> None:
    with boa.env.prank(provider):
        world.vault.request_unbond(10)
    with boa.env.prank(role("attacker")), boa.reverts("vault: no such request"):
        world.vault.cancel_unbond(1)


def test_withdraw__one_second_early__reverts_then_pays(world: VaultWorld, provider: str) -> None:
    with boa.env.prank(provider):
        world.vault.request_unbond(10 * USD)
    boa.env.time_travel(seconds=UNBONDING_SECONDS - 1)
    with boa.reverts("vault: still unbonding"):
        world.vault.withdraw(provider, 1)
    boa.env.time_travel(seconds=1)
    with boa.env.prank(role("stranger")):
        world.vault.withdraw(provider, 1)
    (event,) = logs_of(world.vault, "StakeWithdrawn")
    assert (event.provider, event.request_id, event.amount_usd6) == (provider, 1, 10 * USD)
    assert world.usd.balanceOf(provider) == 10 * USD
    assert state(world, provider) == (90 * USD, 0, 0, 90 * USD)
    with boa.reverts("vault: no such request"):
        world.vault.withdraw(provider, 1)


@pytest.mark.parametrize("request_id", [0, 2, MAX_UINT256])
def test_withdraw__no_such_request__reverts(world: VaultWorld, provider: str, request_id: int) -> None:
    with boa.env.prank(provider):
        world.vault.request_unbond(10)
    boa.env.time_travel(seconds=UNBONDING_SECONDS)
    with boa.reverts("vault: no such request"):
        world.vault.withdraw(provider, request_id)


def test_withdraw__token_refuses__reverts_and_keeps_the_request() -> None:
    usd = deployer("OddToken").deploy()
    world, provider = vault_world(usd), role("provider")
    world.stake(provider, 100)
    with boa.env.prank(provider):
        world.vault.request_unbond(100)
    boa.env.time_travel(seconds=UNBONDING_SECONDS)
    usd.set_refuses(True)
    with boa.reverts("vault: stablecoin refused the transfer"):
        world.vault.withdraw(provider, 1)
    usd.set_refuses(False)
    world.vault.withdraw(provider, 1)
    assert usd.balanceOf(provider) == 100


# --- bonds ---


def test_lock__all_that_is_free__adds_up_per_job(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 30 * USD)
    (event,) = logs_of_market(world, "BondLocked")
    assert (event.provider, event.job_id, event.amount_usd6) == (provider, JOB, 30 * USD)
    lock(world, provider, 10 * USD)
    lock(world, provider, 60 * USD, OTHER_JOB)
    assert state(world, provider) == (100 * USD, 100 * USD, 0, 0)
    assert world.vault.bond_of(provider, JOB) == 40 * USD
    assert world.vault.bond_of(provider, OTHER_JOB) == 60 * USD


@pytest.mark.parametrize("amount", [90 * USD + 1, MAX_UINT256])
def test_lock__above_free__reverts(world: VaultWorld, provider: str, amount: int) -> None:
    with boa.env.prank(provider):
        world.vault.request_unbond(10 * USD)
    with boa.reverts("vault: bond above the free stake"):
        lock(world, provider, amount)


def test_lock__zero__changes_and_logs_nothing(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 0)
    assert state(world, provider) == (100 * USD, 0, 0, 100 * USD)
    assert logs_of_market(world, "BondLocked") == []


@pytest.mark.parametrize("caller", ["provider", "board", "market", "escrow", "attacker"])
def test_lock_and_slash__each_caller__only_where_it_is_needed(
    world: VaultWorld, provider: str, caller: str
) -> None:
    lock(world, provider, 1)
    known = {"provider": provider} | {
        name: getattr(world, name).address for name in ("board", "market", "escrow")
    }
    with boa.env.prank(known.get(caller) or role(caller)):
        if caller != "board":
            with boa.reverts("vault: caller is not the board"):
                world.vault.lock(provider, JOB, 1)
        if caller != "market":
            with boa.reverts("vault: caller is not the market"):
                world.vault.slash(provider, JOB, 1, REASON)


def test_slash__part__leaves_for_escrow(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 30 * USD)
    assert slash(world, provider, 10 * USD) == 10 * USD
    (event,) = logs_of_market(world, "StakeSlashed")
    assert (event.provider, event.job_id, event.amount_usd6, event.reason) == (
        provider,
        JOB,
        10 * USD,
        REASON,
    )
    assert state(world, provider) == (90 * USD, 20 * USD, 0, 70 * USD)
    assert world.usd.balanceOf(world.escrow.address) == world.escrow.accepted(JOB) == 10 * USD
    assert world.vault.total_stake_usd6() == world.usd.balanceOf(world.vault.address) == 90 * USD


@pytest.mark.parametrize("amount", [30 * USD, 30 * USD + 1, MAX_UINT256])
def test_slash__whole_bond_or_more__takes_the_bond_only(
    world: VaultWorld, provider: str, amount: int
) -> None:
    lock(world, provider, 30 * USD)
    lock(world, provider, 5 * USD, OTHER_JOB)
    assert slash(world, provider, amount) == 30 * USD
    assert world.vault.bond_of(provider, JOB) == 0
    assert state(world, provider) == (70 * USD, 5 * USD, 0, 65 * USD)
    assert slash(world, provider, amount) == 0


def test_slash__no_bond_or_nothing__takes_nothing(world: VaultWorld, provider: str) -> None:
    assert slash(world, provider, 10) == 0
    lock(world, provider, 5)
    assert slash(world, provider, 0) == 0
    assert world.escrow.total() == 0


def test_slash__never_touches_the_queue(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 30 * USD)
    with boa.env.prank(provider):
        world.vault.request_unbond(70 * USD)
    assert slash(world, provider, MAX_UINT256) == 30 * USD
    boa.env.time_travel(seconds=UNBONDING_SECONDS)
    world.vault.withdraw(provider, 1)
    assert world.usd.balanceOf(provider) == 70 * USD
    assert state(world, provider) == (0, 0, 0, 0)


def test_release__open_job__reverts(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 30)
    with boa.reverts("vault: the job is not closed"):
        world.vault.release(JOB, [provider])


def test_release__closed_job__frees_what_is_left(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 30)
    lock(world, provider, 7, OTHER_JOB)
    slash(world, provider, 10)
    world.market.set_closed(JOB, True)
    with boa.env.prank(role("stranger")):
        world.vault.release(JOB, [provider, role("not_in_the_job")])
    (event,) = logs_of(world.vault, "BondReleased")
    assert (event.provider, event.job_id, event.amount_usd6) == (provider, JOB, 20)
    assert state(world, provider) == (100 * USD - 10, 7, 0, 100 * USD - 17)


def test_release__twice_and_with_repeats__frees_once(world: VaultWorld, provider: str) -> None:
    lock(world, provider, 30)
    world.market.set_closed(JOB, True)
    world.vault.release(JOB, [provider, provider])
    assert len(logs_of(world.vault, "BondReleased")) == 1
    world.vault.release(JOB, [provider])
    assert logs_of(world.vault, "BondReleased") == []
    assert state(world, provider) == (100 * USD, 0, 0, 100 * USD)


def test_release__empty_list__does_nothing(world: VaultWorld) -> None:
    world.market.set_closed(JOB, True)
    world.vault.release(JOB, [])
    assert logs_of(world.vault, "BondReleased") == []


def test_release__twenty_providers__all_freed(world: VaultWorld) -> None:
    providers = [role(f"provider_{index}") for index in range(20)]
    for account in providers:
        world.stake(account, 10)
        lock(world, account, 10)
    world.market.set_closed(JOB, True)
    world.vault.release(JOB, providers)
    assert all(world.vault.free_of(account) == 10 for account in providers)


def test_total_stake__gift_of_tokens__is_nobodys_stake(world: VaultWorld, provider: str) -> None:
    world.usd.mint(world.vault.address, 55)
    assert world.vault.total_stake_usd6() == 100 * USD
    world.stake(role("next"), 1)
    assert world.vault.stake_of(role("unknown")) == 0
    assert world.usd.balanceOf(world.vault.address) == 100 * USD + 56


# --- exposure ---


def test_exposure_of__stranger__all_zero(world: VaultWorld) -> None:
    assert exposure(world, role("stranger")) == (0, 0, 0, 0)


def test_exposure_of__through_a_whole_life__is_the_four_ledgers_at_each_step(
    world: VaultWorld, provider: str
) -> None:
    def stands_at(*figures: int) -> None:
        assert exposure(world, provider) == state(world, provider) == figures
        assert figures[0] == sum(figures[1:])

    stands_at(100 * USD, 0, 0, 100 * USD)
    lock(world, provider, 30 * USD)
    lock(world, provider, 1, OTHER_JOB)
    stands_at(100 * USD, 30 * USD + 1, 0, 70 * USD - 1)
    with boa.env.prank(provider):
        request = world.vault.request_unbond(20 * USD)
    stands_at(100 * USD, 30 * USD + 1, 20 * USD, 50 * USD - 1)
    slash(world, provider, 10 * USD)
    stands_at(90 * USD, 20 * USD + 1, 20 * USD, 50 * USD - 1)
    world.market.set_closed(JOB, True)
    world.vault.release(JOB, [provider])
    stands_at(90 * USD, 1, 20 * USD, 70 * USD - 1)
    boa.env.time_travel(seconds=UNBONDING_SECONDS)
    world.vault.withdraw(provider, request)
    stands_at(70 * USD, 1, 0, 70 * USD - 1)


def test_exposure_of__another_provider__is_apart(world: VaultWorld, provider: str) -> None:
    rival = role("rival")
    world.stake(rival, 7)
    lock(world, provider, 5)
    assert exposure(world, rival) == (7, 0, 0, 7)
