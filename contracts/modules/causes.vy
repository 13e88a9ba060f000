# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Why JobMarket refuses, in plain words
@notice A table instead of a string at each check: each string in place costs 160 bytes of code, a number 24. Texts of at most 32
        characters fit one word. "market: " is put before each.
"""

PAUSED: constant(uint256) = 1
JOB_EXISTS: constant(uint256) = 2
TOO_LONG: constant(uint256) = 3
NOT_BUYER: constant(uint256) = 4
DRAW_FIRST: constant(uint256) = 5
NOT_RUNNING: constant(uint256) = 6
CANCELLED: constant(uint256) = 7
NOT_AWARDED: constant(uint256) = 8
SEED_EARLY: constant(uint256) = 9
NO_LOT: constant(uint256) = 10
AWARDEES: constant(uint256) = 11
NOT_CALLED: constant(uint256) = 12
NOT_HOLDER: constant(uint256) = 13
PHASE: constant(uint256) = 14
LATE: constant(uint256) = 15
STATUS: constant(uint256) = 16
LENGTHS: constant(uint256) = 17
LATE_DECLINE: constant(uint256) = 18
WRONG_SEAL: constant(uint256) = 19
WRONG_ROOT: constant(uint256) = 20
LOST_ROOT: constant(uint256) = 21
REVEALED: constant(uint256) = 22
COPIED: constant(uint256) = 23
NOTHING_DUE: constant(uint256) = 24
NOT_GUARDIAN: constant(uint256) = 25
NOT_AVAILABILITY: constant(uint256) = 26
NO_PLACE: constant(uint256) = 27


@pure
@internal
def _require(holds: bool, cause: uint256):
    """
    @notice Reverts with the text of the cause unless the condition holds.
    """
    if holds:
        return
    text: String[32] = ""
    if cause == PAUSED:
        text = "new jobs are paused"
    elif cause == JOB_EXISTS:
        text = "this job exists"
    elif cause == TOO_LONG:
        text = "the commit window is too long"
    elif cause == NOT_BUYER:
        text = "only the buyer"
    elif cause == DRAW_FIRST:
        text = "seed block passed, draw first"
    elif cause == NOT_RUNNING:
        text = "the job is not running"
    elif cause == CANCELLED:
        text = "the job is cancelled"
    elif cause == NOT_AWARDED:
        text = "not waiting for a draw"
    elif cause == SEED_EARLY:
        text = "the seed block is not past yet"
    elif cause == NO_LOT:
        text = "no such lot"
    elif cause == AWARDEES:
        text = "another award list"
    elif cause == NOT_CALLED:
        text = "this place is not called"
    elif cause == NOT_HOLDER:
        text = "the caller does not hold it"
    elif cause == PHASE:
        text = "the lot is in another phase"
    elif cause == LATE:
        text = "the deadline has passed"
    elif cause == STATUS:
        text = "this place is done or out"
    elif cause == LENGTHS:
        text = "lists of different length"
    elif cause == LATE_DECLINE:
        text = "too late to decline"
    elif cause == WRONG_SEAL:
        text = "does not open the caller's seal"
    elif cause == WRONG_ROOT:
        text = "the root does not open the tag"
    elif cause == LOST_ROOT:
        text = "not the winning root"
    elif cause == REVEALED:
        text = "this place has revealed"
    elif cause == COPIED:
        text = "this place had copied its tag"
    elif cause == NOTHING_DUE:
        text = "nothing due"
    elif cause == NOT_GUARDIAN:
        text = "only the guardian in its time"
    elif cause == NOT_AVAILABILITY:
        text = "only Availability"
    elif cause == NO_PLACE:
        text = "no such place"
    raise concat("market: ", text)
