"""Endpoints of accounts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from backend.accounts import selectors
from backend.accounts.serializers import AccountSerializer, QuotaSerializer
from backend.web.finality import read_tip
from backend.web.params import address
from backend.web.schema import reads
from backend.web.views import ReadView, no_parameters


@reads(AccountSerializer, "One account")
class AccountDetail(ReadView):
    """Credit, shares and roles of an account; zeros for one never seen."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The account."""
        no_parameters(request)
        account = selectors.account_get(address("address", kwargs["address"]))
        read_tip().label([account])
        return account


@reads(QuotaSerializer, "Storage quota of an account")
class QuotaDetail(ReadView):
    """Bytes an account has stored on this mirror, and may."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The quota."""
        no_parameters(request)
        return selectors.quota_get(address("address", kwargs["address"]))
