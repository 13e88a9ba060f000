"""What a handler is given beside the decoded event: where the log stands, and the rows it may read and change."""

from collections.abc import Callable
from typing import Any

from assay.protocol.ids import ZERO_ADDRESS
from backend.chain.node import RawLog
from backend.chain.rows import Rows
from backend.chain.tables import Row
from backend.market.models import Credit, Job, Totals
from backend.providers.models import Provider


def text32(value: bytes) -> str:
    """The 0x text under which 32 bytes are stored; empty text for zero."""
    return "0x" + value.hex() if any(value) else ""


class Fact:
    """One log being applied. Handlers are pure functions of facts: no call to a node, no clock, no randomness."""

    __slots__ = ("account", "at", "block", "log_index", "position", "rows", "tx")

    def __init__(self, rows: Rows, log: RawLog, account: str) -> None:
        """`account`: the checksummed address of the contract that logged; `at`: the block's time in unix seconds."""
        self.rows = rows
        self.position = log.position
        self.block = log.block_number
        self.log_index = log.log_index
        self.at = log.timestamp
        self.tx = log.tx_hash
        self.account = account

    def stamp(self) -> dict[str, Any]:
        """The columns that every row of a ledger or timeline starts with."""
        return {"position": self.position, "block": self.block, "timestamp": self.at, "tx": self.tx}

    def totals(self) -> Row:
        """The market's running sums."""
        if self.rows.get(Totals, 1) is None:
            return self.rows.put(Totals, 1, position=self.position)
        return self.rows.edit(Totals, 1)

    def provider(self, address: str) -> Row:
        """A provider's row, made at its first stake or device."""
        if self.rows.get(Provider, address) is None:
            self.totals()["providers"] += 1
            return self.rows.put(Provider, address, position=self.position)
        return self.rows.edit(Provider, address)

    def credit(self, account: str) -> Row:
        """What Escrow owes an account, made at its first appearance."""
        if self.rows.get(Credit, account) is None:
            return self.rows.put(Credit, account, position=self.position)
        return self.rows.edit(Credit, account)

    def job(self, job_id: bytes) -> Row:
        """The row of a posted job, to be changed; clients of the job are told."""
        key = text32(job_id)
        self.job_changed(key)
        return self.rows.edit(Job, key)

    def job_changed(self, key: str) -> None:
        """Tells clients of the job and of the list of jobs."""
        self.rows.change("job", f"job:{key}", key)
        self.rows.change("job", "jobs", key)

    def device_changed(self, key: str) -> None:
        """Tells clients of a device."""
        self.rows.change("device", f"device:{key}", key)

    def account_changed(self, *accounts: str) -> None:
        """Tells clients of accounts; the zero address is nobody."""
        if not self.rows.announcing:
            return
        for account in accounts:
            if account != ZERO_ADDRESS:
                self.rows.change("account", f"account:{account}", account)


Handlers = dict[type[Any], Callable[[Fact, Any], None]]
"""Event class -> its handler: the table at the end of each handler file."""
