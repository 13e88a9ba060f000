"""What a machine over one job has to hold: the model beside the chain, and how both are read and compared."""

from typing import Any

import boa
import pytest
from hypothesis.stateful import RuleBasedStateMachine

from assay.protocol.draw import is_audited
from contracts.scripts.params import DEVNET
from tests.contracts.exact_job import BY_LEAF, DEFENDED, EXACT, ExactJob
from tests.contracts.market_model import LotModel
from tests.contracts.market_world import (
    CANCELLED,
    CLOSED,
    FEE_BPS,
    INPUTS_UNAVAILABLE,
    LOT_CLOSED,
    PAGE_PRICE,
    PAID,
    POKE,
    REFEREED,
    REPLICATED,
    SAMPLED,
    TRUSTED,
    WINDOW,
    MarketWorld,
    budget_of,
    fee_of,
)
from tests.contracts.page_model import Desk
from tests.contracts.paged_job import WithData, with_data
from tests.contracts.slots import Slots
from tests.contracts.worlds import CLASS

CANCEL_BPS = DEVNET.cancel_fee_bps
TERMINAL = (CANCELLED, CLOSED)


def refused() -> Any:
    """Any refusal of the contracts."""
    return pytest.raises(boa.BoaError)


class PagedExactJob(ExactJob, WithData):
    """A job of any kind: with pages that can be asked for, and claims that can be challenged."""


