"""Shapes of providers' JSON, for the schema; the values come from selectors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.devices.serializers import DeviceSerializer
from backend.disputes.serializers import ConvictionSerializer
from backend.web.schema import address_field, finality_field, time_field, units_field, usd6_field


class UnbondSerializer(serializers.Serializer[Any]):
    """Stake on its way out."""

    request_id = units_field()
    amount_usd6 = usd6_field()
    available_at = time_field()


class ProviderSerializer(serializers.Serializer[Any]):
    """An account with stake or devices; free = stake - locked - unbonding."""

    address = address_field()
    stake_usd6 = usd6_field()
    locked_usd6 = usd6_field()
    unbonding_usd6 = usd6_field()
    free_usd6 = usd6_field()
    slashed_usd6 = usd6_field()
    earned_usd6 = usd6_field()
    credit_usd6 = usd6_field()
    seats_paid = serializers.IntegerField()
    seats_unpaid = serializers.IntegerField()
    seats_defaulted = serializers.IntegerField()
    seats_declined = serializers.IntegerField()
    seats_convicted = serializers.IntegerField()
    block = serializers.IntegerField(help_text="of its last change")
    finality = finality_field()
    devices = DeviceSerializer(many=True)
    unbonds = UnbondSerializer(many=True)


class ProviderDetailSerializer(ProviderSerializer):
    """A provider with its latest convictions; all of them are at /convictions?provider=."""

    convictions = ConvictionSerializer(many=True)
