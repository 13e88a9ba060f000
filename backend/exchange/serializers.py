"""Shapes of the exchange's JSON, for the schema; the values come from selectors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.exchange.words import WORDS
from backend.web.schema import (
    address_field,
    bytes32_field,
    finality_field,
    time_field,
    units_field,
    usd6_field,
)


class OrderSerializer(serializers.Serializer[Any]):
    """A limit order as its maker signs it (EIP-712, domain "Assay exchange" version 1)."""

    maker = address_field()
    share = address_field()
    sell = serializers.BooleanField(help_text="true: the maker sells")
    amount = units_field(help_text="18 decimals")
    price_usd6 = usd6_field()
    taker = address_field(help_text="who alone may take it; the zero address: anyone")
    expiry = units_field(help_text="unix seconds, the last one that counts")
    epoch = units_field(help_text="epoch_of the maker at the contract")
    salt = units_field(help_text="tells equal orders apart")


class SignedOrderRequestSerializer(serializers.Serializer[Any]):
    """What a maker brings."""

    order = OrderSerializer()
    signature = serializers.CharField(
        help_text="0x text; 65 bytes of a key, or what a contract's check takes"
    )


class SignedOrderSerializer(OrderSerializer):
    """An order at this relay, with what can be filled of it."""

    digest = bytes32_field()
    signature = serializers.CharField()
    filled = units_field()
    fillable = units_field(help_text="by terms, balance and allowance of the maker at checked_block")
    reason = serializers.ChoiceField(
        choices=sorted(WORDS),
        allow_null=True,
        help_text="why nothing of it can be filled; null while something can",
    )
    checked_block = serializers.IntegerField()


class PriceLevelSerializer(serializers.Serializer[Any]):
    """All orders of one price."""

    price_usd6 = usd6_field()
    amount = units_field()
    orders = serializers.IntegerField()


class LastTradeSerializer(serializers.Serializer[Any]):
    """The newest trade."""

    amount = units_field()
    value_usd6 = usd6_field()
    timestamp = time_field()


class BookSerializer(serializers.Serializer[Any]):
    """A share's book, best price first; null where a side is empty."""

    share = address_field()
    best_ask_usd6 = usd6_field(allow_null=True)
    best_bid_usd6 = usd6_field(allow_null=True)
    asks = PriceLevelSerializer(many=True)
    bids = PriceLevelSerializer(many=True)
    last_trade = LastTradeSerializer(allow_null=True)


class BestOrdersSerializer(serializers.Serializer[Any]):
    """Orders to take, best price first."""

    results = SignedOrderSerializer(many=True)


class TradeSerializer(serializers.Serializer[Any]):
    """Shares that changed hands."""

    share = address_field()
    seller = address_field()
    buyer = address_field()
    taker = serializers.CharField(
        allow_null=True, help_text="who took the other's order; null where two were matched"
    )
    digest = bytes32_field()
    other_digest = serializers.CharField(allow_null=True, help_text="of the buyer's order, in a match")
    amount = units_field()
    value_usd6 = usd6_field()
    fee_usd6 = usd6_field()
    timestamp = time_field()
    block = serializers.IntegerField()
    tx = bytes32_field()
    finality = finality_field()


class CandleSerializer(serializers.Serializer[Any]):
    """Trades of one interval; prices are of a whole share. Trades under a cent make no price and are left out."""

    start = time_field()
    open_usd6 = usd6_field()
    high_usd6 = usd6_field()
    low_usd6 = usd6_field()
    close_usd6 = usd6_field()
    amount = units_field()
    value_usd6 = usd6_field()
    trades = serializers.IntegerField()
    block = serializers.IntegerField()
    finality = finality_field()
