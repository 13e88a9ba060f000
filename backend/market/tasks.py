"""Periodic work of the market: the day's sums, and pictures of finished jobs."""

from __future__ import annotations

from django.core.cache import cache

from backend.market.pictures import picture_make, pictures_due
from backend.market.recent import DAY_KEY, day_sums
from backend.web.tasks import periodic

DAY_KEPT_SECONDS = 120
PICTURES_A_RUN = 3


@periodic("market.day_refresh")
def day_refresh() -> int:
    """Keeps the sums of /stats warm; returns their block."""
    sums = day_sums()
    cache.set(DAY_KEY, sums, DAY_KEPT_SECONDS)
    return int(sums["block"])


@periodic("market.pictures_make")
def pictures_make() -> int:
    """Makes pictures of jobs whose lots are all revealed, a few a run; returns how many."""
    return sum(picture_make(job_id) for job_id in pictures_due(PICTURES_A_RUN))
