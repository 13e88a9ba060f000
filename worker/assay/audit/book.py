"""What every book of the audit is: it takes each log once, in order, and is closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from web3 import Web3

from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.market.records import JobRecord
from assay.protocol.chain import Head, block
from assay.protocol.deployment import Deployment


@dataclass
class Facts:
    """What all books share: the deployment, the node, the block of the audit, and jobs as folded so far."""

    w3: Web3
    deployment: Deployment
    at: int
    jobs: dict[bytes, JobRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._block = lru_cache(maxsize=4_096)(lambda number: block(self.w3, number))

    def block(self, number: int) -> Head:
        """A block's hash and time, asked of the node once."""
        return self._block(number)

    def job(self, job_id: bytes) -> JobRecord | None:
        """The job as of the entry that is being applied (it is folded first)."""
        return self.jobs.get(job_id)


class Book:
    """Base of the books. HANDLERS: event class → method that takes (entry, event)."""

    NAME: ClassVar[str] = ""
    HANDLERS: ClassVar[Mapping[type[Any], Callable[[Any, Entry, Any], None]]] = {}

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        self.facts, self.sheet = facts, sheet

    def apply(self, entry: Entry) -> None:
        """One log, already folded into the jobs."""
        handler = self.HANDLERS.get(type(entry.event))
        if handler is not None:
            handler(self, entry, entry.event)

    def end_transaction(self, tx: str) -> None:
        """All logs of a transaction have been applied."""

    def close(self) -> None:
        """All logs have been applied: compare with what the contracts answer at the audit's block."""
