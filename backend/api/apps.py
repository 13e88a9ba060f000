"""Django's registration of the api app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.api"
    label = "api"

    def ready(self) -> None:
        """Adds the index's gauges to /metrics."""
        from prometheus_client import REGISTRY

        from backend.api.health import IndexCollector

        REGISTRY.register(IndexCollector())
