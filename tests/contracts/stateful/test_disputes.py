"""INV-04 and INV-05 as a state machine: one claim, honest or lying at a random place, several games beside the model.

Challengers are honest or liars of another kind; moves come in any order, early, late, out of turn and forged.
Whatever the contract takes `assay.disputes.rules` takes, and the other way round.
"""

import os
from typing import Any

import boa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.errors import MoveRefused
from assay.disputes.moves import Move
from assay.disputes.positions import Position
from assay.disputes.rules import Games
from assay.disputes.runs import LotRun
from assay.disputes.states import Verdict
from tests.contracts.dispute_world import (
    BOND_USD6,
    CLOCK_SECONDS,
    MOVE_PRICE_USD6,
    MOVE_SECONDS,
    PATH_MOVES,
    DisputeWorld,
    dispute_world,
)
from tests.worker.disputes.liars import TermLiar, lying_lot
from tests.worker.disputes.programs import everything, inputs
from tests.worker.disputes.referee import BoaLeaf, leaf_contract

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
DEPTH = settings(max_examples=100 if LONG else 60, stateful_step_count=100 if LONG else 25, deadline=None)
CLAIM = b"\x41" * 32
PROGRAM, INPUTS = everything(trips=3, stride=2), inputs()
HONEST = LotRun(PROGRAM, INPUTS)
CONVICTED = (Verdict.CONVICTED_LEAF, Verdict.CONVICTED_CLOCK)
nodes = st.integers(0, len(PROGRAM.main.nodes) - 1)


class Seat:
    """One challenger and its game."""

    def __init__(self, account: str, own: LotRun, game: int, start: Position) -> None:
        self.account, self.own, self.game = account, own, game
        self.positions: list[Position] = [start]
        self.history: list[tuple[Position, Move]] = []
        self.late = False

    @property
    def honest(self) -> bool:
        return self.own is HONEST


