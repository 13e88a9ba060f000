"""Moves of one verb and one job → one contract call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from assay.market.records import JobRecord
from assay.protocol.call import Call
from assay.protocol.clients import EscrowClient, JobMarketClient, StakeVaultClient, UsdClient
from assay.worker.bidding import Bidder
from assay.worker.moves import Move, Verb
from assay.worker.pages import Pages

GAS_BASE = 100_000
BIDDING = (Verb.SEAL_BID, Verb.OPEN_BID, Verb.AWARD, Verb.RETURN_DEPOSIT)
# (a lot, a pair of places): another seat in the same block can make this transaction the last of its lot, which
# then also decides; an estimate made before cannot know that. A limit costs nothing: unused gas comes back
_GAS_FLOORS = {Verb.SEAL: (90_000, 0), Verb.DECLINE: (90_000, 3_000), Verb.TAG: (70_000, 3_000)}


class Calls:
    """Builds the calls of one provider."""

    def __init__(
        self,
        provider: str,
        *,
        market: JobMarketClient,
        vault: StakeVaultClient,
        escrow: EscrowClient,
        usd: UsdClient,
        pages: Pages,
        bidder: Bidder,
        page_price_usd6: int,
        log: Any,
    ) -> None:
        self._me, self._market, self._vault, self._escrow = provider, market, vault, escrow
        self._usd, self._pages, self._page_price, self._log = usd, pages, page_price_usd6, log
        self._bidder = bidder

    def call(self, batch: Sequence[Move], job: JobRecord | None) -> Call | None:
        """The call of a batch (one verb, one job); None when it cannot be made now. job: None for the till's moves."""
        first = batch[0]
        if first.verb == Verb.WITHDRAW:
            return self._escrow.withdraw(self._me)
        if job is None:
            return None
        simple: dict[Verb, Callable[[], Call]] = {
            Verb.DRAW: lambda: self._market.draw_seed(job.job_id),
            Verb.RELEASE: lambda: self._vault.release(job.job_id, [self._me]),
            Verb.CLOSE_REQUEST: lambda: self._pages.close_call(job, first.lot),
        }
        if first.verb in simple:
            return simple[first.verb]()
        return self._bidder.call(first.verb, job) if first.verb in BIDDING else self._of_lots(batch, job)

    def _of_lots(self, batch: Sequence[Move], job: JobRecord) -> Call | None:
        first = batch[0]
        if first.verb == Verb.REQUEST:
            return self._request(job, first)
        if first.verb == Verb.ANSWER:
            return self._pages.answer_call(job, job.lots[first.lot])
        return self._batched(batch, job)

    def _batched(self, batch: Sequence[Move], job: JobRecord) -> Call:
        call = self._batch_call(batch, job)
        floor = _GAS_FLOORS.get(batch[0].verb)
        if floor is None:
            return call
        per_lot, per_pair = floor
        return replace(call, gas=GAS_BASE + len(batch) * (per_lot + per_pair * job.width**2))

    def _batch_call(self, batch: Sequence[Move], job: JobRecord) -> Call:
        verb = batch[0].verb
        lots = [move.lot for move in batch]
        places = [move.place for move in batch]
        firsts = [move.first for move in batch]
        if verb == Verb.SEAL:
            return self._market.seal_lots(job.job_id, job.awardees, lots, places, firsts)
        if verb == Verb.TAG:
            return self._market.tag_lots(job.job_id, lots, places, firsts, [move.second for move in batch])
        if verb == Verb.REVEAL:
            return self._market.reveal_lots(job.job_id, lots, places, firsts)
        if verb == Verb.DRAW_AUDIT:
            return self._market.draw_audits(job.job_id, lots)
        if verb == Verb.DECLINE:
            return self._market.decline_lots(job.job_id, job.awardees, lots, places)
        return self._market.poke_lots(job.job_id, job.awardees, lots)

    def _request(self, job: JobRecord, move: Move) -> Call:
        """The request itself, or first the allowance it is paid from (the next cycle asks again)."""
        allowed = self._usd.allowance(self._me, self._escrow.address)
        if allowed < self._page_price:
            self._log.info("allowing the escrow to take a page price", job=job.job_id, lot=move.lot)
            return self._usd.approve(self._escrow.address, self._page_price * len(job.lots))
        return self._pages.request_call(job, move)
