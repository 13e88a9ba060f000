# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The other contracts and the numbers of JobMarket, fixed at deployment
"""

from contracts.interfaces import IDraw
from contracts.interfaces import IEscrow
from contracts.interfaces import IStakeVault
from contracts.modules import lot_budget

MAX_FEE_BPS: constant(uint256) = 500
MAX_CANCEL_FEE_BPS: constant(uint256) = 5_000  # at most 2 x seats places can be owed it out of one lot's budget


# prices and clocks, fixed at deployment (contracts/scripts/params.py)
struct Params:
    fee_bps: uint256
    poke_price_usd6: uint256
    cancel_fee_bps: uint256
    seed_delay: uint256
    delivery_seconds: uint256


BOARD: immutable(address)
ESCROW: immutable(IEscrow)
VAULT: immutable(IStakeVault)
DRAW: immutable(IDraw)
AVAILABILITY: immutable(address)
CLAIMS: immutable(address)
PARAMS: immutable(Params)


@deploy
def __init__(
    board: address,
    escrow: address,
    vault: address,
    draw: address,
    availability: address,
    claims: address,
    params: Params,
):
    assert params.fee_bps <= MAX_FEE_BPS, "market: fee above the cap"
    assert params.cancel_fee_bps <= MAX_CANCEL_FEE_BPS, "market: cancellation fee above the cap"
    assert params.seed_delay > 0, "market: the seed block must be in the future"
    BOARD = board
    ESCROW = IEscrow(escrow)
    VAULT = IStakeVault(vault)
    DRAW = IDraw(draw)
    AVAILABILITY = availability
    CLAIMS = claims
    PARAMS = params


@view
@internal
def _budget(seats: uint256, ceiling_usd6: uint256) -> uint256:
    return lot_budget._lot_usd6(seats, ceiling_usd6, PARAMS.fee_bps, PARAMS.poke_price_usd6)
