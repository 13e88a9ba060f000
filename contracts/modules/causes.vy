# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Why JobMarket refuses, in plain words
@notice A table instead of a string at each check: a string in place costs 160 bytes of code, a number 24. A cause is the place
        of its text in the table, times 64, plus its length; the constructor builds the table, so that only its bytes lie in the code. "market: " is put before each.
"""

JOB_EXISTS: constant(uint256) = 0 * 64 + 15
NOT_BUYER: constant(uint256) = 15 * 64 + 14
DRAW_FIRST: constant(uint256) = 29 * 64 + 29
NOT_RUNNING: constant(uint256) = 58 * 64 + 22
CANCELLED: constant(uint256) = 80 * 64 + 20
NOT_AWARDED: constant(uint256) = 100 * 64 + 22
SEED_EARLY: constant(uint256) = 122 * 64 + 30
NO_LOT: constant(uint256) = 152 * 64 + 11
NOT_CALLED: constant(uint256) = 163 * 64 + 24
NOT_HOLDER: constant(uint256) = 187 * 64 + 27
PHASE: constant(uint256) = 214 * 64 + 27
LATE: constant(uint256) = 241 * 64 + 23
STATUS: constant(uint256) = 264 * 64 + 25
LENGTHS: constant(uint256) = 289 * 64 + 25
LATE_DECLINE: constant(uint256) = 314 * 64 + 19
WRONG_SEAL: constant(uint256) = 333 * 64 + 31
WRONG_ROOT: constant(uint256) = 364 * 64 + 30
LOST_ROOT: constant(uint256) = 394 * 64 + 20
REVEALED: constant(uint256) = 414 * 64 + 23
COPIED: constant(uint256) = 437 * 64 + 29
NOTHING_DUE: constant(uint256) = 466 * 64 + 11
NOT_BOARD: constant(uint256) = 477 * 64 + 13
NOT_PARTNER: constant(uint256) = 490 * 64 + 27
AUDIT_FIRST: constant(uint256) = 517 * 64 + 34

TEXTS: immutable(String[551])


@deploy
def __init__():
    TEXTS = concat(
        "this job exists",
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
        "only JobBoard",
        "only Availability or Claims",
        "an audit is due: draw_audits first",
    )


@view
@internal
def _require(holds: bool, cause: uint256):
    """
    @notice Reverts with the text of the cause unless the condition holds.
    """
    if not holds:
        raise concat("market: ", slice(TEXTS, cause // 64, cause % 64))
