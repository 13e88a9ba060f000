"""Django's registration of the exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.exchange"
    label = "exchange"
