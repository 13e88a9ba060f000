"""Prometheus metrics of a worker, named once. One registry a daemon, so that tests can run several in a process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server


class Metrics:
    """Counters and gauges of one daemon; served on a port of 127.0.0.1 by `serve`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.cycles = Counter(
            "assay_worker_cycles", "Cycles by outcome (ok, idle, failed)", ["outcome"], registry=self.registry
        )
        self.heartbeat = Gauge(
            "assay_worker_heartbeat_seconds", "Unix time of the last finished cycle", registry=self.registry
        )
        self.head = Gauge(
            "assay_worker_head_block", "Block the last decisions were made at", registry=self.registry
        )
        self.jobs = Gauge(
            "assay_worker_jobs",
            "Jobs with a seat of this provider that have not closed",
            registry=self.registry,
        )
        self.actions = Counter(
            "assay_worker_actions", "Actions sent to the chain", ["verb"], registry=self.registry
        )
        self.lots = Counter(
            "assay_worker_lots",
            "Lots by local outcome (done, refused, failed)",
            ["outcome"],
            registry=self.registry,
        )
        self.lot_seconds = Histogram(
            "assay_worker_lot_seconds",
            "Run time of a lot",
            buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
            registry=self.registry,
        )
        self.seats = Counter(
            "assay_worker_seats", "Own seats by how they ended", ["status"], registry=self.registry
        )
        self.free_bytes = Gauge(
            "assay_worker_free_bytes", "Free disk under the results folder", registry=self.registry
        )

    def serve(self, port: int) -> None:
        """Starts the metrics server on 127.0.0.1:port. Raises OSError when the port is taken."""
        start_http_server(port, addr="127.0.0.1", registry=self.registry)
