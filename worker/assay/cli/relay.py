"""A relay of signed share orders, as a client sees it: any backend like ours, none of them trusted.

What it lists is checked where it matters: the contract refuses an order that its maker did not sign.
"""

from __future__ import annotations

import os
from typing import Any

import httpx

from assay.protocol.errors import AssayError

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 20.0


class RelayRefused(AssayError):
    """The relay does not answer, or says no."""


class Relay:
    """Reads and one write over HTTP; the first of ASSAY_API_URL, or this machine's server."""

    def __init__(self, url: str | None = None) -> None:
        named = [one for one in os.environ.get("ASSAY_API_URL", "").split(",") if one]
        self.url = (url or (named[0] if named else DEFAULT_URL)).rstrip("/")

    def get(self, path: str, **parameters: str) -> Any:
        """The JSON of a read under /api/v1/. Raises RelayRefused."""
        return self._ask("GET", path, params=parameters)

    def bring(self, order: dict[str, Any], signature: str) -> Any:
        """Brings a signed order; its JSON as the relay has it. Raises RelayRefused saying why it was refused."""
        return self._ask("POST", "orders", json={"order": order, "signature": signature})

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
                answer = client.request(method, f"{self.url}/api/v1/{path}", **options)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise RelayRefused(
                f"The relay at {self.url} does not answer: {type(error).__name__}.",
                "Start it (`assay up`), or name another in ASSAY_API_URL.",
            ) from error
        if answer.is_error:
            said = body if isinstance(body, dict) else {}
            raise RelayRefused(
                str(said.get("detail") or f"HTTP {answer.status_code}"), str(said.get("hint") or "")
            )
        return body
