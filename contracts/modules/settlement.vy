# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What time does to lots: defaults, decisions, failures, settlement; and the only way a lot ends
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IJobMarket
from contracts.modules import causes
from contracts.modules import grades
from contracts.modules import job_store
from contracts.modules import lot_budget
from contracts.modules import lot_rules
from contracts.modules import lot_store
from contracts.modules import lots as lot_life
from contracts.modules import parts
from contracts.modules import purse
from contracts.modules import reasons
from contracts.modules import states
from contracts.modules import strikes

uses: causes
uses: job_store
uses: lot_store
uses: lot_life
uses: parts
uses: purse
uses: strikes


@internal
def _move_lots(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lots: DynArray[uint32, 32],
    verdict: uint256,  # 0: whatever is due; else the reason that these lots were ruled on for
    falling: uint256,  # with a verdict: places that are convicted, a bit each
    goes_on: bool,     # with a verdict: the lot has other places that stand
    poker: address,
    accuser: address,
):
    # counters, then one distribution for all lots of the call
    job: job_store.Job = lot_life._running(job_id)
    for lot_number: uint32 in lots:
        index: uint256 = convert(lot_number, uint256)
        lot: lot_store.Lot = lot_life._lot(job, index)
        if verdict == 0:
            job = self._poke(job, index, lot, awardees)
            continue
        lot = strikes._strike(job, index, lot, awardees, falling, states.CONVICTED, lot_rules.WHOLE_BPS, verdict)
        if goes_on:
            lot_store._save(job_id, index, lot_life._contest(job, index, lot))
            purse._add(purse.MOVED, 1)
        else:
            job = self._end(job, index, lot, awardees, verdict)
    causes._require(purse._sums[purse.MOVED] > 0, causes.NOTHING_DUE)
    refund: uint256 = purse._sums[purse.REFUND]
    done: bool = job.lots_closed == job.lots
    if done:
        job.state = states.CLOSED
        if job.reason == 0:
            job.reason = self._settled(job.grade)
    job_store._save_head(job)
    purse._pay(job, awardees, poker, accuser)
    if done:
        log IJobMarket.JobClosed(
            job_id=job_id,
            reason=convert(job.reason, uint8),
            lots_paid=job.lots_paid,
            lots=job.lots,
            refund_usd6=refund,
        )


@pure
@internal
def _settled(grade: uint256) -> uint256:
    if grade == grades.REPLICATED:
        return reasons.SETTLED_AGREED
    return reasons.SETTLED_QUIET


@internal
def _poke(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    awardees: DynArray[IAuction.Awardee, 20],
) -> job_store.Job:
    if lot.phase == states.LOT_CLOSED or lot.flags & (lot_store.REQUESTED | lot_store.CONTESTED) != 0:
        return job
    reason: uint256 = reasons.FAILED_NO_REVEAL
    late: bool = block.timestamp > lot.deadline
    enough: bool = lot_store._count(lot, states.TAGGED) >= lot_life._quorum(job, lot)
    claims: bool = job_store._has_claims(job)
    open: bool = lot.phase == states.REVEALING and lot.flags & lot_store.AGREED == 0
    if lot.phase <= states.TAGGING or (open and enough and claims):
        if job.cancelled_at > 0 and lot.flags & lot_store.TOUCHED == 0:
            return self._end(job, index, lot, awardees, reasons.CANCELLED_BUYER)
        if lot.flags & lot_store.AUDIT_DUE != 0:
            # nobody is late before it is drawn whether the lot is audited
            due: uint256 = lot.audit_block
            lot = lot_life._draw_audit(job, index, lot, late)
            if lot.flags & lot_store.AUDIT_DUE != 0 and lot.audit_block == due:
                return job
            if not late or lot.flags & (lot_store.AUDIT_DUE | lot_store.AUDITED) != 0:
                purse._add(purse.MOVED, 1)
                lot_store._save(job.id, index, lot)
                return job
        if late:
            lot = strikes._default_missing(job, index, lot, awardees)
        if not lot_store._alive(lot):
            if lot.flags & lot_store.TOUCHED == 0:
                reason = reasons.FAILED_NO_SEAL
            return self._end(job, index, lot, awardees, reason)
        if late:
            purse._add(purse.MOVED, 1)
            lot_store._save(job.id, index, lot)
        return job
    if lot.phase == states.WINDOW:
        reason = self._settled(job.grade)
        if job.grade == grades.SAMPLED and lot_store._count(lot, states.TAGGED) > 1:
            reason = reasons.SETTLED_AGREED
        if claims:
            lot.winner = strikes._first_standing(job.id, index, lot)
            if lot.flags & (lot_store.AGREED | lot_store.PAUSED) != lot_store.AGREED:
                reason = reasons.SETTLED_UPHELD
    elif open:
        # only tagged places can have revealed; when all have, nothing is left to wait for
        late = late or lot_store._missing(lot) == 0
        reason = reasons.FAILED_NO_SPARE
        if enough:
            reason = reasons.FAILED_NO_AGREEMENT
    if not late:
        return job
    return self._end(job, index, lot, awardees, reason)


