"""Seconds from `make run` to a dashboard that shows the head of the chain, with everything installed (warm)."""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.e2e.market import Market

GOAL_SECONDS = 40.0
ROUNDS = 3
SETUP = ["make", "--no-print-directory", "setup"]


def run(args: list[str]) -> list[dict[str, Any]]:
    """Median of three fresh starts, and of three starts that carry on from the state on disk."""
    _seconds_of(SETUP)  # may install or build; what is timed is a later run
    fresh, again = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="assay-start-") as folder:
            for times in (fresh, again):
                began = time.monotonic()
                with Market(Path(folder)):
                    times.append(time.monotonic() - began)
    checks = _seconds_of(SETUP)
    return [
        _row("start, warm, empty chain", fresh, checks),
        _row("start, warm, carrying on", again, checks),
    ]


def _seconds_of(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


def _row(name: str, times: list[float], checks: float) -> dict[str, Any]:
    value = sorted(times)[len(times) // 2] + checks
    return {
        "name": name,
        "value": round(value, 1),
        "unit": "s",
        "goal": f"<= {GOAL_SECONDS:g}",
        "holds": value <= GOAL_SECONDS,
        "peer": "none",
        "command": "python -m tests.bench start",
    }
