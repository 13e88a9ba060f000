# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a buyer may ask a result to be checked by, and the bond each grade asks of a seat
"""

TRUSTED: constant(uint256) = 1
REPLICATED: constant(uint256) = 3
REFEREED: constant(uint256) = 4  # exact jobs only: any holder of the inputs may challenge a claim in its window

MAX_SEATS: constant(uint256) = 5

# of the price of a seat, in basis points
TRUSTED_BOND_BPS: constant(uint256) = 1_000
REPLICATED_BOND_BPS: constant(uint256) = 10_000
REFEREED_BOND_BPS: constant(uint256) = 20_000  # half of a slash can come back to one that accuses itself


@pure
@internal
def _holds(grade: uint256, seats: uint256) -> bool:
    """
    @notice Whether the grade exists and may have this number of seats.
    """
    if grade == TRUSTED:
        return seats == 1
    if seats > MAX_SEATS:
        return False
    return (grade == REPLICATED and seats >= 2) or (grade == REFEREED and seats >= 1)


@pure
@internal
def _quorum(seats: uint256) -> uint256:
    """
    @notice Equal tags that decide a lot: more than half, and never one alone where there are several seats.
    """
    if seats == 1:
        return 1
    return max(2, seats // 2 + 1)


@pure
@internal
def _bond(grade: uint256, price_usd6: uint256) -> uint256:
    """
    @notice Bond of one seat of one lot, rounded up so that no seat is free of it.
    """
    rate: uint256 = REPLICATED_BOND_BPS
    if grade == TRUSTED:
        rate = TRUSTED_BOND_BPS
    elif grade == REFEREED:
        rate = REFEREED_BOND_BPS
    return (price_usd6 * rate + 9_999) // 10_000
