"""Endpoints of providers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from backend.providers import selectors
from backend.providers.serializers import ProviderDetailSerializer, ProviderSerializer
from backend.web.errors import not_found
from backend.web.finality import Tip, read_tip
from backend.web.params import address
from backend.web.schema import reads
from backend.web.views import ListView, ReadView, no_parameters


def _label(providers: list[dict[str, Any]], tip: Tip) -> None:
    tip.label(providers)
    for provider in providers:
        tip.label(provider["devices"])


@reads(ProviderSerializer, "Providers, newest first")
class ProviderList(ListView):
    """Providers, newest first."""

    listing = selectors.PROVIDERS

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Devices, credit, unbonds and finality."""
        selectors.details_attach(results)
        _label(results, read_tip())


@reads(ProviderDetailSerializer, "One provider")
class ProviderDetail(ReadView):
    """One provider with its devices and latest convictions."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The provider, or a 404 problem."""
        no_parameters(request)
        account = address("address", kwargs["address"])
        provider = selectors.provider_get(account)
        if provider is None:
            raise not_found("provider", account)
        tip = read_tip()
        _label([provider], tip)
        tip.label(provider["convictions"])
        return provider
