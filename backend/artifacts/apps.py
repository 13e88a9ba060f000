"""Django's registration of the artifacts app."""

from django.apps import AppConfig


class ArtifactsConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.artifacts"
    label = "artifacts"
