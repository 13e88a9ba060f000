"""The same behaviour on SQLite alone and on real PostgreSQL and Valkey; tasks through a real broker and worker."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import redis

from assay.stack.tools import REPOSITORY
from tests.backend.servers import postgres_server, valkey_server


def environment(folder: Path, deployment: str, **more: str) -> dict[str, str]:
    """A clean environment of a local server with its data in `folder`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'worker'}",
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
        "DJANGO_ALLOWED_HOSTS": "testserver,127.0.0.1",
        "ASSAY_DEPLOYMENT": deployment,
        "ASSAY_STORE_URL": f"file://{folder / 'store'}",
        "ASSAY_QUOTA_BYTES": "35000",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "C_FORCE_ROOT": "1",
        **more,
    }


def scenario(env: dict[str, str]) -> Any:
    command = [sys.executable, "-m", "tests.backend.tasks.scenario"]
    done = subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout.splitlines()[-1])


def check_same(found: Any) -> None:
    assert found["pages"] == [50, 9]
    assert found["distinct"] == 59
    assert found["ceiling"] == str(2**255 + 118)
    assert found["uploads"] == [201, 201, 201, 413, 413, 413, 413, 413]
    assert found["quota"]["used_bytes"] == 30_000
    assert found["quota"]["reserved_bytes"] == 0
    assert set(found["details"].values()) == {200}
    assert found["args"] == {"escrow_usd6": "200000"}


def test_server__sqlite_alone__right_answers(tmp_path: Path, settings: Any) -> None:
    found = scenario(environment(tmp_path, settings.ASSAY_DEPLOYMENT))
    assert found["vendor"] == "sqlite"
    check_same(found)


def test_server__postgres_and_valkey__the_same_answers(tmp_path: Path, settings: Any) -> None:
    with postgres_server() as database, valkey_server() as valkey:
        env = environment(tmp_path, settings.ASSAY_DEPLOYMENT, ASSAY_REDIS_URL=valkey, DATABASE_URL=database)
        found = scenario(env)
        assert found["vendor"] == "postgresql"
        check_same(found)
        assert redis.Redis.from_url(valkey).keys("*scenario*")


def test_celery__real_broker_and_worker__task_runs_and_leaves_its_row(tmp_path: Path, settings: Any) -> None:
    with valkey_server() as valkey:
        run_task(environment(tmp_path, settings.ASSAY_DEPLOYMENT, ASSAY_REDIS_URL=valkey), tmp_path)


def run_task(env: dict[str, str], folder: Path) -> None:
    """One task by way of broker and worker; its row is in the database at the end."""
    python = [sys.executable, "-m"]
    subprocess.run(
        [sys.executable, "backend/manage.py", "migrate", "--verbosity", "0"],
        env=env,
        cwd=REPOSITORY,
        check=True,
        timeout=60,
    )
    celery = [*python, "celery", "-A", "backend.config.celery"]
    log = (folder / "celery.log").open("w")
    worker = subprocess.Popen(
        [*celery, "worker", "--concurrency", "1", "--loglevel", "INFO"],
        env=env,
        cwd=REPOSITORY,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        call = [*celery, "call", "artifacts.mirrors_check"]
        subprocess.run(call, env=env, cwd=REPOSITORY, check=True, timeout=60, capture_output=True)
        deadline = time.monotonic() + 60
        rows: list[Any] = []
        while not rows and time.monotonic() < deadline:
            with sqlite3.connect(folder / "db.sqlite3") as database:
                rows = database.execute("SELECT ok FROM artifacts_mirror").fetchall()
            time.sleep(0.2)
        assert rows == [(1,)], (folder / "celery.log").read_text()[-2_000:]
    finally:
        worker.terminate()
        worker.wait(30)
        log.close()


def check_deploy(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "backend/manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "backend.config.settings.production",
    "DJANGO_SECRET_KEY": "Zk3v9Qm1xT7sLr5Yw8Bn2Hc6Jd4Fg0PaUeViOyMtRbNqXzKlSjWh",
    "DJANGO_ALLOWED_HOSTS": "assay.example",
    "DATABASE_URL": "postgres://user:password@127.0.0.1/assay",
    "ASSAY_REDIS_URL": "redis://127.0.0.1:6379/0",
}


def test_production__complete__check_deploy_is_clean(tmp_path: Path, settings: Any) -> None:
    done = check_deploy(environment(tmp_path, settings.ASSAY_DEPLOYMENT) | PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"DJANGO_SECRET_KEY": None}, "DJANGO_SECRET_KEY"),
        ({"DJANGO_SECRET_KEY": "short"}, "DJANGO_SECRET_KEY"),
        ({"DJANGO_ALLOWED_HOSTS": None}, "DJANGO_ALLOWED_HOSTS"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"ASSAY_REDIS_URL": None}, "ASSAY_REDIS_URL"),
        ({"ASSAY_DEMO": "1"}, "ASSAY_DEMO"),
    ],
)
def test_production__incomplete__does_not_start(
    tmp_path: Path, settings: Any, change: dict[str, str | None], named: str
) -> None:
    given = environment(tmp_path, settings.ASSAY_DEPLOYMENT) | PRODUCTION
    env = {name: value for name, value in (given | change).items() if value is not None}
    command = [sys.executable, "-c", "import backend.config.settings.production"]
    done = subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert named in done.stderr
