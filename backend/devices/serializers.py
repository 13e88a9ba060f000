"""Shapes of devices' JSON, for the schema; the values come from selectors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.web.schema import (
    address_field,
    bytes32_field,
    finality_field,
    time_field,
    units_field,
    usd6_field,
)


class AskSerializer(serializers.Serializer[Any]):
    """A standing ask."""

    price_per_hour_usd6 = usd6_field()
    max_units = serializers.IntegerField()


class ShareSerializer(serializers.Serializer[Any]):
    """The ERC-20 of a device; names are what the provider wrote: untrusted text."""

    address = address_field()
    name = serializers.CharField()
    symbol = serializers.CharField()
    supply = units_field(help_text="18 decimals")
    operator = address_field()
    operator_cut_bps = serializers.IntegerField()
    total_income_usd6 = usd6_field()
    claimed_usd6 = usd6_field()


class DeviceSerializer(serializers.Serializer[Any]):
    """A registered device."""

    id = bytes32_field()
    provider = address_field()
    name = serializers.CharField()
    accelerator = serializers.CharField()
    memory_bytes = serializers.IntegerField()
    runtime_class = bytes32_field()
    spec_hash = bytes32_field()
    payee = address_field()
    shared = serializers.BooleanField()
    retired = serializers.BooleanField()
    lots_paid = serializers.IntegerField()
    income_usd6 = usd6_field()
    registered_at = time_field()
    block = serializers.IntegerField(help_text="of its last change")
    tx = bytes32_field()
    finality = finality_field()
    ask = AskSerializer(allow_null=True)
    share = ShareSerializer(allow_null=True)


class IncomeSerializer(serializers.Serializer[Any]):
    """Income that reached a device's share."""

    job_id = bytes32_field(allow_null=True, help_text="null for a gift")
    lot = serializers.IntegerField(allow_null=True)
    payer = address_field()
    amount_usd6 = usd6_field()
    operator_usd6 = usd6_field()
    holders_usd6 = usd6_field()
    block = serializers.IntegerField()
    timestamp = time_field()
    tx = bytes32_field()
    finality = finality_field()


class HolderSerializer(serializers.Serializer[Any]):
    """A holder of a share."""

    holder = address_field()
    balance = units_field(help_text="18 decimals")
    claimed_usd6 = usd6_field()
    block = serializers.IntegerField()
    finality = finality_field()
