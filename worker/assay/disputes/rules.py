"""A model of contracts/DisputeGame.vy: games, shared answers, clocks, bonds, rulings. Pure: time is an argument.

Strategies are tried and the contract is tested against it. Every refusal raises MoveRefused and changes nothing.
"""

from dataclasses import dataclass, field

from assay.disputes.answers import check_answer, require
from assay.disputes.facts import ClaimFacts
from assay.disputes.leaf import Leaf
from assay.disputes.moves import Move
from assay.disputes.namings import name
from assay.disputes.positions import Position
from assay.disputes.states import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the defender: it serves every game that stands at its position. game_id: who asked for it."""

    digest: bytes
    game_id: int
    time: int


@dataclass(slots=True)
class Claim:
    """What is kept of a claim with games."""

    facts: ClaimFacts
    open_games: int = 0
    convicted: bool = False


@dataclass(slots=True)
class Game:
    """One challenger's game. key: hash of claim and position. started: when that position came to stand.

    The seconds that each side has used before; moves: answers that were made for this game.
    """

    claim_id: bytes
    challenger: str
    key: bytes
    started: int
    defender_used: int = 0
    challenger_used: int = 0
    moves: int = 0
    verdict: Verdict | None = None


@dataclass(slots=True)
class Games:
    """All games. A side's clock is path_moves move clocks, a challenger's bond path_moves move prices."""

    leaf: Leaf
    path_moves: int
    move_price_usd6: int
    claims: dict[bytes, Claim] = field(default_factory=dict)
    games: list[Game] = field(default_factory=list)
    answers: dict[bytes, Answer] = field(default_factory=dict)
    credits: dict[str, int] = field(default_factory=dict)

    @property
    def bond_usd6(self) -> int:
        """Of one game."""
        return self.path_moves * self.move_price_usd6

    def clock(self, game: Game) -> int:
        """Seconds that each side has in all."""
        return self.path_moves * self.claims[game.claim_id].facts.move_seconds

    def open_game(self, claim_id: bytes, facts: ClaimFacts, challenger: str, now: int) -> int:
        """A new game against the whole claim, inside its window; returns its id."""
        claim = self.claims.setdefault(claim_id, Claim(facts))
        require(now <= facts.window_end, "game: the window has closed")
        require(not claim.convicted, "game: the claim is convicted already")
        require(challenger != facts.defender, "game: the defender challenges itself")
        claim.open_games += 1
        self.games.append(Game(claim_id, challenger, facts.start.key(claim_id), now))
        return len(self.games) - 1

    def _running(self, game_id: int, position: Position) -> Game:
        game = self.games[game_id]
        require(game.verdict is None, "game: it is over")
        require(not self.claims[game.claim_id].convicted, "game: the claim is convicted already")
        require(position.key(game.claim_id) == game.key, "game: another position")
        return game

    def _defender_used(self, game: Game, now: int) -> int:
        answer = self.answers.get(game.key)
        end = now if answer is None else max(answer.time, game.started)
        return game.defender_used + end - game.started

    def answer(self, game_id: int, position: Position, move: Move, sender: str, now: int) -> None:
        """The defender's answer to a position, for this and all other games there."""
        game = self._running(game_id, position)
        require(sender == self.claims[game.claim_id].facts.defender, "game: only the defender answers")
        require(game.key not in self.answers, "game: this is answered already")
        require(self._defender_used(game, now) <= self.clock(game), "game: the defender's clock has run out")
        self.answers[game.key] = Answer(check_answer(position, move), game_id, now)

    def name(self, game_id: int, position: Position, move: Move, sender: str, now: int) -> Position | Verdict:
        """The challenger's naming: the game moves on, or ends."""
        game = self._running(game_id, position)
        require(sender == game.challenger, "game: only the challenger names")
        answer = self.answers.get(game.key)
        if answer is None:
            require(False, "game: the defender has not answered yet")
        assert answer is not None
        defender_used = self._defender_used(game, now)
        require(defender_used <= self.clock(game), "game: the defender's clock has run out, call it")
        used = game.challenger_used + now - max(answer.time, game.started)
        require(used <= self.clock(game), "game: the challenger's clock has run out")
        following = name(position, answer.digest, move, self.leaf)
        game.moves += answer.game_id == game_id
        if isinstance(following, Verdict):
            self._end(game_id, following)
            return following
        game.defender_used, game.challenger_used = defender_used, used
        game.key, game.started = following.key(game.claim_id), now
        return following

    def call_time(self, game_id: int, now: int) -> Verdict:
        """Anyone: ends a game in which the side to move has used up its clock."""
        game = self.games[game_id]
        require(game.verdict is None, "game: it is over")
        require(not self.claims[game.claim_id].convicted, "game: the claim is convicted already")
        answer = self.answers.get(game.key)
        if self._defender_used(game, now) > self.clock(game):
            return self._end(game_id, Verdict.CONVICTED_CLOCK)
        require(answer is not None, "game: the clock still runs")
        assert answer is not None
        used = game.challenger_used + now - max(answer.time, game.started)
        require(used > self.clock(game), "game: the clock still runs")
        game.moves += answer.game_id == game_id
        return self._end(game_id, Verdict.DEFENDED_CLOCK)

    def close_game(self, game_id: int) -> None:
        """Anyone: a game on a claim that another game has convicted gives its bond back, move costs included."""
        game = self.games[game_id]
        require(game.verdict is None, "game: it is over")
        require(self.claims[game.claim_id].convicted, "game: the claim still stands")
        self._finish(game, Verdict.CLOSED, game.challenger)

    def _end(self, game_id: int, verdict: Verdict) -> Verdict:
        game = self.games[game_id]
        claim = self.claims[game.claim_id]
        if verdict in (Verdict.CONVICTED_LEAF, Verdict.CONVICTED_CLOCK):
            claim.convicted = True
            self._finish(game, verdict, game.challenger)
        else:
            self._finish(game, verdict, claim.facts.defender)
        return verdict

    def _finish(self, game: Game, verdict: Verdict, payee: str) -> None:
        game.verdict = verdict
        self.claims[game.claim_id].open_games -= 1
        self.credits[payee] = self.credits.get(payee, 0) + self.bond_usd6
