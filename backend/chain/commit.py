"""One batch of blocks, one transaction: blocks, raw logs, domain rows, undo records and the cursor move together.

A kill at any moment leaves a state that was true. Called by backend.chain.sync.
"""

import logging
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from backend.chain import tables
from backend.chain.errors import LeaseTaken
from backend.chain.fetch import Page
from backend.chain.identity import set_tip
from backend.chain.models import Block, Change, Cursor, Log, Undo, Watch
from backend.chain.node import RawLog, Tip
from backend.chain.reorg import rewind
from backend.chain.rows import Rows
from backend.chain.source import Projection

logger = logging.getLogger(__name__)
CHANGES_KEPT = 50_000
CHANGES_PRUNED_EVERY = 1_000


class Writer:
    """Commits batches through one Rows; after an exception the caller calls `rows.clear()` and reloads the cursor."""

    def __init__(self, rows: Rows, projection: Projection, window: int) -> None:
        """`window`: how many of the newest blocks can be taken back."""
        self.rows, self._projection, self._window = rows, projection, window
        self._using = rows.using

    def commit(self, cursor: Cursor, page: Page | None, ancestor: int, tip: Tip) -> list[Change]:
        """Takes back what is above `ancestor`, applies `page`, moves the cursor; returns what to publish."""
        using = self._using
        with transaction.atomic(using=using):
            self._claim(cursor)
            if ancestor < cursor.number:
                logger.warning("reorg: blocks %d to %d are taken back", ancestor + 1, cursor.number)
                rewind(self.rows, cursor, ancestor, self._projection.tables)
            if page is not None:
                last = page.headers[-1]
                bare = min(
                    last.number, tip.head.number - self._window
                )  # up to here nothing will be taken back
                self._store(page, cursor.chain_id)
                apply_logs(self.rows, self._projection, page.logs, page.contracts, bare)
                cursor.number, cursor.hash, cursor.timestamp = last.number, last.hash, last.timestamp
                cursor.floor = max(cursor.floor, bare, last.number - self._window)
            set_tip(cursor, tip)
            self.rows.announce_head(cursor.number)
            changes = self.rows.flush()
            cursor.save(using=using, force_update=True)
            Undo.objects.using(using).filter(block__lte=cursor.floor).delete()
            if changes[-1].seq % CHANGES_PRUNED_EVERY < len(changes):
                Change.objects.using(using).filter(seq__lte=changes[-1].seq - CHANGES_KEPT).delete()
        self.rows.trim()
        return changes

    def note_tip(self, cursor: Cursor, tip: Tip) -> None:
        """Saves what the node says of head and finality when no block is new."""
        before = (cursor.head_hash, cursor.finalized_number)
        set_tip(cursor, tip)
        if before != (cursor.head_hash, cursor.finalized_number):
            with transaction.atomic(using=self._using):
                self._claim(cursor)
                cursor.save(using=self._using, force_update=True)

    def _claim(self, cursor: Cursor) -> None:
        """Locks the cursor row and makes sure it is still ours: two writers can never both commit."""
        mine = Cursor.objects.using(self._using).filter(
            pk=1, number=cursor.number, hash=cursor.hash, reorgs=cursor.reorgs
        )
        if not mine.update(floor=cursor.floor):
            raise LeaseTaken("another indexer moved the cursor of this database: run only one.")

    def _store(self, page: Page, chain_id: int) -> None:
        blocks = [(h.number, chain_id, h.hash, h.parent_hash, h.timestamp) for h in page.headers]
        tables.insert_values(self._using, Block, blocks)
        tables.insert_values(self._using, Log, page.logs)
        found = [
            {"address": address, "contract": name, "block": block} for address, name, block in page.found
        ]
        tables.insert(self._using, Watch, found)


def apply_logs(
    rows: Rows, projection: Projection, logs: Sequence[RawLog], contracts: dict[str, str], bare: int
) -> None:
    """Applies logs in order; undo records are kept for blocks above `bare`."""
    for number, of_block in groupby(logs, key=attrgetter("block_number")):
        rows.begin_block(number, journal=number > bare)
        projection.apply(rows, list(of_block), contracts)
