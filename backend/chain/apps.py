"""Django's registration of the chain app."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.chain"
    label = "chain"
