# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Harness of modules/order_price.vy, for tests; never deployed in production
@custom:kill Not stopped: it holds no money.
"""

from contracts.modules import order_price


@pure
@external
def value_of(amount: uint256, price_usd6: uint256, sell: bool) -> uint256:
    if sell:
        return order_price._least(amount, price_usd6)
    return order_price._most(amount, price_usd6)


@pure
@external
def fee(value_usd6: uint256, fee_bps: uint256) -> uint256:
    return order_price._fee(value_usd6, fee_bps)


@pure
@external
def affordable(money_usd6: uint256, price_usd6: uint256) -> uint256:
    return order_price._affordable(money_usd6, price_usd6)


@pure
@external
def between(least_usd6: uint256, most_usd6: uint256, fee_bps: uint256) -> (uint256, uint256):
    return order_price._between(least_usd6, most_usd6, fee_bps)
