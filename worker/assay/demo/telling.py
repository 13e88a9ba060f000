"""What happens in a demonstrated dispute, one plain line each. Pure: records in, lines out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assay.disputes.positions import Position
from assay.disputes.states import State, Verdict
from assay.market.records import JobRecord
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState, LotPhase
from assay.protocol.units import format_usd6
from assay.worker.disputing.book import ClaimRecord, GameBook, GameRecord

ENDINGS = {
    Verdict.CONVICTED_LEAF: "the contract recomputed the contested product and got another: convicted",
    Verdict.CONVICTED_CLOCK: "the defender had no answer in its time: convicted",
    Verdict.DEFENDED_CLOCK: "the challenger had nothing to name in its time: the claim stands",
    Verdict.DEFENDED_PROGRAM: "the program itself is malformed there: the claim stands",
    Verdict.CLOSED: "the claim was convicted in another game",
}


def where(position: Position) -> str:
    """What a position contests, in words."""
    return _WHERE[position.state](position)


_WHERE: dict[State, Callable[[Position], str]] = {
    State.ITEMS: lambda _: "the items of the lot",
    State.ITEM: lambda at: f"item {at.first}: its outputs and committed states",
    State.STEP: lambda at: f"step {at.first} of the loop",
    State.NODES: lambda _: "the nodes of one run",
    State.TUPLE: lambda at: f"the tensors of node {at.node}",
    State.STATES: lambda _: "the committed states of the loop",
    State.LOOP: lambda at: f"steps {at.first} to {at.last} of the loop",
    State.PAGES: lambda at: f"the pages of node {at.node}'s tensor",
    State.PAGE: lambda at: f"page {at.index} of node {at.node}'s tensor",
    State.TERMS: lambda at: f"element {at.element} of node {at.node}: products {at.first} to {at.last}",
}


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
                yield f"game {game.game_id}, round {number}: {where(position)}"
            yield from self._ending(game)
        if claim.reason:
            yield f"lot {claim.lot}: {Reason(claim.reason).name}"
        if claim.enforced:
            yield f"lot {claim.lot}: the ruling is enforced, the bond is slashed"

    def _ending(self, game: GameRecord) -> Iterator[str]:
        if game.verdict is not None:
            yield f"game {game.game_id}: {ENDINGS[game.verdict]}"
