"""Django's registration of the accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Names the app by its full import path."""

    name = "backend.accounts"
    label = "accounts"
