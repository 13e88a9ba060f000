"""Django's registration of the indexer app."""

from django.apps import AppConfig


class IndexerConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.indexer"
    label = "indexer"
