"""What is known of one intent and of its signed attempts, as rows of the outbox."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from assay.protocol.call import Call
from assay.protocol.ids import Address


class TxState(StrEnum):
    """Where an intent stands. REFUSED: never signed, and may be submitted again; FINAL includes reverted
    ones.
    """

    INTENT = "intent"
    SIGNED = "signed"
    BROADCAST = "broadcast"
    MINED = "mined"
    FINAL = "final"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TxRecord:
    """One intent. tx_hash: the mined attempt, else the latest; status 1 done, 0 reverted; reason: plain
    text.
    """

    intent: str
    call: Call
    state: TxState
    nonce: int | None
    created_at: float
    tx_hash: bytes | None
    block_number: int | None
    block_hash: bytes | None
    status: int | None
    gas_used: int | None
    gas_price: int | None
    reason: str

    @property
    def on_chain(self) -> bool:
        """Whether a block has it."""
        return self.state in {TxState.MINED, TxState.FINAL}

    @property
    def done(self) -> bool:
        """Whether a block has it and it did what was asked."""
        return self.on_chain and self.status == 1

    @property
    def failed(self) -> bool:
        """Whether it was refused before signing, or reverted on chain."""
        return self.state is TxState.REFUSED or (self.on_chain and self.status == 0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One signed transaction of an intent. sent_block: head when it was last broadcast; fees in wei per
    gas.
    """

    tx_hash: bytes
    intent: str
    nonce: int
    raw: bytes
    gas: int
    max_fee: int
    tip: int
    sent_block: int | None


def record_of(row: sqlite3.Row) -> TxRecord:
    """A row of intents."""
    call = Call(Address(row["to_address"]), row["data"], int(row["value"]), row["label"], row["gas"])
    return TxRecord(
        intent=row["intent"],
        call=call,
        state=TxState(row["state"]),
        nonce=row["nonce"],
        created_at=row["created_at"],
        tx_hash=row["tx_hash"],
        block_number=row["block_number"],
        block_hash=row["block_hash"],
        status=row["status"],
        gas_used=row["gas_used"],
        gas_price=None if row["gas_price"] is None else int(row["gas_price"]),
        reason=row["reason"],
    )


def attempt_of(row: sqlite3.Row) -> Attempt:
    """A row of attempts."""
    return Attempt(
        tx_hash=row["tx_hash"],
        intent=row["intent"],
        nonce=row["nonce"],
        raw=row["raw"],
        gas=row["gas"],
        max_fee=int(row["max_fee"]),
        tip=int(row["tip"]),
        sent_block=row["sent_block"],
    )
