"""Seals and what opens them, derived from the key and the result: nothing secret has to be kept on disk."""

from __future__ import annotations

from dataclasses import dataclass

from assay.market.records import JobRecord, LotRecord, SeatRecord
from assay.protocol.digests import mark_of, seal_of, tag_of
from assay.worker.salts import Salts


@dataclass(frozen=True, slots=True)
class Opening:
    """What a tag transaction shows of one seat."""

    tag: bytes
    salt: bytes
    seal: bytes


class Opener:
    """Makes seals and openings of one provider on one market."""

    def __init__(self, *, chain_id: int, market: str, provider: str, salts: Salts) -> None:
        self._chain_id, self._market, self._provider, self._salts = chain_id, market, provider, salts

    def opening(self, job: JobRecord, lot: LotRecord, seat: SeatRecord, root: bytes) -> Opening:
        """The seal of a seat over `root`, and the tag and salt that open it.

        A spare may be called after tags are public: its salt must be the mark, which only the root can make. Spares
        use it always, so that a seal never depends on the moment it was made at.
        """
        spare = seat.place >= job.terms.seats
        salt = (
            mark_of(job.job_id, lot.index, seat.place, root)
            if spare
            else self._salts.salt(job.job_id, lot.index, seat.place)
        )
        tag = tag_of(job.job_id, lot.index, root)
        seal = seal_of(
            chain_id=self._chain_id,
            market=self._market,
            provider=self._provider,
            job_id=job.job_id,
            lot=lot.index,
            tag=tag,
            salt=salt,
        )
        return Opening(tag, salt, seal)
