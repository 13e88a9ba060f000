"""A job's life as a stream of progress, folded from the chain's logs; reconnects and survives reorgs by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assay.buyer.market import Market
from assay.market.follower import Follower
from assay.market.records import Bidding, JobRecord
from assay.protocol.errors import AssayError
from assay.protocol.rpc import NodeUnreachable
from assay.protocol.states import JobState, LotPhase, SeatStatus
from assay.protocol.units import format_usd6


class NoSuchJob(AssayError):
    """No such job was posted on this market."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """What changed.

    stage: posted, bids, awarded, drawn, sealed, tagged, spare, request, revealed, lot, ended, trouble.
    """

    stage: str
    text: str
    job: JobRecord | None = None
    lot: int | None = None


def watch(
    market: Market,
    job_id: bytes,
    *,
    start_block: int | None = None,
    timeout: float | None = None,
    poll: float = 0.3,
    tend: Callable[[], None] = lambda: None,
) -> Iterator[Progress]:
    """Yields until the job has ended (the last one is `ended`) or the time is up (then it just ends).

    tend: called each round; a buyer's sender.tick re-sends what a reorganisation took back.
    Raises NoSuchJob when the market has never heard of the job.
    """
    follower = Follower(
        market.w3, market.deployment, keep=lambda job: job.job_id == job_id, start_block=start_block
    )
    deadline = None if timeout is None else time.monotonic() + timeout
    seen = _Seen()
    while deadline is None or time.monotonic() < deadline:
        try:
            tend()
            head = follower.refresh()
        except NodeUnreachable as error:
            if not seen.down:
                seen.down = True
                yield Progress("trouble", f"{error.message} Waiting for it; the job goes on without us.")
            time.sleep(1.0)
            continue
        if seen.down:
            seen.down = False
            yield Progress("trouble", "The chain answers again.")
        job = follower.jobs.get(job_id)
        if job is None and head is not None:
            if not seen.posted:
                raise NoSuchJob(
                    f"No job 0x{job_id.hex()} was posted on this market.", "Check the id and the deployment."
                )
            yield Progress(
                "trouble", "A reorganisation took the job back; its transaction is sent again by the sender."
            )
            seen = _Seen(posted=True)
        elif job is not None:
            yield from seen.changes(job)
            if job.ended:
                return
        time.sleep(poll)


def job_now(market: Market, job_id: bytes) -> JobRecord:
    """The job as it is. Raises NoSuchJob."""
    follower = Follower(market.w3, market.deployment, keep=lambda job: job.job_id == job_id)
    for _ in range(50):
        if follower.refresh() is not None:
            break
        time.sleep(0.2)
    job = follower.jobs.get(job_id)
    if job is None:
        raise NoSuchJob(
            f"No job 0x{job_id.hex()} was posted on this market.", "Check the id and the deployment."
        )
    return job


class _Seen:
    """What has been told already."""

    def __init__(self, *, posted: bool = False) -> None:
        self.posted, self.down = posted, False
        self._told_posted = self._drawn = self._told_award = False
        self._bids = (0, 0)
        self._sealed = self._tagged = 0
        self._revealed: set[int] = set()
        self._requests: set[bytes] = set()
        self._closed: set[int] = set()
        self._active: dict[int, int] = {}

    def changes(self, job: JobRecord) -> Iterator[Progress]:
        """Progress since the last call, in the order it happened."""
        self.posted = True
        if not self._told_posted:
            self._told_posted = True
            how = "open to bids" if job.bidding is not None else f"{len(job.awardees)} providers awarded"
            yield Progress("posted", f"posted in block {job.posted_block}; {how}", job)
        if job.bidding is not None:
            yield from self._bidding(job, job.bidding)
        if job.lots and not self._drawn:
            self._drawn = True
            yield Progress("drawn", f"seed of block {job.seed_block} drawn: {job.terms.lots} lots dealt", job)
        yield from self._seats(job)
        for lot in job.lots:
            if lot.active > self._active.get(lot.index, job.terms.seats):
                self._active[lot.index] = lot.active
                yield Progress("spare", f"lot {lot.index}: a spare was called", job, lot.index)
            if lot.request is not None and lot.request.request_id not in self._requests:
                self._requests.add(lot.request.request_id)
                yield Progress("request", f"lot {lot.index}: a page was asked for on chain", job, lot.index)
            if lot.root and lot.index not in self._revealed:
                self._revealed.add(lot.index)
                yield Progress("revealed", f"lot {lot.index} revealed", job, lot.index)
            if lot.phase == LotPhase.CLOSED and lot.index not in self._closed:
                self._closed.add(lot.index)
                reason = lot.reason.name if lot.reason else ""
                yield Progress("lot", f"lot {lot.index} closed: {reason}", job, lot.index)
        if job.ended:
            reason = job.reason.name if job.reason else ""
            yield Progress(
                "ended",
                f"{job.state.name.lower()}: {reason}, {job.lots_paid} of {job.terms.lots} lots paid",
                job,
            )

    def _bidding(self, job: JobRecord, bidding: Bidding) -> Iterator[Progress]:
        bids = (len(bidding.bids), bidding.opened)
        if bids != self._bids:
            self._bids = bids
            yield Progress("bids", f"{bids[0]} bids sealed, {bids[1]} opened", job)
        if job.awardees and not self._told_award:
            self._told_award = True
            price, back = format_usd6(bidding.price_usd6), format_usd6(bidding.surplus_usd6)
            text = f"{len(job.awardees)} providers awarded at {price} USD a seat; {back} USD came back"
            yield Progress("awarded", text, job)

    def _seats(self, job: JobRecord) -> Iterator[Progress]:
        seats = [seat for lot in job.lots for seat in lot.called]
        sealed = sum(bool(seat.seal) for seat in seats)
        tagged = sum(bool(seat.tag) for seat in seats)
        wanted = len(
            [seat for seat in seats if seat.status not in (SeatStatus.DECLINED, SeatStatus.DEFAULTED)]
        )
        if sealed != self._sealed:
            self._sealed = sealed
            yield Progress("sealed", f"{sealed} of {wanted} results sealed", job)
        if tagged != self._tagged:
            self._tagged = tagged
            yield Progress("tagged", f"{tagged} of {wanted} results compared", job)


def is_over(job: JobRecord) -> bool:
    """Whether nothing can change any more."""
    return job.state in (JobState.CLOSED, JobState.CANCELLED)
