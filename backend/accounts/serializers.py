"""Shapes of accounts' JSON, for the schema; the values come from selectors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.web.schema import DIGITS, address_field, bytes32_field, finality_field, units_field, usd6_field


class HeldSerializer(serializers.Serializer[Any]):
    """A share an account has or had."""

    share = address_field()
    device_id = bytes32_field()
    symbol = serializers.CharField()
    name = serializers.CharField()
    balance = units_field(help_text="18 decimals")
    claimed_usd6 = usd6_field()


class AccountSerializer(serializers.Serializer[Any]):
    """An account: its pull credit in Escrow, its shares, what it is."""

    address = address_field()
    credit_usd6 = usd6_field()
    game_credit_usd6 = serializers.RegexField(
        DIGITS, help_text="usd6: bonds of games that DisputeGame owes it; withdrawn there"
    )
    jobs_posted = serializers.IntegerField()
    provider = serializers.BooleanField()
    shares = HeldSerializer(many=True)
    block = serializers.IntegerField()
    finality = finality_field()


class QuotaSerializer(serializers.Serializer[Any]):
    """Bytes a wallet may store on this mirror."""

    account = address_field()
    used_bytes = serializers.IntegerField()
    reserved_bytes = serializers.IntegerField(help_text="uploads under way")
    limit_bytes = serializers.IntegerField()
    left_bytes = serializers.IntegerField()
