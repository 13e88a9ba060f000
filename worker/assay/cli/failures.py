"""Turns any exception of a command into one clear sentence, a way out and an exit code; never a traceback."""

from __future__ import annotations

import json
import sys
from typing import Any

from assay.protocol.errors import AssayError

TRACE = "Set ASSAY_DEBUG=1 to see where it came from."


class TimedOut(AssayError):
    """The job or transaction was not done in the time given by --wait; nothing is lost."""

    exit_code = 3


class Failed(AssayError):
    """The command did what it could and the outcome is a failure (exit 1)."""


class Usage(AssayError):
    """A flag or argument is wrong (exit 2)."""

    exit_code = 2


def report(error: Exception, *, as_json: bool) -> int:
    """Prints the error for a person on stderr, or as one JSON object on stdout; returns the exit code."""
    message, hint, code = describe(error)
    if as_json:
        print(json.dumps({"error": {"message": message, "hint": hint, "exit_code": code}}))
    else:
        print(f"Error: {message}", file=sys.stderr)
        if hint:
            print(f"  {hint}", file=sys.stderr)
    return code


def describe(error: Exception) -> tuple[str, str, int]:
    """(message, hint, exit code) of any exception."""
    if isinstance(error, AssayError):
        return error.message, error.hint, error.exit_code
    wrong: Any = error
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # the parser's own errors
        return str(wrong.format_message()), "See the command's --help.", int(wrong.exit_code)
    if type(error).__name__ == "Abort":
        return "Stopped; nothing more was sent.", "", 1
    return _describe_outside(error)


def _describe_outside(error: Exception) -> tuple[str, str, int]:
    """Failures of the network, the disk, or of this program."""
    if _is_connection(error):
        return (
            "The chain node does not answer.",
            "Start it (`assay up`) or give its address with --rpc-url.",
            1,
        )
    if isinstance(error, FileNotFoundError):
        return f"There is no file {error.filename}.", "Check the path.", 2
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}.", "Check the file's owner, mode and disk.", 1
    return f"{type(error).__name__}: {error}", TRACE, 1


def _is_connection(error: Exception) -> bool:
    import httpx
    import requests

    kinds = (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        httpx.TransportError,
        ConnectionError,
    )
    return isinstance(error, kinds)
