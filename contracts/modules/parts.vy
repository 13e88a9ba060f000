# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The other contracts and the numbers, fixed at deployment
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IDraw
from contracts.interfaces import IEscrow
from contracts.interfaces import IStakeVault
from contracts.modules import lot_rules

MAX_COMMIT_SECONDS: constant(uint256) = 30 * 86_400  # bonds must not be locked for longer by one phase
MAX_FEE_BPS: constant(uint256) = 500
MAX_CANCEL_FEE_BPS: constant(uint256) = 5_000  # at most 2 x seats places can be owed it out of one lot's budget


# prices and clocks, fixed at deployment (contracts/scripts/params.py)
struct Params:
    fee_bps: uint256
    poke_price_usd6: uint256
    cancel_fee_bps: uint256
    seed_delay: uint256
    min_commit_seconds: uint256
    min_reveal_seconds: uint256
    delivery_seconds: uint256


ESCROW: immutable(IEscrow)
VAULT: immutable(IStakeVault)
AUCTION: immutable(IAuction)
DRAW: immutable(IDraw)
AVAILABILITY: immutable(address)
PARAMS: immutable(Params)


@deploy
def __init__(
    escrow: address, vault: address, auction: address, draw: address, availability: address, params: Params
):
    assert params.fee_bps <= MAX_FEE_BPS, "market: fee above the cap"
    assert params.cancel_fee_bps <= MAX_CANCEL_FEE_BPS, "market: cancellation fee above the cap"
    assert params.seed_delay > 0, "market: the seed block must be in the future"
    assert params.min_commit_seconds <= MAX_COMMIT_SECONDS, "market: commit window too long"
    assert params.min_reveal_seconds <= MAX_COMMIT_SECONDS, "market: reveal window too long"
    ESCROW = IEscrow(escrow)
    VAULT = IStakeVault(vault)
    AUCTION = IAuction(auction)
    DRAW = IDraw(draw)
    AVAILABILITY = availability
    PARAMS = params


@view
@internal
def _budget(seats: uint256, ceiling_usd6: uint256) -> uint256:
    # of one lot: every seat at the ceiling with its fee, and one poke
    return seats * (ceiling_usd6 + lot_rules._fee(ceiling_usd6, PARAMS.fee_bps)) + PARAMS.poke_price_usd6


@view
@internal
def _escrow_for(lots: uint256, seats: uint256, ceiling_usd6: uint256) -> uint256:
    return lots * self._budget(seats, ceiling_usd6) + PARAMS.poke_price_usd6
