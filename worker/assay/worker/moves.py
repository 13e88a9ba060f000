"""What a worker can send to the chain, as values: decided by the duties, made into transactions by dispatch.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The calls of a daemon; also the metric label and the first part of an intent's key."""

    SEAL_BID = "seal_bid"
    OPEN_BID = "open_bid"
    AWARD = "award"
    RETURN_DEPOSIT = "return_deposit"
    DRAW = "draw"
    SEAL = "seal"
    DECLINE = "decline"
    DRAW_AUDIT = "draw_audit"
    TAG = "tag"
    REVEAL = "reveal"
    POKE = "poke"
    REQUEST = "request"
    ANSWER = "answer"
    CLOSE_REQUEST = "close_request"
    RELEASE = "release"
    WITHDRAW = "withdraw"


# calls that take up to 32 lots of one job at once
BATCHED = (Verb.SEAL, Verb.DECLINE, Verb.DRAW_AUDIT, Verb.TAG, Verb.REVEAL, Verb.POKE)
MAX_BATCH = 32


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do for one lot (or job, or account): lot and place are -1 where they do not apply.

    first, second: what the verb needs: seal → the seal; tag → tag, salt; reveal → root; request → subject, list index
    and page index, packed by pages.py.
    """

    verb: Verb
    job_id: bytes
    lot: int = -1
    place: int = -1
    first: bytes = b""
    second: bytes = b""

    @property
    def subject(self) -> str:
        """What it is about, without the job: `lot.place`."""
        return f"{self.lot}.{self.place}"
