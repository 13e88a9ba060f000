"""Django's registration of the disputes app."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.disputes"
    label = "disputes"
