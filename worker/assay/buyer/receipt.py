"""What a finished job came to: the lines of the quote as they were settled, equal to the chain's ledgers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assay.buyer.market import Market
from assay.market.records import JobRecord
from assay.protocol.reasons import Reason


@dataclass(frozen=True)
class Receipt:
    """Amounts in usd6. pokes: what moving the job cost (clearing of bids, draw, and one a lot).

    balanced: the parts are the escrow. picture, results: the file that was written, by kind of job.
    """

    job_id: str
    state: str
    reason: str
    reason_text: str
    lots: int
    lots_paid: int
    seats: int
    seats_paid: int
    escrow_usd6: int
    paid_usd6: int
    fee_usd6: int
    pokes_usd6: int
    refund_usd6: int
    slashed_usd6: int
    left_in_escrow_usd6: int
    seconds: float | None = None
    picture: str | None = None
    results: str | None = None

    @property
    def balanced(self) -> bool:
        """Whether every unit of the escrow is accounted for, and the chain holds none of it any more."""
        parts = self.paid_usd6 + self.fee_usd6 + self.pokes_usd6 + self.refund_usd6
        return parts == self.escrow_usd6 and self.left_in_escrow_usd6 == 0

    def to_json(self) -> dict[str, Any]:
        """JSON: amounts as strings."""
        values = asdict(self)
        for name in [name for name in values if name.endswith("_usd6")]:
            values[name] = str(values[name])
        return values | {"balanced": self.balanced}


def receipt_of(
    market: Market,
    job: JobRecord,
    *,
    seconds: float | None = None,
    picture: str | None = None,
    results: str | None = None,
) -> Receipt:
    """The receipt of a job that has ended; reads what the escrow still holds for it."""
    reason = job.reason or Reason.NONE
    seats = [seat for lot in job.lots for seat in lot.called]
    drawn = job.poke_price_usd6 if job.lots else 0
    if job.bidding is not None and (job.awardees or reason == Reason.EXPIRED_NO_BID):
        drawn += job.poke_price_usd6  # whoever had the bids cleared
    return Receipt(
        job_id="0x" + job.job_id.hex(),
        state=job.state.name,
        reason=reason.name,
        reason_text=reason.text,
        lots=job.terms.lots,
        lots_paid=job.lots_paid,
        seats=len(seats),
        seats_paid=sum(seat.amount_usd6 > 0 for seat in seats),
        escrow_usd6=job.escrow_usd6,
        paid_usd6=job.paid_usd6,
        fee_usd6=job.fee_usd6,
        pokes_usd6=drawn + sum(lot.poke_usd6 for lot in job.lots),
        refund_usd6=job.refund_usd6,
        slashed_usd6=job.slashed_usd6,
        left_in_escrow_usd6=market.escrow.job_balance(job.job_id),
        seconds=None if seconds is None else round(seconds, 1),
        picture=picture,
        results=results,
    )
