"""Settlements: each lot is split by the published rule, no seat is paid twice or inside its window (INV-02, INV-03)."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from assay.audit.book import Book, Facts
from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.market.records import JobRecord, LotRecord
from assay.protocol.generated import events as ev
from assay.protocol.ids import to_hex
from assay.protocol.pricing import priced_seats
from assay.protocol.reasons import Reason
from assay.protocol.states import LotPhase, SeatStatus

BPS = 10_000
SETTLED = (Reason.SETTLED_QUIET, Reason.SETTLED_AGREED, Reason.SETTLED_UPHELD)
HALVED = (Reason.FAILED_NO_AGREEMENT, Reason.FAILED_NO_SPARE)
RELEASED = (Reason.CANCELLED_BUYER, Reason.INPUTS_UNAVAILABLE)


def fee_of(price_usd6: int, fee_bps: int) -> int:
    """The protocol's fee on top of a price, rounded up."""
    return -(-price_usd6 * fee_bps // BPS)


class Settlements(Book):
    """The rule is contracts/modules/lot_rules.vy and lot_budget.vy, written here once more from contracts/README.md."""

    NAME = "settlements"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self._paid: dict[tuple[bytes, int], dict[int, int]] = defaultdict(dict)
        self._windows: dict[tuple[bytes, int], int] = {}
        self._sums = dict.fromkeys(("to_seats", "fees", "pokes", "refunds", "slashed"), 0)

    def on_paid(self, entry: Entry, event: ev.SeatPaid) -> None:
        """Paid once, and only while the lot is open."""
        paid = self._paid[event.job_id, event.lot]
        subject = _named(event.job_id, event.lot)
        what = f"Place {event.place} is paid a second time."
        self.sheet.hold(event.place not in paid, "paid once", subject, what, tx=entry.tx)
        paid[event.place] = event.amount_usd6

    def on_slashed(self, entry: Entry, event: ev.SeatDefaulted | ev.ProviderConvicted) -> None:
        """Only summed here; the vault's book holds it against the bond."""
        self._sums["slashed"] += event.slashed_usd6

    def on_window(self, entry: Entry, event: ev.RootRevealed | ev.LotContested) -> None:
        """Until when results may be objected to."""
        if event.window_end:
            self._windows[event.job_id, event.lot] = event.window_end

    def on_closed(self, entry: Entry, event: ev.LotClosed) -> None:
        """The split of one lot."""
        job = self.facts.job(event.job_id)
        subject = _named(event.job_id, event.lot)
        if job is None or not self.sheet.hold(
            event.lot < len(job.lots), "lots", subject, "No such lot.", tx=entry.tx
        ):
            return
        lot, reason = job.lots[event.lot], Reason(event.reason)
        paid = self._paid.pop((event.job_id, event.lot), {})
        share_bps = BPS if reason in SETTLED else BPS // 2 if reason in HALVED else 0
        fee_bps = job.fee_bps
        if reason in RELEASED:
            share_bps, fee_bps = self.facts.deployment.param("cancel_fee_bps"), 0
        fee = 0
        for place, amount in paid.items():
            price = lot.seats[place].price_usd6
            what = f"Place {place} ({reason.name}) got"
            self.sheet.equal(amount, price * share_bps // BPS, "prices", subject, what, tx=entry.tx)
            fee += fee_of(price, fee_bps) * share_bps // BPS
        budget = lot_budget_usd6(job)
        self.sheet.equal(
            event.paid_usd6, sum(paid.values()), "lot sums", subject, "Paid to seats", tx=entry.tx
        )
        self.sheet.equal(event.fee_usd6, fee, "fees", subject, "The fee is", tx=entry.tx)
        self.sheet.equal(event.poke_usd6, job.poke_price_usd6, "pokes", subject, "The poke is", tx=entry.tx)
        rest = budget - event.paid_usd6 - event.fee_usd6 - event.poke_usd6
        self.sheet.equal(
            event.refund_usd6, rest, "refunds", subject, "Of its budget the buyer gets", tx=entry.tx
        )
        if reason in SETTLED:
            self._check_settled(entry, job, lot, paid, subject)
        for name, amount in (
            ("to_seats", event.paid_usd6),
            ("fees", event.fee_usd6),
            ("pokes", event.poke_usd6),
            ("refunds", event.refund_usd6),
        ):
            self._sums[name] += amount

    def _check_settled(
        self, entry: Entry, job: JobRecord, lot: LotRecord, paid: dict[int, int], subject: str
    ) -> None:
        """Somebody delivered; who gave the result that stands is paid, nobody else; the window is over."""
        self.sheet.hold(
            bool(paid), "somebody delivered", subject, "It settled and nobody was paid.", tx=entry.tx
        )
        tags = {lot.seats[place].tag for place in paid}
        self.sheet.hold(len(tags) == 1, "one result", subject, "Different results are paid.", tx=entry.tx)
        for seat in lot.called:
            forgotten = seat.tag in tags and seat.status in (SeatStatus.TAGGED, SeatStatus.UNPAID)
            what = f"Place {seat.place} gave the result and was not paid."
            self.sheet.hold(not forgotten, "nobody forgotten", subject, what, tx=entry.tx)
        end = self._windows.get((job.job_id, lot.index))
        if self.sheet.hold(end is not None, "windows", subject, "It settled without a window.", tx=entry.tx):
            closed = self.facts.block(entry.block).timestamp
            what = f"It settled at {closed}, inside its window, which ends at {end}."
            self.sheet.hold(closed > (end or 0), "windows over", subject, what, tx=entry.tx)

    def close(self) -> None:
        """A job that is closed has no lot that is not."""
        for job in self.facts.jobs.values():
            if job.ended and job.lots:
                done = all(lot.phase == LotPhase.CLOSED for lot in job.lots)
                self.sheet.hold(done, "closed jobs", to_hex(job.job_id), "It is closed, a lot of it is not.")
        for name, amount in self._sums.items():
            self.sheet.figure(name, amount)

    HANDLERS: ClassVar = {
        ev.SeatPaid: on_paid,
        ev.SeatDefaulted: on_slashed,
        ev.ProviderConvicted: on_slashed,
        ev.RootRevealed: on_window,
        ev.LotContested: on_window,
        ev.LotClosed: on_closed,
    }


def lot_budget_usd6(job: JobRecord) -> int:
    """What was set aside for one lot."""
    ceiling = job.ceiling_usd6
    seats = priced_seats(job.terms.grade, job.terms.seats)
    return seats * (ceiling + fee_of(ceiling, job.fee_bps)) + job.poke_price_usd6


def _named(job_id: bytes, lot: int) -> str:
    return f"{to_hex(job_id)} lot {lot}"
