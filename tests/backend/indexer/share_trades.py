"""Shares change hands in every way there is, for tests of the indexer."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from assay.protocol.generated.structs import ShareOrder
from assay.protocol.ids import ZERO_ADDRESS
from assay.protocol.share_orders import sign_order

if TYPE_CHECKING:
    from tests.backend.indexer.market_life import Life

USD = 10**6
SHARE = 10**18
FAR = 2**40
LIMIT = 2**100


def signed(life: Life, role: str, **changed: Any) -> tuple[Any, bytes]:
    """An order over ten shares at ten dollars, as the contract takes it, and its signature."""
    values: dict[str, Any] = {
        "maker": life.who[role],
        "share": life.share,
        "sell": True,
        "amount": 10 * SHARE,
        "price_usd6": 10 * USD,
        "taker": ZERO_ADDRESS,
        "expiry": FAR,
        "epoch": 0,
        "salt": 1,
    }
    order = ShareOrder(**values | changed)
    exchange = life.deployment.address("ShareExchange")
    text = sign_order(life.accounts[role], chain_id=31337, exchange=exchange, order=order)
    return astuple(order), bytes.fromhex(text[2:])


def trade_shares(life: Life) -> None:
    """Parts of a sale and of a purchase, a batch that skips, a match, cancellations, fees."""
    exchange = life.deployment.address("ShareExchange")
    for role in ("investor_one", "investor_two", "buyer"):
        life.send(role, "TestUSD", "mint", life.who[role], 10_000 * USD)
        life.send(role, "TestUSD", "approve", exchange, 2**256 - 1)
        life.send(role, "DeviceShare", "approve", exchange, 2**256 - 1, address=life.share)
    sale, purchase = (
        signed(life, "investor_one"),
        signed(life, "investor_two", sell=False, price_usd6=9 * USD),
    )
    life.send("buyer", "ShareExchange", "fill_order", *sale, 4 * SHARE, LIMIT, FAR, [])
    life.send("buyer", "ShareExchange", "fill_order", *purchase, 3 * SHARE, 0, FAR, [])
    # dust: its price is rounding, and no candle may show it
    life.send("buyer", "ShareExchange", "fill_order", *sale, 1, LIMIT, FAR, [])
    dead = signed(life, "investor_one", salt=2, expiry=1)
    batch = ([dead[0], sale[0]], [dead[1], sale[1]], 2 * SHARE, 0, LIMIT, FAR, [])
    life.send("buyer", "ShareExchange", "fill_orders", *batch)
    high = signed(life, "buyer", sell=False, price_usd6=11 * USD)
    life.send("challenger", "ShareExchange", "match_orders", *sale, *high, SHARE, [])
    life.send("investor_one", "ShareExchange", "cancel_orders", [sale[0], dead[0]])
    life.send("investor_two", "ShareExchange", "cancel_all")
    life.send("challenger", "ShareExchange", "withdraw_fees")
