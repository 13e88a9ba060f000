"""What any worker of a job may do for it: draw, poke, close requests; and the money that is its own.

Pure given the herd: each function looks at a job as folded at the head and returns moves.
"""

from __future__ import annotations

from collections.abc import Sequence

from assay.market.follower import Head
from assay.market.records import JobRecord
from assay.protocol.states import JobState, LotPhase
from assay.worker.herd import Herd, rank_of
from assay.worker.moves import Move, Verb


def draw_moves(job: JobRecord, head: Head, provider: str, herd: Herd) -> list[Move]:
    """Draw the seed once its block is past: the hash of a block is known from the next one on."""
    if job.state != JobState.AWARDED or head.number <= job.seed_block:
        return []
    duty = ("draw", job.job_id, job.seed_block)
    return [Move(Verb.DRAW, job.job_id)] if herd.my_turn(duty, rank_of(job, provider)) else []


def audit_moves(job: JobRecord, head: Head, provider: str, herd: Herd) -> list[Move]:
    """Have it drawn which sealed lots of a sampled job are audited, once their audit blocks are past."""
    rank = rank_of(job, provider)
    return [
        Move(Verb.DRAW_AUDIT, job.job_id, lot.index)
        for lot in job.lots
        if lot.phase == LotPhase.TAGGING
        and lot.audit_due
        and lot.audit_block < head.number
        and head.timestamp <= lot.deadline  # a poke does it after that
        and herd.my_turn(("audit", job.job_id, lot.index, lot.audit_block), rank)
    ]


def poke_moves(job: JobRecord, due: Sequence[int], provider: str, herd: Herd) -> list[Move]:
    """Move on the lots that are due."""
    rank = rank_of(job, provider)
    lots = [job.lots[index] for index in due]
    ready = [
        lot for lot in lots if herd.my_turn(("poke", job.job_id, lot.index, lot.phase, lot.deadline), rank)
    ]
    return [Move(Verb.POKE, job.job_id, lot.index) for lot in ready]


def close_request_moves(job: JobRecord, head: Head, provider: str, herd: Herd) -> list[Move]:
    """End availability requests whose clock has run out."""
    rank = rank_of(job, provider)
    return [
        Move(Verb.CLOSE_REQUEST, job.job_id, lot.index)
        for lot in job.lots
        if lot.request is not None
        and head.timestamp > lot.request.deadline
        and herd.my_turn(("close", lot.request.request_id), rank)
    ]
