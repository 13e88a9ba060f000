"""Django's registration of the api app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.api"
    label = "api"
