"""The sender's memory: every intent, its signed attempts and what became of them, in one SQLite file.

A row is on disk (WAL, synchronous FULL) before the step it permits: an intent before signing, a signed
attempt before
broadcasting. A process killed anywhere carries on from here without a second transaction for the same intent.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assay.protocol.call import Call
from assay.protocol.errors import AssayError
from assay.protocol.ids import Address
from assay.protocol.txrecord import Attempt, TxRecord, TxState, attempt_of, record_of

__all__ = ["Attempt", "Outbox", "OutboxError", "TxRecord", "TxState"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (chain_id INTEGER, genesis BLOB, address TEXT);
CREATE TABLE IF NOT EXISTS intents (
    intent TEXT PRIMARY KEY, to_address TEXT NOT NULL, data BLOB NOT NULL, value TEXT NOT NULL, label TEXT
    NOT NULL,
    gas INTEGER, state TEXT NOT NULL, nonce INTEGER, created_at REAL NOT NULL, tx_hash BLOB, block_number
    INTEGER,
    block_hash BLOB, status INTEGER, gas_used INTEGER, gas_price TEXT, reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS intents_state ON intents (state, nonce);
CREATE TABLE IF NOT EXISTS attempts (
    tx_hash BLOB PRIMARY KEY, intent TEXT NOT NULL, nonce INTEGER NOT NULL, raw BLOB NOT NULL, gas INTEGER
    NOT NULL,
    max_fee TEXT NOT NULL, tip TEXT NOT NULL, sent_block INTEGER
);
CREATE INDEX IF NOT EXISTS attempts_intent ON attempts (intent, nonce);
"""


class OutboxError(AssayError):
    """The outbox file cannot be used."""


class Outbox:
    """One key on one chain. Not for use by two processes at once: the sender holds the key's lock."""

    def __init__(self, path: Path, *, chain_id: int, genesis: bytes, address: Address) -> None:
        """Raises OutboxError when the file belongs to another chain or account."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(SCHEMA)
            known = self._db.execute("SELECT * FROM identity").fetchone()
        except sqlite3.Error as error:
            raise OutboxError(f"The outbox {path} cannot be used: {error}.", "Check the disk.") from error
        wanted = (chain_id, genesis, address)
        if known is None:
            self._db.execute("INSERT INTO identity VALUES (?, ?, ?)", wanted)
        elif tuple(known) != wanted:
            self._db.close()
            raise OutboxError(
                f"The outbox {path} belongs to {known['address']} on chain {known['chain_id']} "
                f"(0x{known['genesis'].hex()[:8]}…), not to {address} on chain {chain_id} (0x{genesis.hex()[:8]}…).",
                "Use another file, or remove this one if that chain is gone.",
            )

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def get(self, intent: str) -> TxRecord | None:
        """The record of an intent."""
        row = self._db.execute("SELECT * FROM intents WHERE intent = ?", (intent,)).fetchone()
        return None if row is None else record_of(row)

    def in_states(self, *states: TxState) -> list[TxRecord]:
        """Records in these states, by nonce, then age."""
        marks = ",".join("?" * len(states))
        query = f"SELECT * FROM intents WHERE state IN ({marks}) ORDER BY nonce, created_at"  # noqa: S608
        return [record_of(row) for row in self._db.execute(query, states)]

    def final_from(self, nonce: int) -> list[TxRecord]:
        """Final records with this nonce or a higher one: a chain whose next nonce is `nonce` has lost
        them.
        """
        query = "SELECT * FROM intents WHERE state = 'final' AND nonce >= ? ORDER BY nonce"
        return [record_of(row) for row in self._db.execute(query, (nonce,))]

    def next_nonce(self) -> int:
        """One above every nonce that is or was used here."""
        row = self._db.execute("SELECT MAX(nonce) FROM intents").fetchone()
        return 0 if row[0] is None else int(row[0]) + 1

    def attempts(self, intent: str, nonce: int) -> list[Attempt]:
        """Signed transactions of an intent under its present nonce, oldest first."""
        query = "SELECT * FROM attempts WHERE intent = ? AND nonce = ? ORDER BY rowid"
        return [attempt_of(row) for row in self._db.execute(query, (intent, nonce))]

    def totals(self) -> tuple[int, int]:
        """(transactions in blocks, gas they used)."""
        query = "SELECT COUNT(*), COALESCE(SUM(gas_used), 0) FROM intents WHERE state IN ('mined', 'final')"
        count, gas = self._db.execute(query).fetchone()
        return int(count), int(gas)

    def add(self, intent: str, call: Call) -> None:
        """Notes what is to be done; a refused intent starts anew."""
        with self._transaction() as db:
            db.execute("DELETE FROM intents WHERE intent = ? AND state = 'refused'", (intent,))
            db.execute(
                "INSERT INTO intents (intent, to_address, data, value, label, gas, state, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, 'intent', ?)",
                (intent, call.to, call.data, str(call.value), call.label, call.gas, time.time()),
            )

    def add_attempt(self, attempt: Attempt) -> None:
        """Notes a signed transaction and that its intent has its nonce."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    attempt.tx_hash,
                    attempt.intent,
                    attempt.nonce,
                    attempt.raw,
                    attempt.gas,
                    str(attempt.max_fee),
                    str(attempt.tip),
                ),
            )
            db.execute(
                "UPDATE intents SET state = 'signed', nonce = ?, tx_hash = ?, reason = '' WHERE intent = ?",
                (attempt.nonce, attempt.tx_hash, attempt.intent),
            )

    def mark_sent(self, attempt: Attempt, block: int) -> None:
        """Notes that a node took the attempt at this head."""
        with self._transaction() as db:
            db.execute("UPDATE attempts SET sent_block = ? WHERE tx_hash = ?", (block, attempt.tx_hash))
            self._change(db, attempt.intent, state="broadcast", reason="")

    def mark_mined(self, intent: str, receipt: dict[str, Any], reason: str) -> None:
        """Notes the block of one of the attempts. receipt: as chain.receipt gives it."""
        with self._transaction() as db:
            self._change(db, intent, state="mined", reason=reason, **receipt)

    def mark_final(self, intent: str) -> None:
        """Notes that the block cannot be taken back."""
        with self._transaction() as db:
            self._change(db, intent, state="final")

    def mark_lost(self, intent: str) -> None:
        """The block was taken back: the same transaction is to be sent again."""
        with self._transaction() as db:
            self._change(
                db, intent, state="signed", block_number=None, block_hash=None, status=None, gas_used=None
            )

    def mark_unsigned(self, intent: str) -> None:
        """Another transaction took the nonce for ever: a new one is needed."""
        with self._transaction() as db:
            self._change(db, intent, state="intent", nonce=None, tx_hash=None)

    def mark_refused(self, intent: str, reason: str) -> None:
        """The contract would refuse it, so nothing was signed."""
        with self._transaction() as db:
            self._change(db, intent, state="refused", reason=reason)

    def note(self, intent: str, reason: str) -> None:
        """Keeps why the intent does not move on at present."""
        with self._transaction() as db:
            self._change(db, intent, reason=reason)

    def _change(self, db: sqlite3.Connection, intent: str, **values: Any) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        db.execute(f"UPDATE intents SET {columns} WHERE intent = ?", (*values.values(), intent))  # noqa: S608

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise OutboxError(f"The outbox cannot be written: {error}.", "Check the disk's space.") from error
