"""The provider's own money: bonds of closed jobs released, credit withdrawn when it is worth the gas."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from assay.market.records import JobRecord
from assay.protocol.clients import EscrowClient, StakeVaultClient
from assay.worker.moves import Move, Verb

LOOK_SECONDS = 10.0


class Till:
    """Looks at the provider's ledgers now and then, and after each job that ended."""

    def __init__(
        self,
        provider: str,
        vault: StakeVaultClient,
        escrow: EscrowClient,
        *,
        withdraw_min_usd6: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._me, self._vault, self._escrow = provider, vault, escrow
        self._least, self._clock = withdraw_min_usd6, clock
        self._released: set[bytes] = set()
        self._next_look = 0.0

    def moves(self, jobs: Iterable[JobRecord], block: int, *, force: bool = False) -> list[Move]:
        """Releases and a withdrawal, as the ledgers stand at `block`."""
        found = [Move(Verb.RELEASE, job.job_id) for job in jobs if job.ended and self._is_locked(job, block)]
        if found or force or self._clock() >= self._next_look:
            self._next_look = self._clock() + LOOK_SECONDS
            if self._escrow.credit_of(self._me, block=block) >= max(self._least, 1):
                found.append(Move(Verb.WITHDRAW, b""))
        return found

    def is_settled(self, job: JobRecord) -> bool:
        """Whether the job holds none of the provider's stake any more, as far as was looked."""
        return job.job_id in self._released

    def _is_locked(self, job: JobRecord, block: int) -> bool:
        if job.job_id in self._released:
            return False
        if self._vault.bond_of(self._me, job.job_id, block=block) > 0:
            return True
        self._released.add(job.job_id)
        return False
