"""What a transaction called: asked of the node when somebody looks, and kept in the cache.

Logs do not carry calldata, so no row can hold it; a transaction's hash fixes it, so a kept one never grows stale.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache

from backend.chain.errors import NodeError
from backend.chain.rpc import HttpTransport, Rpc

KEPT_SECONDS = 86_400
ASK_AGAIN_SECONDS = 5  # after the node did not know it, or did not answer
TIMEOUT_SECONDS = 2.0
MAX_KEPT_BYTES = 1 << 20


class Called(NamedTuple):
    """The contract a transaction went to (lower case, empty for a creation) and its calldata as 0x text."""

    to: str
    data: str


def called_by(tx: str) -> Called | None:
    """The call of a transaction; None while the node cannot say."""
    key = f"calldata:{tx}"
    kept: tuple[str, str] | None = cache.get(key)
    if kept is None:
        found = _ask(tx)
        kept = found or ("", "")
        cache.set(key, tuple(kept), KEPT_SECONDS if found else ASK_AGAIN_SECONDS)
    return Called(*kept) if kept[1] else None


def _ask(tx: str) -> Called | None:
    try:
        transport = HttpTransport(settings.ASSAY_RPC_URL, TIMEOUT_SECONDS)
        try:
            said = Rpc(transport, attempts=1).call("eth_getTransactionByHash", [tx])
        finally:
            transport.close()
    except NodeError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("input"), str):
        return None
    data, to = said["input"].lower(), str(said.get("to") or "").lower()
    return Called(to, data) if data.startswith("0x") and len(data) <= 2 * MAX_KEPT_BYTES else None
