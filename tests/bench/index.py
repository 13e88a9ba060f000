"""Backfill of 100,000 Transfer logs with running balances into PostgreSQL: ours, a floor script, SQD and Ponder.

One chain, one database server, one contestant after another; the time is from process start to all rows. Peers are
installed under `.run/bench` with npm. Every contestant's balances are compared with a plain sum of the logs.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.backend.servers import free_port, postgres_server
from tests.bench.index_workload import EVENTS, Workload, dumps, expected_balances, workload

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
INSTALLED = ROOT / ".run" / "bench"
LIMIT_SECONDS = 400.0
COMMAND = "python -m tests.bench index"
SQD = (
    "@subsquid/evm-processor@1.27.3",
    "@subsquid/typeorm-store@1.5.1",
    "@subsquid/typeorm-config@4.1.1",
    "@subsquid/big-decimal@1.0.0",
    "typeorm@0.3.20",
    "pg@8",
)
PONDER = ("ponder@0.16.10", "viem@2", "hono@4")
Environment = dict[str, str]


def run(arguments: list[str]) -> list[dict[str, Any]]:
    """Rows of the bench; a contestant that gives wrong balances is an error."""
    contestants: dict[str, Callable[[Workload, Environment, str], float]] = {
        "floor": _floor,
        "ours": _ours,
        "sqd": _sqd,
        "ponder": _ponder,
    }
    chosen = arguments or list(contestants)
    speeds: dict[str, float] = {}
    with workload() as work, postgres_server() as server:
        truth = expected_balances(work.url, work.token, work.head)
        for name in chosen:
            url = _database(server, f"w1_{name}")
            env = {**os.environ, "DATABASE_URL": url, "BENCH_WORKLOAD": dumps(work)}
            seconds = contestants[name](work, env, url)
            _check(name, url, truth)
            speeds[name] = EVENTS / seconds
            print(f"  {name}: {seconds:.1f} s, {speeds[name]:,.0f} events/s", file=sys.stderr, flush=True)
    return _rows(speeds)


def _rows(speeds: dict[str, float]) -> list[dict[str, Any]]:
    rows = [
        _row(f"index.{name}_events_per_second", speed, "events/s", "", None, name)
        for name, speed in speeds.items()
    ]
    for peer, goal in (("sqd", 2.0), ("ponder", 10.0), ("floor", 0.5)):
        if peer in speeds and "ours" in speeds:
            ratio = speeds["ours"] / speeds[peer]
            rows.append(_row(f"index.ours_over_{peer}", ratio, "times", f">= {goal}", ratio >= goal, peer))
    return rows


def _row(name: str, value: float, unit: str, goal: str, holds: bool | None, peer: str) -> dict[str, Any]:
    peers = {
        "sqd": "@subsquid/evm-processor@1.27.3",
        "ponder": "ponder@0.16.10",
        "floor": "tests/bench/index_floor.py",
    }
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "goal": goal,
        "holds": holds,
        "peer": peers.get(peer, ""),
        "command": COMMAND,
    }


def _ours(work: Workload, env: Environment, url: str) -> float:
    manage = [sys.executable, str(ROOT / "backend" / "manage.py"), "migrate", "-v0"]
    subprocess.run(manage, env=env, check=True)
    return _timed([sys.executable, str(HERE / "index_ours.py")], env, HERE)


def _floor(work: Workload, env: Environment, url: str) -> float:
    return _timed([sys.executable, str(HERE / "index_floor.py")], env, HERE)


def _sqd(work: Workload, env: Environment, url: str) -> float:
    folder = _install("sqd", SQD)
    (folder / "lib" / "model").mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "index_peers" / "sqd" / "model.cjs", folder / "lib" / "model" / "index.js")
    shutil.copy(HERE / "index_peers" / "sqd" / "main.cjs", folder / "main.cjs")
    with psycopg.connect(**_parts(url)) as db:
        db.execute(
            "CREATE TABLE transfer (id text PRIMARY KEY, block int, sender text, receiver text, value numeric)"
        )
        db.execute("CREATE TABLE balance (id text PRIMARY KEY, balance numeric)")
    parts = _parts(url)
    # The port gives the socket's name, as PostgreSQL has it without TCP.
    peer_env = {
        "DB_HOST": parts["host"],
        "DB_PORT": "5432",
        "DB_NAME": parts["dbname"],
        "DB_USER": "postgres",
    }
    return _timed(["node", "main.cjs"], {**env, **peer_env, "DB_PASS": "postgres"}, folder)


def _ponder(work: Workload, env: Environment, url: str) -> float:
    folder = _install("ponder", PONDER)
    shutil.copytree(HERE / "index_peers" / "ponder", folder, dirs_exist_ok=True)
    command = ["node_modules/.bin/ponder", "start", "--schema", "public", "--port", str(free_port())]
    env = {**env, "PONDER_TELEMETRY_DISABLED": "true", "NODE_ENV": "production"}
    began = time.monotonic()
    with (folder / "log.txt").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            while time.monotonic() - began < LIMIT_SECONDS:
                if child.poll() is not None:
                    raise RuntimeError(f"ponder stopped: {(folder / 'log.txt').read_text()[-2_000:]}")
                if _counted(url) == EVENTS:
                    return time.monotonic() - began
                time.sleep(0.25)
        finally:
            child.terminate()
            child.wait(30)
    raise RuntimeError(f"ponder was not done after {LIMIT_SECONDS:.0f} s")


def _counted(url: str) -> int:
    with psycopg.connect(**_parts(url)) as db:
        try:
            row = db.execute("SELECT count(*) FROM transfer").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(row[0]) if row else 0


def _timed(command: list[str], env: Environment, folder: Path) -> float:
    began = time.monotonic()
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    seconds = time.monotonic() - began
    if done.returncode:
        raise RuntimeError(f"{command[-1]} failed: {(done.stdout + done.stderr)[-2_000:]}")
    return seconds


def _install(name: str, packages: tuple[str, ...]) -> Path:
    """npm-installs a peer once."""
    folder = INSTALLED / name
    stamp = folder / "installed.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != list(packages):
        folder.mkdir(parents=True, exist_ok=True)
        kind = "module" if name == "ponder" else "commonjs"
        (folder / "package.json").write_text(
            json.dumps({"name": f"bench-{name}", "private": True, "type": kind})
        )
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel", "error", *packages]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        stamp.write_text(json.dumps(list(packages)))
    return folder


def _parts(url: str) -> dict[str, Any]:
    """psycopg's parameters of a postgres://user:@%2Fsocket%2Ffolder/name URL."""
    from urllib.parse import unquote

    login, _, rest = url.partition("://")[2].rpartition("@")
    host, _, name = rest.partition("/")
    return {"host": unquote(host), "user": login.split(":")[0], "dbname": name}


def _database(server: str, name: str) -> str:
    with psycopg.connect(**_parts(server), autocommit=True) as db:
        db.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload, unused-ignore]
    return server.rsplit("/", 1)[0] + f"/{name}"


def _check(name: str, url: str, truth: dict[int, int]) -> None:
    tables = {
        "ours": "SELECT holder, balance FROM devices_sharebalance",
        "floor": "SELECT account, balance FROM balance",
    }
    with psycopg.connect(**_parts(url)) as db:
        rows = db.execute(tables.get(name, "SELECT id, balance FROM balance")).fetchall()  # type: ignore[call-overload, unused-ignore]
    found = {int(account, 16): int(balance) for account, balance in rows}
    found.pop(0, None)
    if found != truth:
        raise RuntimeError(f"{name} has {len(found)} balances, and not those of the logs")
