"""INV-06, and INV-01 of the vault, as a state machine beside a Python model.

Deposits, unbonding, time, locks, slashes and releases in any order; locked never exceeds stake, a slash never
exceeds its bond, and stake locked by an open job cannot leave.
"""

from typing import Any

import boa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.contracts.slots import Slots
from tests.contracts.stateful.depth import DEPTH
from tests.contracts.worlds import UNBONDING_SECONDS, VaultWorld, role, vault_world

PROVIDERS = 3
JOBS = [bytes([n]) * 32 for n in (1, 2, 3)]
provider_index = st.integers(0, PROVIDERS - 1)
jobs = st.sampled_from(JOBS)
amounts = st.one_of(st.sampled_from([1, 2, 10**6]), st.integers(1, 10**9))


class Vault(RuleBasedStateMachine):
    """Model: stake and bonds per provider, requests in the queue, jobs that are closed.

    `world`: deployed once for all runs.
    """

    world: VaultWorld

    def __init__(self) -> None:
        super().__init__()
        self._anchor = boa.env.anchor()
        self._anchor.__enter__()

    @initialize()
    def create(self) -> None:
        self.vault, self.usd = Slots(self.world.vault), Slots(self.world.usd)
        self.providers = [role(f"provider_{i}") for i in range(PROVIDERS)]
        self.stake = dict.fromkeys(self.providers, 0)
        self.bonds: dict[tuple[str, bytes], int] = {}
        self.queue: dict[str, dict[int, tuple[int, int]]] = {account: {} for account in self.providers}
        self.asked = dict.fromkeys(self.providers, 0)
        self.withdrawn = dict.fromkeys(self.providers, 0)
        self.slashed = 0
        self.closed: set[bytes] = set()

    def teardown(self) -> None:
        if hasattr(self, "vault"):
            for account in self.providers:
                free = self.free(account)
                assert self.world.vault.free_of(account) == free
                whole = (self.stake[account], self.locked(account), self.unbonding(account), free)
                assert tuple(self.world.vault.exposure_of(account)) == whole
        self._anchor.__exit__(None, None, None)

    def locked(self, account: str) -> int:
        return sum(amount for (owner, _), amount in self.bonds.items() if owner == account)

    def unbonding(self, account: str) -> int:
        return sum(amount for amount, _ in self.queue[account].values())

    def free(self, account: str) -> int:
        return self.stake[account] - self.locked(account) - self.unbonding(account)

    # --- actions ---

    @rule(index=provider_index, amount=amounts)
    def deposit(self, index: int, amount: int) -> None:
        account = self.providers[index]
        self.world.stake(account, amount)
        self.stake[account] += amount

    @rule(index=provider_index, job=jobs, amount=amounts)
    def lock(self, index: int, job: bytes, amount: int) -> None:
        account = self.providers[index]
        call = (self.world.vault.address, account, job, amount)
        if amount > self.free(account):
            with boa.reverts("vault: bond above the free stake"):
                self.world.board.lock(*call)
            return
        self.world.board.lock(*call)
        self.closed.discard(job)
        self.world.market.set_closed(job, False)
        self.bonds[account, job] = self.bonds.get((account, job), 0) + amount

    @rule(index=provider_index, job=jobs)
    def lock_everything(self, index: int, job: bytes) -> None:
        free = self.free(self.providers[index])
        if free:
            self.lock(index, job, free)

    @rule(index=provider_index, job=jobs, amount=amounts)
    def slash(self, index: int, job: bytes, amount: int) -> None:
        account = self.providers[index]
        bond = self.bonds.get((account, job), 0)
        taken = self.world.market.slash(self.world.vault.address, account, job, amount, 6)
        assert taken == min(amount, bond)
        self.stake[account] -= taken
        self.slashed += taken
        if taken:
            self.bonds[account, job] -= taken

    @rule(job=jobs)
    def close(self, job: bytes) -> None:
        self.world.market.set_closed(job, True)
        self.closed.add(job)

    @rule(job=jobs)
    def release(self, job: bytes) -> None:
        if job not in self.closed:
            with boa.reverts("vault: the job is not closed"):
                self.world.vault.release(job, self.providers)
            return
        self.world.vault.release(job, self.providers)
        for account in self.providers:
            self.bonds.pop((account, job), None)

    @rule(index=provider_index, amount=amounts)
    def request_unbond(self, index: int, amount: int) -> None:
        account = self.providers[index]
        with boa.env.prank(account):
            if amount > self.free(account):
                with boa.reverts("vault: more than the free stake"):
                    self.world.vault.request_unbond(amount)
                return
            request = self.world.vault.request_unbond(amount)
        self.asked[account] += 1
        assert request == self.asked[account]
        self.queue[account][request] = (amount, boa.env.timestamp + UNBONDING_SECONDS)

    @rule(index=provider_index)
    def request_everything(self, index: int) -> None:
        free = self.free(self.providers[index])
        if free:
            self.request_unbond(index, free)

    @rule(index=provider_index, request=st.integers(0, 6))
    def cancel_unbond(self, index: int, request: int) -> None:
        account = self.providers[index]
        with boa.env.prank(account):
            if request not in self.queue[account]:
                with boa.reverts("vault: no such request"):
                    self.world.vault.cancel_unbond(request)
                return
            self.world.vault.cancel_unbond(request)
        del self.queue[account][request]

    @rule(index=provider_index, request=st.integers(0, 6))
    def withdraw(self, index: int, request: int) -> None:
        account = self.providers[index]
        amount, ready = self.queue[account].get(request, (0, 0))
        if not amount or boa.env.timestamp < ready:
            with boa.reverts("vault: still unbonding" if amount else "vault: no such request"):
                self.world.vault.withdraw(account, request)
            return
        self.world.vault.withdraw(account, request)
        del self.queue[account][request]
        self.stake[account] -= amount
        self.withdrawn[account] += amount

    @rule(seconds=st.sampled_from([1, UNBONDING_SECONDS - 1, UNBONDING_SECONDS, 10_000]))
    def wait(self, seconds: int) -> None:
        boa.env.time_travel(seconds=seconds)

    # --- what must hold ---

    @invariant()
    def figures_follow_the_model(self) -> None:
        vault, usd = self.vault, self.usd
        for account in self.providers:
            stake, locked = vault.read("stake_of", account), vault.read("locked_of", account)
            unbonding = vault.read("unbonding_of", account)
            assert stake == self.stake[account] >= locked
            assert locked == self.locked(account)
            assert unbonding == self.unbonding(account)
            assert stake - locked - unbonding == self.free(account) >= 0
            for job in JOBS:
                assert vault.read("bond_of", account, job) == self.bonds.get((account, job), 0)
            assert usd.read("erc20.balanceOf", account) == self.withdrawn[account]
        # the tokens cover the stakes (INV-01), and what was slashed has arrived
        held = usd.read("erc20.balanceOf", self.world.vault.address)
        assert held == vault.read("total_stake_usd6") == sum(self.stake.values())
        assert usd.read("erc20.balanceOf", self.world.escrow.address) == self.slashed


def test_inv_06__any_sequence__locked_below_stake_and_bonds_cannot_leave() -> None:
    machine: Any = type("VaultHere", (Vault,), {"world": vault_world()})
    run_state_machine_as_test(machine, settings=DEPTH)
