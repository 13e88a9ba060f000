# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Why a lot or a job ended. Stable numbers; gaps belong to grades that are not offered
"""

SETTLED_QUIET: constant(uint256) = 1
SETTLED_AGREED: constant(uint256) = 2
SETTLED_UPHELD: constant(uint256) = 3  # a game was defended, or a place with another root fell; up to here seats are paid
CANCELLED_BUYER: constant(uint256) = 4
EXPIRED_NO_BID: constant(uint256) = 5  # at auction: the opened bids do not fill the seats
FAILED_NO_SEAL: constant(uint256) = 6
FAILED_NO_REVEAL: constant(uint256) = 7
FAILED_NO_AGREEMENT: constant(uint256) = 8
FAILED_NO_SPARE: constant(uint256) = 9
CONVICTED_LEAF: constant(uint256) = 10  # up to CONVICTED_WITHHELD a bond is split with who accused
CONVICTED_CLOCK: constant(uint256) = 11
CONVICTED_WITHHELD: constant(uint256) = 12
INPUTS_UNAVAILABLE: constant(uint256) = 13
