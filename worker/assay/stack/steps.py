"""What the person at the terminal sees while the stack comes up: one line a step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Steps:
    """Writes progress to stderr, so that stdout carries nothing but the last line of `--once`."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        """One line, stamped with the seconds since the start."""
        print(f"  {self.seconds:6.1f} s  {text}", file=sys.stderr, flush=True)

    def plain(self, text: str = "") -> None:
        """One line without a time."""
        print(text, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A step: said when it has ended, with how long it took."""
        began = time.monotonic()
        yield
        self.say(f"{text} ({time.monotonic() - began:.1f} s)")
