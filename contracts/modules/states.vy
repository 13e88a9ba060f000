# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Numbers of states: jobs, lots, seats. Stable for ever; the same in Python and TypeScript
"""

# a job: unknown → awarded (bonds locked, seed block fixed) → running → closed; or awarded → cancelled. At auction it is open before:
# unknown → open (bids are sealed, then opened, in BidBook) → awarded; or open → closed (nobody could be hired) or cancelled
UNKNOWN: constant(uint256) = 0
OPEN: constant(uint256) = 1
AWARDED: constant(uint256) = 2
RUNNING: constant(uint256) = 3
CLOSED: constant(uint256) = 4
CANCELLED: constant(uint256) = 5

# a lot
SEALING: constant(uint256) = 0
TAGGING: constant(uint256) = 1
REVEALING: constant(uint256) = 2
WINDOW: constant(uint256) = 3
LOT_CLOSED: constant(uint256) = 4

# a seat
DRAWN: constant(uint256) = 0
SEALED: constant(uint256) = 1
TAGGED: constant(uint256) = 2
PAID: constant(uint256) = 3
UNPAID: constant(uint256) = 4
DEFAULTED: constant(uint256) = 5
CONVICTED: constant(uint256) = 6
DECLINED: constant(uint256) = 7
