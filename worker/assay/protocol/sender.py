"""Sending transactions so that each intent happens exactly once, whatever is killed, dropped, or reorganised.

Called by: workers, buyers and scripts; one TxSender per key. `submit` notes an intent under a key of the
caller's choice
(the same key again is the same transaction), signs and broadcasts; `tick`, called every second or so, finds
what was
mined, re-sends what was dropped, replaces what is stuck, returns what a reorganisation took back, and gives
a new nonce to
what lost its own to another transaction, once that one is final: only then can no signed attempt come back
to life.
"""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from eth_account.signers.local import LocalAccount
from web3 import Web3

from assay.protocol import chain
from assay.protocol.call import Call
from assay.protocol.courier import Courier, Policy
from assay.protocol.errors import AssayError
from assay.protocol.ids import Address, checksum
from assay.protocol.keylock import KeyLock
from assay.protocol.outbox import Outbox
from assay.protocol.rpc import NodeError, NodeLagging, NodeUnreachable
from assay.protocol.txerrors import IntentConflict, TxRefused, TxReverted, TxTimeout
from assay.protocol.txrecord import TxRecord, TxState

__all__ = ["IntentConflict", "Policy", "TxRefused", "TxReverted", "TxSender", "TxTimeout"]


class TxSender:
    """See the module. Thread-safe; holds the key's lock until `close`."""

    def __init__(
        self,
        w3: Web3,
        account: LocalAccount,
        path: Path | str,
        *,
        policy: Policy | None = None,
        lock_wait_seconds: float = 0.0,
    ) -> None:
        """path: the outbox file. Raises KeyInUse, OutboxError (another chain's file), NodeUnreachable."""
        self.w3 = w3
        self.address: Address = checksum(account.address)
        self.chain_id = chain.chain_id_of(w3)
        self._mutex = threading.RLock()
        genesis = chain.genesis_hash(w3)
        self._lock = KeyLock(
            f"{self.chain_id}-{genesis.hex()[:16]}-{self.address}", wait_seconds=lock_wait_seconds
        )
        try:
            self._outbox = Outbox(Path(path), chain_id=self.chain_id, genesis=genesis, address=self.address)
        except BaseException:
            self._lock.release()
            raise
        self._courier = Courier(w3, account, self._outbox, chain_id=self.chain_id, policy=policy or Policy())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the outbox and frees the key; what is under way goes on with the next sender."""
        with self._mutex:
            self._outbox.close()
            self._lock.release()

    def get(self, intent: str) -> TxRecord | None:
        """The record of an intent, as last seen."""
        with self._mutex:
            return self._outbox.get(intent)

    def pending(self) -> list[TxRecord]:
        """Intents that are not in a block yet."""
        with self._mutex:
            return self._outbox.in_states(TxState.INTENT, TxState.SIGNED, TxState.BROADCAST)

    def totals(self) -> tuple[int, int]:
        """(transactions in blocks, gas they used)."""
        with self._mutex:
            return self._outbox.totals()

    def submit(self, intent: str, call: Call) -> TxRecord:
        """Notes, signs and broadcasts; returns at once. The same intent again returns its record and sends
        nothing.

        A node that does not answer is no failure: the intent waits for the next tick. Raises TxRefused when
        the contract
        would refuse it now (the intent may be submitted again later), IntentConflict for a key used
        otherwise.
        """
        with self._mutex:
            known = self._outbox.get(intent)
            if known is not None and known.state is not TxState.REFUSED:
                if (known.call.to, known.call.data, known.call.value) != (call.to, call.data, call.value):
                    raise IntentConflict(f"The intent {intent!r} was already used for another call.")
                return known
            self._outbox.add(intent, call)
            try:
                view = self._courier.look()
                self._courier.sign(self._courier.must(intent), view)
                self._courier.push(self._courier.must(intent), view)
            except (NodeUnreachable, NodeLagging, NodeError) as error:
                self._outbox.note(intent, str(error))
            record = self._courier.must(intent)
            if record.state is TxState.REFUSED:
                raise TxRefused(record)
            return record

    def wait(self, intent: str, *, timeout: float = 60.0, final: bool = False, poll: float = 0.2) -> TxRecord:
        """Ticks until the intent is in a block (or `final`). Raises TxRefused, TxReverted, TxTimeout."""
        deadline = time.monotonic() + timeout
        while True:
            trouble: AssayError | None = None
            try:
                self.tick()
            except (NodeUnreachable, NodeLagging) as error:
                trouble = error
            record = self.get(intent)
            if record is None:
                raise IntentConflict(f"There is no intent {intent!r}.")
            if record.state is TxState.REFUSED:
                raise TxRefused(record)
            if record.failed:
                raise TxReverted(record)
            if record.state is TxState.FINAL or (record.state is TxState.MINED and not final):
                return record
            if time.monotonic() >= deadline:
                why = str(trouble) if trouble else record.reason or "no block took it"
                raise TxTimeout(
                    f"{record.call.label or intent} is still {record.state} after {timeout:.0f} s: {why}.",
                    "It stays in the outbox and is sent as soon as the chain takes it.",
                )
            time.sleep(poll)

    def send(self, intent: str, call: Call, *, timeout: float = 60.0) -> TxRecord:
        """submit and wait."""
        self.submit(intent, call)
        return self.wait(intent, timeout=timeout)

    def tick(self) -> None:
        """One round of looking after every intent. Raises NodeUnreachable or NodeLagging; just call it
        again.
        """
        with self._mutex:
            view = self._courier.look()
            live = self._outbox.in_states(TxState.SIGNED, TxState.BROADCAST, TxState.MINED)
            for record in (*live, *self._outbox.final_from(view.nonce)):
                self._courier.settle(record, view)
            for record in self._outbox.in_states(TxState.INTENT):
                self._courier.sign(record, view)
            for record in self._outbox.in_states(TxState.SIGNED, TxState.BROADCAST):
                self._courier.push(record, view)
            self._courier.fill_gap(view)
