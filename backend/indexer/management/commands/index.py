"""`manage.py index`: follows the chain into the database until it is stopped. One per database."""

import signal
import threading
import time
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from assay.protocol.errors import AssayError
from backend.chain.errors import ChainError, NodeError
from backend.chain.lease import Lease
from backend.chain.node import Node
from backend.chain.publish import Publisher
from backend.chain.sync import Step, Syncer
from backend.indexer.projection import AssayProjection
from backend.indexer.source import configured

MAX_PAUSE = 5.0  # seconds between tries while the node or the database is away

log = structlog.wrap_logger(
    structlog.PrintLogger(),
    processors=[
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.add_log_level,
        structlog.processors.JSONRenderer(),
    ],
)


class Command(BaseCommand):
    """The indexer process. SIGTERM and Ctrl-C end it between two batches; kill -9 loses nothing either."""

    help = "Index the deployment's contracts: follows the node, survives its restarts, takes reorgs back."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` ends at the node's head; `--poll` is the pause between looks at an idle node."""
        parser.add_argument("--once", action="store_true", help="stop when the node's head is reached")
        parser.add_argument("--poll", type=float, default=0.3, help="seconds between looks (default 0.3)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until stopped, or until an error that another try cannot mend; then a sentence and exit code 1."""
        if options["poll"] <= 0:
            raise CommandError(f"--poll is {options['poll']}: give a number of seconds above 0, such as 0.3.")
        stop = threading.Event()
        _stop_on_signals(stop)
        try:
            source = configured()
            with Lease():
                syncer = Syncer(
                    Node.at(settings.ASSAY_RPC_URL),
                    source,
                    AssayProjection(),
                    window=settings.ASSAY_REORG_WINDOW,
                    publish=Publisher(settings.ASSAY_REDIS_URL),
                    check_receipts=settings.ASSAY_CHECK_RECEIPTS,
                )
                log.info("indexing", chain_id=source.chain_id, node=settings.ASSAY_RPC_URL)
                try:
                    follow(syncer, stop, options["poll"], once=options["once"])
                finally:
                    syncer.close()
        except (ChainError, AssayError) as error:
            log.error("stopped", reason=str(error), kind=type(error).__name__)
            raise CommandError(str(error)) from error


def follow(syncer: Syncer, stop: threading.Event, poll: float, once: bool) -> None:
    """Steps until `stop` is set, or until the head with `once`. Waits for a node or a database that is away."""
    pause = poll
    while not stop.is_set():
        began = time.monotonic()
        try:
            step = syncer.step()
        except (NodeError, DatabaseError) as error:
            log.warning("waiting", reason=str(error).strip(), again_in_seconds=round(pause, 2))
            if isinstance(error, DatabaseError):
                connections["default"].close()
            stop.wait(pause)
            pause = min(MAX_PAUSE, pause * 2)
            continue
        pause = poll
        _tell(syncer, step, time.monotonic() - began)
        if step.behind:
            continue
        if once and syncer.at_head:
            return
        stop.wait(poll)


def _tell(syncer: Syncer, step: Step, seconds: float) -> None:
    if step.logs or step.rewound or step.behind:
        cursor = syncer.cursor
        log.info(
            "indexed",
            block=cursor.number,
            head=cursor.head_number,
            blocks=step.blocks,
            logs=step.logs,
            rewound=step.rewound,
            seconds=round(seconds, 3),
        )


def _stop_on_signals(stop: threading.Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
