"""One pass over all logs, through every book, and the comparison at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from web3 import Web3

from assay.audit.book import Book, Facts
from assay.audit.draws import Draws
from assay.audit.entries import entries
from assay.audit.finding import Finding, Report, Sheet
from assay.audit.income import Income
from assay.audit.money import Money
from assay.audit.settlements import Settlements
from assay.audit.stakes import Games, Stakes
from assay.audit.trades import Trades
from assay.market.fold import apply
from assay.protocol.chain import block, block_or_none
from assay.protocol.chain import head as latest_head
from assay.protocol.deployment import Deployment
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.ids import to_hex

BOOKS: Final[tuple[type[Book], ...]] = (Draws, Settlements, Money, Stakes, Games, Income, Trades)


class ChainMoved(AssayError):
    """The block of the audit is gone: a reorg came in between."""


def audit(
    w3: Web3,
    deployment: Deployment,
    *,
    at: int | None = None,
    progress: Callable[[int], None] = lambda _block: None,
) -> Report:
    """The report at block `at` (None: the latest). A log that does not fit its books is a finding, never a crash.

    Raises BadInput for a block outside the chain, NodeUnreachable, NodeLagging, UnknownLog, and ChainMoved when the
    block is replaced meanwhile.
    """
    newest = latest_head(w3)
    if at is not None and not deployment.deployed_block <= at <= newest.number:
        raise BadInput(
            f"Block {at} is not between the deployment ({deployment.deployed_block}) and the head ({newest.number})."
        )
    end = newest if at is None else block(w3, at)
    report = Report(deployment.chain_id, end.number, to_hex(end.hash))
    facts = Facts(w3, deployment, end.number)
    books = [book(facts, Sheet(report, book.NAME)) for book in BOOKS]
    page_clock, tx = deployment.param("page_clock_seconds"), ""
    for entry in entries(w3, deployment, end.number, progress):
        if entry.tx != tx and tx:
            for book in books:
                book.end_transaction(tx)
        tx = entry.tx
        report.logs += 1
        try:
            apply(facts.jobs, entry.event, block=entry.block, tx=b"", page_clock_seconds=page_clock)
            for book in books:
                book.apply(entry)
        except (LookupError, ValueError, AttributeError, BadInput) as error:
            # a log that tells of a job, lot, share or reason that no log before it made
            what = f"{entry.event.NAME} does not fit what came before it ({type(error).__name__}: {error})."
            report.findings.append(Finding("logs", entry.contract, what, tx=entry.tx))
    for book in books:
        book.end_transaction(tx)
        book.close()
    again = block_or_none(w3, end.number)
    if again is None or again.hash != end.hash:
        raise ChainMoved(f"Block {end.number} was replaced while it was audited.", "Run it again.")
    return report
