# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a holder does with a called place: seal or decline, tag, reveal
@notice One loop for all four: a batch moves as a whole or not at all.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IJobMarket
from contracts.modules import causes
from contracts.modules import digests
from contracts.modules import grades
from contracts.modules import job_store
from contracts.modules import lot_store
from contracts.modules import lots as lot_life
from contracts.modules import parts
from contracts.modules import states

uses: causes
uses: lot_store
uses: lot_life
uses: parts

# a step's number modulo 3 is the phase of the lot and the status of the place that it starts from (modules/states.vy)
SEAL: constant(uint256) = 0
TAG: constant(uint256) = 1
REVEAL: constant(uint256) = 2
DECLINE: constant(uint256) = 3


@internal
def _move(
    step: uint256,
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],  # read for SEAL and DECLINE
    lots: DynArray[uint32, 32],
    places: DynArray[uint8, 32],
    words: DynArray[bytes32, 32],  # seals, tags or roots; none for DECLINE
    salts: DynArray[bytes32, 32],  # for TAG
):
    count: uint256 = len(lots)
    lists: bool = len(places) == count and (len(words) == count or step == DECLINE)
    causes._require(lists and (len(salts) == count or step != TAG), causes.LENGTHS)
    job: job_store.Job = lot_life._running(job_id)
    turn: uint256 = step % 3
    for k: uint256 in range(count, bound=32):
        index: uint256 = convert(lots[k], uint256)
        place: uint256 = convert(places[k], uint256)
        lot: lot_store.Lot = lot_life._lot(job, index)
        causes._require(lot.phase == turn, causes.PHASE)
        causes._require(block.timestamp <= lot.deadline, causes.LATE)
        causes._require(place < lot.active, causes.NOT_CALLED)
        causes._require(lot_store._status(lot.statuses, place) == turn, causes.STATUS)
        if turn == SEAL:
            holders: DynArray[uint256, 16] = lot_life._holders(job, index, awardees)
            causes._require(awardees[holders[place]].provider == msg.sender, causes.NOT_HOLDER)
            if step == SEAL:
                lot = self._seal(job, index, lot, place, words[k])
            else:
                lot = self._decline(job, index, lot, place)
            lot = lot_life._advance(job, index, lot)
        elif turn == TAG:
            if lot.flags & lot_store.AUDIT_DUE != 0:
                # the usual way, without a transaction of its own; who is audited has it drawn and waits for its auditor
                lot = lot_life._draw_audit(job, index, lot, False)
                causes._require(lot.flags & (lot_store.AUDIT_DUE | lot_store.AUDITED) == 0, causes.AUDIT_FIRST)
            lot = self._tag(job, index, lot, place, words[k], salts[k])
        else:
            lot = self._reveal(job, index, lot, place, words[k])
        lot_store._save(job_id, index, lot)


@internal
def _seal(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    place: uint256,
    seal: bytes32,
) -> lot_store.Lot:
    # work that somebody has sealed before a cancellation goes on; a lot that nobody has sealed ends
    causes._require(job.cancelled_at == 0 or lot.flags & lot_store.TOUCHED != 0, causes.CANCELLED)
    lot.statuses = lot_store._with_status(lot.statuses, place, states.SEALED)
    lot.flags |= lot_store.TOUCHED
    lot_store._digests[job.id][(index << 4) | place] = seal
    log IJobMarket.SeatSealed(
        job_id=job.id, provider=msg.sender, lot=convert(index, uint32), place=convert(place, uint8), seal=seal
    )
    return lot


@internal
def _decline(
    job: job_store.Job, index: uint256, lot: lot_store.Lot, place: uint256
) -> lot_store.Lot:
    # the first third of the window; a page request that moved the deadline moves this along
    last: uint256 = lot.deadline - job.commit_seconds * 2 // 3
    causes._require(block.timestamp <= last, causes.LATE_DECLINE)
    lot.statuses = lot_store._with_status(lot.statuses, place, states.DECLINED)
    log IJobMarket.SeatDeclined(
        job_id=job.id, provider=msg.sender, lot=convert(index, uint32), place=convert(place, uint8)
    )
    return lot_life._call_spares(job, index, lot, 1)


