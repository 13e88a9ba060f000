# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The depreciation module by itself
"""

from contracts.modules import depreciation


@pure
@external
def book_value(
    cost_usd6: uint256, salvage_usd6: uint256, life_seconds: uint256, declining: bool, age_seconds: uint256
) -> uint256:
    return depreciation._book_value(cost_usd6, salvage_usd6, life_seconds, declining, age_seconds)
