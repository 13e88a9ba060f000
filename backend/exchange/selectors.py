"""Reads of trades, candles, signed orders and a share's book. Called by views; never writes."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Q, QuerySet, When

from assay.protocol.ids import ZERO_ADDRESS
from backend.chain.models import Cursor
from backend.devices.models import Share
from backend.exchange.models import Candle, SignedOrder, Trade
from backend.web.columns import amount, boolean, decimal_text, optional, text
from backend.web.keyset import Column, Filter, KeysetList
from backend.web.params import address, flag

LEVELS = 50  # of each side of a book
BEST = 50  # orders a taker is offered
INTERVALS = {"1m": 60, "1h": 3_600, "1d": 86_400}

TRADES = KeysetList(
    "trades",
    Trade.objects.all,
    {
        "share": text("share"),
        "seller": text("seller"),
        "buyer": text("buyer"),
        "taker": optional("taker"),
        "digest": text("digest"),
        "other_digest": optional("other_digest"),
        "amount": amount("amount"),
        "value_usd6": amount("value_usd6"),
        "fee_usd6": amount("fee_usd6"),
        "timestamp": text("timestamp"),
        "block": text("block"),
        "tx": text("tx"),
    },
    {
        "share": Filter("share", address, "trades of this share"),
        "seller": Filter("seller", address, "trades in which this account sold"),
        "buyer": Filter("buyer", address, "trades in which this account bought"),
    },
)
CANDLES = KeysetList(
    "candles",
    Candle.objects.all,
    {
        "start": text("start"),
        "open_usd6": amount("open_usd6"),
        "high_usd6": amount("high_usd6"),
        "low_usd6": amount("low_usd6"),
        "close_usd6": amount("close_usd6"),
        "amount": amount("amount"),
        "value_usd6": amount("value_usd6"),
        "trades": text("trades"),
        "block": text("block"),
    },
    key="start",
)
_ORDER_COLUMNS: dict[str, Column] = {
    "digest": text("digest"),
    "maker": text("maker"),
    "share": text("share"),
    "sell": boolean("sell"),
    "amount": amount("amount"),
    "price_usd6": amount("price_usd6"),
    "taker": text("taker"),
    "expiry": amount("expiry"),
    "epoch": amount("epoch"),
    "salt": amount("salt"),
    "signature": text("signature"),
    "filled": amount("filled"),
    "fillable": amount("fillable"),
    "reason": optional("reason"),
    "checked_block": text("checked_block"),
}


def _orders() -> QuerySet[SignedOrder]:
    return SignedOrder.objects.annotate(open=Case(When(reason="", then=True), default=False))


ORDERS = KeysetList(
    "orders",
    _orders,
    _ORDER_COLUMNS,
    {
        "share": Filter("share", address, "orders for this share"),
        "maker": Filter("maker", address, "orders of this maker"),
        "sell": Filter("sell", flag, "true: sales, false: purchases"),
        "open": Filter("open", flag, "true: what can be filled now, false: the rest"),
    },
)


def share_exists(share: str) -> bool:
    """Whether the index knows this share."""
    return Share.objects.filter(address=share).exists()


def order_get(digest: str) -> dict[str, Any] | None:
    """One order; None if it was not brought here."""
    return ORDERS.one(digest=digest)


def _standing(share: str, *, sell: bool) -> QuerySet[SignedOrder]:
    """What can be filled of a side by anyone, best price first, older first among equals."""
    head = Cursor.objects.filter(id=1).first()
    now = head.head_timestamp if head else 0
    found = SignedOrder.objects.filter(share=share, sell=sell, final=False, reason="", expiry__gte=now)
    return found.order_by("price_usd6" if sell else "-price_usd6", "position")


def best_orders(share: str, *, sell: bool, taker: str | None) -> list[dict[str, Any]]:
    """The best standing orders of a side with their signatures, those for one taker only if it asks."""
    allowed = Q(taker=ZERO_ADDRESS) | Q(taker=taker) if taker else Q(taker=ZERO_ADDRESS)
    rows = _standing(share, sell=sell).filter(allowed)
    sources = [column.source for column in _ORDER_COLUMNS.values()]
    return [
        {
            name: column.convert(value) if column.convert else value
            for (name, column), value in zip(_ORDER_COLUMNS.items(), values, strict=True)
        }
        for values in rows.values_list(*sources)[:BEST]
    ]


def book_get(share: str) -> dict[str, Any]:
    """Both sides by price, best first; amounts are what can be filled now. Orders for a single taker are left out."""
    asks, bids = _levels(share, sell=True), _levels(share, sell=False)
    last = Trade.objects.filter(share=share).order_by("-position").first()
    return {
        "share": share,
        "best_ask_usd6": asks[0]["price_usd6"] if asks else None,
        "best_bid_usd6": bids[0]["price_usd6"] if bids else None,
        "asks": asks,
        "bids": bids,
        "last_trade": last
        and {
            "amount": decimal_text(last.amount),
            "value_usd6": decimal_text(last.value_usd6),
            "timestamp": last.timestamp,
        },
    }


def _levels(share: str, *, sell: bool) -> list[dict[str, Any]]:
    levels: dict[int, list[int]] = {}
    rows = _standing(share, sell=sell).filter(taker=ZERO_ADDRESS).values_list("price_usd6", "fillable")
    for price, fillable in rows.iterator():
        if price not in levels and len(levels) == LEVELS:
            break
        level = levels.setdefault(price, [0, 0])
        level[0] += fillable
        level[1] += 1
    return [
        {"price_usd6": decimal_text(price), "amount": decimal_text(total), "orders": count}
        for price, (total, count) in levels.items()
    ]
