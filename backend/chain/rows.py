"""The unit of work of one batch of blocks: handlers read and change rows here, `flush` writes them in bulk.

What a handler changes is remembered as it was before the block (chain.Undo), so that backend.chain.reorg can take the
block back exactly. Rows are cached between batches: the indexer is the only writer of these tables.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import models
from django.db.models import Max

from backend.chain import tables
from backend.chain.errors import HandlerFailed
from backend.chain.models import Change, Undo
from backend.chain.tables import Row, table_of

Model = type[models.Model]
# A table up to this size is read whole at its first use; a miss then needs no query.
WHOLE_TABLE_ROWS = 20_000
# Above this the cache of a table is dropped after a flush.
CACHED_ROWS = 200_000
CHANGES_TOLD = 1_000  # of one batch


class _Cache:
    """Rows of one table: by key, whether that is all of them, and what has to be written."""

    def __init__(self) -> None:
        self.rows: dict[Any, Row] = {}
        self.whole = False
        self.new: dict[Any, None] = {}  # dicts keep the order of the changes
        self.changed: dict[Any, None] = {}


class Rows:
    """Rows of the domain tables as of the block being applied, in one database."""

    def __init__(self, using: str = "default", announce: bool = True) -> None:
        """`announce` false keeps chain.Change untouched (rebuilds)."""
        self.using = using
        self._announce = announce
        self._block = -1
        self._journal = False
        self.clear()

    def clear(self) -> None:
        """Forgets everything unwritten and cached: after an error, a rewind, or another writer."""
        self._caches: dict[Model, _Cache] = {}
        self._appended: dict[Model, list[Row]] = {}
        self._touched: set[tuple[Model, Any]] = set()
        self._undo: list[Row] = []
        self._changes: dict[tuple[str, str, str], int] = {}
        self.scratch: dict[str, Any] = {}
        self._scratch_tx = ""

    def begin_block(self, number: int, journal: bool) -> None:
        """From here on changes belong to this block; `journal` says whether it may have to be taken back."""
        self._block = number
        self._journal = journal
        self._touched.clear()

    def begin_tx(self, tx_hash: str) -> None:
        """Empties `scratch`, where handlers leave notes for later logs of the same transaction."""
        if tx_hash != self._scratch_tx:
            self._scratch_tx = tx_hash
            self.scratch.clear()

    def get(self, model: Model, key: Any) -> Row | None:
        """The row with this key, for reading only."""
        cache = self._caches.get(model) or self._open(model)
        row = cache.rows.get(key)
        if row is None and not cache.whole:
            row = tables.fetch(self.using, model, key)
            if row is not None:
                cache.rows[key] = row
        return row

    def edit(self, model: Model, key: Any) -> Row:
        """The row with this key, to be changed in place; HandlerFailed when there is none."""
        row = self.edit_if_there(model, key)
        if row is None:
            raise HandlerFailed(f"no row {key} in {model._meta.db_table} at block {self._block}")
        return row

    def edit_if_there(self, model: Model, key: Any) -> Row | None:
        """The row with this key, to be changed in place, or None."""
        row = self.get(model, key)
        if row is None:
            return None
        cache = self._caches[model]
        if self._journal and (model, key) not in self._touched:
            self._touched.add((model, key))
            self._note(model, key, row)
        if key not in cache.new:
            cache.changed[key] = None
        row["block"] = self._block
        return row

    def put(self, model: Model, key: Any, **values: Any) -> Row:
        """Creates the row (give its `position`), or overwrites the given columns of the one that is there but
        for that.
        """
        if self.get(model, key) is not None:
            row = self.edit(model, key)
            position = row["position"]
            row.update(values)
            row["position"] = position
            return row
        table = table_of(model)
        row = table.full({"block": self._block, **values, table.key: key})
        cache = self._caches[model]
        cache.rows[key] = row
        cache.new[key] = None
        return row

    def append(self, model: Model, row: Row) -> None:
        """Adds a row keyed by `position` to a table whose rows never change; all columns must be given."""
        self._appended.setdefault(model, []).append(row)

    @property
    def announcing(self) -> bool:
        """Whether `change` does anything in this block."""
        return self._journal and self._announce

    def change(self, kind: str, topic: str, ref: str) -> None:
        """Notes that clients of `topic` should look again at `ref`; only near the head (see chain.Change)."""
        if self._journal and self._announce:
            self._changes[(topic, kind, ref)] = self._block

    def announce_head(self, number: int) -> None:
        """Notes that the cursor moved; always, also far from the head."""
        if self._announce:
            self._changes[("head", "head", str(number))] = number

    def flush(self) -> list[Change]:
        """Writes everything in the caller's transaction; returns the stored Change rows with their seq."""
        for model, appended in self._appended.items():
            tables.insert(self.using, model, appended)
        self._appended.clear()
        for model, cache in self._caches.items():
            tables.insert(self.using, model, [cache.rows[key] for key in cache.new])
            tables.upsert(self.using, model, [cache.rows[key] for key in cache.changed])
            cache.new.clear()
            cache.changed.clear()
        tables.insert(self.using, Undo, self._undo)
        self._undo.clear()
        return self._store_changes()

    def trim(self) -> None:
        """Drops caches that grew too large; call after the commit."""
        for model in [m for m, cache in self._caches.items() if len(cache.rows) > CACHED_ROWS]:
            del self._caches[model]

    def _store_changes(self) -> list[Change]:
        if not self._changes:
            return []
        stored, now = Change.objects.using(self.using), datetime.now(tz=UTC)
        before = stored.aggregate(last=Max("seq"))["last"] or 0
        changes = [
            {"topic": topic, "kind": kind, "ref": ref, "block": block, "created": now}
            for (topic, kind, ref), block in self._changes.items()
        ]
        tables.insert(self.using, Change, changes)
        self._changes.clear()
        # clients of a batch this large refetch by the head's message, which is the last one
        return list(stored.filter(seq__gt=before).order_by("-seq")[:CHANGES_TOLD])[::-1]

    def _open(self, model: Model) -> _Cache:
        cache = self._caches[model] = _Cache()
        some = tables.fetch_first(self.using, model, WHOLE_TABLE_ROWS + 1)
        cache.whole = len(some) <= WHOLE_TABLE_ROWS
        if cache.whole:
            key = table_of(model).key
            cache.rows = {row[key]: row for row in some}
        return cache

    def _note(self, model: Model, key: Any, before: Row) -> None:
        self._undo.append(
            {
                "block": self._block,
                "table": model._meta.label_lower,
                "key": str(key),
                "before": _json(before),
            }
        )


def _json(row: Row) -> str:
    """JSON of a row; orjson stops at 64 bits, the standard library does not."""
    try:
        return orjson.dumps(row).decode()
    except TypeError:
        return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def topics_of(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The JSON messages of the Redis channel."""
    return [{"seq": c.seq, "topic": c.topic, "kind": c.kind, "id": c.ref, "block": c.block} for c in changes]
