# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title A lot's way from seals to a decision
@notice SEALING until no called place is left to seal, then TAGGING, then equal tags decide (REVEALING agreed), or the next spare is
        called (back to SEALING), or, with none left, everybody shows its root (REVEALING, not agreed). Of an exact job with claims
        no spare is called because tags differ: all show their roots, and a window opens in which they dispute each other.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IJobMarket
from contracts.modules import causes
from contracts.modules import grades
from contracts.modules import job_store
from contracts.modules import lot_store
from contracts.modules import parts
from contracts.modules import states

uses: causes
uses: job_store
uses: lot_store
uses: parts


@view
@internal
def _running(job_id: bytes32) -> job_store.Job:
    job: job_store.Job = job_store._load(job_id)
    causes._require(job.state == states.RUNNING, causes.NOT_RUNNING)
    return job


@view
@internal
def _lot(job: job_store.Job, index: uint256) -> lot_store.Lot:
    causes._require(index < job.lots, causes.NO_LOT)
    return lot_store._load(job.id, index, job.seats, job.drawn_at + job.commit_seconds)


@view
@internal
def _holders(
    job: job_store.Job, index: uint256, awardees: DynArray[IAuction.Awardee, 20]
) -> DynArray[uint256, 16]:
    # award indices of the lot's places; Draw refuses any list but the job's own, so whoever uses a list comes by here
    return staticcall parts.DRAW.holders_of(
        job_store._seeds[job.id],
        job_store._award_hashes[job.id],
        awardees,
        convert(job.lots, uint32),
        convert(job.seats + job.spares, uint8),
        convert(index, uint32),
    )


@pure
@internal
def _quorum(job: job_store.Job, lot: lot_store.Lot) -> uint256:
    """
    @notice Equal tags that decide the lot. A sampled lot's own result stands alone; with an auditor's beside it two must be equal.
    """
    if job.grade == grades.SAMPLED and lot_store._count(lot, states.TAGGED) > 1:
        return 2
    return grades._quorum(job.seats)


@internal
def _draw_audit(job: job_store.Job, index: uint256, lot: lot_store.Lot, late: bool) -> lot_store.Lot:
    """
    @notice Decides a sealed lot of a sampled job by the hash of its audit block, and calls the auditor where it is audited. Unchanged
            while that block is not past; out of reach, a new block is fixed (late: with a fresh deadline).
    """
    if block.number <= lot.audit_block:
        return lot
    hash: bytes32 = staticcall parts.DRAW.block_hash(lot.audit_block)
    if hash == empty(bytes32):
        lot = self._fix_audit(job, index, lot)
        if late:
            lot.deadline = block.timestamp + job.reveal_seconds
        return lot
    # the seal lay on chain before this hash: its maker could not know
    chance: uint256 = convert(keccak256(abi_encode(hash, job.id, index)), uint256) % grades.BPS
    # with nobody left to call it stands as it is
    audited: bool = chance < job.audit_bps and lot.active < job.seats + job.spares
    lot.flags &= lot_store.ALL - lot_store.AUDIT_DUE
    if audited:
        lot.flags |= lot_store.AUDITED
    log IJobMarket.AuditDrawn(job_id=job.id, lot=convert(index, uint32), audited=audited)
    if audited:
        lot = self._call_spares(job, index, lot, 1)
    return lot


@internal
def _fix_audit(job: job_store.Job, index: uint256, lot: lot_store.Lot) -> lot_store.Lot:
    lot.flags = (lot.flags & (lot_store.ALL - lot_store.AUDITED)) | lot_store.AUDIT_DUE
    lot.audit_block = block.number + parts.PARAMS.seed_delay
    log IJobMarket.AuditDue(job_id=job.id, lot=convert(index, uint32), audit_block=lot.audit_block)
    return lot