class OneJob(RuleBasedStateMachine):
    """Set-up, comparison with the chain after each step, and the end by time alone (INV-07). No rules here."""

    world: MarketWorld

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()

    def teardown(self) -> None:
        try:
            if hasattr(self, "job"):
                self.end()
        finally:
            self.anchor.__exit__(None, None, None)

    def begin(self, seats: int, spares: int, lots: int, salt: int, kind: str) -> None:
        """A drawn job; the salt makes another job id, so another draw. kind: native, exact, refereed, or sampled,
        and then seats says how: native, or exact with one lot in two audited, or all.
        """
        self.paid: set[tuple[int, int]] = set()
        self.closed: dict[int, Any] = {}
        self.cancelled = False
        # the same salt and terms would be the same job: each job of a run has numbers of its own
        self.begun += 1
        self.world.salts = self.begun * 2**65 + salt
        self.sampled = kind == "sampled"
        self.grade = REFEREED if kind == "refereed" else TRUSTED if seats == 1 else REPLICATED
        self.exact = kind != "native"
        self.audit_bps = 0
        if self.sampled:
            self.grade, self.audit_bps = SAMPLED, 10_000 if seats == 3 else 5_000
            self.exact, spares, seats = seats > 1, min(3, max(1, spares)), 1
        made = with_data(
            self.world,
            grade=self.grade,
            seats=seats,
            spares=spares,
            lots=lots,
            runtime_class=EXACT if self.exact else CLASS,
            audit_bps=self.audit_bps,
        )
        self.job = PagedExactJob(made.world, made.job_id, made.terms, made.salt, made.awardees)
        self.job.draw_now()
        state = self.job.state()
        first = state.drawn_at + state.commit_seconds
        self.lots = [LotModel(seats, spares, state.commit_seconds, 30, 10, first) for _ in range(lots)]
        for index, model in enumerate(self.lots):
            model.window, model.refereed = state.window_seconds, kind == "refereed"
            model.sampled, model.block = self.sampled, lambda: self.block
            # a function, not a bound method: copies of the model must not copy the machine
            model.draw = lambda block, lot=index: self.audited_by(lot, block)
            model.claims = self.exact and self.grade != TRUSTED
        self.games: dict[tuple[int, int], int] = {}  # (lot, place) => games open on its claim
        self.rulings: dict[tuple[int, int], int] = {}  # (lot, place) => verdict of a claim that was convicted
        self.desk = Desk(DEVNET.page_clock_seconds, PAGE_PRICE)
        self.holders = [
            [self.job.holder(lot, place) for place in range(self.job.width)] for lot in range(lots)
        ]
        world = self.world
        self.market, self.escrow = Slots(world.market), Slots(world.escrow)
        self.vault, self.usd = Slots(world.vault), Slots(world.usd)
        people = {world.buyer, world.stranger, *(one.payee for one in self.job.awardees)}
        self.accounts = people | {one.provider for one in self.job.awardees}

    @property
    def now(self) -> int:
        return int(boa.env.evm.patch.timestamp)

    @property
    def block(self) -> int:
        return int(boa.env.evm.patch.block_number)

    def audited_by(self, lot: int, block: int) -> bool | None:
        """What the Python twin draws for a lot from a block's hash; None when nobody knows that hash any more."""
        hashed: bytes = self.world.draw.block_hash(block)
        if hashed == bytes(32):
            return None
        return is_audited(hashed, self.job.job_id, lot, self.audit_bps)

    def pass_audit_block(self, model: LotModel) -> None:
        """To the block after it, where its hash is known to everybody."""
        if model.drawable and self.block <= model.audit_block:
            boa.env.time_travel(blocks=model.audit_block + 1 - self.block, block_delta=1)

    @property
    def is_over(self) -> bool:
        return all(model.phase == LOT_CLOSED for model in self.lots)

    def attempt(self, allowed: bool, act: Any) -> bool:
        """The contract must agree with the model on what is allowed."""
        if allowed:
            act()
        else:
            with refused():
                act()
        return allowed

    def pick(self, lot: int, place: int) -> tuple[int, int]:
        return lot % len(self.lots), place % self.job.width

    def note(self, contract: Any) -> None:
        """INV-02, INV-03 on the events of this very call."""
        for event in contract.get_logs():
            name = type(event).__name__
            if name == "SeatPaid":
                assert (event.lot, event.place) not in self.paid
                self.paid.add((event.lot, event.place))
                model, price = self.lots[event.lot], self.job.price(event.lot, event.place)
                assert event.amount_usd6 == price * model.pays_bps(event.place, CANCEL_BPS) // 10_000
                assert event.provider == self.holders[event.lot][event.place]
            if name == "ProviderConvicted":
                assert (event.lot, event.place) not in self.paid
                price = self.job.price(event.lot, event.place)
                bonds = {
                    TRUSTED: -(-price // 10),
                    SAMPLED: price,  # one lot in two: 2 P (1/q - 1) = 2 P; all of them: P
                    REPLICATED: price,
                    REFEREED: 2 * price,
                }
                if self.audit_bps == 5_000:
                    bonds[SAMPLED] = 2 * price
                assert event.slashed_usd6 == bonds[self.grade]
            if name == "LotClosed":
                parts = event.paid_usd6 + event.fee_usd6 + event.poke_usd6 + event.refund_usd6
                assert parts == budget_of(self.job.terms)
                assert event.poke_usd6 == POKE
                priced = 2 if self.sampled else self.job.terms.seats
                assert event.fee_usd6 <= priced * fee_of(self.job.terms.ceiling_usd6)
                assert event.fee_usd6 == 0 or event.reason != INPUTS_UNAVAILABLE
                assert FEE_BPS <= 500

    # --- after each step, from storage: through the views it would cost ten times the step ---

    def check_ledgers(self) -> None:
        """INV-01 and INV-02: tokens cover the ledgers, and the ledgers add up."""
        escrow, job_id = self.escrow, self.job.job_id
        ledgers = sum(escrow.read("_credits", account) for account in self.accounts)
        ledgers += sum(escrow.read(name) for name in ("_fees_usd6", "_kitty_usd6", "_burned_usd6"))
        held, liabilities = escrow.read("_jobs", job_id), escrow.read("_liabilities_usd6")
        assert ledgers + held == liabilities
        assert self.usd.read("erc20.balanceOf", self.world.escrow.address) >= liabilities
        stakes = self.vault.read("total_stake_usd6")
        assert self.usd.read("erc20.balanceOf", self.world.vault.address) >= stakes
        still = sum(model.phase != LOT_CLOSED for model in self.lots) * budget_of(self.job.terms)
        assert held == still + PAGE_PRICE * len(self.desk.open)

    def check_lots(self) -> None:
        """Phases, deadlines and statuses are the model's; INV-03, INV-08 and INV-09 of each lot."""
        for index, model in enumerate(self.lots):
            word = self.market.read("lot_store._words", self.job.job_id, index.to_bytes(32, "big"))
            if word == 0:
                assert not model.touched and model.phase == 0 and not model.paused
                continue
            places = range(len(model.statuses))
            found = [(word >> 96 + 4 * place) & 15 for place in places]
            assert bool((word >> 16) & 32) == model.audit_due
            assert bool((word >> 16) & 64) == model.audited
            assert word >> 160 == model.audit_block
            assert found == model.statuses
            assert (word & 15, (word >> 4) & 15, (word >> 8) & 15) == (model.phase, model.reason, len(places))
            assert bool((word >> 16) & 8) == model.requested
            assert bool((word >> 16) & 16) == bool(model.held)
            if model.phase != LOT_CLOSED:
                assert (word >> 56) & (2**40 - 1) == model.deadline
            # terminal states never change
            elif self.closed.setdefault(index, word) != word:
                raise AssertionError("a closed lot has changed")
            assert len(set(self.holders[index])) == self.job.width
            # a late place that did not know the root is never paid
            wages = model.reason not in (4, INPUTS_UNAVAILABLE)
            for place in model.late:
                if wages and not model.knew.get(place, True):
                    assert model.statuses[place] != PAID

    def end(self) -> None:
        """The last word on this job."""
        self.views_agree()
        self.end_by_time_alone()

    def views_agree(self) -> None:
        """What the views say, once at the end of a run."""
        for index, model in enumerate(self.lots):
            lot = self.job.lot(index)
            assert (lot.phase, lot.reason, lot.active) == (model.phase, model.reason, len(model.statuses))
            found = [self.job.status(index, place) for place in range(len(model.statuses))]
            assert found == model.statuses
            assert (
                self.world.availability.request_of(self.job.job_id, index).subject != 0
            ) == model.requested
        assert self.job.state().lots_closed == sum(model.phase == LOT_CLOSED for model in self.lots)

    # --- INV-07 ---

    def end_games(self) -> None:
        """Games end by their clocks, here for the defender; a stranger enforces what was ruled before."""
        for (lot, place), games in self.games.items():
            claim = self.job.claim_id(lot, place, max(self.lots[lot].lies[place], 0))
            if (lot, place) not in self.rulings:
                for _ in range(games):
                    self.job.rule(claim, DEFENDED)
                self.lots[lot].held.discard(place)
            elif place in self.lots[lot].standing and self.lots[lot].phase == WINDOW:
                self.job.enforce(claim)
                self.lots[lot].enforce(place, self.rulings[lot, place] == BY_LEAF, self.now)
        self.games.clear()

    def end_by_time_alone(self) -> None:
        """A stranger with a clock ends the job; then every unit can leave but kitty and burned."""
        world, job = self.world, self.job
        for _ in range(3 * (job.width + 3)):
            if self.is_over:
                break
            for index, model in enumerate(self.lots):
                # while a chain knows the hash, anyone can have it drawn
                self.pass_audit_block(model)
                if model.drawable and self.now <= model.deadline:
                    job.draw_audits(index)
                    model.draw_audit(False, self.now)
            # a ruling that is enforced starts a fresh window, so the clock comes after it
            self.end_games()
            boa.env.time_travel(seconds=31 + self.lots[0].commit)
            for index in list(self.desk.open):
                job.close(index)
                self.desk.close(index, self.lots[index])
            if not self.is_over:
                job.poke(*range(len(self.lots)))
                for model in self.lots:
                    model.poke(self.now)
        assert self.is_over and job.state().state in TERMINAL
        self.check_lots()
        self.check_ledgers()
        assert self.escrow.read("_jobs", job.job_id) == 0
        for account in self.accounts:
            if self.escrow.read("_credits", account):
                world.escrow.withdraw(account)
        world.escrow.withdraw_fees()
        stays = world.escrow.kitty_usd6() + world.escrow.burned_usd6()
        assert world.usd.balanceOf(world.escrow) == stays == world.escrow.liabilities_usd6()
        world.vault.release(job.job_id, [one.provider for one in job.awardees])
        for one in world.providers:
            assert self.vault.read("locked_of", one.address) == 0
