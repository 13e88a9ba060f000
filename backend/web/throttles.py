"""Rate limits: a counter a minute in the shared cache, per client address and, where a wallet signs, per
wallet.

Behind a proxy the client address is the one ASSAY_TRUSTED_PROXIES hops from the right of X-Forwarded-For (0:
the socket's peer). A limit of 0 switches a scope off. When the cache fails, requests pass: limits protect,
they do not gate.
"""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from backend.web.errors import Problem

WINDOW_SECONDS = 60
logger = logging.getLogger(__name__)


def client_address(request: HttpRequest) -> str:
    """The client's IP address, as far as it can be trusted."""
    hops: int = settings.ASSAY_TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if hops and forwarded:
        chain = [part.strip() for part in forwarded.split(",")]
        return str(chain[max(0, len(chain) - hops)][:64])
    return str(request.META.get("REMOTE_ADDR") or "unknown")


def take(scope: str, identity: str) -> None:
    """Counts one request; a 429 problem with Retry-After when the scope's limit for this minute is passed."""
    limit: int = settings.ASSAY_RATE_LIMITS[scope]
    if limit <= 0:
        return
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    key = f"rate:{scope}:{identity}:{window}"
    try:
        count = _count(key)
    except Exception as error:
        logger.warning("rate limits are off, the cache fails: %s", error)
        return
    if count > limit:
        wait = int((window + 1) * WINDOW_SECONDS - now) + 1
        detail = f"More than {limit} requests ({scope}) came from {identity} in a minute."
        hint = f"Wait {wait} seconds."
        raise Problem(429, "throttled", detail, hint, headers={"Retry-After": str(wait)})


def _count(key: str) -> int:
    """One more under this key; the number so far. One call to the cache but for the first of a window."""
    try:
        return int(cache.incr(key))
    except ValueError:  # not there yet
        return 1 if cache.add(key, 1, WINDOW_SECONDS * 2) else int(cache.incr(key))


class ReadThrottle(BaseThrottle):
    """Reads per client address."""

    scope = "read"

    def check(self, request: HttpRequest) -> None:
        """Raises the 429 problem."""
        take(self.scope, client_address(request))

    def allow_request(self, request: HttpRequest, view: APIView) -> bool:
        """DRF's entry: the problem carries more than False could."""
        self.check(request)
        return True


class QuoteThrottle(ReadThrottle):
    """Quotes run a plan: fewer a minute."""

    scope = "quote"


class UploadThrottle(ReadThrottle):
    """Uploads, per address, before a signature is checked; the wallet is counted after."""

    scope = "upload"


class OrderThrottle(ReadThrottle):
    """Signed share orders ask the node: fewer a minute."""

    scope = "order"