class Disputes(RuleBasedStateMachine):
    """Model: rules.Games. `world`: deployed once for all runs."""

    world: DisputeWorld

    def __init__(self) -> None:
        super().__init__()
        self._anchor = boa.env.anchor()
        self._anchor.__enter__()

    @initialize(lie=st.one_of(st.none(), nodes))
    def create(self, lie: int | None) -> None:
        self.claimed = HONEST if lie is None else lying_lot(PROGRAM, INPUTS, (), lie)
        self.lies = self.claimed.root != HONEST.root
        self.defender = TermLiar()
        self.facts = self.claimed.facts(self.world.defender, boa.env.timestamp + 10**6, MOVE_SECONDS)
        self.world.claim(CLAIM, self.facts)
        self.model = Games(BoaLeaf(), PATH_MOVES, MOVE_PRICE_USD6)
        self.seats: list[Seat] = []
        self.said: dict[bytes, Move] = {}
        self.defender_late = False

    def teardown(self) -> None:
        if hasattr(self, "seats") and self.seats:
            self.finish()
        self._anchor.__exit__(None, None, None)

    @property
    def over(self) -> bool:
        return CLAIM in self.model.claims and self.model.claims[CLAIM].convicted

    @property
    def first_game(self) -> int:
        return self.seats[0].game

    # --- actions ---

    @rule(honest=st.booleans(), node=nodes)
    def open_game(self, honest: bool, node: int) -> None:
        if len(self.seats) == 3 or self.over or boa.env.timestamp > self.facts.window_end:
            return
        account = self.world.challenger(f"challenger_{len(self.seats)}")
        own = HONEST if honest else lying_lot(PROGRAM, INPUTS, (), node)
        game = self.world.open(CLAIM, account)
        made = self.model.open_game(CLAIM, self.facts, account, boa.env.timestamp)
        self.seats.append(Seat(account, own, game, self.facts.start))
        assert made == len(self.seats) - 1

    @rule(index=st.integers(0, 2))
    def answer(self, index: int) -> None:
        if index < len(self.seats):
            self.do_answer(index)

    @rule(index=st.integers(0, 2))
    def name(self, index: int) -> None:
        if index < len(self.seats):
            self.do_name(index)

    @rule(index=st.integers(0, 2), rounds=st.integers(1, 8))
    def play_rounds(self, index: int, rounds: int) -> None:
        """A few rounds of one game in a row."""
        for _ in range(rounds):
            if index < len(self.seats) and not self.over:
                self.do_answer(index)
                self.do_name(index)

    @rule(index=st.integers(0, 2))
    def forged(self, index: int) -> None:
        """The wrong side moves, at an old or invented position."""
        if index >= len(self.seats) or not self.seats[index].history:
            return
        seat = self.seats[index]
        position, move = seat.history[0]
        for where, sender in ((position, seat.account), (position.to(first=99), self.world.defender)):
            try:
                self.world.move(seat.game, CLAIM, where, move, sender)
            except boa.BoaError:
                continue
            raise AssertionError("a forged move was taken")

    @rule(seconds=st.sampled_from([1, 30, CLOCK_SECONDS // 2, CLOCK_SECONDS + 1]), index=st.integers(0, 2))
    def wait(self, seconds: int, index: int) -> None:
        boa.env.timestamp += seconds
        if index < len(self.seats):
            self.do_call(index)

    # --- both sides of a move ---

    def both(self, index: int, move: Move, *, by_defender: bool) -> Position | Verdict | None:
        """The move in the contract and in the model: both take it or both refuse it."""
        seat, now = self.seats[index], boa.env.timestamp
        position = seat.positions[-1]
        sender = self.world.defender if by_defender else seat.account
        outcome: Any = None
        try:
            if by_defender:
                self.model.answer(index, position, move, sender, now)
            else:
                outcome = self.model.name(index, position, move, sender, now)
            taken = True
        except MoveRefused:
            taken = False
        try:
            self.world.move(seat.game, CLAIM, position, move, sender)
            assert taken, f"the contract took {move.name} and the model did not"
        except boa.BoaError as error:
            assert not taken, f"the model took {move.name} and the contract did not: {error}"
            raise MoveRefused("refused by both") from None
        return outcome  # type: ignore[no-any-return]

    def do_answer(self, index: int) -> bool:
        seat = self.seats[index]
        move = self.defender.answer(seat.positions, cursor_at(self.claimed, seat.positions))
        assert move is not None
        try:
            self.both(index, move, by_defender=True)
        except MoveRefused:
            return False
        self.said[seat.positions[-1].key(CLAIM)] = move
        return True

    def do_name(self, index: int) -> bool:
        seat = self.seats[index]
        answer = self.said.get(seat.positions[-1].key(CLAIM))
        if answer is None or self.model.games[index].verdict is not None:
            return False
        history = [*seat.history, (seat.positions[-1], answer)]
        move = Challenger().name(history, cursor_at(seat.own, seat.positions))
        if move is None:
            return False
        try:
            outcome = self.both(index, move, by_defender=False)
        except MoveRefused:
            return False
        seat.history = history
        if isinstance(outcome, Position):
            seat.positions.append(outcome)
        return True

    def do_call(self, index: int) -> None:
        seat, now = self.seats[index], boa.env.timestamp
        try:
            verdict = self.model.call_time(index, now)
        except MoveRefused:
            verdict = None
        try:
            self.world.game.call_time(seat.game, CLAIM, seat.positions[-1].as_tuple())
            assert verdict is not None
        except boa.BoaError:
            assert verdict is None
        if verdict is Verdict.CONVICTED_CLOCK:
            self.defender_late = True
        if verdict is Verdict.DEFENDED_CLOCK:
            seat.late = True

    def finish(self) -> None:
        """Everybody who can move does, in time; then the clocks are called, and all money comes out."""
        for _ in range(200):
            if not any(self.do_answer(k) | self.do_name(k) for k in range(len(self.seats)) if not self.over):
                break
        boa.env.timestamp += 2 * CLOCK_SECONDS + 2
        for index in range(len(self.seats)):
            self.do_call(index)
        for index, seat in enumerate(self.seats):
            if self.over and self.model.games[index].verdict is None:
                self.model.close_game(index)
                self.world.game.close_game(seat.game, CLAIM, seat.positions[-1].as_tuple())
        if self.lies and any(seat.honest and not seat.late for seat in self.seats):
            assert self.over, "INV-05: a lie was challenged by an honest party in time and stands"
        for account, credit in self.model.credits.items():
            assert self.world.game.withdraw(account) == credit
        assert self.world.usd.balanceOf(self.world.game.address) == 0

    @invariant()
    def an_honest_claim_stands(self) -> None:
        if hasattr(self, "lies") and not self.lies and not self.defender_late:
            leaf = [game for game in self.model.games if game.verdict is Verdict.CONVICTED_LEAF]
            assert not leaf, "INV-04: an honest claim was convicted by a leaf"

    @invariant()
    def contract_and_model_agree(self) -> None:
        if not hasattr(self, "seats"):
            return
        for index, seat in enumerate(self.seats):
            game = self.model.games[index]
            stored = self.world.game.game_of(seat.game)
            assert stored[1] == (game.key if game.verdict is None else bytes(32))
            if game.verdict is None:
                assert stored[2:] == (game.started, game.defender_used, game.challenger_used, game.moves)
        open_games = sum(game.verdict is None for game in self.model.games)
        assert self.world.usd.balanceOf(self.world.game.address) >= open_games * BOND_USD6


def test_inv_04_inv_05__any_sequence_of_moves__an_honest_claim_stands_and_a_lie_falls() -> None:
    for name in ("Leaf", "TermLeaf", "RootLeaf"):
        leaf_contract(name)
    Disputes.world = dispute_world()
    run_state_machine_as_test(Disputes, settings=DEPTH)
