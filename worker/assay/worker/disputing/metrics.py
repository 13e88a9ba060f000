"""Prometheus metrics of disputes, in the registry of the worker's others."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class DisputeMetrics:
    """Counters and gauges of one daemon."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.games = Gauge("assay_worker_games", "Open games of this account", registry=registry)
        self.reexecuted = Counter(
            "assay_worker_reexecuted_lots", "Lots of others that were run again", registry=registry
        )
        self.wrong = Counter(
            "assay_worker_wrong_claims", "Claims that differ from the own run", registry=registry
        )
        self.alerts = Counter("assay_worker_alerts", "Alerts by what they say", ["what"], registry=registry)
        self.ended = Counter(
            "assay_worker_games_ended",
            "Own games by side and verdict",
            ["side", "verdict"],
            registry=registry,
        )
