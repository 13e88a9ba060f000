"""JSON-RPC over HTTP: one kept connection, orjson, batches, retries with back-off. Called by backend.chain.node.

web3.py is not used here: its result formatters cost more than everything else the indexer does.
"""

import http.client
import random
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from backend.chain.errors import NodeError, NodeRefused

MAX_RESPONSE_BYTES = 512 << 20
Call = tuple[str, list[Any]]


class Transport(Protocol):
    """Carries one request body to a node; tests put faults here."""

    def post(self, body: bytes) -> bytes:
        """The response body; raises NodeError when there is none."""
        ...


class HttpTransport:
    """One keep-alive connection to `url` (http or https), reopened after any error."""

    def __init__(self, url: str, timeout: float = 15.0) -> None:
        """`timeout` is in seconds and covers each socket operation."""
        self.url = url
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NodeError(f"the node's address {url!r} is not an http(s) URL: set ASSAY_RPC_URL")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json", "Connection": "keep-alive"}

    def post(self, body: bytes) -> bytes:
        """Sends `body`; NodeError for a refused connection, a timeout, a status other than 200 or a huge answer."""
        try:
            self._connection.request("POST", self._path, body=body, headers=self._headers)
            response = self._connection.getresponse()
            data = response.read(MAX_RESPONSE_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NodeError(
                f"no answer from the node at {self.url}: {error or type(error).__name__}"
            ) from error
        if len(data) > MAX_RESPONSE_BYTES:
            self.close()
            raise NodeError(f"the node at {self.url} answered more than {MAX_RESPONSE_BYTES} bytes")
        if response.status != 200:
            self.close()
            raise NodeError(f"the node at {self.url} answered HTTP {response.status}")
        return data

    def close(self) -> None:
        """Drops the connection; the next post opens a new one."""
        self._connection.close()


class Rpc:
    """Calls and batches on one transport. A transport error is tried again, a JSON-RPC error is not."""

    def __init__(
        self,
        transport: Transport,
        attempts: int = 3,
        pause: float = 0.1,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`attempts` in all; the pause doubles each time, with jitter so that many clients do not knock together."""
        self._transport = transport
        self._attempts = attempts
        self._pause = pause
        self._sleep = sleep
        self._sequence = 0

    def call(self, method: str, params: list[Any]) -> Any:
        """The result of one call."""
        return self.batch([(method, params)])[0]

    def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Results in the order of `calls`; raises the first error. The whole batch is one HTTP request."""
        for attempt in range(1, self._attempts + 1):
            try:
                return self._once(calls)
            except NodeRefused:
                raise
            except NodeError:
                if attempt == self._attempts:
                    raise
                self._sleep(self._pause * 2 ** (attempt - 1) * (0.5 + random.random()))  # noqa: S311
        raise AssertionError("unreachable")

    def _once(self, calls: Sequence[Call]) -> list[Any]:
        first = self._sequence + 1
        self._sequence += len(calls)
        body = [
            {"jsonrpc": "2.0", "id": first + index, "method": method, "params": params}
            for index, (method, params) in enumerate(calls)
        ]
        raw = self._transport.post(orjson.dumps(body[0] if len(body) == 1 else body))
        try:
            answer = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise NodeError(f"the node's answer is not JSON ({len(raw)} bytes): {error}") from error
        answers = [answer] if isinstance(answer, dict) else answer
        if not isinstance(answers, list):
            raise NodeError("the node's answer is neither an object nor a list")
        if len(answers) == 1 and len(calls) > 1 and isinstance(answers[0], dict) and "error" in answers[0]:
            _refused(calls[0][0], answers[0]["error"])  # the batch as a whole was refused
        by_id: dict[Any, dict[str, Any]] = {a.get("id"): a for a in answers if isinstance(a, dict)}
        results: list[Any] = []
        for index, (method, _) in enumerate(calls):
            one = by_id.get(first + index)
            if one is None:
                raise NodeError(f"the node left out the answer to {method}")
            if one.get("error") is not None:
                _refused(method, one["error"])
            if "result" not in one:
                raise NodeError(f"the node's answer to {method} has no result")
            results.append(one["result"])
        return results


def _refused(method: str, error: Any) -> None:
    if isinstance(error, dict):
        code, message = error.get("code"), error.get("message")
        raise NodeRefused(method, code if isinstance(code, int) else 0, str(message)[:500])
    raise NodeRefused(method, 0, str(error)[:500])
