"""Starts the whole market as `make run` does, in a folder of its own, for tests to use and to stop."""

import json
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil

from assay.stack.tools import REPOSITORY

ASSAY = [str(REPOSITORY / ".venv" / "bin" / "assay")]
_DASHBOARD = re.compile(r"dashboard is at (http://\S+)")
_UP = "Ctrl-C stops everything"
START_SECONDS = 240


def environment(run: Path) -> dict[str, str]:
    """The caller's environment, with the stack's folder moved."""
    return os.environ | {"ASSAY_RUN": str(run)}


def run_once(run: Path, *, timeout: float = 600) -> tuple[int, str, str]:
    """`assay up --once` to its end: (exit code, stdout, stderr)."""
    command = [*ASSAY, "up", "--once", "--random-ports"]
    done = subprocess.run(
        command, env=environment(run), cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout
    )
    return done.returncode, done.stdout, done.stderr


@dataclass
class Market:
    """`with Market(folder) as market:` is a running stack; leaving it presses Ctrl-C."""

    run: Path
    lines: list[str] = field(default_factory=list)
    url: str = ""
    exit_code: int | None = None

    def __enter__(self) -> Self:
        command = [*ASSAY, "up", "--no-job", "--random-ports"]
        self._process = subprocess.Popen(
            command, env=environment(self.run), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
        )
        self._up = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._up.wait(START_SECONDS) or not self.url:
            self.stop()
            raise AssertionError("the market did not come up:\n" + "\n".join(self.lines))
        return self

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.lines.append(line.rstrip())
            if found := _DASHBOARD.search(line):
                self.url = found.group(1)
            if _UP in line:
                self._up.set()
        self._up.set()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def deployment(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.run / "deployments" / "31337.json").read_text())
        return content

    @property
    def rpc_url(self) -> str:
        ports: dict[str, int] = json.loads((self.run / "ports.json").read_text())
        return f"http://127.0.0.1:{ports['chain']}"

    def processes(self) -> list[psutil.Process]:
        """Every process the stack has started, at any depth."""
        return psutil.Process(self.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGINT, *, timeout: float = 60) -> int:
        """Presses Ctrl-C (or sends another signal) and waits; returns the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        self.exit_code = self._process.wait(timeout)
        self._reader.join(5)
        return self.exit_code

    def __exit__(self, *_: object) -> None:
        self.stop()
