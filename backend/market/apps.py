"""Django's registration of the market app."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.market"
    label = "market"
