"""`manage.py verify_index`: rebuilds everything beside the index and compares it row by row."""

from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.protocol.errors import AssayError
from backend.chain.errors import ChainError, NodeError
from backend.chain.models import Block, Cursor, Log, Undo, Watch
from backend.chain.node import Node
from backend.chain.sync import Syncer
from backend.chain.tables import table_of
from backend.indexer.compare import Difference, differences
from backend.indexer.projection import AssayProjection
from backend.indexer.replay import replay
from backend.indexer.scratch import scratch_database, snapshot
from backend.indexer.source import configured

SHOWN = 20  # differences a table


class Command(BaseCommand):
    """Works beside a running indexer: it compares one moment of the database."""

    help = (
        "Rebuild the index in a scratch database and compare every table row by row; exit 1 on a difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--from-chain` doubts the stored logs too."""
        parser.add_argument(
            "--from-chain",
            action="store_true",
            help="fetch blocks and logs from the node again and compare them as well (needs a quiet chain)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line per difference and a sum; CommandError (exit 1) when there is any."""
        projection = AssayProjection()
        compared = list(projection.tables)
        try:
            source = configured()
            with snapshot() as indexed, scratch_database() as rebuilt:
                if options["from_chain"]:
                    compared = [Block, Log, Watch, *compared]
                    logs = _fetch_all(rebuilt, source, projection)
                else:
                    compared = [Undo, *compared]
                    logs = replay(projection, source, indexed, rebuilt, announce=False)
                found = 0
                for model in compared:
                    if model is Undo:
                        found += self._compare_undo(indexed, rebuilt)
                        continue
                    different = list(islice(differences(model, indexed, rebuilt), SHOWN + 1))
                    found += len(different)
                    self._show(table_of(model).name, different)
        except (ChainError, AssayError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError(
                f"the index differs from its logs in {found} rows or more: `manage.py reindex` rebuilds it."
            )
        self.stdout.write(f"{len(compared)} tables equal what {logs} logs say.")

    def _show(self, table: str, different: list[Difference]) -> None:
        for difference in different[:SHOWN]:
            self.stdout.write(str(difference))
        if len(different) > SHOWN:
            self.stdout.write(f"{table}: … and more")

    def _compare_undo(self, indexed: str, rebuilt: str) -> int:
        """Undo records have no key of their own: compared as sets of (block, table, key, before)."""
        floor = Cursor.objects.using(indexed).values_list("floor", flat=True).first() or 0
        ours, theirs = (
            set(Undo.objects.using(u).filter(block__gt=floor).values_list("block", "table", "key", "before"))
            for u in (indexed, rebuilt)
        )
        for block, table, key, _ in sorted(ours ^ theirs)[:SHOWN]:
            self.stdout.write(f"undo record of {table} {key} at block {block} differs")
        return len(ours ^ theirs)


def _fetch_all(using: str, source: Any, projection: AssayProjection) -> int:
    syncer = Syncer(
        Node.at(settings.ASSAY_RPC_URL), source, projection, using=using, window=settings.ASSAY_REORG_WINDOW
    )
    try:
        while syncer.step().behind:
            pass
    except NodeError as error:
        raise CommandError(f"the node cannot be compared with: {error}") from error
    finally:
        syncer.close()
    return Log.objects.using(using).count()
