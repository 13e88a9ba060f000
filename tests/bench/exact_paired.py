"""Paired timing for the rows of the `exact` area: both sides run in turn, the ratio of each pair is what counts."""

import statistics
import time
from collections.abc import Callable
from typing import Any

COMMAND = "python -m tests.bench exact --json"


def ready(value: Any) -> Any:
    """Waits for a JAX result; anything else is ready already."""
    wait = getattr(value, "block_until_ready", None)
    return wait() if wait is not None else value


def seconds(run: Callable[[], Any]) -> float:
    """One timed run."""
    began = time.perf_counter()
    ready(run())
    return time.perf_counter() - began


def paired(
    ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = 9
) -> tuple[list[float], float, float]:
    """(ratios ours / theirs of each pair, median seconds of ours, of theirs); both are warmed first."""
    ready(ours()), ready(theirs())
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    first, second = (statistics.median(side) for side in zip(*pairs, strict=True))
    return [a / b for a, b in pairs], first, second


def ratio_row(name: str, ratios: list[float], goal: float | None, peer: str) -> dict[str, Any]:
    """A row whose value is a median ratio that should not pass its goal; min and max stand in its name."""
    value = statistics.median(ratios)
    return {
        "name": f"{name} (min {min(ratios):.3g}, max {max(ratios):.3g})",
        "value": round(value, 4),
        "unit": "ratio",
        "goal": goal,
        "holds": None if goal is None else value <= goal,
        "peer": peer,
        "command": COMMAND,
    }


def plain_row(name: str, value: float, unit: str, peer: str) -> dict[str, Any]:
    """A row without a goal."""
    return {
        "name": name, "value": round(value, 4), "unit": unit, "goal": None, "holds": None, "peer": peer,
        "command": COMMAND,
    }  # fmt: skip
