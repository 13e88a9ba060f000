"""Rows from ShareExchange: trades, candles, what became of orders."""

from assay.protocol.generated.events import (
    AllCancelled,
    OrderCancelled,
    OrderFilled,
    OrderSkipped,
    OrdersMatched,
    TradeFeesWithdrawn,
)
from assay.protocol.units import SHARE_UNIT
from backend.chain.tables import Row
from backend.devices.models import Share
from backend.exchange.models import Candle, MakerEpoch, OrderRecord, Trade
from backend.indexer.fact import Fact, Handlers, text32

CANDLE_SECONDS = (60, 3_600, 86_400)
# Below this value a trade's price is mostly rounding, and printing it would cost nothing: no candle counts it.
MIN_PRICED_USD6 = 10_000


def on_order_filled(fact: Fact, event: OrderFilled) -> None:
    """A taker filled an order, whole or in part."""
    _record(fact, event.digest, event.maker)["filled"] += event.amount
    seller, buyer = (event.maker, event.taker) if event.sell else (event.taker, event.maker)
    _trade(fact, event, seller, buyer, taker=event.taker, digest=event.digest)


def on_orders_matched(fact: Fact, event: OrdersMatched) -> None:
    """Two orders traded with each other."""
    _record(fact, event.sell_digest, event.seller)["filled"] += event.amount
    _record(fact, event.buy_digest, event.buyer)["filled"] += event.amount
    _trade(
        fact,
        event,
        event.seller,
        event.buyer,
        digest=event.sell_digest,
        other_digest=event.buy_digest,
    )


def on_order_cancelled(fact: Fact, event: OrderCancelled) -> None:
    """Its maker took an order back."""
    _record(fact, event.digest, event.maker)["cancelled"] = True
    fact.account_changed(event.maker)


def on_all_cancelled(fact: Fact, event: AllCancelled) -> None:
    """A maker took back every order it had signed."""
    fact.rows.put(MakerEpoch, event.maker, position=fact.position, epoch=event.epoch)
    fact.account_changed(event.maker)


def on_order_skipped(fact: Fact, event: OrderSkipped) -> None:
    """A batch passed an order over: nothing changed."""


def on_trade_fees_withdrawn(fact: Fact, event: TradeFeesWithdrawn) -> None:
    """The fee recipient was sent the fees."""
    fact.account_changed(event.recipient)


def _record(fact: Fact, digest: bytes, maker: str) -> Row:
    key = text32(digest)
    row = fact.rows.edit_if_there(OrderRecord, key)
    return row if row is not None else fact.rows.put(OrderRecord, key, position=fact.position, maker=maker)


def _trade(
    fact: Fact,
    event: OrderFilled | OrdersMatched,
    seller: str,
    buyer: str,
    *,
    digest: bytes,
    taker: str = "",
    other_digest: bytes = b"",
) -> None:
    fact.rows.append(
        Trade,
        {
            **fact.stamp(),
            "share": event.share,
            "seller": seller,
            "buyer": buyer,
            "taker": taker,
            "digest": text32(digest),
            "other_digest": text32(other_digest),
            "amount": event.amount,
            "value_usd6": event.value_usd6,
            "fee_usd6": event.fee_usd6,
        },
    )
    if event.value_usd6 >= MIN_PRICED_USD6:
        price = event.value_usd6 * SHARE_UNIT // event.amount
        for seconds in CANDLE_SECONDS:
            _candle(fact, event, seconds, price)
    share = fact.rows.get(Share, event.share)
    assert share is not None  # the exchange trades shares of the factory only
    fact.device_changed(share["device_id"])
    fact.account_changed(seller, buyer)


def _candle(fact: Fact, event: OrderFilled | OrdersMatched, seconds: int, price: int) -> None:
    start = fact.at - fact.at % seconds
    key = f"{event.share}:{seconds}:{start}"
    row = fact.rows.edit_if_there(Candle, key)
    if row is None:
        prices = dict.fromkeys(("open_usd6", "high_usd6", "low_usd6", "close_usd6"), price)
        row = fact.rows.put(
            Candle, key, position=fact.position, share=event.share, seconds=seconds, start=start, **prices
        )
    row["high_usd6"] = max(row["high_usd6"], price)
    row["low_usd6"] = min(row["low_usd6"], price)
    row["close_usd6"] = price
    row["amount"] += event.amount
    row["value_usd6"] += event.value_usd6
    row["trades"] += 1


HANDLERS: Handlers = {
    OrderFilled: on_order_filled,
    OrdersMatched: on_orders_matched,
    OrderCancelled: on_order_cancelled,
    AllCancelled: on_all_cancelled,
    OrderSkipped: on_order_skipped,
    TradeFeesWithdrawn: on_trade_fees_withdrawn,
}
