"""Children of the supervisor: restarted when killed, stopped with everything they started, never left behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from assay.protocol.errors import AssayError
from assay.stack.child import Child, describe_exit

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(p.pid, flush=True); time.sleep(600)",
]


def make(tmp_path: Path, command: list[str], **options: object) -> Child:
    log = tmp_path / "child.log"

    async def ready() -> bool:
        return log.exists() and bool(log.read_text().strip())

    return Child(name="child", command=command, env=os.environ, log=log, cwd=tmp_path, ready=ready, **options)  # type: ignore[arg-type]


def run(coroutine: object) -> None:
    asyncio.run(coroutine)  # type: ignore[arg-type]


async def until(condition: object, seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_child__killed__comes_back_and_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        said: list[str] = []
        child = make(tmp_path, SLEEPER)
        await child.start(said.append, asyncio.get_running_loop().create_future())
        first = child.pid
        os.kill(first, signal.SIGKILL)  # type: ignore[arg-type]
        await until(lambda: child.running and child.pid != first and "child is back" in said)
        assert "was killed (SIGKILL); starting it again" in said[0]
        second = child.pid
        await child.stop()
        assert not psutil.pid_exists(second)  # type: ignore[arg-type]

    run(story())


def test_stop__child_with_children__whole_group_gone(tmp_path: Path) -> None:
    async def story() -> None:
        child = make(tmp_path, PARENT)
        await child.start(lambda _: None, asyncio.get_running_loop().create_future())
        grandchild = int((tmp_path / "child.log").read_text())
        await child.stop()
        await until(lambda: not _alive(grandchild))

    run(story())


def test_stop__child_ignores_sigterm__killed_after_its_time(tmp_path: Path) -> None:
    async def story() -> None:
        child = make(tmp_path, DEAF, stop_seconds=0.3)
        await child.start(lambda _: None, asyncio.get_running_loop().create_future())
        pid = child.pid
        await child.stop()
        assert not _alive(pid)  # type: ignore[arg-type]

    run(story())


def test_start__child_ends_at_once__error_shows_its_log(tmp_path: Path) -> None:
    async def story() -> None:
        command = [sys.executable, "-c", "import sys; sys.exit('no such database')"]
        child = make(tmp_path, command)
        child.ready = _never
        with pytest.raises(AssayError, match="no such database") as caught:
            await child.start(lambda _: None, asyncio.get_running_loop().create_future())
        assert "exit code 1" in str(caught.value)

    run(story())


def test_start__never_ready__error_after_its_time(tmp_path: Path) -> None:
    async def story() -> None:
        child = make(tmp_path, SLEEPER, ready_seconds=0.3)
        child.ready = _never
        with pytest.raises(AssayError, match="did not come up within"):
            await child.start(lambda _: None, asyncio.get_running_loop().create_future())
        await child.stop()

    run(story())


def test_child__keeps_failing__gives_up_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assay.stack.child._MAX_BACKOFF_SECONDS", 0.01)

    async def story() -> None:
        failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        command = [
            sys.executable,
            "-c",
            "import time; print('up', flush=True); time.sleep(0.2); raise SystemExit(7)",
        ]
        child = make(tmp_path, command)
        await child.start(lambda _: None, failed)
        sentence = await asyncio.wait_for(failed, 30)
        assert "exit code 7" in sentence and "times in a row" in sentence
        await child.stop()

    run(story())


def test_describe_exit__signal_and_code__words() -> None:
    assert describe_exit(-9) == "was killed (SIGKILL)"
    assert describe_exit(3) == "ended with exit code 3"


async def _never() -> bool:
    return False


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
