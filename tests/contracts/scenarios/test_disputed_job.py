"""A job whose result is wrong by one bit, from the order to the last unit: the real game over the real market."""

from dataclasses import dataclass, field, replace
from typing import Any

import boa
import pytest

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.facts import ClaimFacts
from assay.disputes.moves import CONTRACT_OF, Move
from assay.disputes.positions import Position, position_from
from assay.disputes.runs import LotRun
from assay.program.ops import Op
from contracts.scripts.params import DEVNET
from tests.contracts.dispute_world import deploy_game
from tests.contracts.exact_job import ExactJob, Split, exact_job
from tests.contracts.market_world import (
    CLOCK,
    CLOSED,
    CONVICTED,
    GAME_BOND,
    LEAF,
    PAID,
    POKE,
    REPLICATED,
    SETTLED_UPHELD,
    MarketWorld,
    budget_of,
    market_world,
)
from tests.contracts.worlds import ZERO, role
from tests.worker.disputes.liars import TermLiar, lying_lot
from tests.worker.disputes.programs import everything, inputs

PROGRAM, INPUTS = everything(trips=3, stride=2), inputs()
HONEST = LotRun(PROGRAM, INPUTS)
OUTER = next(k for k, node in enumerate(PROGRAM.main.nodes) if node.op is Op.LOOP)
CLOCK_SECONDS = DEVNET.path_moves * DEVNET.min_move_seconds


def wrong_in_a_dot() -> LotRun:
    """One bit of one element of the dot inside the loop's second step is another."""
    body = PROGRAM.bodies[PROGRAM.main.nodes[OUTER].root("body")]
    dot = next(k for k, node in enumerate(body.nodes) if node.op is Op.DOT)
    return lying_lot(PROGRAM, INPUTS, ((OUTER, 1),), dot)


@dataclass
class DisputedJob(ExactJob):
    """Roots are those of runs, by the number of the lie; 0 is the honest run."""

    runs: dict[int, LotRun] = field(default_factory=dict)

    def root(self, lot: int, lie: int = 0) -> bytes:
        return self.runs[lie].root


@pytest.fixture(scope="module")
def court() -> tuple[MarketWorld, dict[str, Any]]:
    """Market and game, deployed once."""
    contracts: dict[str, Any] = {}

    def game_of(usd: Any, claims: str) -> Any:
        contracts.update(
            deploy_game(usd, claims, path_moves=DEVNET.path_moves, move_price_usd6=DEVNET.move_price_usd6)
        )
        return contracts["DisputeGame"]

    return market_world(3, game_of=game_of), contracts


@pytest.fixture(scope="module")
def wrong() -> LotRun:
    return wrong_in_a_dot()


def disputed(world: MarketWorld, runs: dict[int, LotRun], **changes: Any) -> DisputedJob:
    job = exact_job(
        world,
        program_root=PROGRAM.root,
        inputs_root=HONEST.facts(ZERO, 0, 1).inputs_root,
        items_per_lot=1,
        **changes,
    )
    names = job.__dataclass_fields__
    return DisputedJob(**{name: getattr(job, name) for name in names}, runs=runs)


class Play:
    """One game: both sides move as their runs say."""

    def __init__(
        self,
        court: tuple[MarketWorld, dict[str, Any]],
        job: DisputedJob,
        place: int,
        lie: int,
        challenger: str,
    ) -> None:
        self.world, self.contracts = court
        self.claim = job.state_claim(0, place, lie)
        self.facts = ClaimFacts(*self.world.claims.facts_of(self.claim))
        self.claimed, self.defender = job.runs[lie], TermLiar() if lie else Defender()
        self.challenger = challenger
        if self.world.usd.balanceOf(challenger) < GAME_BOND:
            self.world.usd.mint(challenger, GAME_BOND)
        with boa.env.prank(challenger):
            self.world.usd.approve(self.world.game.address, GAME_BOND)
            self.game_id = int(self.world.game.open_game(self.claim))
        self.positions = [self.facts.start]
        self.history: list[tuple[Position, Move]] = []

    def move(self, move: Move, sender: str) -> list[Any]:
        """Makes it; what was logged."""
        contract = self.contracts[CONTRACT_OF[move.name]]
        with boa.env.prank(sender):
            getattr(contract, move.name)(
                *move.call(self.game_id, self.claim, self.positions[-1], self.challenger)
            )
        return list(contract.get_logs())

    def answer(self) -> None:
        move = self.defender.answer(self.positions, cursor_at(self.claimed, self.positions))
        assert move is not None
        if self.world.game.answer_of(self.positions[-1].key(self.claim))[2] == 0:
            self.move(move, self.facts.defender)
        self.history.append((self.positions[-1], move))

    def name(self, own: LotRun = HONEST) -> bool:
        """Whether the game goes on."""
        naming = Challenger().name(self.history, cursor_at(own, self.positions))
        assert naming is not None
        named = [one for one in self.move(naming, self.challenger) if type(one).__name__ == "PositionNamed"]
        self.positions += [position_from(bytes(one.position)) for one in named]
        return bool(named)

    def to_the_end(self) -> "Play":
        while True:
            self.answer()
            if not self.name():
                return self

    def call_time(self) -> None:
        boa.env.time_travel(seconds=CLOCK_SECONDS + 1)
        self.world.game.call_time(self.game_id, self.claim, self.positions[-1].packed(), self.challenger)


