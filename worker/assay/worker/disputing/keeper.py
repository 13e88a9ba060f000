"""Plays one's own games: whose turn it is follows from the chain alone, so a worker that was killed plays on.

Each cycle every open game of this account is looked at: a move of one's own is thought over and sent, the other side's
time is called when it has run out, bonds are taken back, rulings enforced, credits withdrawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from assay.disputes.errors import MoveRefused
from assay.disputes.moves import CONTRACT_OF
from assay.disputes.states import State
from assay.market.follower import Head
from assay.market.records import JobRecord
from assay.protocol.call import Call
from assay.worker.disputing.book import ClaimRecord, GameBook, GameRecord
from assay.worker.disputing.clocks import Clocks
from assay.worker.disputing.contracts import GameContracts
from assay.worker.disputing.helper import Thought
from assay.worker.disputing.mind import Mind
from assay.worker.disputing.moves import DisputeMove, DisputeVerb
from assay.worker.herd import Herd

LOOK_SECONDS = 10.0
Jobs = Mapping[bytes, JobRecord]


class Keeper:
    """Decides for the games of one account; sends nothing itself."""

    def __init__(  # noqa: PLR0917 - the parts of a player
        self,
        account: str,
        book: GameBook,
        contracts: GameContracts,
        mind: Mind,
        herd: Herd,
        log: Any,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._me, self._book, self._contracts = account, book, contracts
        self._mind, self._herd, self._log, self._clock = mind, herd, log, clock
        self.clocks = Clocks(contracts, book)
        self._said: dict[Any, str] = {}
        self._next_look = 0.0
        self._looked = False  # a restart may find credit of games that it does not read any more
        self._ended: set[int] = set()

    def moves(self, jobs: Jobs, head: Head) -> list[DisputeMove]:
        """What is due at the head."""
        found: list[DisputeMove] = []
        for game in self._book.open_games():
            claim = self._book.claims.get(game.claim_id)
            if game.is_player(self._me) and claim is not None:
                found += self._of_game(game, claim, jobs.get(claim.job_id), head)
        for claim in self._book.claims.values():
            job = jobs.get(claim.job_id)
            if claim.reason and not claim.enforced and job is not None and not job.ended:
                found += self._enforce(claim, job)
        return found + self._till(head)

    def forget(self) -> None:
        """After a reorg."""
        self.clocks.clear()
        self._ended.clear()

    def _of_game(
        self, game: GameRecord, claim: ClaimRecord, job: JobRecord | None, head: Head
    ) -> list[DisputeMove]:
        position = self._book.position(game.game_id)
        key = position.key(game.claim_id)
        if claim.reason:
            call = self._contracts.close_game(game, position)
            close = DisputeMove(DisputeVerb.CLOSE_GAME, key, call, game.game_id)
            return [close] if self._is_me(game.challenger) else []
        clock = self.clocks.clock(game, head.number)
        if clock is None:
            return []
        mine = self._is_me(game.defender if clock.defender_moves else game.challenger)
        late = clock.left(head.timestamp) < 0
        if late and not mine:
            call = self._contracts.call_time(game, position)
            return [DisputeMove(DisputeVerb.CALL_TIME, key, call, game.game_id)]
        if late:
            self._say(game, "own clock has run out", "the game is lost unless the other side lets it be")
        elif mine and job is not None:
            return self._play(game, claim, job)
        return []

    def _play(self, game: GameRecord, claim: ClaimRecord, job: JobRecord) -> list[DisputeMove]:
        positions = self._book.journal.positions[game.game_id]
        defending = self._book.journal.defender_to_move(game.game_id)
        try:
            thought = self._thought(game, claim, job, defending=defending)
        except MoveRefused as error:  # a log that is no answer: the contract would not have logged it
            self._say(game, "the game cannot be read", str(error))
            return []
        if thought is None:
            return []
        if thought.failure or thought.value is None:
            what = thought.failure or "nothing differs from the own run"
            self._say(game, "no move can be made", what)
            return []
        name, arguments = thought.value
        if name not in CONTRACT_OF:
            self._say(game, "no move can be made", "the thinking child gave no move")
            return []
        position = positions[-1]
        call: Call = self._contracts.move_call(name, game, position, arguments)
        said = f"{State(position.state).name.lower()}: {name}"
        return [DisputeMove(DisputeVerb.PLAY, position.key(game.claim_id), call, game.game_id, said=said)]

    def _thought(
        self, game: GameRecord, claim: ClaimRecord, job: JobRecord, *, defending: bool
    ) -> Thought | None:
        if defending:
            return self._mind.answer(job, claim.lot, self._book.journal.positions[game.game_id])
        return self._mind.name(job, claim.lot, self._book.journal.history(game.game_id))

    def _enforce(self, claim: ClaimRecord, job: JobRecord) -> list[DisputeMove]:
        """The convicting challenger first, then seats of the lot, then anybody: it is paid the poke price."""
        seats = [seat.provider for seat in job.lots[claim.lot].called] if job.lots else []
        rank = 0 if self._is_me(claim.challenger) else 1 if any(map(self._is_me, seats)) else 2
        if not self._herd.my_turn(("enforce", claim.claim_id), rank):
            return []
        return [
            DisputeMove(
                DisputeVerb.ENFORCE, claim.claim_id, self._contracts.enforce(claim.claim_id, job), claim.lot
            )
        ]

    def _till(self, head: Head) -> list[DisputeMove]:
        """Withdraws bonds that were won or came back."""
        fresh = {game.game_id for game in self._book.games.values() if game.verdict is not None}
        fresh = {game_id for game_id in fresh if self._is_me(self._book.games[game_id].paid)} - self._ended
        if not fresh and self._clock() < self._next_look:
            return []
        self._ended |= fresh
        self._next_look = self._clock() + LOOK_SECONDS
        if self._looked and not any(self._is_me(game.paid) for game in self._book.games.values()):
            return []
        self._looked = True
        if self._contracts.game.credit_of(self._me, block=head.number) == 0:
            return []
        account = bytes.fromhex(self._me[2:]).rjust(32, b"\0")
        return [DisputeMove(DisputeVerb.WITHDRAW, account, self._contracts.game.withdraw(self._me))]

    def _is_me(self, account: str) -> bool:
        return account.lower() == self._me.lower()

    def _say(self, game: GameRecord, what: str, why: str) -> None:
        """The same trouble of a game is said once."""
        if self._said.get(game.game_id) != what + why:
            self._said[game.game_id] = what + why
            self._log.warning(what, game=game.game_id, claim=game.claim_id, reason=why)
