"""Django's registration of the devices app."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.devices"
    label = "devices"
