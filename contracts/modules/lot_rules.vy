# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title How a lot's budget is split, as a table: by the reason it ends for and what each place has done
"""

from contracts.modules import reasons
from contracts.modules import states

# missed duties, in basis points of the seat's bond
MISSED_BPS: constant(uint256) = 1_000
FLED_BPS: constant(uint256) = 10_000   # it saw another's tag, or lied about its own, and stayed away
HALF_BPS: constant(uint256) = 5_000
WHOLE_BPS: constant(uint256) = 10_000


struct Share:
    status: uint256     # the place's last status
    pay_bps: uint256    # of its price
    slash_bps: uint256  # of its bond


@pure
@internal
def _share(
    reason: uint256, status: uint256, winning: bool, revealed: bool, lied: bool, cancel_fee_bps: uint256
) -> Share:
    """
    @notice What a place gets and loses when its lot ends. winning: its tag is the agreed one; lied: its mark was false.
    """
    share: Share = Share(status=status, pay_bps=0, slash_bps=0)
    if reason == reasons.CANCELLED_BUYER or reason == reasons.INPUTS_UNAVAILABLE:
        if status <= states.TAGGED:
            share.status = states.PAID
            share.pay_bps = cancel_fee_bps
    elif status == states.TAGGED:
        share.status = states.UNPAID
        if reason == reasons.FAILED_NO_AGREEMENT or reason == reasons.FAILED_NO_SPARE:
            if revealed:
                share.status = states.PAID
                share.pay_bps = HALF_BPS
            else:
                share.status = states.DEFAULTED
                share.slash_bps = MISSED_BPS
                if lied:
                    share.slash_bps = FLED_BPS
        elif winning:
            if reason <= reasons.SETTLED_UPHELD:
                share.status = states.PAID
                share.pay_bps = WHOLE_BPS
            elif reason == reasons.CONVICTED_WITHHELD:
                share.status = states.CONVICTED
                share.slash_bps = WHOLE_BPS
            elif reason == reasons.FAILED_NO_REVEAL:
                share.status = states.DEFAULTED
                share.slash_bps = MISSED_BPS
        elif reason == reasons.SETTLED_UPHELD and not lied:
            # another root than the earlier place's, and its window went by without a game that decided for it
            share.status = states.CONVICTED
            share.slash_bps = WHOLE_BPS
    return share