@internal
def _call_spares(job: job_store.Job, index: uint256, lot: lot_store.Lot, wanted: uint256) -> lot_store.Lot:
    tagged: uint256 = lot_store._count(lot, states.TAGGED)
    for step: uint256 in range(wanted, bound=16):
        if lot.active == job.seats + job.spares:
            break
        place: uint256 = lot.active
        lot.active += 1
        lot.phase = states.SEALING
        lot.deadline = block.timestamp + job.commit_seconds
        lot.flags &= lot_store.ALL - lot_store.PAUSED
        if tagged > 0:
            lot.late |= 1 << place
        log IJobMarket.SpareCalled(
            job_id=job.id, lot=convert(index, uint32), place=convert(place, uint8), seal_deadline=lot.deadline
        )
    return lot


@internal
def _decide(job: job_store.Job, index: uint256, lot: lot_store.Lot, wanted: uint256) -> lot_store.Lot:
    # all tags that will come are in: the largest equal group wins, or spares are called, or everybody shows its root
    winning_tag: bytes32 = empty(bytes32)
    most: uint256 = 0
    for place: uint256 in range(lot.active, bound=16):
        tag: bytes32 = lot_store._digests[job.id][(index << 4) | place]
        group: uint256 = self._count_tagged(job.id, index, lot, tag)
        if group > most and lot_store._status(lot.statuses, place) == states.TAGGED:
            most = group
            lot.winner = place
            winning_tag = tag
    tagged: uint256 = most
    if job_store._has_claims(job):
        # roots that differ are for the dispute game, not for more seats
        tagged = lot_store._count(lot, states.TAGGED)
    enough: bool = tagged >= self._quorum(job, lot)
    agreed: bool = enough and most == tagged
    if agreed:
        lot.flags |= lot_store.AGREED
    else:
        winning_tag = empty(bytes32)
        if not enough:
            active: uint256 = lot.active
            lot = self._call_spares(job, index, lot, wanted)
            if lot.active > active or most == 0:
                return lot
    lot.phase = states.REVEALING
    lot.deadline = block.timestamp + job.reveal_seconds
    log IJobMarket.LotRevealing(
        job_id=job.id, lot=convert(index, uint32), agreed=agreed, winning_tag=winning_tag, deadline=lot.deadline
    )
    return lot


@internal
def _contest(job: job_store.Job, index: uint256, lot: lot_store.Lot) -> lot_store.Lot:
    """
    @notice A window that does not come from agreement: all roots that differ are shown, or a place was convicted.
    """
    lot.phase = states.WINDOW
    lot.deadline = block.timestamp + job.window_seconds
    log IJobMarket.LotContested(
        job_id=job.id, lot=convert(index, uint32), window_end=lot.deadline
    )
    return lot


@view
@internal
def _count_tagged(job_id: bytes32, index: uint256, lot: lot_store.Lot, tag: bytes32) -> uint256:
    # called places that showed this tag
    found: uint256 = 0
    for place: uint256 in range(lot.active, bound=16):
        if lot_store._status(lot.statuses, place) == states.TAGGED:
            if lot_store._digests[job_id][(index << 4) | place] == tag:
                found += 1
    return found


@internal
def _advance(job: job_store.Job, index: uint256, lot: lot_store.Lot) -> lot_store.Lot:
    # after a change in SEALING: tags may come when no called place is left to seal
    if lot_store._count(lot, states.DRAWN) > 0:
        return lot
    if lot_store._count(lot, states.SEALED) > 0:
        lot.phase = states.TAGGING
        lot.deadline = block.timestamp + job.reveal_seconds
        lot.flags &= lot_store.ALL - lot_store.PAUSED
        log IJobMarket.LotTagging(job_id=job.id, lot=convert(index, uint32), deadline=lot.deadline)
        alone: bool = lot_store._count(lot, states.SEALED) == 1 and lot_store._count(lot, states.TAGGED) == 0
        if alone and job.grade == grades.SAMPLED:
            return self._fix_audit(job, index, lot)
        return lot
    return self._decide(job, index, lot, 0)
