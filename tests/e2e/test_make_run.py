"""`make run` as a newcomer meets it: once from nothing, again from the state on disk, with children killed."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from assay.stack.anvil import rpc
from tests.e2e.market import Market, run_once

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run folder that the stories of this module share, in order."""
    return tmp_path_factory.mktemp("market")


@pytest.fixture(scope="module")
def first_run(folder: Path) -> dict[str, Any]:
    """`assay up --once` from nothing: its last line, after it exited 0."""
    code, out, err = run_once(folder)
    assert code == 0, err[-4000:]
    receipt: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return receipt


def processes_of(folder: Path) -> list[str]:
    """Command lines of processes that still name the folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        environ = process.info["environ"] or {}
        if environ.get("ASSAY_RUN") == str(folder) and process.pid != os.getpid():
            found.append(" ".join(process.info["cmdline"] or []))
    return found


def test_once__from_nothing__real_job_settled_and_nothing_left_running(
    folder: Path, first_run: dict[str, Any]
) -> None:
    assert first_run["lots"] >= 12
    assert first_run["seats"] >= 2 * first_run["lots"]
    assert first_run["transactions"] > first_run["lots"]
    assert first_run["gas"] > 0
    assert int(first_run["income_to_holders_usd6"]) > 0
    assert int(first_run["paid_usd6"]) > int(first_run["income_to_holders_usd6"])
    picture = Image.open(first_run["picture"])
    assert picture.size == (320, 180)
    low, high = picture.convert("L").getextrema()
    assert high - low > 100  # a picture, not a blank
    assert processes_of(folder) == []


def test_up__state_on_disk__carries_on(folder: Path, first_run: dict[str, Any]) -> None:
    with Market(folder) as market:
        chain = f"http://127.0.0.1:{json.loads((folder / 'ports.json').read_text())['chain']}"
        logs = rpc(
            chain,
            "eth_getLogs",
            {"fromBlock": "0x0", "toBlock": "latest", "topics": [None, first_run["job"]]},
        )
        assert logs, "the job of the run before is gone"
        assert not any("deployed anew" in line for line in market.lines)
    assert market.exit_code == 0
    assert processes_of(folder) == []


def test_up__worker_killed__restarted_and_said(folder: Path, first_run: dict[str, Any]) -> None:
    with Market(folder) as market:
        victim = next(
            p
            for p in market.processes()
            if "--name north" in " ".join(p.cmdline()) and p.ppid() == market.pid
        )
        victim.kill()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not any(
            "worker-north is back" in line for line in market.lines
        ):
            time.sleep(0.2)
        said = "\n".join(market.lines)
        assert "worker-north was killed (SIGKILL)" in said
        assert "worker-north is back" in said


def test_up__second_supervisor__clear_sentence(folder: Path, first_run: dict[str, Any]) -> None:
    with Market(folder):
        code, _, err = run_once(folder, timeout=60)
    assert code == 1
    assert "already up" in err and "Traceback" not in err


def test_up__supervisor_killed_outright__no_orphans(folder: Path, first_run: dict[str, Any]) -> None:
    with Market(folder) as market:
        started = [process.pid for process in market.processes()]
        market.stop(signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and any(psutil.pid_exists(pid) for pid in started):
            time.sleep(0.2)
        assert [pid for pid in started if psutil.pid_exists(pid)] == []
