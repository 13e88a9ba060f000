"""`manage.py reindex`: rebuilds every domain row, from the stored logs or with --from-chain from the node."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from assay.protocol.errors import AssayError
from backend.chain.errors import ChainError
from backend.chain.lease import Lease
from backend.chain.models import Block, Change, Cursor, Log, Undo, Watch
from backend.indexer.projection import AssayProjection
from backend.indexer.replay import clear_tables, rebuild
from backend.indexer.source import configured


class Command(BaseCommand):
    """Needs the lease: stop the indexer first."""

    help = "Rebuild all domain rows from the stored logs (no node needed); the rows come out identical."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--from-chain` forgets the stored logs too."""
        parser.add_argument(
            "--from-chain",
            action="store_true",
            help="forget blocks and logs as well: the next `index` fetches everything from the node again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what was done; a sentence and exit code 1 when it cannot be."""
        projection = AssayProjection()
        try:
            with Lease():
                if options["from_chain"]:
                    with transaction.atomic():
                        clear_tables(projection, "default")
                        for model in (Undo, Change, Watch, Log, Block, Cursor):
                            model.objects.all().delete()
                    self.stdout.write("The index is empty: `manage.py index` fills it from the node.")
                    return
                count = rebuild(projection, configured(), "default")
        except (ChainError, AssayError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Rebuilt the domain rows from {count} stored logs.")
