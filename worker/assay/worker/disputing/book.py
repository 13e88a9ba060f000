"""Claims and games as the chain's logs tell them. Folded together with the market's records, at the same block.

A pure function of logs: a reorg throws it away and folds again, so a worker that was killed, or whose move was taken
back, finds where its games stand.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

from assay.disputes.journal import Journal
from assay.disputes.positions import Position, position_from
from assay.disputes.states import Verdict

KEEP_BLOCKS = 256
CONTRACTS = ("Claims", "DisputeGame", "FrameMoves", "TraceMoves", "ValueMoves")


@dataclass(slots=True)
class ClaimRecord:
    """A claim whose facts are on chain. reason: of its conviction, 0 while it stands; challenger: who convicted."""

    claim_id: bytes
    job_id: bytes
    defender: str
    lot: int
    place: int
    root: bytes
    items: int
    first_item: int
    program_root: bytes
    inputs_root: bytes
    move_seconds: int
    stated_block: int
    reason: int = 0
    challenger: str = ""
    enforced: bool = False


@dataclass(slots=True)
class GameRecord:
    """One game. opened_block, ended_block: 0 while it is open."""

    game_id: int
    claim_id: bytes
    challenger: str
    defender: str
    bond_usd6: int
    clock_seconds: int
    opened_block: int
    verdict: Verdict | None = None
    moves: int = 0
    paid: str = ""
    paid_usd6: int = 0
    ended_block: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.verdict is None

    def is_player(self, account: str) -> bool:
        """Whether an account plays in it."""
        return account.lower() in (self.challenger.lower(), self.defender.lower())


@dataclass(slots=True)
class GameBook:
    """Every claim and game since the block that was read first."""

    contracts: tuple[str, ...] = CONTRACTS
    claims: dict[bytes, ClaimRecord] = field(default_factory=dict)
    games: dict[int, GameRecord] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)

    def apply(self, event: Any, *, block: int, tx: bytes) -> None:
        """Folds one event; others are passed over."""
        handler = _HANDLERS.get(event.NAME)  # each moves contract has an event class of its own
        if handler is not None:
            handler(self, event, block)

    def clear(self) -> None:
        """Forgets everything: it is read again."""
        self.claims.clear()
        self.games.clear()
        self.journal = Journal()

    def floor(self) -> int | None:
        """The block before which nothing that is still open began; None: nothing is."""
        return min((self._first_block(game) for game in self.games.values() if game.is_open), default=None)

    def open_games(self) -> list[GameRecord]:
        """Games that have not ended, oldest first."""
        return [game for game in self.games.values() if game.is_open]

    def games_on(self, claim_id: bytes) -> list[GameRecord]:
        """All games on a claim."""
        return [game for game in self.games.values() if game.claim_id == claim_id]

    def claims_of(self, job_id: bytes, lot: int) -> list[ClaimRecord]:
        """Stated claims of a lot."""
        return [claim for claim in self.claims.values() if (claim.job_id, claim.lot) == (job_id, lot)]

    def position(self, game_id: int) -> Position:
        """Where a game stands."""
        return self.journal.positions[game_id][-1]

    def is_busy(self, job_id: bytes, account: str) -> bool:
        """Whether an account still plays about a job, or waits for a ruling about it to be enforced."""
        for claim in self.claims.values():
            if claim.job_id != job_id:
                continue
            open_games = [game for game in self.games_on(claim.claim_id) if game.is_open]
            if any(game.is_player(account) for game in open_games) or (claim.reason and not claim.enforced):
                return True
        return False

    def forget_job(self, job_id: bytes) -> None:
        """Drops what belongs to a job that is over."""
        self._drop({claim.claim_id for claim in self.claims.values() if claim.job_id == job_id})

    def prune(self, live: Container[bytes], block: int) -> None:
        """Drops claims of jobs that nobody here follows, once they and their games are KEEP_BLOCKS old."""
        self._drop({claim.claim_id for claim in self.claims.values() if self._is_old(claim, live, block)})

    def _is_old(self, claim: ClaimRecord, live: Container[bytes], block: int) -> bool:
        if claim.job_id in live or claim.stated_block + KEEP_BLOCKS >= block:
            return False
        ends = (game.ended_block for game in self.games_on(claim.claim_id))
        return all(0 < ended < block - KEEP_BLOCKS for ended in ends)

    def _drop(self, gone: set[bytes]) -> None:
        for game in [game for game in self.games.values() if game.claim_id in gone]:
            del self.games[game.game_id]
            self.journal.forget(game.game_id)
        for claim_id in gone:
            del self.claims[claim_id]

    def _first_block(self, game: GameRecord) -> int:
        claim = self.claims.get(game.claim_id)
        return game.opened_block if claim is None else min(claim.stated_block, game.opened_block)


def _on_stated(book: GameBook, event: Any, block: int) -> None:
    book.claims[event.claim_id] = ClaimRecord(
        claim_id=event.claim_id,
        job_id=event.job_id,
        defender=event.defender,
        lot=event.lot,
        place=event.place,
        root=event.root,
        items=event.items,
        first_item=event.first_item,
        program_root=event.program_root,
        inputs_root=event.inputs_root,
        move_seconds=event.move_seconds,
        stated_block=block,
    )


def _on_convicted(book: GameBook, event: Any, _block: int) -> None:
    claim = book.claims.get(event.claim_id)
    if claim is not None:
        claim.reason, claim.challenger = event.reason, event.challenger


def _on_enforced(book: GameBook, event: Any, _block: int) -> None:
    claim = book.claims.get(event.claim_id)
    if claim is not None:
        claim.enforced = True


def _on_opened(book: GameBook, event: Any, block: int) -> None:
    book.games[event.game_id] = GameRecord(
        event.game_id,
        event.claim_id,
        event.challenger,
        event.defender,
        event.bond_usd6,
        event.clock_seconds,
        block,
    )


def _on_named(book: GameBook, event: Any, _block: int) -> None:
    if event.game_id in book.games:
        position = position_from(event.position)
        book.journal.named(event.game_id, event.claim_id, position)


def _on_answered(book: GameBook, event: Any, _block: int) -> None:
    book.journal.answered(event.position_key, event.answer)


def _on_ended(book: GameBook, event: Any, block: int) -> None:
    game = book.games.get(event.game_id)
    if game is None:
        return
    game.verdict, game.moves = Verdict(event.verdict), event.moves
    game.paid, game.paid_usd6, game.ended_block = event.paid, event.paid_usd6, block
    book.journal.ended(event.game_id)


_HANDLERS: dict[str, Callable[[GameBook, Any, int], None]] = {
    "ClaimStated": _on_stated,
    "ClaimConvicted": _on_convicted,
    "ClaimEnforced": _on_enforced,
    "GameOpened": _on_opened,
    "PositionNamed": _on_named,
    "PositionAnswered": _on_answered,
    "GameEnded": _on_ended,
}
