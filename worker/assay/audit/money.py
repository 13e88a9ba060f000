"""Escrow's ledgers from its logs: what jobs hold, accounts' credits, fees, kitty, the burned part (INV-01, INV-02).

In each transaction, what leaves a job's balance must be what the market's own logs say was owed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from assay.audit.book import Book, Facts
from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.protocol.clients import EscrowClient, UsdClient
from assay.protocol.generated import events as ev
from assay.protocol.ids import to_hex
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState


class Money(Book):
    """Called Escrow's book; its tokens are compared with the stablecoin's own answer."""

    NAME = "escrow"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self.jobs: dict[bytes, int] = defaultdict(int)
        self.credits: dict[str, int] = defaultdict(int)
        self.pots = dict.fromkeys(("fees", "kitty", "burned"), 0)
        self._left: dict[bytes, int] = defaultdict(int)  # this transaction: what left a job's balance
        self._owed: dict[bytes, int] = defaultdict(int)  # this transaction: what the market says was due
        self._refunded: set[bytes] = set()
        self._pages: dict[bytes, bytes] = {}  # open page request => job

    # --- Escrow says ---

    def on_funded(self, entry: Entry, event: ev.JobFunded) -> None:
        """Tokens arrived for a job."""
        self.jobs[event.job_id] += event.amount_usd6

    def on_slashed(self, entry: Entry, event: ev.StakeSlashed) -> None:
        """What the vault takes from a bond joins the job's balance, and is distributed at once."""
        self.jobs[event.job_id] += event.amount_usd6
        self._owed[event.job_id] += event.amount_usd6

    def on_credit(self, entry: Entry, event: ev.CreditAdded) -> None:
        """An account may withdraw more."""
        self.credits[event.account] += event.amount_usd6
        self._left[event.job_id] += event.amount_usd6

    def on_pushed(self, entry: Entry, event: ev.IncomePushed) -> None:
        """Income went into a share: it left Escrow."""
        self._left[event.job_id] += event.amount_usd6

    def on_pot(self, entry: Entry, event: ev.FeeTaken | ev.KittyAdded | ev.Burned) -> None:
        """Fees, kitty, burned."""
        name = {ev.FeeTaken: "fees", ev.KittyAdded: "kitty", ev.Burned: "burned"}[type(event)]
        self.pots[name] += event.amount_usd6
        self._left[event.job_id] += event.amount_usd6

    def on_withdrawn(self, entry: Entry, event: ev.CreditWithdrawn) -> None:
        """Never more than the credit there was."""
        left = self.credits[event.account] - event.amount_usd6
        what = f"It withdrew {event.amount_usd6} of a credit of {self.credits[event.account]}."
        self.sheet.hold(left >= 0, "withdrawals", event.account, what, tx=entry.tx)
        self.credits[event.account] = left

    def on_fees_withdrawn(self, entry: Entry, event: ev.FeesWithdrawn) -> None:
        """Only to the recipient fixed at deployment, never more than there was."""
        self.pots["fees"] -= event.amount_usd6
        what = "More fees were withdrawn than taken."
        self.sheet.hold(self.pots["fees"] >= 0, "withdrawals", event.recipient, what, tx=entry.tx)
        fixed = str(self.facts.deployment.params.get("fee_recipient", event.recipient))
        self.sheet.equal(event.recipient, fixed, "fee recipient", "Escrow", "Fees went to", tx=entry.tx)

    # --- the market says ---

    def on_lot_closed(self, entry: Entry, event: ev.LotClosed) -> None:
        """The whole budget of the lot is spent."""
        self._owed[event.job_id] += event.paid_usd6 + event.fee_usd6 + event.poke_usd6 + event.refund_usd6

    def on_seed(self, entry: Entry, event: ev.SeedDrawn) -> None:
        """Whoever drew is paid a poke."""
        job = self.facts.job(event.job_id)
        self._owed[event.job_id] += job.poke_price_usd6 if job else 0

    def on_cancelled(self, entry: Entry, event: ev.JobCancelled) -> None:
        """Before the draw the whole escrow comes back; the record has just been folded."""
        job = self.facts.job(event.job_id)
        if job is not None and job.state == JobState.CANCELLED and event.job_id not in self._refunded:
            self._refunded.add(event.job_id)
            self._owed[event.job_id] += job.held_usd6

    def on_bid_opened(self, entry: Entry, event: ev.BidOpened) -> None:
        """Its deposit comes back."""
        job = self.facts.job(event.job_id)
        bid = job.bidding.bid_of(event.provider) if job is not None and job.bidding is not None else None
        self._owed[event.job_id] += bid.deposit_usd6 if bid is not None else 0

    def on_deposit_returned(self, entry: Entry, event: ev.DepositReturned) -> None:
        """The job was cancelled before any bid was opened."""
        self._owed[event.job_id] += event.deposit_usd6

    def on_bidding_closed(self, entry: Entry, event: ev.BiddingClosed) -> None:
        """The surplus and forfeited deposits to the buyer, a poke to whoever had the bids cleared."""
        job = self.facts.job(event.job_id)
        poke = job.poke_price_usd6 if job is not None and event.reason != Reason.CANCELLED_BUYER else 0
        self._owed[event.job_id] += event.surplus_usd6 + event.forfeited_usd6 + poke

    def on_page(self, entry: Entry, event: ev.PageRequested) -> None:
        """Remembered: the price comes back or goes to who answers."""
        self._pages[event.request_id] = event.job_id

    def on_page_closed(self, entry: Entry, event: ev.PageAnswered | ev.PageWithheld) -> None:
        """The price of a page leaves once."""
        job_id = self._pages.pop(event.request_id, None)
        subject = to_hex(event.request_id)
        if self.sheet.hold(
            job_id is not None, "page prices", subject, "Closed, never asked for.", tx=entry.tx
        ):
            self._owed[job_id or b""] += self.facts.deployment.param("page_price_usd6")

    # --- the ends ---

    def end_transaction(self, tx: str) -> None:
        """What left each job's balance is what was due, and was there."""
        for job_id in {*self._left, *self._owed}:
            left, owed = self._left[job_id], self._owed[job_id]
            subject = to_hex(job_id)
            self.sheet.equal(
                left, owed, "distributions", subject, "Left its balance in one transaction", tx=tx
            )
            self.jobs[job_id] -= left
            what = f"More left than it held: {-self.jobs[job_id]} too much."
            self.sheet.hold(self.jobs[job_id] >= 0, "job balances", subject, what, tx=tx)
        self._left.clear()
        self._owed.clear()

    def close(self) -> None:
        """Ended jobs hold nothing; ledgers are what the contract answers, and are covered by tokens."""
        escrow = EscrowClient(self.facts.w3, self.facts.deployment)
        waiting = set(self._pages.values())
        for job_id, job in self.facts.jobs.items():
            if job.ended and job_id not in waiting:
                held = self.jobs[job_id]
                self.sheet.equal(held, 0, "ended jobs hold nothing", to_hex(job_id), "It is over and holds")
        for job_id, held in self.jobs.items():
            there = escrow.job_balance(job_id, block=self.facts.at)
            self.sheet.equal(there, held, "job ledgers", to_hex(job_id), "Escrow holds for it")
        for account, credit in self.credits.items():
            there = escrow.credit_of(account, block=self.facts.at)
            self.sheet.equal(there, credit, "credit ledgers", account, "Escrow owes it")
        fees, kitty = escrow.fees_usd6(block=self.facts.at), escrow.kitty_usd6(block=self.facts.at)
        self.sheet.equal(fees, self.pots["fees"], "pots", "Escrow", "Its fees are")
        self.sheet.equal(kitty, self.pots["kitty"], "pots", "Escrow", "Its kitty is")
        owed = sum(self.jobs.values()) + sum(self.credits.values()) + sum(self.pots.values())
        liabilities = escrow.liabilities_usd6(block=self.facts.at)
        self.sheet.equal(liabilities, owed, "liabilities", "Escrow", "It says it owes")
        tokens = UsdClient(self.facts.w3, self.facts.deployment).balance_of(
            escrow.address, block=self.facts.at
        )
        what = f"It owes {owed} and has {tokens}."
        self.sheet.hold(tokens >= owed, "solvency", "Escrow", what)
        self.sheet.figure("owed", owed)
        self.sheet.figure("tokens", tokens)
        for name, amount in self.pots.items():
            self.sheet.figure(name, amount)

    HANDLERS: ClassVar = {
        ev.JobFunded: on_funded,
        ev.StakeSlashed: on_slashed,
        ev.CreditAdded: on_credit,
        ev.IncomePushed: on_pushed,
        ev.FeeTaken: on_pot,
        ev.KittyAdded: on_pot,
        ev.Burned: on_pot,
        ev.CreditWithdrawn: on_withdrawn,
        ev.FeesWithdrawn: on_fees_withdrawn,
        ev.LotClosed: on_lot_closed,
        ev.SeedDrawn: on_seed,
        ev.JobCancelled: on_cancelled,
        ev.BidOpened: on_bid_opened,
        ev.DepositReturned: on_deposit_returned,
        ev.BiddingClosed: on_bidding_closed,
        ev.PageRequested: on_page,
        ev.PageAnswered: on_page_closed,
        ev.PageWithheld: on_page_closed,
    }
