"""Periodic work of the server itself."""

from __future__ import annotations

import logging

from django.core.cache import cache

from backend.api.health import HEALTH_KEPT_SECONDS, HEALTH_KEY, problems_find
from backend.web.tasks import periodic

logger = logging.getLogger(__name__)


@periodic("api.health_check")
def health_check() -> int:
    """Looks for what is wrong, for /status and the log; returns how many problems."""
    found = problems_find()
    cache.set(HEALTH_KEY, found, HEALTH_KEPT_SECONDS)
    for problem in found:
        logger.warning("health: %s", problem)
    return len(found)
