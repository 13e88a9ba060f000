# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is stored of a job: four slots, packed by bit operations (Vyper does not pack)
@notice Terms are not stored: whoever needs them passes them, and the job id proves them.
        head   buyer 160 | state 8 | reason 8 | grade 8 | seats 4 | spares 4 | lots 16 | lots closed 16 | lots paid 16 | audit bps 16
        clock  seed block 40 | drawn at 40 | commit seconds 24 | reveal seconds 24 | window seconds 24 | cancelled at 40 | ceiling 64
"""


from contracts.modules import grades


struct Job:
    id: bytes32
    buyer: address
    state: uint256
    reason: uint256  # of the first lot that closed otherwise than paid; of the job once it is closed
    grade: uint256
    seats: uint256
    spares: uint256
    lots: uint256
    lots_closed: uint256
    lots_paid: uint256
    seed_block: uint256
    drawn_at: uint256
    commit_seconds: uint256
    reveal_seconds: uint256
    window_seconds: uint256  # of an exact job; 0 of a native one
    cancelled_at: uint256
    ceiling_usd6: uint256
    audit_bps: uint256       # of a sampled job: the part of its lots that are audited; else 0


M4: constant(uint256) = 15
M8: constant(uint256) = 2**8 - 1
M16: constant(uint256) = 2**16 - 1
M24: constant(uint256) = 2**24 - 1
M40: constant(uint256) = 2**40 - 1
M160: constant(uint256) = 2**160 - 1

_heads: HashMap[bytes32, uint256]  # job => packed head
_clocks: HashMap[bytes32, uint256]  # job => packed clock
_seeds: HashMap[bytes32, bytes32]  # job => seed
_award_hashes: HashMap[bytes32, bytes32]  # job => hash of its award list


@view
@internal
def _state(job_id: bytes32) -> uint256:
    return (self._heads[job_id] >> 160) & M8


@view
@internal
def _load(job_id: bytes32) -> Job:
    head: uint256 = self._heads[job_id]
    clock: uint256 = self._clocks[job_id]
    return Job(
        id=job_id,
        buyer=convert(head & M160, address),
        state=(head >> 160) & M8,
        reason=(head >> 168) & M8,
        grade=(head >> 176) & M8,
        seats=(head >> 184) & M4,
        spares=(head >> 188) & M4,
        lots=(head >> 192) & M16,
        lots_closed=(head >> 208) & M16,
        lots_paid=(head >> 224) & M16,
        seed_block=clock & M40,
        drawn_at=(clock >> 40) & M40,
        commit_seconds=(clock >> 80) & M24,
        reveal_seconds=(clock >> 104) & M24,
        window_seconds=(clock >> 128) & M24,
        cancelled_at=(clock >> 152) & M40,
        ceiling_usd6=clock >> 192,
        audit_bps=head >> 240,
    )


@pure
@internal
def _has_claims(job: Job) -> bool:
    """
    @notice Whether the roots of its lots are claims that anyone may challenge: an exact job of a grade above trusted.
    """
    return job.window_seconds > 0 and job.grade != grades.TRUSTED


@internal
def _save_head(job: Job):
    self._heads[job.id] = (
        convert(job.buyer, uint256)
        | (job.state << 160)
        | (job.reason << 168)
        | (job.grade << 176)
        | (job.seats << 184)
        | (job.spares << 188)
        | (job.lots << 192)
        | (job.lots_closed << 208)
        | (job.lots_paid << 224)
        | (job.audit_bps << 240)
    )


@internal
def _save_clock(job: Job):
    self._clocks[job.id] = (
        job.seed_block
        | (job.drawn_at << 40)
        | (job.commit_seconds << 80)
        | (job.reveal_seconds << 104)
        | (job.window_seconds << 128)
        | (job.cancelled_at << 152)
        | (job.ceiling_usd6 << 192)
    )
