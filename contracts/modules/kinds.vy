# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a credit is for
"""

INCOME: constant(uint8) = 1        # the price of a seat, or its cancellation fee; pushed when the payee is a share
REFUND: constant(uint8) = 2        # unused escrow, unused page price
POKE: constant(uint8) = 3          # fixed price for moving a lot
REWARD: constant(uint8) = 4        # page price to an answerer; half of a conviction to the requester
COMPENSATION: constant(uint8) = 5  # the buyer's part of a conviction
