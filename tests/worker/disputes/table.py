"""Two players at one table: plays a game by the Python rules until it is ruled or somebody has nothing to say."""

from dataclasses import dataclass, field

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.errors import MoveRefused
from assay.disputes.leaf import Leaf
from assay.disputes.moves import Move
from assay.disputes.positions import Position
from assay.disputes.rules import Games
from assay.disputes.runs import LotRun
from assay.disputes.states import Verdict

CLAIM = b"\x11" * 32
DEFENDER, CHALLENGER = "0xdefender", "0xchallenger"


@dataclass
class Table:
    """One claim and one game on it."""

    leaf: Leaf
    claimed: LotRun
    own: LotRun
    defender: Defender = field(default_factory=Defender)
    challenger: Challenger = field(default_factory=Challenger)
    answers: int = 0
    naming: Move | None = None
    history: list[tuple[Position, Move]] = field(default_factory=list)

    def play(self) -> Verdict:
        """The verdict; a side that has no move that is taken loses by its clock."""
        games = Games(self.leaf, path_moves=64, move_price_usd6=10)
        facts = self.claimed.facts(DEFENDER, 1_000, 20)
        game = games.open_game(CLAIM, facts, CHALLENGER, 0)
        positions = [facts.start]
        while True:
            try:
                answer = self.defender.answer(positions, cursor_at(self.claimed, positions))
                if answer is None:
                    raise MoveRefused("the defender has nothing to say")
                games.answer(game, positions[-1], answer, DEFENDER, 1)
            except MoveRefused as refused:
                self.refused = refused
                return games.call_time(game, 10**6)
            self.answers += 1
            self.history.append((positions[-1], answer))
            try:
                self.naming = naming = self.challenger.name(self.history, cursor_at(self.own, positions))
                if naming is None:
                    raise MoveRefused("the challenger has nothing to name")
                following = games.name(game, positions[-1], naming, CHALLENGER, 1)
            except MoveRefused as refused:
                self.refused = refused
                return games.call_time(game, 10**6)
            if isinstance(following, Verdict):
                return following
            positions.append(following)
