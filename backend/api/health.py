"""What is wrong with this server now, in sentences for its operator; and the same as metrics."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.core.cache import cache
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from backend.artifacts.models import Mirror
from backend.chain.models import Change, Cursor

HEALTH_KEY = "health"
HEALTH_KEPT_SECONDS = 120
MAX_LAG_BLOCKS = 30
MAX_SILENCE_SECONDS = 120


def problems_find() -> list[str]:
    """Sentences, empty when all is well."""
    found = [f"Artifact store {mirror.url}: {mirror.detail}" for mirror in Mirror.objects.filter(ok=False)]
    cursor = Cursor.objects.filter(id=1).first()
    if cursor is None:
        return [*found, "Nothing is indexed yet: is `manage.py index` running?"]
    lag = cursor.head_number - cursor.number
    if lag > MAX_LAG_BLOCKS:
        found.append(f"The index is {lag} blocks behind the chain.")
    silence = int(time.time()) - cursor.head_timestamp
    if silence > MAX_SILENCE_SECONDS:
        found.append(f"The newest block is {silence} s old: the node or the indexer stands still.")
    return found


def problems_list() -> list[str]:
    """The last check's outcome; checked now when no task has done so lately."""
    found: list[str] | None = cache.get(HEALTH_KEY)
    if found is None:
        found = problems_find()
        cache.set(HEALTH_KEY, found, HEALTH_KEPT_SECONDS)
    return found


class IndexCollector(Collector):
    """How far the index is, read at each scrape of /metrics."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Three gauges; none while nothing is indexed."""
        cursor = Cursor.objects.filter(id=1).first()
        if cursor is None:
            return
        yield GaugeMetricFamily("assay_index_block", "Last block applied to the read model", cursor.number)
        lag = cursor.head_number - cursor.number
        yield GaugeMetricFamily("assay_index_lag_blocks", "Blocks the index is behind the head", lag)
        newest = Change.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        yield GaugeMetricFamily("assay_changes_seq", "Newest event of the stream", newest)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the collector is registered."""
        return []
