# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is set aside for a lot and for a job; JobBoard takes it and JobMarket spends it by the same lines
"""


@pure
@internal
def _fee(amount_usd6: uint256, fee_bps: uint256) -> uint256:
    """
    @notice Protocol fee on top of a price, rounded up.
    """
    return (amount_usd6 * fee_bps + 9_999) // 10_000


@pure
@internal
def _lot_usd6(seats: uint256, ceiling_usd6: uint256, fee_bps: uint256, poke_usd6: uint256) -> uint256:
    """
    @notice Every seat at the ceiling with its fee, and one poke.
    """
    return seats * (ceiling_usd6 + self._fee(ceiling_usd6, fee_bps)) + poke_usd6


@pure
@internal
def _job_usd6(
    lots: uint256, seats: uint256, ceiling_usd6: uint256, fee_bps: uint256, poke_usd6: uint256
) -> uint256:
    """
    @notice All lots, and one poke for the draw.
    """
    return lots * self._lot_usd6(seats, ceiling_usd6, fee_bps, poke_usd6) + poke_usd6
