"""When the side to move of a game has used up its clock, read from the contract at one block."""

from __future__ import annotations

from dataclasses import dataclass

from assay.disputes.positions import Position
from assay.worker.disputing.book import GameBook, GameRecord
from assay.worker.disputing.contracts import GameContracts


@dataclass(frozen=True, slots=True)
class Clock:
    """Of the side to move. used, whole: seconds; since: when its turn began; ends: the last second it may move in."""

    defender_moves: bool
    since: int
    used: int
    whole: int

    @property
    def ends(self) -> int:
        """After this second anyone may call time."""
        return self.since + self.whole - self.used

    def left(self, now: int) -> int:
        """Seconds left, negative when time can be called."""
        return self.ends - now


class Clocks:
    """Remembers a clock for as long as its side is to move: one read a turn."""

    def __init__(self, contracts: GameContracts, book: GameBook) -> None:
        self._contracts, self._book = contracts, book
        self._known: dict[tuple[int, bytes, bool], Clock] = {}

    def clock(self, game: GameRecord, block: int) -> Clock | None:
        """The clock of a game's side to move; None when the contract is at another position than the logs."""
        position = self._book.position(game.game_id)
        key = position.key(game.claim_id)
        defender = self._book.journal.defender_to_move(game.game_id)
        found = self._known.get((game.game_id, key, defender))
        if found is None:
            found = self._read(game, position, block, defender=defender)
            if found is not None:
                self._known = {
                    known: clock for known, clock in self._known.items() if known[0] != game.game_id
                }
                self._known[game.game_id, key, defender] = found
        return found

    def clear(self) -> None:
        """After a reorg: times may be others."""
        self._known.clear()

    def _read(self, game: GameRecord, position: Position, block: int, *, defender: bool) -> Clock | None:
        kept = self._contracts.game.game_of(
            game.game_id, game.claim_id, position.packed(), game.challenger, block=block
        )
        if not kept.stands:
            return None
        key = position.key(game.claim_id)
        answered = self._contracts.game.answer_of(key, block=block).time
        if defender == (answered > 0):
            return None
        if defender:
            return Clock(True, kept.started, kept.defender_used, game.clock_seconds)
        begun = max(answered, kept.started)
        late = Clock(True, kept.started, kept.defender_used, game.clock_seconds)
        if begun > late.ends:  # answered for another game, after this one's clock had run out
            return late
        return Clock(False, begun, kept.challenger_used, game.clock_seconds)