@internal
def _end(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    awardees: DynArray[IAuction.Awardee, 20],
    reason: uint256,
) -> job_store.Job:
    # a lot's only way to CLOSED: splits its budget by lot_rules and books the rest to the buyer
    winning_tag: bytes32 = lot_store._digests[job.id][(index << 4) | lot.winner]
    fee_bps: uint256 = parts.PARAMS.fee_bps
    if reason == reasons.CANCELLED_BUYER or reason == reasons.INPUTS_UNAVAILABLE:
        fee_bps = 0
    paid: uint256 = 0
    fee: uint256 = 0
    holders: DynArray[uint256, 16] = lot_life._holders(job, index, awardees)
    for place: uint256 in range(lot.active, bound=16):
        digest: bytes32 = lot_store._digests[job.id][(index << 4) | place]
        status: uint256 = lot_store._status(lot.statuses, place)
        part: lot_rules.Share = lot_rules._share(
            reason,
            status,
            digest == winning_tag,
            lot.revealed & (1 << place) != 0,
            digest == empty(bytes32),
            parts.PARAMS.cancel_fee_bps,
        )
        if part.status == status:
            continue
        lot.statuses = lot_store._with_status(lot.statuses, place, part.status)
        awardee: IAuction.Awardee = awardees[holders[place]]
        if part.slash_bps > 0:
            accused: uint256 = reason
            before: uint256 = purse._sums[purse.REWARD]
            if reason == reasons.SETTLED_UPHELD:
                accused = reasons.CONVICTED_CLOCK
            purse._slash(job, index, place, lot.phase, awardee, part.slash_bps, accused)
            if reason == reasons.SETTLED_UPHELD:
                # the earlier place's root stands: it takes the part of who accuses
                purse._income[holders[lot.winner]] += purse._sums[purse.REWARD] - before
                purse._sums[purse.REWARD] = before
        elif part.pay_bps > 0:
            amount: uint256 = awardee.price_usd6 * part.pay_bps // 10_000
            paid += amount
            fee += lot_budget._fee(awardee.price_usd6, fee_bps) * part.pay_bps // 10_000
            purse._income[holders[place]] += amount
            log IJobMarket.SeatPaid(
                job_id=job.id,
                provider=awardee.provider,
                device_id=awardee.device_id,
                lot=convert(index, uint32),
                place=convert(place, uint8),
                payee=awardee.payee,
                amount_usd6=amount,
            )
        else:
            log IJobMarket.SeatUnpaid(
                job_id=job.id, provider=awardee.provider, lot=convert(index, uint32), place=convert(place, uint8)
            )
    budget: uint256 = parts._budget(grades._priced(job.grade, job.seats), job.ceiling_usd6)
    refund: uint256 = budget - paid - fee - parts.PARAMS.poke_price_usd6
    purse._add(purse.FEE, fee)
    purse._add(purse.POKE, parts.PARAMS.poke_price_usd6)
    purse._add(purse.REFUND, refund)
    purse._add(purse.MOVED, 1)
    job.lots_closed += 1
    if reason <= reasons.SETTLED_UPHELD:
        job.lots_paid += 1
    if reason >= reasons.SETTLED_UPHELD and job.reason <= reasons.SETTLED_UPHELD:
        job.reason = reason
    lot.phase = states.LOT_CLOSED
    lot.reason = reason
    lot.deadline = block.timestamp
    lot.flags &= lot_store.ALL - lot_store.REQUESTED - lot_store.CONTESTED
    lot_store._save(job.id, index, lot)
    log IJobMarket.LotClosed(
        job_id=job.id,
        lot=convert(index, uint32),
        reason=convert(reason, uint8),
        paid_usd6=paid,
        fee_usd6=fee,
        poke_usd6=parts.PARAMS.poke_price_usd6,
        refund_usd6=refund,
    )
    return job
