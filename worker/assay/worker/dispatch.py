"""Turns moves into transactions: batches of up to 32 lots, each sent once, retried with patience when refused.

An intent's key names what it covers (`seal:<job>:3.0,5.1`), so what is under way is read from the outbox, also after a
restart. A batch is all or none on chain: when one is refused, its moves are sent one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assay.market.follower import Head
from assay.market.records import JobRecord
from assay.protocol.call import Call
from assay.protocol.outbox import TxRecord
from assay.protocol.sender import TxRefused, TxSender
from assay.worker.metrics import Metrics
from assay.worker.moves import BATCHED, MAX_BATCH, Move

FIRST_PATIENCE_SECONDS = 1.0
MAX_PATIENCE_SECONDS = 15.0
IDLE_TICK_SECONDS = 3.0


@dataclass(slots=True)
class _Refusal:
    """How often a move was refused, when it may be tried again, and that it travels alone."""

    count: int = 0
    not_before: float = 0.0
    reason: str = ""


class CallMaker(Protocol):
    """Makes the call of a batch of moves of one verb and job; None when it cannot be made now."""

    def call(self, batch: Sequence[Any], job: JobRecord | None) -> Call | None: ...


class Dispatcher:
    """The only user of the sender in a daemon."""

    def __init__(
        self,
        sender: TxSender,
        calls: CallMaker,
        metrics: Metrics,
        log: Any,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sender, self._calls, self._metrics, self._log, self._clock = sender, calls, metrics, log, clock
        self._refusals: dict[str, _Refusal] = {}
        self._last_tick = -1e9
        self._recent: dict[str, str] = {}  # intent → key stem, until its block is at or below the head

    def tick(self, *, force: bool = False) -> None:
        """Looks after what was sent. Raises NodeUnreachable."""
        if (
            force
            or self._sender.pending()
            or self._recent
            or self._clock() - self._last_tick > IDLE_TICK_SECONDS
        ):
            self._sender.tick()
            self._last_tick = self._clock()

    def busy(self) -> bool:
        """Whether something sent is not in a block yet."""
        return bool(self._sender.pending())

    def send(self, moves: Iterable[Any], jobs: Mapping[bytes, JobRecord], head: Head) -> None:
        """Sends the moves that are not under way and not being waited on."""
        under_way = self._under_way(head)
        ready = [move for move in moves if _name(move) not in under_way and self._may_try(move)]
        for batch in self._batches(ready):
            self._send_batch(batch, jobs.get(batch[0].job_id))

    def _batches(self, moves: list[Move]) -> list[list[Move]]:
        groups: dict[tuple[Any, ...], list[Move]] = {}
        alone: list[list[Move]] = []
        for move in dict.fromkeys(moves):
            if move.verb in BATCHED and _name(move) not in self._refusals:
                groups.setdefault((move.verb, move.job_id), []).append(move)
            else:
                alone.append([move])
        cut = [group[k : k + MAX_BATCH] for group in groups.values() for k in range(0, len(group), MAX_BATCH)]
        return cut + alone

    def _send_batch(self, batch: list[Move], job: JobRecord | None) -> None:
        call = self._calls.call(batch, job)
        if call is None:
            return
        intent = self._fresh_intent(batch)
        try:
            record = self._sender.submit(intent, call)
        except TxRefused as refused:
            self._note_refusal(batch, refused.reason)
            return
        self._recent[intent] = intent
        self._metrics.actions.labels(batch[0].verb.value).inc(len(batch))
        self._say(batch, call, record)

    def _fresh_intent(self, batch: list[Move]) -> str:
        """A key that no mined transaction has: a reorg or a revert may make the same moves needed again."""
        stem = _stem(batch)
        number = 0
        while (record := self._sender.get(f"{stem}#{number}")) is not None and record.on_chain:
            number += 1
        return f"{stem}#{number}"

    def _under_way(self, head: Head) -> set[str]:
        """Names of moves that are sent and not yet visible at the head."""
        names = {name for record in self._sender.pending() for name in _names(record.intent)}
        for intent in list(self._recent):
            record = self._sender.get(intent)
            if (
                record is None
                or (record.on_chain and (record.block_number or 0) <= head.number)
                or record.failed
            ):
                del self._recent[intent]
                if record is not None and record.on_chain and record.failed:
                    self._note_revert(record)
            else:
                names |= _names(intent)
        return names

    def _may_try(self, move: Move) -> bool:
        refusal = self._refusals.get(_name(move))
        return refusal is None or self._clock() >= refusal.not_before

    def _note_refusal(self, batch: list[Move], reason: str) -> None:
        for move in batch:
            self._hold(_name(move), reason, soon=len(batch) > 1)
        first = batch[0]
        self._log.warning(
            "refused", verb=first.verb.value, job=first.job_id, lots=[m.lot for m in batch], reason=reason
        )

    def _note_revert(self, record: TxRecord) -> None:
        for name in _names(record.intent):
            self._hold(name, record.reason, soon=False)
        self._log.warning("reverted", intent=record.intent, tx=record.tx_hash, reason=record.reason)

    def _hold(self, name: str, reason: str, *, soon: bool) -> None:
        refusal = self._refusals.setdefault(name, _Refusal())
        patience = min(FIRST_PATIENCE_SECONDS * 2**refusal.count, MAX_PATIENCE_SECONDS)
        refusal.not_before = self._clock() + (0.0 if soon and refusal.count == 0 else patience)
        refusal.count, refusal.reason = refusal.count + 1, reason

    def _say(self, batch: list[Move], call: Call, record: TxRecord) -> None:
        first = batch[0]
        lots = [move.lot for move in batch if move.lot >= 0]
        self._log.info(first.verb.value, job=first.job_id, lots=lots, tx=record.tx_hash, call=call.label)


def _stem(batch: list[Move]) -> str:
    first = batch[0]
    return f"{first.verb}:{first.job_id.hex()}:{','.join(move.subject for move in batch)}"


def _name(move: Move) -> str:
    return f"{move.verb}:{move.job_id.hex()}:{move.subject}"


def _names(intent: str) -> set[str]:
    """The names of the moves that an intent covers."""
    verb, job, subjects = intent.split("#", maxsplit=1)[0].split(":", 2)
    return {f"{verb}:{job}:{subject}" for subject in subjects.split(",")}
