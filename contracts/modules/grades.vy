# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a buyer may ask a result to be checked by, and the bond each grade asks of a seat
"""

TRUSTED: constant(uint256) = 1
SAMPLED: constant(uint256) = 2   # one seat; after its seal a draw says whether another provider computes the lot too
REPLICATED: constant(uint256) = 3
REFEREED: constant(uint256) = 4  # exact jobs only: any holder of the inputs may challenge a claim in its window

MAX_SEATS: constant(uint256) = 5
# places behind the seat of a sampled lot: each may become the auditor. With more, halves for all could exceed the budget
MAX_AUDITORS: constant(uint256) = 3
MIN_AUDIT_BPS: constant(uint256) = 100
BPS: constant(uint256) = 10_000

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
    if grade == SAMPLED:
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
def _admits(grade: uint256, seats: uint256, spares: uint256, audit_bps: uint256) -> bool:
    """
    @notice Whether the spares and the part of lots that are audited fit the grade.
    """
    if grade == SAMPLED:
        return spares >= 1 and spares <= MAX_AUDITORS and audit_bps >= MIN_AUDIT_BPS and audit_bps <= BPS
    return spares <= seats and audit_bps == 0


@pure
@internal
def _priced(grade: uint256, seats: uint256) -> uint256:
    """
    @notice Seats that a lot's budget covers: of a sampled lot the seat and its auditor.
    """
    if grade == SAMPLED:
        return 2
    return seats


@pure
@internal
def _bond(grade: uint256, price_usd6: uint256, audit_bps: uint256) -> uint256:
    """
    @notice Bond of one seat of one lot, rounded up so that no seat is free of it.
    @dev Sampled with probability q: a cheat keeps P with 1 - q and loses the bond with q, half of which can come back to one
         that accuses itself: P (1/q - 1) / (1/2), and never under P.
    """
    if grade == SAMPLED:
        law: uint256 = (2 * price_usd6 * (BPS - audit_bps) + audit_bps - 1) // audit_bps
        return max(law, price_usd6)
    rate: uint256 = REPLICATED_BOND_BPS
    if grade == TRUSTED:
        rate = TRUSTED_BOND_BPS
    elif grade == REFEREED:
        rate = REFEREED_BOND_BPS
    return (price_usd6 * rate + 9_999) // 10_000
