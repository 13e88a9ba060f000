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
    proceeds_usd6 = usd6_field()
    created_at = time_field()
    policy = address_field(allow_null=True)
    cost_usd6 = usd6_field()
    salvage_usd6 = usd6_field()
    life_seconds = serializers.IntegerField()
    declining = serializers.BooleanField(help_text="what lies above salvage halves every life_seconds")


class OfferingSerializer(serializers.Serializer[Any]):
    """A primary sale; names are what the provider wrote: untrusted text."""

    id = bytes32_field()
    device_id = bytes32_field()
    provider = address_field()
    spec_hash = bytes32_field(allow_null=True)
    attestation_hash = bytes32_field(allow_null=True)
    price_usd6 = usd6_field()
    target = serializers.IntegerField()
    cap = serializers.IntegerField()
    retained = serializers.IntegerField()
    sold = serializers.IntegerField()
    refunded = serializers.IntegerField()
    deadline = time_field()
    activation_deadline = time_field()
    operator_cut_bps = serializers.IntegerField()
    policy = address_field(allow_null=True)
    name = serializers.CharField()
    symbol = serializers.CharField()
    share = address_field(allow_null=True, help_text="once activated")
    cancelled = serializers.BooleanField()
    opened_at = time_field()
    block = serializers.IntegerField()
    tx = bytes32_field()
    finality = finality_field()


class TenderSerializer(serializers.Serializer[Any]):
    """An offer to buy all shares of a device."""

    id = bytes32_field()
    share = address_field()
    bidder = address_field()
    price_usd6 = usd6_field()
    escrow_usd6 = usd6_field()
    deadline = time_field()
    accepted = units_field(help_text="18 decimals")
    paid_usd6 = usd6_field()
    opened_at = time_field()
    completed_at = time_field(allow_null=True)
    ended_at = time_field(allow_null=True)
    block = serializers.IntegerField()
    tx = bytes32_field()
    finality = finality_field()


class DeviceSerializer(serializers.Serializer[Any]):
    """A registered device."""

    id = bytes32_field()
    provider = address_field()
    name = serializers.CharField()
    accelerator = serializers.CharField()
    memory_bytes = serializers.IntegerField()
    runtime_class = bytes32_field()
    spec_hash = bytes32_field()
    attestation_hash = bytes32_field(allow_null=True, help_text="documents the provider stands behind")
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
