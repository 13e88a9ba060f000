"""Looks for wrong claims: runs lots in their windows again, most value for the work first; challenges what differs.

A challenger does so for every exact job; a provider for its own lots in which an earlier place shows another root,
because the earlier one wins when nobody objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assay.market.follower import Head
from assay.market.records import JobRecord, LotRecord, SeatRecord
from assay.protocol.digests import claim_id_of
from assay.protocol.states import LotPhase, SeatStatus
from assay.worker.disputing.book import ClaimRecord, GameBook
from assay.worker.disputing.contracts import GameContracts
from assay.worker.disputing.mind import Mind
from assay.worker.disputing.moves import DisputeMove, DisputeVerb

ALLOWED_BONDS = 16
WINDOW_SLACK_SECONDS = 10  # of a window beyond twice the stated run time, at least (contracts/JobBoard.vy)
TRUSTED = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim: the root that a place showed and still stands by."""

    job: JobRecord
    lot: LotRecord
    seat: SeatRecord
    root: bytes

    @property
    def claim_id(self) -> bytes:
        """What the contracts call it."""
        return claim_id_of(self.job.job_id, self.lot.index, self.seat.place, self.root)


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim and one's own root of its lot."""

    claim: Standing
    own: bytes


def has_claims(job: JobRecord) -> bool:
    """Whether roots of this job can be challenged: an exact job of a grade above trusted."""
    return not any(job.terms.runtime_class) and job.terms.grade > TRUSTED


def standing(job: JobRecord, lot: LotRecord) -> list[Standing]:
    """The claims of a lot, by place."""
    if lot.phase != LotPhase.WINDOW:
        return []
    shown = {seat.tag: seat.root for seat in lot.called if seat.root}
    if lot.root and lot.winning_tag:
        shown.setdefault(lot.winning_tag, lot.root)
    return [
        Standing(job, lot, seat, shown[seat.tag])
        for seat in lot.called
        if seat.status == SeatStatus.TAGGED and seat.tag in shown
    ]


def first_of_each_root(claims: Iterable[Standing]) -> list[Standing]:
    """One claim a root: a conviction by the leaf takes all others with it."""
    found: dict[bytes, Standing] = {}
    for claim in claims:
        found.setdefault(claim.root, claim)
    return list(found.values())


def worth(job: JobRecord) -> float:
    """Money at stake for each second of the stated run time: what to look at first."""
    return float(job.terms.ceiling_usd6) / max(1, job.terms.lot_seconds)


@dataclass(slots=True)
class Hunt:
    """Which claims differ from one's own run. mine: only lots in which this account's claim has an earlier rival."""

    mind: Mind
    log: Any
    mine: str = ""
    _said: dict[bytes, str] = field(default_factory=dict)
    looked_at: int = 0
    _seen: set[tuple[bytes, int]] = field(default_factory=set)

    def findings(self, jobs: Mapping[bytes, JobRecord], head: Head) -> list[Finding]:
        """Wrong claims known so far, of lots in their windows. Starts re-executions of the others."""
        wanted = [
            (job, claims)
            for job in sorted(jobs.values(), key=worth, reverse=True)
            if has_claims(job) and not job.ended
            for lot in job.lots
            if head.timestamp <= lot.deadline and (claims := self._suspects(standing(job, lot)))
        ]
        found = []
        for job, claims in wanted:
            index = claims[0].lot.index
            thought = self.mind.root(job, index)
            if thought is None:
                continue
            if thought.failure:
                self._say(job, index, thought.failure)
                continue
            if (job.job_id, index) not in self._seen:
                self._seen.add((job.job_id, index))
                self.looked_at += 1
            found += [Finding(claim, thought.value) for claim in claims if claim.root != thought.value]
        self._look_ahead([job for job in jobs.values() if has_claims(job) and not job.ended])
        return found

    def _look_ahead(self, jobs: list[JobRecord]) -> None:
        # inputs are known from the draw on, and a first run compiles: begun with the root, it might outlast the window.
        # A run that would take longer than any open job's window allows is not begun ahead
        if self.mine:
            return self._look_ahead_for_rivals(jobs)
        if not jobs:
            return
        most = min(job.terms.lot_seconds for job in jobs) + WINDOW_SLACK_SECONDS
        for job in sorted(jobs, key=worth, reverse=True):
            for lot in job.lots if job.terms.lot_seconds <= most else ():
                if lot.phase < LotPhase.WINDOW:
                    self.mind.root(job, lot.index)

    def _look_ahead_for_rivals(self, jobs: list[JobRecord]) -> None:
        # tags that differ say that roots will: the own one is checked while they are being shown
        for job in jobs:
            for lot in job.lots:
                differs = lot.phase == LotPhase.REVEALING and not lot.agreed
                if differs and any(seat.provider.lower() == self.mine.lower() for seat in lot.called):
                    self.mind.root(job, lot.index)

    def _suspects(self, claims: list[Standing]) -> list[Standing]:
        if not self.mine:
            return first_of_each_root(claims)
        own = next((c for c in claims if c.seat.provider.lower() == self.mine.lower()), None)
        if own is None:
            return []
        earlier = [c for c in claims if c.seat.place < own.seat.place and c.root != own.root]
        return first_of_each_root(earlier)

    def _say(self, job: JobRecord, lot: int, why: str) -> None:
        if self._said.get(job.job_id) != why:
            self._said[job.job_id] = why
            self.log.warning("a lot cannot be run again", job=job.job_id, lot=lot, reason=why)


class Challenges:
    """Turns findings into moves: state the claim, allow the bond, open a game."""

    def __init__(self, account: str, book: GameBook, contracts: GameContracts) -> None:
        self._me, self._book, self._contracts = account.lower(), book, contracts

    def moves(self, findings: Iterable[Finding]) -> list[DisputeMove]:
        """The next step of each challenge that is not under way."""
        found: list[DisputeMove] = []
        for finding in findings:
            claim = finding.claim
            if claim.seat.provider.lower() != self._me:
                found += self._step(claim)
        return found

    def _step(self, claim: Standing) -> list[DisputeMove]:
        claim_id = claim.claim_id
        stated: ClaimRecord | None = self._book.claims.get(claim_id)
        lot = claim.lot.index
        if stated is None:
            call = self._contracts.state_claim(claim.job, lot, claim.seat.place, claim.root)
            return [DisputeMove(DisputeVerb.STATE_CLAIM, claim_id, call, lot)]
        # one game of an account on a claim is enough, also when it was lost: it would be lost again
        played = any(game.challenger.lower() == self._me for game in self._book.games_on(claim_id))
        if stated.reason or played:
            return []
        game = self._contracts.game.address
        if self._contracts.usd.allowance(self._me, game) < self._contracts.bond_usd6:
            call = self._contracts.approve(ALLOWED_BONDS)
            return [DisputeMove(DisputeVerb.APPROVE, claim_id, call, lot)]
        return [DisputeMove(DisputeVerb.OPEN_GAME, claim_id, self._contracts.open_game(claim_id), lot)]
