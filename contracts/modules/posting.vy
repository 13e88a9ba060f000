# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title From terms to a drawn job: escrow, award, bonds, seed block, seed; and leaving again
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IJobMarket
from contracts.modules import causes
from contracts.modules import grades
from contracts.modules import guardian
from contracts.modules import job_store
from contracts.modules import parts
from contracts.modules import purse
from contracts.modules import reasons
from contracts.modules import states

uses: causes
uses: guardian
uses: job_store
uses: parts
uses: purse


# the buyer's signature for the token, where it has permits
struct Permit:
    deadline: uint256
    v: uint8
    r: bytes32
    s: bytes32


@view
@internal
def _job_id(buyer: address, client_salt: bytes32, terms: IJobMarket.Terms) -> bytes32:
    return keccak256(abi_encode(chain.id, self, buyer, client_salt, keccak256(abi_encode(terms))))


@view
@internal
def _escrow_for(terms: IJobMarket.Terms) -> uint256:
    return parts._escrow_for(convert(terms.lots, uint256), convert(terms.seats, uint256), terms.ceiling_usd6)


@internal
def _post(
    terms: IJobMarket.Terms, picks: DynArray[IAuction.Pick, 20], client_salt: bytes32, permit: Permit
) -> bytes32:
    # a permit without deadline is none. Numbers of the terms are judged by Auction.award, in this transaction
    guardian._check()
    job_id: bytes32 = self._job_id(msg.sender, client_salt, terms)
    old: job_store.Job = job_store._load(job_id)
    causes._require(old.state == states.UNKNOWN, causes.JOB_EXISTS)
    escrow_usd6: uint256 = self._escrow_for(terms)
    extcall parts.ESCROW.fund_with_permit(
        job_id, msg.sender, escrow_usd6, permit.deadline, permit.v, permit.r, permit.s
    )
    log IJobMarket.JobPosted(
        job_id=job_id,
        buyer=msg.sender,
        terms=terms,
        client_salt=client_salt,
        escrow_usd6=escrow_usd6,
        fee_bps=parts.PARAMS.fee_bps,
        poke_price_usd6=parts.PARAMS.poke_price_usd6,
    )
    awardees: DynArray[IAuction.Awardee, 20] = staticcall parts.AUCTION.award(
        picks,
        terms.runtime_class,
        terms.grade,
        terms.seats,
        terms.spares,
        terms.lots,
        terms.items_per_lot,
        terms.items,
        terms.lot_seconds,
        terms.ceiling_usd6,
    )
    self._award(job_id, terms, awardees)
    return job_id


@internal
def _award(job_id: bytes32, terms: IJobMarket.Terms, awardees: DynArray[IAuction.Awardee, 20]):
    # bonds are locked before the seed block is fixed: nobody can leave after seeing its seats
    job: job_store.Job = empty(job_store.Job)
    job.id = job_id
    job.buyer = msg.sender
    job.state = states.AWARDED
    job.grade = convert(terms.grade, uint256)
    job.seats = convert(terms.seats, uint256)
    job.spares = convert(terms.spares, uint256)
    job.lots = convert(terms.lots, uint256)
    job.ceiling_usd6 = terms.ceiling_usd6
    longest: uint256 = 0
    for awardee: IAuction.Awardee in awardees:
        units: uint256 = convert(awardee.units, uint256)
        longest = max(longest, units)
        bond: uint256 = grades._bond(job.grade, awardee.price_usd6)
        extcall parts.VAULT.lock(awardee.provider, job_id, units * bond)
    lot_seconds: uint256 = convert(terms.lot_seconds, uint256)
    # one device does its lots in sequence, the last one with seven times its stated time
    job.commit_seconds = max(parts.PARAMS.min_commit_seconds, lot_seconds * (7 + longest))
    causes._require(job.commit_seconds <= parts.MAX_COMMIT_SECONDS, causes.TOO_LONG)
    job.reveal_seconds = max(parts.PARAMS.min_reveal_seconds, 2 * lot_seconds)
    job.seed_block = block.number + parts.PARAMS.seed_delay
    job_store._save_head(job)
    job_store._save_clock(job)
    award_hash: bytes32 = keccak256(abi_encode(awardees))
    job_store._award_hashes[job_id] = award_hash
    log IJobMarket.JobAwarded(
        job_id=job_id,
        awardees=awardees,
        award_hash=award_hash,
        seed_block=job.seed_block,
        commit_seconds=job.commit_seconds,
    )


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
    purse._poke_usd6 = parts.PARAMS.poke_price_usd6
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
        purse._refund_usd6 = parts._escrow_for(job.lots, job.seats, job.ceiling_usd6)
        purse._pay(job, [], msg.sender, empty(address))
    causes._require(job.cancelled_at == 0, causes.CANCELLED)
    causes._require(job.state != states.CLOSED, causes.NOT_RUNNING)
    job.cancelled_at = block.timestamp
    job_store._save_clock(job)
