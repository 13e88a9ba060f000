# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title A role that can stop new jobs or new offerings for a while, and nothing else
@notice Worst a stolen key can do: none of them until EXPIRY. It never touches what runs, exits, claims or withdrawals.
"""

PAUSE_SECONDS: constant(uint256) = 7 * 86_400  # one pause; short, so that a lost key heals by itself

GUARDIAN: immutable(address)
EXPIRY: immutable(uint256)  # the power ends by itself

_paused_until: uint256


@deploy
def __init__(guardian: address, expiry: uint256):
    GUARDIAN = guardian
    EXPIRY = expiry


@internal
def _pause() -> uint256:
    assert msg.sender == GUARDIAN and block.timestamp < EXPIRY, "guardian: only the guardian in its time"
    self._paused_until = min(block.timestamp + PAUSE_SECONDS, EXPIRY)
    return self._paused_until


@view
@internal
def _check():
    assert block.timestamp >= self._paused_until, "guardian: new business is paused"
