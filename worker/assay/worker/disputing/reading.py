"""Disputes as anybody can read them, without a key: the book at the head, games as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from web3 import Web3

from assay.disputes.words import VERDICTS, in_words
from assay.market.follower import Follower, Head
from assay.market.records import JobRecord
from assay.protocol.deployment import Deployment
from assay.protocol.errors import AssayError
from assay.protocol.reasons import Reason
from assay.worker.disputing.book import ClaimRecord, GameBook, GameRecord
from assay.worker.disputing.clocks import Clocks
from assay.worker.disputing.contracts import GameContracts

PATIENCE_SECONDS = 15.0


@dataclass(slots=True)
class Reader:
    """Follows a deployment; `refresh` brings book and jobs to the head."""

    follower: Follower
    book: GameBook
    contracts: GameContracts
    clocks: Clocks

    @classmethod
    def open(cls, w3: Web3, deployment: Deployment, keep: Callable[[JobRecord], bool]) -> Reader:
        """keep: which jobs are kept once they are awarded."""
        book, contracts = GameBook(), GameContracts(w3, deployment)
        follower = Follower(w3, deployment, keep=keep, also=book)
        return cls(follower, book, contracts, Clocks(contracts, book))

    @property
    def jobs(self) -> Mapping[bytes, JobRecord]:
        """As of the last refresh."""
        return self.follower.jobs

    def refresh(self) -> Head:
        """Raises AssayError when the node lags for long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if (head := self.follower.refresh()) is not None:
                return head
            time.sleep(0.1)
        raise AssayError("The node lags behind what it has shown before.", "Try again, or use another node.")

    def game_json(self, game: GameRecord, head: Head) -> dict[str, Any]:
        """A game with its descent; of an open one who is on the clock and how long."""
        journal = self.book.journal
        positions = journal.positions.get(game.game_id, [])
        value: dict[str, Any] = {
            "game": game.game_id,
            "claim": "0x" + game.claim_id.hex(),
            "challenger": game.challenger,
            "defender": game.defender,
            "bond_usd6": str(game.bond_usd6),
            "clock_seconds": game.clock_seconds,
            "positions": [
                {
                    "state": position.state.name,
                    "words": in_words(position),
                    "root": "0x" + position.root.hex(),
                    "answered": journal.answer_to(game.claim_id, position) is not None,
                }
                for position in positions
            ],
            "verdict": game.verdict.name if game.verdict else None,
            "verdict_words": VERDICTS[game.verdict] if game.verdict else None,
            "paid": game.paid or None,
            "paid_usd6": str(game.paid_usd6),
            "to_move": None,
            "seconds_left": None,
        }
        if game.is_open and (clock := self.clocks.clock(game, head.number)) is not None:
            value["to_move"] = "defender" if clock.defender_moves else "challenger"
            value["seconds_left"] = clock.left(head.timestamp)
        return value

    def claim_json(self, claim: ClaimRecord, head: Head) -> dict[str, Any]:
        """A claim with its games."""
        return {
            "claim": "0x" + claim.claim_id.hex(),
            "job": "0x" + claim.job_id.hex(),
            "lot": claim.lot,
            "place": claim.place,
            "defender": claim.defender,
            "root": "0x" + claim.root.hex(),
            "items": claim.items,
            "first_item": claim.first_item,
            "convicted": Reason(claim.reason).name if claim.reason else None,
            "enforced": claim.enforced,
            "games": [self.game_json(game, head) for game in self.book.games_on(claim.claim_id)],
        }
