"""The same tests on a real PostgreSQL, which this test brings along: a second run of pytest with DATABASE_URL set."""

import os
import subprocess
import sys
from pathlib import Path

from tests.backend.servers import postgres_server

ROOT = Path(__file__).resolve().parents[3]
AGAIN = (
    "tests/backend/chain/test_simulation.py",
    "tests/backend/chain/test_rows.py",
    "tests/backend/indexer/test_commands.py::test_commands__index_reindex_verify__same_rows_and_no_difference",
    "tests/backend/chain/test_sync.py::test_lease__held_by_another__refused_then_free_again",
    "tests/backend/chain/test_sync.py::test_commit__another_writer_moved_the_cursor__nothing_is_written",
)


def test_postgresql__sync_rows_and_commands__pass_as_on_sqlite() -> None:
    with postgres_server() as url:
        command = [sys.executable, "-m", "pytest", *AGAIN, "-q", "--no-header", "-p", "no:cacheprovider"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "ASSAY_SEEDS": "8"},
            capture_output=True,
            text=True,
            timeout=500,
        )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert "passed" in done.stdout and "skipped" not in done.stdout