def test_flipped_bit_in_one_partial_product__is_convicted_by_leaf_and_every_unit_is_accounted_for(
    court: tuple[MarketWorld, dict[str, Any]], wrong: LotRun
) -> None:
    world = court[0]
    job = disputed(world, {1: wrong})
    job.show(1)
    provider, challenger, closer = job.holder(0, 0), role("challenger"), role("closer")
    buyer, stake = world.escrow.credit_of(world.buyer), world.vault.stake_of(provider)
    fees = world.escrow.fees_usd6()
    play = Play(court, job, 0, 1, challenger).to_the_end()
    assert world.claims.ruling_of(play.claim) == (challenger, 2)
    job.pass_deadline(0)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    job.enforce(play.claim, closer)
    split = Split.of(job.bond(0, 0))
    assert (job.lot(0).reason, job.state().reason, job.state().state) == (LEAF, LEAF, CLOSED)
    assert job.status(0, 0) == CONVICTED
    assert stake - world.vault.stake_of(provider) == job.bond(0, 0)
    assert world.escrow.credit_of(challenger) == split.challenger
    assert world.escrow.credit_of(world.buyer) - buyer == budget_of(job.terms) - POKE + split.buyer
    assert (world.escrow.burned_usd6(), world.escrow.kitty_usd6()) == (split.burned, split.kitty)
    assert world.escrow.credit_of(closer) == 2 * POKE  # the lot's own, and that of the ruling
    assert world.escrow.fees_usd6() == fees
    assert world.escrow.job_balance(job.job_id) == 0
    world.check_solvent()
    assert world.game.credit_of(challenger) == GAME_BOND
    world.game.withdraw(challenger)
    world.escrow.withdraw(challenger)
    assert world.usd.balanceOf(challenger) == GAME_BOND + split.challenger
    assert world.usd.balanceOf(world.game.address) == 0
    world.vault.release(job.job_id, [provider])
    assert world.vault.locked_of(provider) == 0


def test_silent_defender__is_convicted_by_the_clock(
    court: tuple[MarketWorld, dict[str, Any]], wrong: LotRun
) -> None:
    world = court[0]
    job = disputed(world, {1: wrong})
    job.show(1)
    play = Play(court, job, 0, 1, role("challenger"))
    play.answer()
    play.name()
    play.call_time()
    job.enforce(play.claim)
    assert (job.lot(0).reason, job.status(0, 0)) == (CLOCK, CONVICTED)


def test_honest_claim__challenged_wrongly__is_upheld_and_keeps_the_bond(
    court: tuple[MarketWorld, dict[str, Any]],
) -> None:
    world = court[0]
    job = disputed(world, {0: HONEST})
    job.show(0)
    play = Play(court, job, 0, 0, role("challenger"))
    play.answer()
    play.call_time()
    assert world.game.credit_of(job.holder(0, 0)) == GAME_BOND
    job.poke(0)
    assert (job.lot(0).reason, job.status(0, 0)) == (SETTLED_UPHELD, PAID)
    with boa.reverts("claims: no ruling to enforce"):
        job.enforce(play.claim)


def test_two_challengers_at_once__first_ruling_counts_and_the_other_gets_its_bond_back(
    court: tuple[MarketWorld, dict[str, Any]], wrong: LotRun
) -> None:
    world = court[0]
    job = disputed(world, {1: wrong})
    job.show(1)
    slow = Play(court, job, 0, 1, role("slow"))
    slow.answer()
    fast = Play(court, job, 0, 1, role("fast")).to_the_end()
    world.game.close_game(slow.game_id, slow.claim, slow.positions[-1].packed(), slow.challenger)
    assert world.game.credit_of(slow.challenger) == GAME_BOND == world.game.credit_of(fast.challenger)
    job.enforce(fast.claim)
    assert world.escrow.credit_of(fast.challenger) == job.bond(0, 0) // 2
    assert world.escrow.credit_of(slow.challenger) == 0


def test_earlier_seat_is_wrong__the_later_convicts_it_and_is_paid(
    court: tuple[MarketWorld, dict[str, Any]], wrong: LotRun
) -> None:
    world = court[0]
    job = disputed(world, {0: HONEST, 1: wrong}, grade=REPLICATED, seats=2)
    job.show(1, 0)
    later = job.holder(0, 1)
    play = Play(court, job, 0, 1, later)
    boa.env.timestamp = job.lot(0).deadline + 1
    play.to_the_end()
    job.enforce(play.claim)
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in (0, 1)] == [CONVICTED, PAID]
    assert job.lot(0).reason == SETTLED_UPHELD
    assert world.game.credit_of(later) == GAME_BOND
    world.check_solvent()


def test_same_wrong_root_twice__one_game_convicts_both(
    court: tuple[MarketWorld, dict[str, Any]], wrong: LotRun
) -> None:
    world = court[0]
    job = disputed(world, {1: wrong}, grade=REPLICATED, seats=2)
    job.show(1, 1)
    challenger = role("challenger")
    other = Play(court, job, 1, 1, role("other"))
    play = Play(court, job, 0, 1, challenger).to_the_end()
    job.enforce(play.claim)
    assert world.escrow.credit_of(challenger) == sum(job.bond(0, place) // 2 for place in (0, 1))
    assert (job.lot(0).reason, job.state().state) == (LEAF, CLOSED)
    # the game on the other claim goes on for its bond alone, whatever has become of the lot
    other.to_the_end()
    assert world.game.credit_of(other.challenger) == GAME_BOND
    with boa.reverts("claims: this place does not stand any more"):
        job.enforce(other.claim)


def test_facts__of_another_program__are_not_this_jobs(court: tuple[MarketWorld, dict[str, Any]]) -> None:
    job = disputed(court[0], {0: HONEST})
    job.show(0)
    job.terms = replace(job.terms, inputs_root=b"\x01" * 32)
    with boa.reverts("claims: other terms"):
        job.state_claim(0, 0)
