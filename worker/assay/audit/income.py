"""Income of shares from their logs: every holder's part, replayed to the last unit (INV-10), and where it came from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import ClassVar

from assay.audit.book import Book, Facts
from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.protocol.clients import DeviceShareClient, UsdClient
from assay.protocol.generated import events as ev
from assay.protocol.ids import ZERO_ADDRESS, to_hex
from assay.protocol.states import CreditKind

SCALE = 10**36
BPS = 10_000


@dataclass
class Replay:
    """One share, as contracts/modules/income_accumulator.vy keeps it; amounts of holders in units of 1/SCALE."""

    device_id: bytes
    cut_bps: int
    supply: int = 0
    income: int = 0
    paid_out: int = 0
    index: int = 0
    carry: int = 0
    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    owed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    operators: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def settle(self, holder: str) -> None:
        """Fixes what a holder has earned, before its balance changes."""
        self.owed[holder] += self.balances[holder] * (self.index - self.seen[holder])
        self.seen[holder] = self.index

    def deposit(self, amount: int) -> None:
        """Splits holders' income over the supply; what does not divide stays for the next."""
        pot = amount * SCALE + self.carry
        if self.supply:
            step, self.carry = divmod(pot, self.supply)
            self.index += step
        else:
            self.carry = pot


class Income(Book):
    """Shares, and the way from a paid seat to an account."""

    NAME = "income"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self.shares: dict[str, Replay] = {}
        self._deeds: dict[bytes, str] = {}
        self._made: dict[str, dict[str, int]] = {}  # share => balances before its ShareCreated was seen
        # of this transaction: (job, payee) => what seats were paid, what arrived
        self._due: dict[tuple[bytes, str], int] = defaultdict(int)
        self._came: dict[tuple[bytes, str], int] = defaultdict(int)
        self._upheld: set[bytes] = set()
        self._deposits: dict[str, int] = defaultdict(int)
        self._pushes: dict[str, int] = defaultdict(int)

    def on_deed(self, entry: Entry, event: ev.DeviceRegistryTransfer) -> None:
        """Who holds a deed is the operator."""
        self._deeds[event.token_id.to_bytes(32, "big")] = event.receiver

    def on_created(self, entry: Entry, event: ev.ShareCreated) -> None:
        """A new share; its tokens were made in logs just before this one."""
        replay = Replay(event.device_id, event.operator_cut_bps)
        for holder, amount in self._made.pop(event.share, {}).items():
            replay.balances[holder] += amount
            replay.supply += amount
        self.shares[event.share] = replay
        what = "Its supply is"
        self.sheet.equal(replay.supply, event.supply, "supplies", event.share, what, tx=entry.tx)

    def on_moved(self, entry: Entry, event: ev.DeviceShareTransfer) -> None:
        """Tokens move, earned income stays."""
        replay = self.shares.get(entry.address)
        if replay is None:
            self._made.setdefault(entry.address, defaultdict(int))[event.receiver] += event.value
            return
        for holder, change in ((event.sender, -event.value), (event.receiver, event.value)):
            if holder == ZERO_ADDRESS:
                replay.supply -= change
                continue
            replay.settle(holder)
            replay.balances[holder] += change
        left = replay.balances[event.sender] if event.sender != ZERO_ADDRESS else 0
        self.sheet.hold(
            left >= 0, "balances", entry.address, f"{event.sender} sent more than it had.", tx=entry.tx
        )

    def on_deposited(self, entry: Entry, event: ev.IncomeDeposited) -> None:
        """The operator's cut is of the running total; the rest is split over all shares."""
        replay = self.shares[entry.address]
        before, after = replay.income, replay.income + event.amount_usd6
        cut = after * replay.cut_bps // BPS - before * replay.cut_bps // BPS
        self.sheet.equal(event.operator_usd6, cut, "operator cuts", entry.address, "The cut is", tx=entry.tx)
        rest = event.amount_usd6 - cut
        self.sheet.equal(
            event.holders_usd6, rest, "holders' parts", entry.address, "Holders get", tx=entry.tx
        )
        replay.income = after
        replay.operators[self._deeds.get(replay.device_id, ZERO_ADDRESS)] += cut
        replay.deposit(rest)
        self._deposits[entry.address] += event.amount_usd6

    def on_proceeds(self, entry: Entry, event: ev.ProceedsDeposited) -> None:
        """What a retired device was sold for: all of it to the holders; it moves the running total all the same."""
        replay = self.shares[entry.address]
        replay.income += event.amount_usd6
        replay.deposit(event.amount_usd6)

    def on_recovered(self, entry: Entry, event: ev.SharesRecovered) -> None:
        """The tokens moved in the log before; what was earned goes along."""
        replay = self.shares[entry.address]
        replay.owed[event.to] += replay.owed.pop(event.lost, 0)

    def on_claimed(self, entry: Entry, event: ev.IncomeClaimed) -> None:
        """A holder gets the whole units it is owed."""
        replay = self.shares[entry.address]
        replay.settle(event.holder)
        amount, replay.owed[event.holder] = divmod(replay.owed[event.holder], SCALE)
        what = f"{event.holder} claimed"
        self.sheet.equal(event.amount_usd6, amount, "claims", entry.address, what, tx=entry.tx)
        replay.paid_out += event.amount_usd6

    def on_operator_paid(self, entry: Entry, event: ev.OperatorPaid) -> None:
        """An operator gets all of its cut."""
        replay = self.shares[entry.address]
        amount = replay.operators.pop(event.operator, 0)
        what = f"Operator {event.operator} was paid"
        self.sheet.equal(event.amount_usd6, amount, "operators paid", entry.address, what, tx=entry.tx)
        replay.paid_out += event.amount_usd6

    # --- from a paid seat to an account ---

    def on_seat_paid(self, entry: Entry, event: ev.SeatPaid) -> None:
        """Its payee must get this in the same transaction."""
        self._due[event.job_id, event.payee] += event.amount_usd6

    def on_lot_closed(self, entry: Entry, event: ev.LotClosed) -> None:
        """Of an upheld lot the winner also earns half of the bonds of those whose roots fell."""
        if event.reason == 3:
            self._upheld.add(event.job_id)

    def on_pushed(self, entry: Entry, event: ev.IncomePushed) -> None:
        """Into a share."""
        self._came[event.job_id, event.share] += event.amount_usd6
        self._pushes[event.share] += event.amount_usd6

    def on_credit(self, entry: Entry, event: ev.CreditAdded) -> None:
        """To an account."""
        if event.kind == CreditKind.INCOME:
            self._came[event.job_id, event.account] += event.amount_usd6

    def end_transaction(self, tx: str) -> None:
        """What seats were paid is what their payees got."""
        for job_id, payee in {*self._due, *self._came}:
            due, came = self._due[job_id, payee], self._came[job_id, payee]
            what = f"Of {to_hex(job_id)} it is due {due} and got {came}."
            holds = came == due or (came > due and job_id in self._upheld)
            self.sheet.hold(holds, "income arrives", payee, what, tx=tx)
        for share, pushed in self._pushes.items():
            what = f"{pushed} was pushed into it, {self._deposits[share]} accounted."
            self.sheet.hold(self._deposits[share] >= pushed, "pushes accounted", share, what, tx=tx)
        for table in (self._due, self._came, self._deposits, self._pushes):
            table.clear()
        self._upheld.clear()

    def close(self) -> None:
        """Claimable and claimed are what came in, and each share answers the same and has the tokens."""
        usd = UsdClient(self.facts.w3, self.facts.deployment)
        at, sums = self.facts.at, dict.fromkeys(("received", "paid out", "claimable"), 0)
        for address, replay in self.shares.items():
            share = DeviceShareClient(self.facts.w3, self.facts.deployment, address)
            self.sheet.equal(
                share.total_supply(block=at), replay.supply, "supplies", address, "Its supply is"
            )
            owed = replay.carry
            for holder in list(replay.balances):
                replay.settle(holder)
                owed += replay.owed[holder]
                there = share.claimable(holder, block=at)
                amount = replay.owed[holder] // SCALE
                sums["claimable"] += amount
                self.sheet.equal(there, amount, "claimable", address, f"{holder} can claim")
            operators = sum(replay.operators.values())
            scaled = owed + (operators + replay.paid_out) * SCALE
            self.sheet.hold(
                scaled == replay.income * SCALE, "conservation", address, "Parts do not add up to the income."
            )
            tokens, due = usd.balance_of(address, block=at), replay.income - replay.paid_out
            self.sheet.hold(tokens >= due, "solvency", address, f"It owes {due} and has {tokens}.")
            sums["received"] += replay.income
            sums["paid out"] += replay.paid_out
            sums["claimable"] += operators
        for name, amount in sums.items():
            self.sheet.figure(name, amount)

    HANDLERS: ClassVar = {
        ev.DeviceRegistryTransfer: on_deed,
        ev.ShareCreated: on_created,
        ev.DeviceShareTransfer: on_moved,
        ev.IncomeDeposited: on_deposited,
        ev.ProceedsDeposited: on_proceeds,
        ev.SharesRecovered: on_recovered,
        ev.IncomeClaimed: on_claimed,
        ev.OperatorPaid: on_operator_paid,
        ev.SeatPaid: on_seat_paid,
        ev.LotClosed: on_lot_closed,
        ev.IncomePushed: on_pushed,
        ev.CreditAdded: on_credit,
    }
