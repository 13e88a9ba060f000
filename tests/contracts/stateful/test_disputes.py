"""INV-04 and INV-05 as a state machine: a random program, a claim of its run that is honest or lies at a random place,
several games on it, beside the model.

Challengers are honest or liars of another kind; moves come in any order, early, late, out of turn, replayed and forged.
Whatever the contract takes `assay.disputes.rules` takes, and the other way round.
"""

import random
from functools import lru_cache
from typing import Any

import boa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
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
from tests.contracts.stateful.depth import DEPTH
from tests.worker.disputes.forgeries import forged
from tests.worker.disputes.liars import lying_lot
from tests.worker.disputes.random_lies import Told, random_change, random_lie, random_place
from tests.worker.disputes.referee import BoaLeaf, leaf_contract
from tests.worker.program.random_programs import write_program

CLAIM = b"\x41" * 32
CONVICTED = (Verdict.CONVICTED_LEAF, Verdict.CONVICTED_CLOCK)
seeds = st.integers(0, 2**32 - 1)


@lru_cache(maxsize=64)
def honest_lot(seed: int) -> LotRun:
    """The right run of a random program: all operations, nested loops, committed states; one item or a few."""
    rng = random.Random(seed)
    program, inputs = write_program(rng, rng.randint(1, 7))
    return LotRun(program, inputs, rng.choice((1, 1, 2, 3)), rng.randrange(4))


class Seat:
    """One challenger and its game."""

    def __init__(self, account: str, own: LotRun, game: int, start: Position, *, honest: bool) -> None:
        self.account, self.own, self.game, self.honest = account, own, game, honest
        self.positions: list[Position] = [start]
        self.history: list[tuple[Position, Move]] = []
        self.late = False


