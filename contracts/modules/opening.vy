# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title From an opened job to a drawn one: seed block, seed; and leaving again
"""

from contracts.interfaces import IJobMarket
from contracts.modules import causes
from contracts.modules import grades
from contracts.modules import job_store
from contracts.modules import lot_budget
from contracts.modules import parts
from contracts.modules import purse
from contracts.modules import reasons
from contracts.modules import states

uses: causes
uses: job_store
uses: parts
uses: purse


@internal
def _open(job_id: bytes32, opening: IJobMarket.Opening) -> uint256:
    # JobBoard has judged the numbers, taken the escrow and locked the bonds: nobody can leave after seeing its seats
    causes._require(msg.sender == parts.BOARD, causes.NOT_BOARD)
    causes._require(job_store._state(job_id) == states.UNKNOWN, causes.JOB_EXISTS)
    job: job_store.Job = empty(job_store.Job)
    job.id = job_id
    job.buyer = opening.buyer
    job.state = states.AWARDED
    job.grade = opening.grade
    job.seats = opening.seats
    job.spares = opening.spares
    job.lots = opening.lots
    job.ceiling_usd6 = opening.ceiling_usd6
    job.audit_bps = opening.audit_bps
    job.commit_seconds = opening.commit_seconds
    job.reveal_seconds = opening.reveal_seconds
    job.window_seconds = opening.window_seconds
    job.seed_block = block.number + parts.PARAMS.seed_delay
    job_store._save_head(job)
    job_store._save_clock(job)
    job_store._award_hashes[job_id] = opening.award_hash
    return job.seed_block


@internal
def _draw(job_id: bytes32):
    job: job_store.Job = job_store._load(job_id)
    causes._require(job.state == states.AWARDED, causes.NOT_AWARDED)
    causes._require(block.number > job.seed_block, causes.SEED_EARLY)
    missed: uint256 = job.seed_block
    seed: bytes32 = staticcall parts.DRAW.block_hash(missed)
    if seed == empty(bytes32):
        # out of reach: a new block, unpaid, so that missing on purpose earns nothing
        job.seed_block = block.number + parts.PARAMS.seed_delay
        job_store._save_clock(job)
        log IJobMarket.SeedMissed(job_id=job_id, missed_block=missed, seed_block=job.seed_block)
        return
    # bound to the job: two jobs of one block get independent draws
    seed = keccak256(abi_encode(seed, job_id))
    job.state = states.RUNNING
    job.drawn_at = block.timestamp
    job_store._seeds[job_id] = seed
    job_store._save_head(job)
    job_store._save_clock(job)
    log IJobMarket.SeedDrawn(
        job_id=job_id,
        seed_block=job.seed_block,
        seed=seed,
        seal_deadline=block.timestamp + job.commit_seconds,
    )
    purse._sums[purse.POKE] = parts.PARAMS.poke_price_usd6
    purse._pay(job, [], msg.sender, empty(address))


@internal
def _cancel(job_id: bytes32):
    job: job_store.Job = job_store._load(job_id)
    causes._require(msg.sender == job.buyer, causes.NOT_BUYER)
    log IJobMarket.JobCancelled(job_id=job_id, buyer=msg.sender, at=block.timestamp)
    if job.state == states.AWARDED:
        # once the seed can be known, leaving for free would be a way to shop for another draw
        causes._require(block.number <= job.seed_block, causes.DRAW_FIRST)
        job.state = states.CANCELLED
        job.reason = reasons.CANCELLED_BUYER
        job_store._save_head(job)
        # all that JobBoard took, by the same formula
        purse._sums[purse.REFUND] = lot_budget._job_usd6(
            job.lots, grades._priced(job.grade, job.seats), job.ceiling_usd6, parts.PARAMS.fee_bps, parts.PARAMS.poke_price_usd6
        )
        purse._pay(job, [], msg.sender, empty(address))
    causes._require(job.cancelled_at == 0, causes.CANCELLED)
    causes._require(job.state != states.CLOSED, causes.NOT_RUNNING)
    job.cancelled_at = block.timestamp
    job_store._save_clock(job)
