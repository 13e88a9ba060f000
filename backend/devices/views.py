"""Endpoints of devices, their income, and holders of their shares."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from backend.devices import selectors
from backend.devices.serializers import (
    DeviceSerializer,
    HolderSerializer,
    IncomeSerializer,
    OfferingSerializer,
    TenderSerializer,
)
from backend.web.cursors import Key
from backend.web.errors import not_found
from backend.web.finality import read_tip
from backend.web.params import address, bytes32
from backend.web.schema import reads
from backend.web.views import ListView, ReadView, no_parameters


@reads(DeviceSerializer, "Devices, newest first")
class DeviceList(ListView):
    """Devices, newest first."""

    listing = selectors.DEVICES

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Asks, shares and finality."""
        selectors.asks_and_shares_attach(results)
        read_tip().label(results)


@reads(DeviceSerializer, "One device")
class DeviceDetail(ReadView):
    """One device with its ask and its share."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The device, or a 404 problem."""
        no_parameters(request)
        device_id = bytes32("device_id", kwargs["device_id"])
        device = selectors.device_get(device_id)
        if device is None:
            raise not_found("device", device_id)
        read_tip().label([device])
        return device


@reads(IncomeSerializer, "Income of a device's share, newest first")
class IncomeList(ListView):
    """Deposits into a device's share, newest first."""

    listing = selectors.INCOME

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one device."""
        device_id = bytes32("device_id", kwargs["device_id"])
        if not selectors.device_exists(device_id):
            raise not_found("device", device_id)
        return {"device_key": device_id}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each deposit."""
        read_tip().label(results)


@reads(OfferingSerializer, "Sales of a device's shares, newest first")
class OfferingList(ListView):
    """Sales of a device's shares, newest first."""

    listing = selectors.OFFERINGS

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one device."""
        device_id = bytes32("device_id", kwargs["device_id"])
        if not selectors.device_exists(device_id):
            raise not_found("device", device_id)
        return {"device_key": device_id}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each sale."""
        read_tip().label(results)


@reads(TenderSerializer, "Offers to buy all shares of a device, newest first")
class TenderList(ListView):
    """Offers to buy all of one share, newest first."""

    listing = selectors.TENDERS

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one share."""
        share = address("share", kwargs["share"])
        if not selectors.share_exists(share):
            raise not_found("share", share)
        return {"share_key": share}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each tender."""
        read_tip().label(results)


@reads(HolderSerializer, "Holders of a share, by address")
class HolderList(ListView):
    """Holders of a share, by address."""

    listing = selectors.HOLDERS

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one share."""
        share = address("share", kwargs["share"])
        if not selectors.share_exists(share):
            raise not_found("share", share)
        return {"share": share}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each balance."""
        read_tip().label(results)
