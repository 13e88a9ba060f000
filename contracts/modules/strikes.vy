# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Which places are out and which stand: missed deadlines, convictions, and the first root at the end of a window
"""

from contracts.interfaces import IAuction
from contracts.modules import job_store
from contracts.modules import lot_rules
from contracts.modules import lot_store
from contracts.modules import lots as lot_life
from contracts.modules import purse
from contracts.modules import reasons
from contracts.modules import states

uses: lot_store
uses: lot_life
uses: purse


@internal
def _strike(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    awardees: DynArray[IAuction.Awardee, 20],
    falling: uint256,
    status: uint256,
    slash_bps: uint256,
    reason: uint256,
) -> lot_store.Lot:
    # places that are out, a bit each, and what their bonds pay for it
    if falling == 0:
        return lot
    holders: DynArray[uint256, 16] = lot_life._holders(job, index, awardees)
    for place: uint256 in range(lot.active, bound=16):
        if (falling >> place) & 1 == 1:
            lot.statuses = lot_store._with_status(lot.statuses, place, status)
            purse._slash(job, index, place, lot.phase, awardees[holders[place]], slash_bps, reason)
    return lot


@view
@internal
def _first_standing(job_id: bytes32, index: uint256, lot: lot_store.Lot) -> uint256:
    # the earlier defends: at the end of its window the first root that still stands is the lot's
    for place: uint256 in range(lot.active, bound=16):
        if lot_store._status(lot.statuses, place) == states.TAGGED:
            if lot_store._digests[job_id][(index << 4) | place] != empty(bytes32):
                return place
    return lot.winner


@internal
def _default_missing(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    awardees: DynArray[IAuction.Awardee, 20],
) -> lot_store.Lot:
    # the deadline of SEALING or TAGGING has passed, or that of REVEALING where claims differ
    slash_bps: uint256 = lot_rules.MISSED_BPS
    reason: uint256 = reasons.FAILED_NO_SEAL
    if lot.phase > states.SEALING:
        reason = reasons.FAILED_NO_REVEAL
        if lot_store._count(lot, states.TAGGED) > 0:
            slash_bps = lot_rules.FLED_BPS
    out: uint256 = lot_store._count(lot, lot.phase)
    missing: uint256 = lot_store._missing(lot)
    left: lot_store.Lot = lot
    if lot.phase == states.TAGGING and lot.flags & lot_store.AUDITED != 0 and missing != 0:
        # whoever sealed first has seen that it is audited, and fled; its auditor, who sealed after it, is only late
        fled: uint256 = missing & (max_value(uint256) - missing + 1)
        missing -= fled
        left = self._strike(
            job, index, left, awardees, fled, states.DEFAULTED, lot_rules.FLED_BPS, reason
        )
    left = self._strike(job, index, left, awardees, missing, states.DEFAULTED, slash_bps, reason)
    if lot.phase == states.TAGGING:
        return lot_life._decide(job, index, left, out)
    if lot.phase == states.REVEALING:
        if lot.revealed != 0:
            return lot_life._contest(job, index, left)
        return left
    left = lot_life._call_spares(job, index, left, out)
    return lot_life._advance(job, index, left)
