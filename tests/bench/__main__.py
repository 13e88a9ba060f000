"""`python -m tests.bench [NAME…] [--json]`: runs benches, prints one JSON object a line, each with its command.

NAME is one of the areas below; without one, all run. Peers are installed by the bench itself under `.run/bench`.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from pathlib import Path
from typing import Any

AREAS = {
    "gas": "gas per entry point, and against token libraries and other job markets",
    "index": "indexed events per second against Ponder and SQD",
    "render": "path-traced samples per second against mitsuba scalar_rgb",
    "exact": "exact arithmetic and commitments against native floats of the same device",
    "api": "API requests per second against the plain DRF path",
    "dispute": "gas of a dispute's moves and leaves",
    "start": "seconds of `make run` to a usable dashboard",
}
KEYS = ("name", "value", "unit", "goal", "holds", "peer", "command")


def machine() -> str:
    """The machine in words, for the head of a table."""
    model = "unknown processor"
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or model
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}, {platform.system()}"


def main(arguments: list[str]) -> int:
    """Exit code 1 when an area could not be measured; a missed goal is a row that says so, not a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(AREAS))
    parser.add_argument("--json", action="store_true", help="nothing but JSON lines on stdout")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in AREAS]
    if unknown:
        parser.error(f"no bench is called {', '.join(unknown)}; there are {', '.join(AREAS)}")
    print(f"machine: {machine()}", file=sys.stderr)
    failed = []
    for name in options.names or AREAS:
        began = time.monotonic()
        print(f"{name}: {AREAS[name]} …", file=sys.stderr, flush=True)
        try:
            rows: list[dict[str, Any]] = importlib.import_module(f"tests.bench.{name}").run([])
        except Exception:
            traceback.print_exc()
            failed.append(name)
            continue
        for row in rows:
            print(json.dumps({key: row.get(key) for key in KEYS}), flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
