"""Golden share orders: digests, signatures, and what amounts cost."""

from dataclasses import replace
from typing import Any

from eth_account import Account

from assay.protocol.generated.structs import ShareOrder
from assay.protocol.ids import ZERO_ADDRESS, checksum
from assay.protocol.share_orders import order_digest, order_json, order_typed_data, sign_order
from assay.protocol.share_prices import between, fee_of, value_of

CHAIN_ID = 31337
DEVNET_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
EXCHANGE = checksum("0x" + "c3" * 20)
SHARE = checksum("0x" + "d4" * 20)
FEE_BPS = 30
WHOLE = 10**18


def _orders() -> list[tuple[int, ShareOrder]]:
    maker = Account.from_key(DEVNET_KEY).address
    usual = ShareOrder(maker, SHARE, True, 40 * WHOLE, 12_500_000, ZERO_ADDRESS, 1_900_000_000, 0, 1)
    return [
        (CHAIN_ID, usual),
        (CHAIN_ID, replace(usual, sell=False)),
        (CHAIN_ID, replace(usual, taker=checksum("0x" + "e5" * 20), epoch=3, salt=2**255 + 7)),
        (CHAIN_ID, replace(usual, amount=1, price_usd6=1, expiry=0)),
        (1, replace(usual, amount=10**30, price_usd6=10**30, expiry=2**256 - 1, salt=2**256 - 1)),
    ]


def share_orders() -> dict[str, Any]:
    """Orders with digest and signature; prices with value, fee, and the split of a match."""
    account = Account.from_key(DEVNET_KEY)
    orders = [
        {
            "chain_id": chain_id,
            "exchange": EXCHANGE,
            "order": order_json(order),
            "typed_data": order_typed_data(chain_id, EXCHANGE, order),
            "digest": order_digest(chain_id, EXCHANGE, order),
            "signature": sign_order(account, chain_id=chain_id, exchange=EXCHANGE, order=order),
        }
        for chain_id, order in _orders()
    ]
    prices = []
    amounts = (1, 10**12 - 1, 10**12, WHOLE // 3, WHOLE, 7 * WHOLE + 1, 10**30)
    for amount in amounts:
        for price in (1, 999_999, 12_500_000, 10**30):
            for sell in (True, False):
                value = value_of(amount, price, sell=sell)
                row = {"amount": str(amount), "price_usd6": str(price), "sell": sell, "fee_bps": FEE_BPS}
                prices.append({**row, "value_usd6": str(value), "fee_usd6": str(fee_of(value, FEE_BPS))})
    matches = []
    for least, most in ((100, 99), (100, 100), (100, 101), (100, 102), (10**6, 10**6 + 3_004), (1, 10**12)):
        split = between(least, most, FEE_BPS)
        row = {"least_usd6": str(least), "most_usd6": str(most), "fee_bps": FEE_BPS}
        matches.append({**row, "split": split and [str(part) for part in split]})
    return {"devnet_private_key": DEVNET_KEY, "orders": orders, "prices": prices, "matches": matches}
