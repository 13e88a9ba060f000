"""JSON-RPC with the patience a real node needs: network faults and lagging nodes are retried, refusals are
not.

Called by: chain.py, the contract clients and the sender. One place decides what is worth a retry.
"""

import time
from collections.abc import Callable
from typing import Any

from requests.exceptions import RequestException
from web3 import Web3
from web3.exceptions import Web3Exception

from assay.protocol.errors import AssayError
from assay.protocol.reverts import Reverted, revert_of

RETRY_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.1
MAX_PAUSE_SECONDS = 2.0

# what nodes say when they do not have the block yet: geth, erigon, nethermind, anvil, proxies
_LAGGING = (
    "header not found",
    "block not found",
    "unknown block",
    "missing trie node",
    "blockoutofrange",
    "block out of range",
    "is out of range",
    "resource not found",
    "could not find block",
)
_BUSY = ("too many requests", "rate limit", "timeout", "timed out", "temporarily", "try again", "overloaded")


class NodeUnreachable(AssayError):
    """The RPC node does not answer."""


class NodeLagging(AssayError):
    """The RPC node does not have a block that another one already had."""


class NodeError(AssayError):
    """The RPC node answered with an error that is no revert. code: JSON-RPC code; data: what came with it."""

    def __init__(self, message: str, hint: str = "", *, code: int = 0, data: Any = None) -> None:
        super().__init__(message, hint)
        self.code = code
        self.data = data


def node_url(w3: Web3) -> str:
    """The node's address for messages."""
    return str(getattr(w3.provider, "endpoint_uri", "the node"))


def request(w3: Web3, method: str, *params: Any, retry_seconds: float = RETRY_SECONDS) -> Any:
    """The result of one JSON-RPC request as the node gives it (hex texts).

    Raises Reverted, NodeError at once; NodeUnreachable or NodeLagging after `retry_seconds` of trying.
    """
    return _patiently(lambda: _once(w3, method, params), retry_seconds)


def _once(w3: Web3, method: str, params: tuple[Any, ...]) -> Any:
    try:
        answer: Any = w3.provider.make_request(method, list(params))  # type: ignore[arg-type]
    except (RequestException, OSError, Web3Exception, ValueError) as error:
        raise NodeUnreachable(
            f"The chain at {node_url(w3)} does not answer ({type(error).__name__}).",
            "Check that it runs and that ASSAY_RPC_URL is right.",
        ) from error
    if "error" not in answer or answer["error"] is None:
        return answer.get("result")
    raise error_of(method, answer["error"])


def error_of(method: str, error: Any) -> AssayError:
    """The exception of a JSON-RPC error object."""
    body = error if isinstance(error, dict) else {"message": str(error)}
    message = str(body.get("message", body))
    lowered = message.lower()
    reverted = revert_of(message, body.get("data"))
    if reverted is not None:
        return reverted
    if any(mark in lowered for mark in _LAGGING):
        return NodeLagging(f"The node does not have the block asked for ({method}: {message}).")
    if any(mark in lowered for mark in _BUSY):
        return NodeUnreachable(f"The node is busy ({method}: {message}).")
    return NodeError(f"{method}: {message}", code=int(body.get("code") or 0), data=body.get("data"))


def _patiently(attempt: Callable[[], Any], retry_seconds: float) -> Any:
    deadline = time.monotonic() + retry_seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return attempt()
        except (NodeUnreachable, NodeLagging):
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, MAX_PAUSE_SECONDS)


__all__ = ["NodeError", "NodeLagging", "NodeUnreachable", "Reverted", "error_of", "node_url", "request"]
