"""What an amount of shares costs under an order, to the unit. Twin of contracts/modules/order_price.vy.

Amounts in 10^-18 share, prices in 10^-6 USD for a whole share. Rounded for the maker, never for the taker.
"""

from __future__ import annotations

from assay.protocol.share_orders import MAX_AMOUNT
from assay.protocol.units import SHARE_UNIT, Usd6

BPS = 10_000


def value_of(amount: int, price_usd6: int, *, sell: bool) -> Usd6:
    """What the maker of a sell order gets at least, or the maker of a buy order pays at most."""
    product = amount * price_usd6
    return Usd6(-(-product // SHARE_UNIT) if sell else product // SHARE_UNIT)


def fee_of(value_usd6: int, fee_bps: int) -> Usd6:
    """The exchange's fee, which the taker pays; rounded up."""
    return Usd6(-(-value_usd6 * fee_bps // BPS))


def taker_total(amount: int, price_usd6: int, *, sell: bool, fee_bps: int) -> Usd6:
    """What the taker of an order pays with the fee (a sell order), or receives after it (a buy order)."""
    value = value_of(amount, price_usd6, sell=sell)
    fee = fee_of(value, fee_bps)
    return Usd6(value + fee if sell else value - fee)


def affordable(money_usd6: int, price_usd6: int) -> int:
    """The largest amount of which a buyer at this price pays no more than `money_usd6`."""
    return min(((money_usd6 + 1) * SHARE_UNIT - 1) // price_usd6, MAX_AMOUNT)


def between(least_usd6: int, most_usd6: int, fee_bps: int) -> tuple[Usd6, Usd6] | None:
    """(what the seller gets, the fee) of two matched orders; None when their limits leave no room for the fee."""
    room = most_usd6 - least_usd6
    if room < 0:
        return None
    fee = fee_of(least_usd6 + room // 2, fee_bps)
    if fee > room:
        return None
    return Usd6(least_usd6 + (room - fee) // 2), fee
