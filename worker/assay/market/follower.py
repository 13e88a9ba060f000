"""Follows the market's logs to the head and keeps the records of the jobs one cares for; survives lag and reorgs.

Used by the daemon, the buyer and the command line. Each refresh ends at one block, fixed beforehand; when that block is
gone afterwards, nothing is decided. A reorg below what was folded throws the records away and folds again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from web3 import Web3

from assay.market.fold import Jobs, apply
from assay.market.records import JobRecord
from assay.protocol.chain import Head, block_or_none, logs_between
from assay.protocol.chain import head as latest_head
from assay.protocol.deployment import Deployment
from assay.protocol.logs import LogMalformed, decode_hex_log
from assay.protocol.rpc import NodeLagging

# contracts whose logs make a record
FOLLOWED = ("JobBoard", "BidBook", "JobMarket", "Availability", "Claims")
BLOCKS_PER_REQUEST = 2_000
TRAIL_BLOCKS = 256  # heads remembered, to tell a lagging node from a shorter chain
LAG_PATIENCE_SECONDS = 5.0
REORG_DEPTH = 64  # a restart reads again from at least this far below the head

__all__ = ["Fold", "Follower", "Head"]


class Fold(Protocol):
    """Other records that are folded from the same logs, at the same block."""

    contracts: tuple[str, ...]  # whose logs it wants, by name

    def apply(self, event: Any, *, block: int, tx: bytes) -> None:
        """Folds one event; those it does not know it passes over."""
        ...

    def clear(self) -> None:
        """Forgets everything: it is read again after a reorg."""
        ...

    def floor(self) -> int | None:
        """The block before which nothing that is still open began; None: nothing is."""
        ...


class Follower:
    """The records at `head` after each successful `refresh`. Not thread-safe."""

    def __init__(
        self,
        w3: Web3,
        deployment: Deployment,
        *,
        keep: Callable[[JobRecord], bool],
        start_block: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        also: Fold | None = None,
    ) -> None:
        """keep: asked once a job is awarded, or over without it.

        start_block: no kept job was posted before it (None: read all).

        also: is folded along.
        """
        self._w3, self._keep, self._clock, self._also = w3, keep, clock, also
        names = dict.fromkeys((*FOLLOWED, *(also.contracts if also is not None else ())))
        self._names = {deployment.address(name).lower(): name for name in names}
        self._addresses = [deployment.address(name) for name in names]
        self._page_clock = deployment.param("page_clock_seconds")
        self._start = max(deployment.deployed_block, start_block or 0)
        self._trail: deque[tuple[int, bytes]] = deque(maxlen=TRAIL_BLOCKS)
        self._lag_since: float | None = None
        self._head: Head | None = None
        self.jobs: Jobs = {}
        self.reorgs = 0

    @property
    def head(self) -> Head | None:
        """The block the records are at; None before the first refresh."""
        return self._head

    def refresh(self) -> Head | None:
        """Brings the records to the latest block. None: the node lags or moved meanwhile, decide nothing now.

        Raises NodeUnreachable or NodeError.
        """
        newest = latest_head(self._w3, retry_seconds=0.0)
        if self._head is not None and newest.hash == self._head.hash:
            self._lag_since = None
            return self._head
        if self._head is not None and newest.number < self._head.number and self._is_lagging(newest):
            return None
        self._lag_since = None
        if self._head is not None and not self._extends(newest):
            self.reorgs += 1
            self._forget()
        try:
            events = self._events(self._head.number + 1 if self._head else self._start, newest.number)
        except NodeLagging:
            return None
        again = block_or_none(self._w3, newest.number)
        if again is None or again.hash != newest.hash:
            return None
        for event, block, tx in events:
            apply(self.jobs, event, block=block, tx=tx, page_clock_seconds=self._page_clock)
            if self._also is not None:
                self._also.apply(event, block=block, tx=tx)
        self._prune()
        self._head = newest
        self._trail.append((newest.number, newest.hash))
        return newest

    def forget_job(self, job_id: bytes) -> None:
        """Drops a job that is over and of no more interest."""
        self.jobs.pop(job_id, None)

    def floor(self) -> int:
        """A block to start from after a restart: nothing that is still open was posted before it."""
        if self._head is None:
            return self._start
        oldest = min((job.posted_block for job in self.jobs.values()), default=self._head.number)
        other = self._also.floor() if self._also is not None else None
        oldest = oldest if other is None else min(oldest, other)
        return max(self._start, min(oldest, self._head.number - REORG_DEPTH))

    def _is_lagging(self, newest: Head) -> bool:
        """A head below ours that we know: the node is behind, unless it stays so."""
        if (newest.number, newest.hash) not in self._trail:
            return False
        now = self._clock()
        self._lag_since = self._lag_since if self._lag_since is not None else now
        return now - self._lag_since < LAG_PATIENCE_SECONDS

    def _extends(self, newest: Head) -> bool:
        """Whether `newest` is built on the block the records are at."""
        ours = self._head
        if ours is None or newest.number <= ours.number:
            return False
        if newest.number == ours.number + 1:
            return newest.parent_hash == ours.hash
        there = block_or_none(self._w3, ours.number)
        return there is not None and there.hash == ours.hash

    def _forget(self) -> None:
        self.jobs.clear()
        if self._also is not None:
            self._also.clear()
        self._trail.clear()
        self._head = None

    def _events(self, first: int, last: int) -> list[tuple[Any, int, bytes]]:
        found: list[tuple[Any, int, bytes]] = []
        for start in range(first, last + 1, BLOCKS_PER_REQUEST):
            end = min(start + BLOCKS_PER_REQUEST - 1, last)
            for raw in logs_between(self._w3, self._addresses, start, end):
                try:
                    contract = self._names[str(raw["address"]).lower()]
                    event = decode_hex_log(contract, raw["topics"], raw["data"])
                except LogMalformed:
                    continue  # not of these contracts' making; it cannot be acted on
                if event is not None:
                    found.append(
                        (event, int(raw["blockNumber"], 16), bytes.fromhex(raw["transactionHash"][2:]))
                    )
        return found

    def _prune(self) -> None:
        decided = [job for job in self.jobs.values() if job.awardees or job.ended]
        for job in [job for job in decided if not self._keep(job)]:
            del self.jobs[job.job_id]
