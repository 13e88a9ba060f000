"""What happens in a demonstrated dispute, one plain line each. Pure: records in, lines out."""

from __future__ import annotations

from collections.abc import Iterator

from assay.disputes.words import VERDICTS, in_words
from assay.market.records import JobRecord
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState, LotPhase
from assay.protocol.units import format_usd6
from assay.worker.disputing.book import ClaimRecord, GameBook, GameRecord


class Teller:
    """Says each thing once. `news` may be asked as often as one likes."""

    def __init__(self, job_id: bytes) -> None:
        self._job_id = job_id
        self._told: set[str] = set()

    def news(self, job: JobRecord, book: GameBook) -> Iterator[str]:
        """Lines for what has happened since."""
        for line in self._lines(job, book):
            if line not in self._told:
                self._told.add(line)
                yield line

    def _lines(self, job: JobRecord, book: GameBook) -> Iterator[str]:
        if job.lots:
            yield "the draw gave the lot to the faulty provider"
        for lot in job.lots:
            if lot.phase >= LotPhase.WINDOW:
                yield f"lot {lot.index}: a root is revealed, anyone may challenge it"
        for claim in book.claims.values():
            if claim.job_id == self._job_id:
                yield from self._claim(claim, book)
        if job.state == JobState.CLOSED and job.reason is not None:
            yield f"the job is closed: {Reason(job.reason).name}"

    def _claim(self, claim: ClaimRecord, book: GameBook) -> Iterator[str]:
        yield f"lot {claim.lot}: a challenger got another root and states the claim"
        for game in book.games_on(claim.claim_id):
            yield f"game {game.game_id}: opened with a bond of {format_usd6(game.bond_usd6)}"
            for number, position in enumerate(book.journal.positions.get(game.game_id, []), 1):
                yield f"game {game.game_id}, round {number}: {in_words(position)}"
            yield from self._ending(game)
        if claim.reason:
            yield f"lot {claim.lot}: {Reason(claim.reason).name}"
        if claim.enforced:
            yield f"lot {claim.lot}: the ruling is enforced, the bond is slashed"

    def _ending(self, game: GameRecord) -> Iterator[str]:
        if game.verdict is not None:
            yield f"game {game.game_id}: {VERDICTS[game.verdict]}"
