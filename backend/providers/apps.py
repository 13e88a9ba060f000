"""Django's registration of the providers app."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.providers"
    label = "providers"