class Disputes(RuleBasedStateMachine):
    """Model: rules.Games. `world`: deployed once for all runs."""

    world: DisputeWorld

    def __init__(self) -> None:
        super().__init__()
        self._anchor = boa.env.anchor()
        self._anchor.__enter__()

    @initialize(program=seeds, lies=st.booleans(), lie=seeds)
    def create(self, program: int, lies: bool, lie: int) -> None:
        self.honest = honest_lot(program)
        self.told = Told("none", self.honest, Defender())
        told = random_lie(random.Random(lie), self.honest) if lies else self.told
        if told.run.root != self.honest.root:  # else nothing came of the lie, and the holder is an honest one
            self.told = told
        self.claimed, self.defender = self.told.run, self.told.defender
        self.lies = self.claimed.root != self.honest.root
        self.facts = self.told.facts(self.world.defender, boa.env.timestamp + 10**6, MOVE_SECONDS)
        self.world.claim(CLAIM, self.facts)
        self.model = Games(BoaLeaf(), PATH_MOVES, MOVE_PRICE_USD6)
        self.seats: list[Seat] = []
        self.said: dict[bytes, Move] = {}
        self.defender_late, self.waited = False, 0

    def teardown(self) -> None:
        try:
            if hasattr(self, "seats") and self.seats:
                self.finish()
        finally:
            self._anchor.__exit__(None, None, None)

    @property
    def over(self) -> bool:
        return CLAIM in self.model.claims and self.model.claims[CLAIM].convicted

    @property
    def first_game(self) -> int:
        return self.seats[0].game

    # --- actions ---

    @rule(honest=st.booleans(), lie=seeds)
    def open_game(self, honest: bool, lie: int) -> None:
        if len(self.seats) == 3 or self.over or boa.env.timestamp > self.facts.window_end:
            return
        account = self.world.challenger(f"challenger_{len(self.seats)}")
        own = self.honest if honest else self.mistaken(random.Random(lie))
        game = self.world.open(CLAIM, account)
        made = self.model.open_game(CLAIM, self.facts, account, boa.env.timestamp)
        self.seats.append(Seat(account, own, game, self.facts.start, honest=honest))
        assert made == len(self.seats) - 1

    def mistaken(self, rng: random.Random) -> LotRun:
        """What a challenger believes who has one value wrong."""
        path, node = random_place(rng, self.honest.program)
        kind = type(lying_lot(self.honest.program, self.honest.inputs, path, node, change=random_change(rng)))
        return kind(self.honest.program, self.honest.inputs, self.honest.items, self.honest.first_item)

    @rule()
    def challenge_oneself(self) -> None:
        """The defender opens a game against its own claim."""
        try:
            self.world.open(CLAIM, self.world.defender)
        except boa.BoaError:
            return
        raise AssertionError("the defender challenges itself")

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

    @rule(index=st.integers(0, 2), seed=seeds)
    def forge(self, index: int, seed: int) -> None:
        """A naming with one of its parts spoilt: the contract takes it only where the model does."""
        if index >= len(self.seats) or self.over:
            return
        seat, rng = self.seats[index], random.Random(seed)
        answer = self.said.get(seat.positions[-1].key(CLAIM))
        if answer is None or self.model.games[index].verdict is not None:
            return
        history = [*seat.history, (seat.positions[-1], answer)]
        cursor = cursor_at(seat.own, seat.positions)
        move = Challenger().name(history, cursor)
        if move is None:
            return
        try:
            run = cursor.in_frame
        except AssertionError:  # above all frames
            run = None
        self.follow(index, forged(rng, move, run), history)

    @rule(index=st.integers(0, 2))
    def replay(self, index: int) -> None:
        """An old move again, from either side; and by a stranger."""
        if index >= len(self.seats) or not self.seats[index].history:
            return
        seat = self.seats[index]
        position, move = seat.history[0]
        stranger = self.world.challenger("stranger")
        for where, sender in (
            (position, seat.account),
            (position, self.world.defender),
            (position, stranger),
            (position.to(first=99), self.world.defender),
        ):
            try:
                self.world.move(seat.game, CLAIM, where, move, sender, seat.account)
            except boa.BoaError:
                continue
            raise AssertionError("a replayed move was taken")

    @rule(seconds=st.sampled_from([1, 30, CLOCK_SECONDS // 2, CLOCK_SECONDS + 1]), index=st.integers(0, 2))
    def wait(self, seconds: int, index: int) -> None:
        boa.env.timestamp += seconds
        self.waited += seconds
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
            self.world.move(seat.game, CLAIM, position, move, sender, seat.account)
            assert taken, f"the contract took {move.name} and the model did not"
        except boa.BoaError as error:
            assert not taken, f"the model took {move.name} and the contract did not: {error}"
            raise MoveRefused("refused by both") from None
        return outcome  # type: ignore[no-any-return]

    def do_answer(self, index: int) -> bool:
        seat = self.seats[index]
        move = self.defender.answer(seat.positions, cursor_at(self.claimed, seat.positions))
        if move is None:
            return False
        try:
            self.both(index, move, by_defender=True)
        except MoveRefused:
            return False
        self.said[seat.positions[-1].key(CLAIM)] = move
        return True

    def do_name(self, index: int) -> bool:
        seat = self.seats[index]
        answer = self.said.get(seat.positions[-1].key(CLAIM))
        if answer is None or self.over or self.model.games[index].verdict is not None:
            return False
        history = [*seat.history, (seat.positions[-1], answer)]
        move = Challenger().name(history, cursor_at(seat.own, seat.positions))
        return move is not None and self.follow(index, move, history)

    def follow(self, index: int, move: Move, history: list[tuple[Position, Move]]) -> bool:
        """A naming by both; whether it was taken."""
        seat = self.seats[index]
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
            self.world.game.call_time(seat.game, CLAIM, seat.positions[-1].packed(), seat.account)
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
                self.world.game.close_game(seat.game, CLAIM, seat.positions[-1].packed(), seat.account)
        if not self.lies and self.waited <= CLOCK_SECONDS:
            assert not self.over, "INV-04: an honest claim fell whose holder moved in time"
        if self.lies and any(seat.honest and not seat.late for seat in self.seats):
            assert self.over, (
                f"INV-05: a lie ({self.told.kind}) was challenged by an honest party in time and stands"
            )
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
            position = seat.positions[-1]
            stands, *stored = self.world.game.game_of(seat.game, CLAIM, position.packed(), seat.account)
            assert stands == (game.verdict is None)
            if stands:
                assert position.key(CLAIM) == game.key
                assert tuple(stored) == (game.started, game.defender_used, game.challenger_used, game.moves)
        open_games = sum(game.verdict is None for game in self.model.games)
        assert self.world.usd.balanceOf(self.world.game.address) >= open_games * BOND_USD6


def test_inv_04_inv_05__any_sequence_of_moves__an_honest_claim_stands_and_a_lie_falls() -> None:
    for name in ("Leaf", "TermLeaf", "RootLeaf"):
        leaf_contract(name)
    Disputes.world = dispute_world()
    run_state_machine_as_test(Disputes, settings=DEPTH)
