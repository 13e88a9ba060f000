"""Domain rows again, from the stored logs alone: no node is asked. Called by `reindex` and `verify_index`."""

from collections.abc import Iterator
from itertools import groupby

from django.db import transaction

from backend.chain import tables
from backend.chain.commit import apply_logs
from backend.chain.models import Cursor, Log, Undo, Watch
from backend.chain.node import RawLog
from backend.chain.rows import Rows
from backend.chain.source import Projection, Source

CHUNK = 20_000  # logs


def replay(projection: Projection, source: Source, read_from: str, write_to: str, announce: bool) -> int:
    """Fills the empty domain tables of `write_to` from the logs of `read_from`; returns the number of logs.

    Undo records are written as the indexer writes them, so that a reorg right after finds what it needs.
    """
    cursor = Cursor.objects.using(read_from).filter(pk=1).first()
    if cursor is None:
        return 0
    made = Watch.objects.using(read_from).values_list("address", "contract")
    contracts = {**source.contracts, **dict(made)}
    rows = Rows(write_to, announce=announce)
    count = 0
    for logs in _chunks(read_from):
        apply_logs(rows, projection, logs, contracts, cursor.floor)
        rows.flush()
        rows.trim()
        count += len(logs)
    return count


def rebuild(projection: Projection, source: Source, using: str) -> int:
    """Empties the domain tables and fills them again, in one transaction: readers see the old rows or the new."""
    with transaction.atomic(using=using):
        clear_tables(projection, using)
        Undo.objects.using(using).all().delete()
        return replay(projection, source, using, using, announce=False)


def clear_tables(projection: Projection, using: str) -> None:
    """Removes every domain row."""
    for model in projection.tables:
        tables.delete_from(using, model, "position", 0)


def _chunks(using: str) -> Iterator[list[RawLog]]:
    """Stored logs in order of position, never cutting a block in two."""
    pending: list[RawLog] = []
    for _, of_block in groupby(_stored(using), key=lambda log: log.block_number):
        pending += of_block
        if len(pending) >= CHUNK:
            yield pending
            pending = []
    if pending:
        yield pending


def _stored(using: str) -> Iterator[RawLog]:
    last = -1
    while True:
        some = list(
            Log.objects.using(using)
            .filter(position__gt=last)
            .order_by("position")
            .values_list(*RawLog._fields)[:CHUNK]
        )
        yield from (RawLog(*values) for values in some)
        if len(some) < CHUNK:
            return
        last = some[-1][0]
