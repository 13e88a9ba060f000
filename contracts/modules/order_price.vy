# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What an amount of shares costs under an order: rounded for the maker and for the fee, never for the taker
@notice So cutting a fill into dust can only cost the one who cuts. Within MAX_AMOUNT and MAX_PRICE_USD6 no product overflows.
"""

WHOLE_SHARE: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
MAX_AMOUNT: constant(uint256) = 10**30      # the largest supply of a share
MAX_PRICE_USD6: constant(uint256) = 10**30  # of a whole share


@pure
@internal
def _within_bounds(amount: uint256, price_usd6: uint256) -> bool:
    return amount != 0 and amount <= MAX_AMOUNT and price_usd6 != 0 and price_usd6 <= MAX_PRICE_USD6


@pure
@internal
def _least(amount: uint256, price_usd6: uint256) -> uint256:
    """
    @notice What a seller at this price gets at least.
    """
    return (amount * price_usd6 + WHOLE_SHARE - 1) // WHOLE_SHARE


@pure
@internal
def _most(amount: uint256, price_usd6: uint256) -> uint256:
    """
    @notice What a buyer at this price pays at most.
    """
    return amount * price_usd6 // WHOLE_SHARE


@pure
@internal
def _affordable(money_usd6: uint256, price_usd6: uint256) -> uint256:
    """
    @notice The largest amount, up to MAX_AMOUNT, of which a buyer at this price pays no more than `money_usd6`.
    """
    # no buyer of MAX_AMOUNT at MAX_PRICE_USD6 needs more, and nothing overflows below it
    money: uint256 = min(money_usd6, MAX_AMOUNT * MAX_PRICE_USD6 // WHOLE_SHARE)
    return min(((money + 1) * WHOLE_SHARE - 1) // price_usd6, MAX_AMOUNT)


@pure
@internal
def _fee(value_usd6: uint256, fee_bps: uint256) -> uint256:
    return (value_usd6 * fee_bps + BPS - 1) // BPS


@pure
@internal
def _between(least_usd6: uint256, most_usd6: uint256, fee_bps: uint256) -> (uint256, uint256):
    """
    @notice (what the seller gets, the fee) of two orders that meet. The fee is of the middle of their limits and comes out
            of the difference; each of the two gains half of what is left, an odd unit is the buyer's.
    """
    assert least_usd6 <= most_usd6, "exchange: the seller asks more than the buyer pays"
    between_usd6: uint256 = most_usd6 - least_usd6
    fee_usd6: uint256 = self._fee(least_usd6 + between_usd6 // 2, fee_bps)
    assert fee_usd6 <= between_usd6, "exchange: the orders' limits leave no room for the fee"
    return least_usd6 + (between_usd6 - fee_usd6) // 2, fee_usd6
