"""A daemon that kills its own process at a chosen moment, as a power cut would. Run as a program by test_crash.py.

python -m tests.worker.daemon.crashing POINT KEY RPC_URL DEPLOYMENT STORE_URL FOLDER
"""

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from eth_account import Account

from assay.worker.assembly import build
from assay.worker.moves import Verb
from assay.worker.settings import WorkerSettings
from tests.worker.daemon.world import FakeRunner

# moment → (verb, whether the transaction is signed and broadcast before the end)
POINTS = {
    "after_run": (Verb.SEAL, False),
    "after_seal": (Verb.SEAL, True),
    "after_tag": (Verb.TAG, True),
    "before_reveal": (None, False),  # the items are on their way to the store
}

# of a job at auction
BID_POINTS = {"before_bid": (Verb.SEAL_BID, False), "after_bid": (Verb.SEAL_BID, True)}


def die(*_: Any) -> None:
    """As a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    point, key, rpc_url, deployment, store_url, folder = sys.argv[1:]
    settings = WorkerSettings(
        name="north",
        rpc_url=rpc_url,
        deployment=Path(deployment),
        store_urls=(store_url,),
        folder=Path(folder),
        poll_seconds=0.05,
        herd_seconds=1,
        min_free_bytes=1,
        withdraw_min_usd6=1,
    )
    daemon = build(settings, Account.from_key(key), runner=FakeRunner())
    dispatcher: Any = daemon.parts.dispatcher
    uploads: Any = daemon.parts.uploads
    send, (verb, after) = dispatcher._send_batch, (POINTS | BID_POINTS)[point]

    def send_and_die(batch: Any, job: Any) -> None:
        mine = batch[0].verb == verb
        if not mine or after:
            send(batch, job)
        if mine:
            die()

    if verb is None:
        uploads._sink = SimpleNamespace(publish=die)
    dispatcher._send_batch = send_and_die
    daemon.start()
    daemon.run()


if __name__ == "__main__":
    main()
