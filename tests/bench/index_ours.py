"""Our indexer on the bench's chain, as a process: Django, the real Syncer and the real handlers of a share's transfers.

Reorg-safe like in production: raw logs, headers, parent hashes, blooms, undo records for the last 256 blocks.
Environment: DATABASE_URL (migrated), BENCH_WORKLOAD. Ends when every row is committed.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "worker"), str(ROOT)]
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.config.settings.local"


def main() -> None:
    """Indexes up to the head."""
    import django

    django.setup()
    from backend.chain.lease import Lease
    from backend.chain.node import Node
    from backend.chain.source import Source
    from backend.chain.sync import Syncer
    from backend.indexer.projection import SHARE, AssayProjection

    work = json.loads(os.environ["BENCH_WORKLOAD"])
    source = Source(31337, work["genesis_hash"], work["first_block"], {work["token"]: SHARE})
    with Lease():
        syncer = Syncer(Node.at(work["url"]), source, AssayProjection())
        while not syncer.at_head:
            syncer.step()
        syncer.close()


if __name__ == "__main__":
    main()
