"""Brings the database from its cursor to the node's head, one committed batch of blocks at a time.

Called by the `index` command and by tests. Look at the head; fetch the next page (the one after it is fetched
while this one is written); check that it follows the last applied block; commit. A page that does not follow is
a reorg: the common ancestor is found and the page from there replaces what was applied, in one transaction.
Nothing here knows a domain word.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from backend.chain import identity
from backend.chain.ancestor import Ancestors
from backend.chain.commit import Writer
from backend.chain.errors import Inconsistent, NodeError, NodeRefused
from backend.chain.fetch import Fetcher, Page
from backend.chain.models import Change, Cursor, Watch
from backend.chain.node import Node, Tip
from backend.chain.rows import Rows
from backend.chain.source import Projection, Source

FIRST_PAGE_BLOCKS = 256
MAX_PAGE_BLOCKS = 10_000
LOGS_PER_PAGE = 40_000  # pages grow and shrink towards this


class Step(NamedTuple):
    """What one step did: blocks and logs applied, blocks taken back, whether more is waiting at the node."""

    blocks: int
    logs: int
    rewound: int
    behind: bool


IDLE = Step(0, 0, 0, False)


class Syncer:
    """The cycle: `step` again and again. After an exception the next step begins from what the database says."""

    def __init__(
        self,
        node: Node,
        source: Source,
        projection: Projection,
        *,
        using: str = "default",
        window: int = 256,
        publish: Callable[[Sequence[Change]], None] | None = None,
        prefetch: bool = True,
        check_receipts: bool = False,
    ) -> None:
        """`window`: blocks that can be taken back; `check_receipts`: compare old blocks with their receipts too.

        Blocks inside the window are always compared. Without it, older blocks are checked against their bloom only.
        """
        self._node, self._source, self._projection = node, source, projection
        self._using, self._window, self._publish = using, window, publish
        self._check_receipts = check_receipts
        self._writer = Writer(Rows(using), projection, window)
        self._ancestors = Ancestors(node, using)
        self._executor = ThreadPoolExecutor(1, "prefetch") if prefetch else None
        self._next: Future[Page] | None = None
        self._page_blocks = FIRST_PAGE_BLOCKS
        self._fresh = self._settled = False
        self._cursor: Cursor
        self._tip: Tip
        self._fetcher: Fetcher

    @property
    def cursor(self) -> Cursor:
        """The cursor as of the last committed batch."""
        return self._cursor

    @property
    def at_head(self) -> bool:
        """Whether the last step found nothing to do: the cursor is the node's head."""
        return self._settled

    def start(self) -> None:
        """Checks that node, deployment and database belong together; makes the cursor of an empty database."""
        self._drop_prefetched()
        identity.check_node(self._node, self._source)
        cursor = Cursor.objects.using(self._using).filter(pk=1).first()
        if cursor is None:
            cursor = identity.first_cursor(self._node, self._source, self._using)
        identity.check_cursor(cursor, self._source)
        self._cursor = cursor
        self._writer.rows.clear()
        contracts = self._contracts(cursor.number)
        self._fetcher = Fetcher(self._node, self._source.chain_id, contracts, self._projection.discover)
        self._fresh = True

    def close(self) -> None:
        """Ends the prefetch thread."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def step(self) -> Step:
        """One look at the node and at most one committed batch. NodeError: try again; another ChainError: stop."""
        self._settled = False
        if not self._fresh:
            self.start()
        try:
            return self._step()
        except BaseException:
            self._fresh = False
            raise

    def _step(self) -> Step:
        cursor = self._cursor
        page, ancestor = self._prefetched(), cursor.number
        if page is None:
            self._tip = self._node.tip()
            identity.check_tip(self._tip, self._source)
            known = self._ancestors.at_or_below(cursor, self._tip)
            if known is None:
                return IDLE
            if self._tip.head.number <= known == cursor.number:
                self._writer.note_tip(cursor, self._tip)
                self._settled = True
                return IDLE
            page, ancestor = self._page_after(known)
        rewound = cursor.number - ancestor
        if page is not None and page.last < self._tip.head.number:
            self._prefetch(page.last + 1)
        changes = self._writer.commit(cursor, page, ancestor, self._tip)
        if self._publish is not None:
            self._publish(changes)
        blocks, logs = (len(page.headers), len(page.logs)) if page is not None else (0, 0)
        return Step(blocks, logs, rewound, cursor.number < self._tip.head.number)

    def _page_after(self, known: int) -> tuple[Page | None, int]:
        """The next page and the applied block it follows; None when the node's chain ends at that block."""
        page = self._fetch(known + 1)
        if page is None or self._follows(page, known):
            return page, known
        if known < self._cursor.number:
            raise Inconsistent(f"block {page.first} does not follow the ancestor found before it")
        ancestor = self._ancestors.common(self._cursor, self._tip)
        page = self._fetch(ancestor + 1)
        if page is not None and not self._follows(page, ancestor):
            raise Inconsistent(f"block {page.first} does not follow block {ancestor} of the index")
        return page, ancestor

    def _follows(self, page: Page, ancestor: int) -> bool:
        return page.headers[0].parent_hash == self._ancestors.hash_at(self._cursor, ancestor)

    def _fetch(self, first: int) -> Page | None:
        """The page from `first` on; None when that is above the node's head."""
        if first > self._tip.head.number:
            return None
        if first <= self._cursor.number:
            self._fetcher.contracts = self._contracts(first - 1)
        return self._fetch_page(first, self._tip.head.number)

    def _fetch_page(self, first: int, head: int) -> Page:
        exact_from = 0 if self._check_receipts else head - self._window + 1
        while True:
            last = min(head, first + self._page_blocks - 1)
            try:
                page = self._fetcher.page(first, last, exact_from)
            except NodeError as error:
                self._page_blocks = max(1, (last - first + 1) // 4)  # too long a range, or too many results
                if isinstance(error, NodeRefused) and last > first:
                    continue
                raise
            wanted = self._page_blocks * LOGS_PER_PAGE // max(1, len(page.logs))
            self._page_blocks = max(1, min(MAX_PAGE_BLOCKS, wanted, self._page_blocks * 2))
            return page

    def _prefetch(self, first: int) -> None:
        if self._executor is not None:
            self._next = self._executor.submit(self._fetch_page, first, self._tip.head.number)

    def _prefetched(self) -> Page | None:
        if self._next is None:
            return None
        waiting, self._next = self._next, None
        page = waiting.result()
        # A page that does not follow is dropped: the slow path finds out why.
        fits = page.first == self._cursor.number + 1 and self._follows(page, self._cursor.number)
        return page if fits else None

    def _drop_prefetched(self) -> None:
        if self._next is not None:
            if not self._next.cancel():
                self._next.exception()  # waits: the node's connection is used by one thread at a time
            self._next = None

    def _contracts(self, block: int) -> dict[str, str]:
        made = Watch.objects.using(self._using).filter(block__lte=block).values_list("address", "contract")
        return {**self._source.contracts, **dict(made)}
