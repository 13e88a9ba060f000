"""One challenge from the command line: runs a lot again, says what differs, opens the game and plays it to the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assay.disputes.words import in_words
from assay.market.follower import Head
from assay.market.records import JobRecord
from assay.protocol.deployment import Deployment
from assay.protocol.pricing import MarketParams, bond_usd6
from assay.protocol.sender import TxSender
from assay.worker.dispatch import Dispatcher
from assay.worker.disputing.book import GameRecord
from assay.worker.disputing.desk import DisputeDesk
from assay.worker.disputing.helper import Helper, Question
from assay.worker.disputing.hunt import Challenges, Finding, Hunt, Standing, standing
from assay.worker.disputing.keeper import Keeper
from assay.worker.disputing.metrics import DisputeMetrics
from assay.worker.disputing.mind import Mind, Thinker, piece_of
from assay.worker.disputing.moves import DisputeCalls
from assay.worker.disputing.reading import Reader
from assay.worker.herd import Herd
from assay.worker.metrics import Metrics

POLL_SECONDS = 0.3
BPS = 10_000
CHALLENGER_BPS = 5_000  # its share of a slash (contracts/modules/parts.vy)


@dataclass(frozen=True, slots=True)
class Examined:
    """A lot that was run again. wrong: its claims with another root than `own`."""

    own: bytes
    claims: tuple[Standing, ...]
    wrong: tuple[Finding, ...]


def examine(job: JobRecord, lot: int, helper: Helper) -> Examined:
    """Runs a lot again, which takes about as long as its providers took. Raises AssayError."""
    own: bytes = helper.think(Question("root", piece_of(job, lot), job.terms))
    claims = tuple(standing(job, job.lots[lot]))
    return Examined(own, claims, tuple(Finding(claim, own) for claim in claims if claim.root != own))


def reward_usd6(claim: Standing, deployment: Deployment) -> int:
    """What a conviction earns its challenger: half of the claim's bond."""
    terms, params = claim.job.terms, MarketParams.from_mapping(deployment.params)
    return bond_usd6(claim.seat.price_usd6, terms.grade, terms.audit_bps, params) * CHALLENGER_BPS // BPS


class _Chosen(Hunt):
    """Findings that were made already."""

    chosen: Sequence[Finding] = ()

    def findings(self, jobs: Any, head: Head) -> list[Finding]:
        return list(self.chosen)


class Duel:
    """Plays one challenge; `play` yields lines of progress."""

    def __init__(  # noqa: PLR0917 - the parts of a player
        self, reader: Reader, sender: TxSender, job: JobRecord, finding: Finding, player: Thinker, log: Any
    ) -> None:
        self._reader, self._sender, self._job, self._finding = reader, sender, job, finding
        metrics, me = Metrics(), str(sender.address)
        self._me = me
        mind = Mind(player, [player])
        hunt = _Chosen(mind, log)
        hunt.chosen = [finding]
        dispatcher = Dispatcher(sender, DisputeCalls(), metrics, log)
        self._dispatcher = dispatcher
        self._desk = DisputeDesk(
            me,
            reader.follower,
            reader.book,
            Keeper(me, reader.book, reader.contracts, mind, Herd(0), log),
            hunt,
            Challenges(me, reader.book, reader.contracts),
            mind,
            dispatcher,
            DisputeMetrics(metrics.registry),
            log,
        )

    def play(self) -> Iterator[str]:
        """Until the game has ended, its ruling is enforced and its bond is home. Raises AssayError."""
        last = ""
        try:
            while True:
                self._dispatcher.tick()
                head = self._reader.refresh()
                self._desk.step(self._reader.jobs, head)
                line = self._line(head)
                if line != last:
                    last = line
                    yield line
                if self.is_over(head):
                    return
                time.sleep(POLL_SECONDS)
        finally:
            self._desk.close()

    @property
    def game(self) -> GameRecord | None:
        """The game, once it is open."""
        games = self._reader.book.games_on(self._finding.claim.claim_id)
        return next((game for game in games if game.challenger.lower() == self._me.lower()), None)

    def is_over(self, head: Head) -> bool:
        """Whether nothing is left to do: also when the claim fell before a game could be opened."""
        claim = self._reader.book.claims.get(self._finding.claim.claim_id)
        game = self.game
        if game is None:
            return head.timestamp > self._reader.jobs[self._job.job_id].lots[self._lot].deadline or bool(
                claim and claim.reason
            )
        ruled = claim is None or not claim.reason or claim.enforced
        paid = self._reader.contracts.game.credit_of(self._me, block=head.number) == 0
        return not game.is_open and ruled and paid and not self._dispatcher.busy()

    @property
    def _lot(self) -> int:
        return self._finding.claim.lot.index

    def _line(self, head: Head) -> str:
        game = self.game
        if game is None:
            stated = self._finding.claim.claim_id in self._reader.book.claims
            return "opening a game" if stated else "stating the claim"
        if not game.is_open:
            return "the game has ended; enforcing the ruling and collecting"
        value = self._reader.game_json(game, head)
        position = self._reader.book.position(game.game_id)
        return f"{in_words(position)}: {value['to_move'] or 'nobody'} to move"
