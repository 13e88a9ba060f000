"""Brings the database from its cursor to the node's head, one committed batch of blocks at a time.

Called by the `index` command and by tests. Each batch is one transaction: blocks, raw logs, domain rows, undo records and
the cursor move together, so a kill at any moment leaves a state that was true. Nothing here knows a domain word.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import transaction

from backend.chain import tables
from backend.chain.errors import Inconsistent, LeaseTaken, NodeError, NodeRefused, WrongChain
from backend.chain.fetch import Fetcher, Page
from backend.chain.models import Block, Change, Cursor, Log, Undo, Watch
from backend.chain.node import Header, Node, Tip
from backend.chain.reorg import rewind, too_deep
from backend.chain.rows import Rows
from backend.chain.source import Projection, Source

logger = logging.getLogger(__name__)

FIRST_PAGE_BLOCKS = 256
MAX_PAGE_BLOCKS = 10_000
LOGS_PER_PAGE = 20_000  # pages grow and shrink towards this
LAG_POLLS = 5  # a node that fell behind without another chain is believed after so many looks
DEEP_LOOKS = 3  # a reorg below the floor stops the indexer after so many looks
ANCESTOR_STEP = 32
CHANGES_KEPT = 50_000


class Step(NamedTuple):
    """What one step did: blocks and logs applied, blocks taken back, whether more is waiting at the node."""

    blocks: int
    logs: int
    rewound: int
    behind: bool


class Syncer:
    """The cycle. `start` once, then `step` again and again; after any exception the next `step` begins from the database."""

    def __init__(
        self,
        node: Node,
        source: Source,
        projection: Projection,
        using: str = "default",
        window: int = 256,
        publish: Callable[[Sequence[Change]], None] | None = None,
        prefetch: bool = True,
        check_receipts: bool = False,
    ) -> None:
        """`window`: blocks that can be taken back; `check_receipts`: compare old blocks with their receipts too."""
        self._node, self._source, self._projection = node, source, projection
        self._using, self._window, self._publish = using, window, publish
        self._check_receipts = check_receipts
        self._rows = Rows(using)
        self._executor = ThreadPoolExecutor(1, "prefetch") if prefetch else None
        self._next: Future[Page] | None = None
        self._tip: Tip | None = None
        self._page_blocks = FIRST_PAGE_BLOCKS
        self._lagging = self._deep = 0
        self._fresh = False
        self._cursor: Cursor
        self._fetcher: Fetcher

    # --- life ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Checks that node, deployment and database belong together; makes the cursor of an empty database."""
        self._check_identity()
        cursor = Cursor.objects.using(self._using).filter(pk=1).first()
        if cursor is None:
            cursor = self._first_cursor()
        if (cursor.chain_id, cursor.genesis_hash) != (self._source.chain_id, self._source.genesis_hash):
            raise WrongChain(
                f"the database holds chain {cursor.chain_id} with genesis {cursor.genesis_hash}, the deployment is on "
                f"chain {self._source.chain_id} with genesis {self._source.genesis_hash}: `make reset` starts over."
            )
        if cursor.deployment != self._source.digest:
            raise WrongChain(
                "the database was filled from other contracts than the deployment file names: rebuild it with "
                "`manage.py reindex --from-chain`, or start over with `make reset`."
            )
        self._load(cursor)

    def close(self) -> None:
        """Ends the prefetch thread."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    @property
    def cursor(self) -> Cursor:
        """The cursor as of the last committed batch."""
        return self._cursor

    def step(self) -> Step:
        """One look at the node and at most one committed batch. Raises NodeError (try again) or another ChainError (stop)."""
        if not self._fresh:
            self._drop_prefetched()
            self.start()
        try:
            return self._step()
        except BaseException:
            self._fresh = False
            raise

    # --- one step -----------------------------------------------------------------------------------------

    def _step(self) -> Step:
        cursor = self._cursor
        page = self._prefetched()
        tip = self._tip if page is not None and self._tip is not None else self._look()
        ancestor: int | None = cursor.number
        if page is None:
            ancestor = self._ancestor_for(tip)
            if ancestor is None:
                return Step(0, 0, 0, False)
            if tip.head.number <= ancestor == cursor.number:
                self._note_tip(tip)
                return Step(0, 0, 0, False)
            page = self._fetch(ancestor, tip)
            if page is not None and not self._follows(page, ancestor):
                if ancestor != cursor.number:
                    raise Inconsistent(f"block {page.first} does not follow the block found before it")
                ancestor = self._common_ancestor(tip)
                page = self._fetch(ancestor, tip)
        if page is not None and not self._follows(page, ancestor):
            raise Inconsistent(f"block {page.first} does not follow block {ancestor} of the index")
        rewound = cursor.number - ancestor
        self._commit(page, ancestor, tip)
        behind = self._cursor.number < tip.head.number
        if page is not None and behind:
            self._prefetch(tip)
        return Step(len(page.headers) if page else 0, len(page.logs) if page else 0, rewound, behind)

    def _look(self) -> Tip:
        tip = self._node.tip()
        if tip.chain_id != self._source.chain_id:
            raise WrongChain(
                f"the node now serves chain {tip.chain_id}, the deployment is on chain {self._source.chain_id}: "
                "check ASSAY_RPC_URL; if a new local chain was started, `make reset` starts over."
            )
        self._tip = tip
        return tip

    def _ancestor_for(self, tip: Tip) -> int | None:
        """The highest applied block that the node's chain still has; None to wait for a lagging node."""
        number = self._cursor.number
        if tip.head.number > number:
            return number  # the first fetched header tells
        if self._hash_at(tip.head.number) == tip.head.hash:
            if tip.head.number == number:
                self._lagging = 0
                return number
            self._lagging += 1
            if self._lagging < LAG_POLLS:
                return None  # one of several nodes may be late; a chain that went back shows it by staying there
            self._lagging = 0
            if tip.head.number < self._cursor.floor:
                raise too_deep(self._cursor, tip.head.number)
            return tip.head.number
        return self._common_ancestor(tip)

    def _common_ancestor(self, tip: Tip) -> int:
        top = min(self._cursor.number, tip.head.number)
        floor = self._cursor.floor
        while top >= floor:
            low = max(floor, top - ANCESTOR_STEP + 1)
            theirs = self._node.headers(low, top)
            ours = dict(
                Block.objects.using(self._using).filter(number__range=(low, top)).values_list("number", "hash")
            )
            for header in reversed(theirs):
                if ours.get(header.number) == header.hash:
                    self._deep = 0
                    return header.number
            top = low - 1
        self._check_identity()
        self._deep += 1
        if self._deep < DEEP_LOOKS:
            raise Inconsistent(f"the node has another block {floor} than the index; looking again")
        raise too_deep(self._cursor, floor - 1)

    def _hash_at(self, number: int) -> str:
        return (
            Block.objects.using(self._using).filter(number=number).values_list("hash", flat=True).first() or ""
        )

    def _follows(self, page: Page, ancestor: int) -> bool:
        expected = self._cursor.hash if ancestor == self._cursor.number else self._hash_at(ancestor)
        return page.headers[0].parent_hash == expected

    # --- fetching -----------------------------------------------------------------------------------------

    def _fetch(self, ancestor: int, tip: Tip) -> Page | None:
        first = ancestor + 1
        if first > tip.head.number:
            return None
        if ancestor < self._cursor.number:
            self._fetcher.contracts = self._contracts(ancestor)
        return self._fetch_pages(first, tip)

    def _fetch_pages(self, first: int, tip: Tip) -> Page:
        exact_from = 0 if self._check_receipts else tip.head.number - self._window + 1
        while True:
            last = min(tip.head.number, first + self._page_blocks - 1)
            try:
                page = self._fetcher.page(first, last, exact_from)
            except NodeRefused:
                if last == first:
                    raise
                self._page_blocks = max(1, (last - first + 1) // 4)  # too many results, or too long a range
                continue
            wanted = self._page_blocks * LOGS_PER_PAGE // max(1, len(page.logs))
            self._page_blocks = max(1, min(MAX_PAGE_BLOCKS, wanted, self._page_blocks * 2))
            return page

    def _prefetch(self, tip: Tip) -> None:
        if self._executor is not None:
            self._next = self._executor.submit(self._fetch_pages, self._cursor.number + 1, tip)

    def _prefetched(self) -> Page | None:
        if self._next is None:
            return None
        page, self._next = self._next.result(), None
        # A page that no longer follows is dropped: the slow path finds out why.
        return page if page.first == self._cursor.number + 1 and self._follows(page, self._cursor.number) else None

    def _drop_prefetched(self) -> None:
        if self._next is not None:
            self._next.cancel() or self._next.exception()
            self._next = None

    # --- writing ------------------------------------------------------------------------------------------

    def _commit(self, page: Page | None, ancestor: int, tip: Tip) -> None:
        cursor, using = self._cursor, self._using
        last = page.headers[-1] if page is not None else None
        with transaction.atomic(using=using):
            self._claim()
            if ancestor < cursor.number:
                logger.warning("reorg: blocks %d to %d are taken back", ancestor + 1, cursor.number)
                rewind(self._rows, cursor, ancestor, self._projection.appended)
            if page is not None and last is not None:
                self._store(page)
                bare = min(last.number, tip.head.number - self._window)  # these will never be taken back
                self._apply(page, bare)
                cursor.number, cursor.hash, cursor.timestamp = last.number, last.hash, last.timestamp
                cursor.floor = max(cursor.floor, bare, last.number - self._window)
            _set_tip(cursor, tip)
            self._rows.announce_head(cursor.number)
            changes = self._rows.flush()
            cursor.save(using=using, force_update=True)
            Undo.objects.using(using).filter(block__lte=cursor.floor).delete()
            if changes and changes[-1].seq % 1_000 < len(changes):
                Change.objects.using(using).filter(seq__lte=changes[-1].seq - CHANGES_KEPT).delete()
        self._rows.trim()
        if self._publish is not None:
            self._publish(changes)

    def _claim(self) -> None:
        """Locks the cursor row and makes sure it is still ours: two writers can never both commit."""
        cursor = self._cursor
        mine = Cursor.objects.using(self._using).filter(
            pk=1, number=cursor.number, hash=cursor.hash, reorgs=cursor.reorgs
        )
        if not mine.update(head_number=cursor.head_number):
            raise LeaseTaken("another indexer moved the cursor of this database: run only one.")

    def _store(self, page: Page) -> None:
        chain_id, using = self._source.chain_id, self._using
        tables.insert_values(
            using, Block, [(h.number, chain_id, h.hash, h.parent_hash, h.timestamp) for h in page.headers]
        )
        tables.insert_values(using, Log, page.logs)
        tables.insert(
            using, Watch, [{"address": a, "contract": name, "block": block} for a, name, block in page.found]
        )

    def _apply(self, page: Page, bare: int) -> None:
        contracts = self._fetcher.contracts
        for number, logs in groupby(page.logs, key=attrgetter("block_number")):
            self._rows.begin_block(number, journal=number > bare)
            self._projection.apply(self._rows, list(logs), contracts)

    def _note_tip(self, tip: Tip) -> None:
        """Saves what the node says of head and finality when no block is new."""
        before = (self._cursor.head_hash, self._cursor.finalized_number)
        _set_tip(self._cursor, tip)
        if before != (self._cursor.head_hash, self._cursor.finalized_number):
            with transaction.atomic(using=self._using):
                self._claim()
                self._cursor.save(using=self._using, force_update=True)

    # --- state --------------------------------------------------------------------------------------------

    def _check_identity(self) -> None:
        chain_id, genesis = self._node.identity()
        if (chain_id, genesis) != (self._source.chain_id, self._source.genesis_hash):
            raise WrongChain(
                f"the node serves chain {chain_id} with genesis {genesis}, the deployment is on chain "
                f"{self._source.chain_id} with genesis {self._source.genesis_hash}: check ASSAY_RPC_URL and "
                "ASSAY_DEPLOYMENT; if a new local chain was started, `make reset` starts over."
            )

    def _first_cursor(self) -> Cursor:
        """The state of an empty database: just before the deployment's first block."""
        start = max(0, self._source.first_block - 1)
        tip = self._node.tip()
        if tip.head.number < start:
            raise NodeError(f"the node is at block {tip.head.number}, before the deployment's block {start + 1}")
        [header] = self._node.headers(start, start)
        cursor = Cursor(
            chain_id=self._source.chain_id,
            genesis_hash=self._source.genesis_hash,
            deployment=self._source.digest,
            number=header.number,
            hash=header.hash,
            timestamp=header.timestamp,
            floor=header.number,
        )
        _set_tip(cursor, tip)
        with transaction.atomic(using=self._using):
            _store_header(self._using, self._source.chain_id, header)
            cursor.save(using=self._using, force_insert=True)
        return cursor

    def _load(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._rows.clear()
        self._fetcher = Fetcher(
            self._node, self._source.chain_id, self._contracts(cursor.number), self._projection.discover
        )
        self._fresh = True

    def _contracts(self, block: int) -> dict[str, str]:
        made = Watch.objects.using(self._using).filter(block__lte=block).values_list("address", "contract")
        return {**self._source.contracts, **dict(made)}


def _set_tip(cursor: Cursor, tip: Tip) -> None:
    cursor.head_number, cursor.head_hash = tip.head.number, tip.head.hash
    cursor.head_timestamp = tip.head.timestamp
    cursor.finalized_number = min(tip.finalized, cursor.number)


def _store_header(using: str, chain_id: int, header: Header) -> None:
    tables.insert_values(
        using, Block, [(header.number, chain_id, header.hash, header.parent_hash, header.timestamp)]
    )
