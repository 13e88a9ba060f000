# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Why JobMarket refuses, in plain words
@notice A table instead of a string at each check: a string in place costs 160 bytes of code, a number 24. A cause is the place
        of its text in the table, times 64, plus its length; the constructor builds the table, so that only its bytes lie in the code. "market: " is put before each.
"""

PAUSED: constant(uint256) = 0 * 64 + 19
JOB_EXISTS: constant(uint256) = 19 * 64 + 15
TOO_LONG: constant(uint256) = 34 * 64 + 29
NOT_BUYER: constant(uint256) = 63 * 64 + 14
DRAW_FIRST: constant(uint256) = 77 * 64 + 29
NOT_RUNNING: constant(uint256) = 106 * 64 + 22
CANCELLED: constant(uint256) = 128 * 64 + 20
NOT_AWARDED: constant(uint256) = 148 * 64 + 22
SEED_EARLY: constant(uint256) = 170 * 64 + 30
NO_LOT: constant(uint256) = 200 * 64 + 11
NOT_CALLED: constant(uint256) = 211 * 64 + 24
NOT_HOLDER: constant(uint256) = 235 * 64 + 27
PHASE: constant(uint256) = 262 * 64 + 27
LATE: constant(uint256) = 289 * 64 + 23
STATUS: constant(uint256) = 312 * 64 + 25
LENGTHS: constant(uint256) = 337 * 64 + 25
LATE_DECLINE: constant(uint256) = 362 * 64 + 19
WRONG_SEAL: constant(uint256) = 381 * 64 + 31
WRONG_ROOT: constant(uint256) = 412 * 64 + 30
LOST_ROOT: constant(uint256) = 442 * 64 + 20
REVEALED: constant(uint256) = 462 * 64 + 23
COPIED: constant(uint256) = 485 * 64 + 29
NOTHING_DUE: constant(uint256) = 514 * 64 + 11
NOT_GUARDIAN: constant(uint256) = 525 * 64 + 29
NOT_AVAILABILITY: constant(uint256) = 554 * 64 + 17
NO_PLACE: constant(uint256) = 571 * 64 + 13

TEXTS: immutable(String[584])


@deploy
def __init__():
    TEXTS = concat(
        "new jobs are paused",
        "this job exists",
        "the commit window is too long",
        "only the buyer",
        "seed block passed, draw first",
        "the job is not running",
        "the job is cancelled",
        "not waiting for a draw",
        "the seed block is not past yet",
        "no such lot",
        "this place is not called",
        "the caller does not hold it",
        "the lot is in another phase",
        "the deadline has passed",
        "this place is done or out",
        "lists of different length",
        "too late to decline",
        "does not open the caller's seal",
        "the root does not open the tag",
        "not the winning root",
        "this place has revealed",
        "this place had copied its tag",
        "nothing due",
        "only the guardian in its time",
        "only Availability",
        "no such place",
    )


@view
@internal
def _require(holds: bool, cause: uint256):
    """
    @notice Reverts with the text of the cause unless the condition holds.
    """
    if not holds:
        raise concat("market: ", slice(TEXTS, cause // 64, cause % 64))
