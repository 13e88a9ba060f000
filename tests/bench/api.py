"""API: a list page of 50 of 100,000 jobs, against DRF's default path and a raw floor, in one granian WSGI worker.

Rounds are paired: each measures ours, the peer and the floor one after the other; figures are medians of the rounds'
ratios with their range.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from assay.stack.tools import REPOSITORY
from tests.bench.load import p99_at, saturate

JOBS = 100_000
ROUNDS = 5
OURS, PEER, FLOOR = "/api/v1/jobs", "/peer/jobs", "/floor/jobs"
COMMAND = "make bench ARGS=api"


def environment(folder: Path) -> dict[str, str]:
    """Settings of the bench's server: a database of its own, the throttle on but never reached."""
    return os.environ | {
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'worker'}",
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "BENCH_DATABASE": str(folder / "bench.sqlite3"),
        "ASSAY_STORE_URL": f"file://{folder / 'store'}",
        "ASSAY_REDIS_URL": "",
        "ASSAY_RATE_READ": str(10**9),
    }


FILL = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import connection, transaction
from backend.market.models import Job
from tests.backend.api.factories import make_cursor, make_job, bytes32
make_cursor({JOBS})
job = make_job(1)
names = [field.column for field in Job._meta.concrete_fields]
row = dict(Job.objects.values().get())
def rows():
    for number in range(2, {JOBS} + 1):
        changed = dict(row, id=bytes32(number), position=number << 20, block=number, spec_hash=bytes32(number % 7))
        yield [changed[name] for name in names]
columns, marks = ", ".join('"' + name + '"' for name in names), ", ".join(["%s"] * len(names))
sql = "INSERT INTO market_job (" + columns + ") VALUES (" + marks + ")"
with transaction.atomic(), connection.cursor() as cursor:
    cursor.executemany(sql, rows())
"""


@contextmanager
def server(folder: Path) -> Iterator[int]:
    """Port of a filled, running server."""
    from tests.backend.servers import free_port

    env, port = environment(folder), free_port()
    subprocess.run([sys.executable, "-c", FILL], env=env, cwd=REPOSITORY, check=True)
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += [
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--no-ws",
        "--log-level",
        "error",
    ]
    child = subprocess.Popen([*command, "tests.bench.api_server:application"], env=env, cwd=REPOSITORY)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{OURS}").read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the bench's server does not answer")
        yield port
    finally:
        child.terminate()
        child.wait(20)


def deep_cursor() -> str:
    """A cursor into the last hundredth of the list."""
    key = orjson.dumps(["jobs", (JOBS // 100) << 20])
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def row(name: str, value: float, unit: str, goal: str, holds: bool | None, peer: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "goal": goal,
        "holds": holds,
        "peer": peer,
        "command": COMMAND,
    }


def spread(ratios: list[float]) -> str:
    return f"x (median of {len(ratios)}, {min(ratios):.2f} to {max(ratios):.2f})"


def run(args: list[str]) -> list[dict[str, Any]]:
    """All figures of the API."""
    deep = f"{OURS}?after={deep_cursor()}"
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder, server(Path(folder)) as port:
        for path in (OURS, PEER, FLOOR, deep):
            saturate(port, path, seconds=0.5)
        rounds = [{path: saturate(port, path) for path in (OURS, PEER, FLOOR, deep)} for _ in range(ROUNDS)]
        ours = median(found[OURS] for found in rounds)
        p99 = p99_at(port, OURS, 0.7 * ours)
    faster = [found[OURS] / found[PEER] for found in rounds]
    above = [found[FLOOR] / found[OURS] for found in rounds]
    deeper = [found[OURS] / found[deep] for found in rounds]
    drf, raw = "DRF ModelSerializer + CursorPagination", "sqlite3 keyset + orjson, no framework"
    return [
        row("list page of 50, one worker", ours, "requests/s", "", None),
        row("the same, DRF's default path", median(f[PEER] for f in rounds), "requests/s", "", None, drf),
        row("the same, raw floor", median(f[FLOOR] for f in rounds), "requests/s", "", None, raw),
        row("list page against DRF", median(faster), spread(faster), ">= 3", median(faster) >= 3, drf),
        row("floor against list page", median(above), spread(above), "<= 3", median(above) <= 3, raw),
        row(
            "page 1,980 against page 1",
            median(deeper),
            spread(deeper),
            "<= 1.2",
            median(deeper) <= 1.2,
            "ours",
        ),
        row("p99 at 70% of saturation", p99, "ms", "<= 50", p99 <= 50),
    ]
