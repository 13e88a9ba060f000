# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title A market of nothing but claims, for tests and gas figures of DisputeGame; never deployed in production
@notice The part of IClaims that the game calls. Anyone registers a claim. It remembers what the game has asked of it.
@custom:kill Not stopped: it holds no money.
"""

from contracts.interfaces import IClaims

GAME: immutable(address)

_facts: HashMap[bytes32, IClaims.Facts]  # claim => facts
held: public(HashMap[bytes32, bool])  # claim => whether a game is open on it
_rulings: HashMap[bytes32, uint256]  # claim => challenger, and 1 more than its verdict above: one slot that is not empty, as Claims has


@deploy
def __init__(game: address):
    GAME = game


@external
def register(claim_id: bytes32, facts: IClaims.Facts):
    """
    @notice Makes a claim known.
    """
    self._facts[claim_id] = facts
    self._rulings[claim_id] = 1 << 160


@view
@external
def facts_of(claim_id: bytes32) -> IClaims.Facts:
    return self._facts[claim_id]


@external
def hold(claim_id: bytes32):
    """
    @notice The first game on a claim was opened.
    """
    assert msg.sender == GAME, "claims: only the game"
    assert not self.held[claim_id], "claims: held already"
    self.held[claim_id] = True


@external
def release(claim_id: bytes32):
    """
    @notice The last game on a claim ended in its defender's favour.
    """
    assert msg.sender == GAME, "claims: only the game"
    assert self.held[claim_id], "claims: not held"
    self.held[claim_id] = False


@external
def convict(claim_id: bytes32, challenger: address, verdict: uint8):
    """
    @notice A claim was found wrong; once.
    """
    assert msg.sender == GAME, "claims: only the game"
    assert self._rulings[claim_id] >> 160 <= 1, "claims: convicted already"
    self._rulings[claim_id] = ((convert(verdict, uint256) + 1) << 160) | convert(challenger, uint256)


@view
@external
def convicted_by(claim_id: bytes32) -> address:
    return convert(self._rulings[claim_id] & (2**160 - 1), address)


@view
@external
def verdict_of(claim_id: bytes32) -> uint256:
    return max(self._rulings[claim_id] >> 160, 1) - 1
