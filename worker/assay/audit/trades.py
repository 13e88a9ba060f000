"""Trades of shares from their logs: fees by the published rate, nothing filled once cancelled, the fee ledger."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from assay.audit.book import Book, Facts
from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.protocol.clients import ShareExchangeClient, UsdClient
from assay.protocol.generated import events as ev
from assay.protocol.ids import to_hex

BPS = 10_000


class Trades(Book):
    """ShareExchange holds its fees and nothing else (INV-01); cancelled means cancelled (INV-12)."""

    NAME = "exchange"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self._fees = 0
        self._traded = 0
        self._cancelled: set[bytes] = set()
        self._epochs: dict[str, int] = defaultdict(int)

    def on_filled(self, entry: Entry, event: ev.OrderFilled) -> None:
        """Of one order: the fee is the stated part of the value, rounded up."""
        open_still = event.digest not in self._cancelled
        subject = to_hex(event.digest)
        self.sheet.hold(
            open_still, "cancelled orders", subject, "Filled after it was cancelled.", tx=entry.tx
        )
        rate = self.facts.deployment.param("exchange_fee_bps")
        fee = -(-event.value_usd6 * rate // BPS)
        self.sheet.equal(event.fee_usd6, fee, "trade fees", subject, "The fee is", tx=entry.tx)
        self._add(event.value_usd6, event.fee_usd6)

    def on_matched(self, entry: Entry, event: ev.OrdersMatched) -> None:
        """Of two orders that meet."""
        for digest in (event.sell_digest, event.buy_digest):
            open_still = digest not in self._cancelled
            what = "Matched after it was cancelled."
            self.sheet.hold(open_still, "cancelled orders", to_hex(digest), what, tx=entry.tx)
        self._add(event.value_usd6, event.fee_usd6)

    def on_cancelled(self, entry: Entry, event: ev.OrderCancelled) -> None:
        """For ever."""
        self._cancelled.add(event.digest)

    def on_all_cancelled(self, entry: Entry, event: ev.AllCancelled) -> None:
        """A maker's epoch only rises."""
        rises = event.epoch > self._epochs[event.maker]
        self.sheet.hold(rises, "epochs", event.maker, f"Its epoch became {event.epoch}.", tx=entry.tx)
        self._epochs[event.maker] = event.epoch

    def on_withdrawn(self, entry: Entry, event: ev.TradeFeesWithdrawn) -> None:
        """Never more than was taken."""
        self._fees -= event.amount_usd6
        what = f"{-self._fees} more was withdrawn than taken."
        self.sheet.hold(self._fees >= 0, "withdrawals", event.recipient, what, tx=entry.tx)

    def _add(self, value_usd6: int, fee_usd6: int) -> None:
        self._traded += value_usd6
        self._fees += fee_usd6

    def close(self) -> None:
        """The contract says the same and has the tokens."""
        exchange = ShareExchangeClient(self.facts.w3, self.facts.deployment)
        at = self.facts.at
        there = int(exchange.read("fees_usd6", block=at))
        self.sheet.equal(there, self._fees, "fee ledger", "ShareExchange", "It says its fees are")
        tokens = UsdClient(self.facts.w3, self.facts.deployment).balance_of(exchange.address, block=at)
        what = f"It owes {self._fees} and has {tokens}."
        self.sheet.hold(tokens >= self._fees, "solvency", "ShareExchange", what)
        self.sheet.figure("traded", self._traded)
        self.sheet.figure("fees", self._fees)

    HANDLERS: ClassVar = {
        ev.OrderFilled: on_filled,
        ev.OrdersMatched: on_matched,
        ev.OrderCancelled: on_cancelled,
        ev.AllCancelled: on_all_cancelled,
        ev.TradeFeesWithdrawn: on_withdrawn,
    }