@internal
def _tag(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    place: uint256,
    tag: bytes32,
    salt: bytes32,
) -> lot_store.Lot:
    slot: uint256 = (index << 4) | place
    seal: bytes32 = digests._seal(msg.sender, job.id, index, tag, salt)
    causes._require(seal == lot_store._digests[job.id][slot], causes.WRONG_SEAL)
    lot_store._digests[job.id][slot] = tag
    if lot.late & (1 << place) != 0:
        lot_store._marks[job.id][slot] = salt
    lot.statuses = lot_store._with_status(lot.statuses, place, states.TAGGED)
    log IJobMarket.SeatTagged(
        job_id=job.id, provider=msg.sender, lot=convert(index, uint32), place=convert(place, uint8), tag=tag
    )
    if lot_store._count(lot, states.SEALED) > 0:
        return lot
    return lot_life._decide(job, index, lot, 1)


@internal
def _reveal(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    place: uint256,
    root: bytes32,
) -> lot_store.Lot:
    tag: bytes32 = digests._tag(job.id, index, root)
    causes._require(tag == lot_store._digests[job.id][(index << 4) | place], causes.WRONG_ROOT)
    if lot.flags & lot_store.AGREED != 0:
        causes._require(tag == lot_store._digests[job.id][(index << 4) | lot.winner], causes.LOST_ROOT)
        lot = self._reveal_agreed(job, index, lot, tag, root)
    else:
        causes._require(lot.revealed & (1 << place) == 0, causes.REVEALED)
        causes._require(self._knew(job.id, index, lot, place, root), causes.COPIED)
        lot.revealed |= 1 << place
    window_end: uint256 = 0
    if lot.phase == states.WINDOW:
        window_end = lot.deadline
    log IJobMarket.RootRevealed(
        job_id=job.id,
        provider=msg.sender,
        root=root,
        lot=convert(index, uint32),
        place=convert(place, uint8),
        agreed=window_end > 0,
        window_end=window_end,
    )
    if lot.flags & lot_store.AGREED == 0 and job_store._has_claims(job):
        enough: bool = lot_store._count(lot, states.TAGGED) >= lot_life._quorum(job, lot)
        if enough and lot_store._missing(lot) == 0:
            return lot_life._contest(job, index, lot)
    return lot


@internal
def _reveal_agreed(
    job: job_store.Job, index: uint256, lot: lot_store.Lot, tag: bytes32, root: bytes32
) -> lot_store.Lot:
    honest: uint256 = 0
    for place: uint256 in range(lot.active, bound=16):
        slot: uint256 = (index << 4) | place
        if lot_store._status(lot.statuses, place) == states.TAGGED and lot_store._digests[job.id][slot] == tag:
            if self._knew(job.id, index, lot, place, root):
                honest += 1
                lot.winner = place
                lot.revealed |= 1 << place
            else:
                # a copied tag counts for nothing from here on; an empty digest marks the liar
                lot_store._digests[job.id][slot] = empty(bytes32)
    if honest >= lot_life._quorum(job, lot):
        lot.phase = states.WINDOW
        lot.deadline = block.timestamp + parts.PARAMS.delivery_seconds
        if job.window_seconds > 0 and (job.grade == grades.REFEREED or job.grade == grades.SAMPLED):
            lot.deadline = block.timestamp + job.window_seconds
        lot.flags &= lot_store.ALL - lot_store.PAUSED
    else:
        # the root is public, so no spare can be asked any more: the others show theirs, and the lot ends without agreement
        lot.flags &= lot_store.ALL - lot_store.AGREED
        lot.deadline = block.timestamp + job.reveal_seconds
        log IJobMarket.LotRevealing(
            job_id=job.id,
            lot=convert(index, uint32),
            agreed=False,
            winning_tag=empty(bytes32),
            deadline=lot.deadline,
        )
    return lot


@view
@internal
def _knew(job_id: bytes32, index: uint256, lot: lot_store.Lot, place: uint256, root: bytes32) -> bool:
    # a place called after tags were public could have copied a tag; its mark could only be made from the root
    if lot.late & (1 << place) == 0:
        return True
    return lot_store._marks[job_id][(index << 4) | place] == digests._mark(job_id, index, place, root)
