"""What the terms of an order may be, as Auction and JobBoard check them, and how a quote is refused. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Sequence

from assay.protocol.offers import Refusal
from assay.protocol.pricing import BPS, REFEREED, REPLICATED, SAMPLED, TRUSTED

MAX_LOTS = 4_096
MAX_SEATS = 5
MAX_AUDITORS = 3
MIN_AUDIT_BPS = 100
MAX_CLAIM_LOT_SECONDS = 86_400


class QuoteError(ValueError):
    """No quote: code is bad_terms, nothing_under_cap, too_cheap, not_enough_providers or not_enough_capacity."""

    def __init__(self, code: str, detail: str, hint: str = "", refused: Sequence[Refusal] = ()) -> None:
        super().__init__(detail)
        self.code, self.detail, self.hint, self.refused = code, detail, hint, list(refused)


def check_terms(
    grade: int,
    seats: int,
    spares: int,
    lots: int,
    lot_seconds: int,
    *,
    audit_bps: int = 0,
    exact: bool = False,
) -> None:
    """The bounds Auction puts on the terms of an order; QuoteError("bad_terms") names the field and its limit."""
    known = {TRUSTED: (1, 1), SAMPLED: (1, 1), REPLICATED: (2, MAX_SEATS)}
    known |= {REFEREED: (1, MAX_SEATS)} if exact else {}
    low, high = known.get(grade, (0, 0))
    names = "1 (trusted), 2 (sampled), 3 (replicated)" + (" or 4 (refereed)" if exact else "")
    spare_low, spare_high = (1, MAX_AUDITORS) if grade == SAMPLED else (0, seats)
    audit_low, audit_high = (MIN_AUDIT_BPS, BPS) if grade == SAMPLED else (0, 0)
    disputed = exact and grade != TRUSTED
    problem = (
        f"grade is {grade}, but must be {names}."
        if high == 0
        else f"seats is {seats}, but grade {grade} takes {low} to {high}."
        if not low <= seats <= high
        else f"spares is {spares}, but grade {grade} with {seats} seats takes {spare_low} to {spare_high}."
        if not spare_low <= spares <= spare_high
        else f"audit_bps is {audit_bps}, but grade {grade} takes {audit_low} to {audit_high}."
        if not audit_low <= audit_bps <= audit_high
        else f"The plan has {lots} lots, but a job takes 1 to {MAX_LOTS}."
        if not 1 <= lots <= MAX_LOTS
        else f"lot_seconds is {lot_seconds}, but must be at least 1."
        if lot_seconds < 1
        else f"lot_seconds is {lot_seconds}, but a lot that can be disputed states at most {MAX_CLAIM_LOT_SECONDS}."
        if disputed and lot_seconds > MAX_CLAIM_LOT_SECONDS
        else ""
    )
    if problem:
        raise QuoteError("bad_terms", problem)
