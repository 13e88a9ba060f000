# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
"""
@title A dispute game that rules as it is told, for tests of the market
@notice Anyone opens and ends games on a claim; Claims hears what the real game would tell it, in the same order.
@custom:kill Not stopped: it holds no money.
"""

from contracts.interfaces import IClaims

CLAIMS: immutable(IClaims)
bond_usd6: public(immutable(uint256))

open_games: public(HashMap[bytes32, uint256])  # claim => games open
convicted: public(HashMap[bytes32, bool])      # claim => a game has convicted it


@deploy
def __init__(claims: address, bond_usd6_: uint256):
    CLAIMS = IClaims(claims)
    bond_usd6 = bond_usd6_


@external
def open_game(claim_id: bytes32):
    """
    @notice As DisputeGame.open_game, without a bond.
    """
    facts: IClaims.Facts = staticcall CLAIMS.facts_of(claim_id)
    assert facts.defender != empty(address) and facts.items > 0, "game: no such claim"
    assert block.timestamp <= facts.window_end, "game: the window has closed"
    assert not self.convicted[claim_id], "game: the claim is convicted already"
    self.open_games[claim_id] += 1
    if self.open_games[claim_id] == 1:
        extcall CLAIMS.hold(claim_id)


@external
def end_game(claim_id: bytes32, verdict: uint8):
    """
    @notice One of its games ends: 1 convicted by leaf, 2 by clock, 3 and 4 defended.
    """
    assert self.open_games[claim_id] > 0 and not self.convicted[claim_id], "game: none is open"
    self.open_games[claim_id] -= 1
    if verdict <= 2:
        self.convicted[claim_id] = True
        extcall CLAIMS.convict(claim_id, msg.sender, verdict)
    elif self.open_games[claim_id] == 0:
        extcall CLAIMS.release(claim_id)
