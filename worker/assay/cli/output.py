"""Where a command writes: progress and words on stderr, the result alone on stdout (as JSON with --json)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console

from assay.cli.failures import Usage


class Output:
    """One per command call."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.err = Console(stderr=True, highlight=False)
        self.out = Console(highlight=False)

    def say(self, text: str) -> None:
        """A line of progress."""
        self.err.print(text, markup=False)

    def result(self, value: Any, show: Callable[[Console], None] | None = None) -> None:
        """The result: `value` as JSON with --json, else what `show` draws on stdout (or the JSON)."""
        if self.as_json or show is None:
            sys.stdout.write(json.dumps(value, indent=None if self.as_json else 2) + "\n")
            sys.stdout.flush()
        else:
            show(self.out)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Asks before money moves; --yes answers. Raises Usage when nobody can answer."""
        if yes:
            return
        if not sys.stdin.isatty():
            raise Usage(
                "This sends a transaction and nobody is there to agree.",
                "Add --yes, or --dry-run to look only.",
            )
        self.err.print(f"{question} [y/N] ", end="", markup=False)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Usage("You did not agree; nothing was sent.")
