"""Sybils on one claim, and all lots of a job challenged at once, on the contracts: every unit is accounted for."""

from collections.abc import Iterator

import boa
import pytest

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.facts import ClaimFacts
from assay.disputes.moves import CONTRACT_OF, Move
from assay.disputes.positions import Position, position_from
from assay.disputes.runs import LotRun
from tests.contracts.dispute_world import (
    BOND_USD6,
    CLOCK_SECONDS,
    MOVE_SECONDS,
    DisputeWorld,
    dispute_world,
)
from tests.worker.disputes.liars import TermLiar, lying_lot
from tests.worker.disputes.programs import everything, inputs

PROGRAM, INPUTS = everything(trips=3, stride=2), inputs()
SYBILS = 20


@pytest.fixture(scope="module")
def world() -> DisputeWorld:
    """Deployed once."""
    return dispute_world()


@pytest.fixture(autouse=True)
def _apart() -> Iterator[None]:
    with boa.env.anchor():
        yield


class Challenge:
    """A challenger's game on a claim; `said`: the answers that stand, by position, of all games."""

    def __init__(
        self, world: DisputeWorld, claim: bytes, facts: ClaimFacts, claimed: LotRun, own: LotRun, name: str
    ) -> None:
        self.world, self.claim, self.claimed, self.own = world, claim, claimed, own
        self.account = world.challenger(name)
        self.game = world.open(claim, self.account)
        self.positions: list[Position] = [facts.start]
        self.history: list[tuple[Position, Move]] = []

    def answered(self, defender: Defender, said: dict[bytes, Move]) -> bool:
        """Whether the defender had to send a transaction."""
        position = self.positions[-1]
        key = position.key(self.claim)
        fresh = key not in said
        if fresh:
            move = defender.answer(self.positions, cursor_at(self.claimed, self.positions))
            assert move is not None
            self.world.move(self.game, self.claim, position, move, self.world.defender, self.account)
            said[key] = move
        self.history.append((position, said[key]))
        return fresh

    def named(self) -> bool:
        """Whether the game goes on; raises BoaError where the contracts find nothing wrong."""
        move = Challenger().name(self.history, cursor_at(self.own, self.positions))
        if move is None:
            return False
        self.world.move(self.game, self.claim, self.positions[-1], move, self.account)
        logs = self.world.contracts[CONTRACT_OF[move.name]].get_logs()
        self.positions += [
            position_from(bytes(log.position)) for log in logs if type(log).__name__ == "PositionNamed"
        ]
        return len(self.positions) > len(self.history)

    @property
    def place(self) -> tuple[int, bytes, bytes, str]:
        """What call_time and close_game take."""
        return self.game, self.claim, self.positions[-1].packed(), self.account


def _stated(world: DisputeWorld, claim: bytes, claimed: LotRun) -> ClaimFacts:
    facts = claimed.facts(world.defender, boa.env.timestamp + 1_000, MOVE_SECONDS)
    world.claim(claim, facts)
    return facts


def test_inv_04__twenty_sybils__cost_their_distinct_positions_and_one_game(world: DisputeWorld) -> None:
    honest, claim = LotRun(PROGRAM, INPUTS), b"\x71" * 32
    facts = _stated(world, claim, honest)
    boa.env.timestamp = facts.window_end  # as late as they may
    beliefs = [lying_lot(PROGRAM, INPUTS, (), node) for node in (6, 7, 9, 11)]
    games = [
        Challenge(world, claim, facts, honest, beliefs[k % len(beliefs)], f"sybil_{k}") for k in range(SYBILS)
    ]
    said: dict[bytes, Move] = {}
    sent, visited, running = 0, set(), list(games)
    while running:
        left = []
        for game in running:
            visited.add(game.positions[-1].key(claim))
            sent += game.answered(Defender(), said)
            try:
                if game.named():
                    left.append(game)
            except boa.BoaError:
                pass  # the leaf finds the claim right
        running = left
    assert sent == len(visited) < SYBILS * 3
    assert world.claims.convicted_by(claim) == "0x" + "00" * 20
    boa.env.timestamp = facts.window_end + CLOCK_SECONDS + 1
    for game in games:
        world.game.call_time(*game.place)
    assert not world.claims.held(claim)
    assert world.game.withdraw(world.defender) == SYBILS * BOND_USD6


def test_inv_05__a_lie_behind_twenty_sybils__one_honest_challenger_convicts_and_all_bonds_return(
    world: DisputeWorld,
) -> None:
    lie, claim = lying_lot(PROGRAM, INPUTS, (), 7), b"\x72" * 32
    facts = _stated(world, claim, lie)
    sybils = [Challenge(world, claim, facts, lie, lie, f"sybil_{k}") for k in range(SYBILS)]
    honest = Challenge(world, claim, facts, lie, LotRun(PROGRAM, INPUTS), "honest")
    said: dict[bytes, Move] = {}
    while True:
        honest.answered(TermLiar(), said)
        if not honest.named():
            break
    assert world.claims.convicted_by(claim) == honest.account
    for game in sybils:
        world.game.close_game(*game.place)
        assert world.game.withdraw(game.account) == BOND_USD6
    assert world.game.withdraw(honest.account) == BOND_USD6
    assert world.usd.balanceOf(world.game.address) == 0


def test_inv_05__every_lot_of_a_job_challenged_together__the_lying_ones_fall_and_no_other(
    world: DisputeWorld,
) -> None:
    lots, lies = 4, {1: 7, 3: 11}
    games, said = [], {}
    for lot in range(lots):
        claim, first = bytes([0x80 + lot]) * 32, 2 * lot
        right = LotRun(PROGRAM, INPUTS, 2, first)
        claimed = right
        if lot in lies:
            claimed = type(lying_lot(PROGRAM, INPUTS, (), lies[lot]))(PROGRAM, INPUTS, 2, first)
        facts = _stated(world, claim, claimed)
        wrong = type(lying_lot(PROGRAM, INPUTS, (), 9))(PROGRAM, INPUTS, 2, first)
        # the honest challenger plays all lots; of a right one it has nothing to name
        games.append(Challenge(world, claim, facts, claimed, right, "auditor"))
        games.append(Challenge(world, claim, facts, claimed, wrong, f"mistaken_{lot}"))
        said[claim] = {}
    running = list(games)
    while running:
        left = []
        for game in running:
            if world.game.claim_of(game.claim)[3] != 1:
                continue
            game.answered(TermLiar() if game.claimed.root != game.own.root else Defender(), said[game.claim])
            try:
                if game.named():
                    left.append(game)
            except boa.BoaError:
                pass
        running = left
    fallen = {game.claim[0] - 0x80 for game in games if world.game.claim_of(game.claim)[3] == 2}
    assert fallen == set(lies)
    boa.env.timestamp += CLOCK_SECONDS + 1
    for game in games:
        if world.game.game_of(*game.place)[0]:
            ends = world.game.close_game if game.claim[0] - 0x80 in lies else world.game.call_time
            ends(*game.place)
    for account in {world.defender, *(game.account for game in games)}:
        world.game.withdraw(account)
    assert world.usd.balanceOf(world.game.address) == 0
