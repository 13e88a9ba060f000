"""What a player sends, as moves of the daemon's dispatcher: sent once, watched until mined, retried with patience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assay.protocol.call import Call


class DisputeVerb(StrEnum):
    """The calls of a player; also the metric's label and the first part of an intent's key."""

    STATE_CLAIM = "state_claim"
    APPROVE = "approve_bond"
    OPEN_GAME = "open_game"
    PLAY = "play"
    CALL_TIME = "call_time"
    CLOSE_GAME = "close_game"
    ENFORCE = "enforce"
    WITHDRAW = "withdraw_bond"


@dataclass(frozen=True, slots=True)
class DisputeMove:
    """One call. job_id: what it is about, a hash (a position's key, a claim, an account); lot: the game, or -1."""

    verb: DisputeVerb
    job_id: bytes
    call: Call
    lot: int = -1
    place: int = -1
    said: str = ""

    @property
    def subject(self) -> str:
        """What it is about, without the hash."""
        return f"{self.lot}.{self.place}"


class DisputeCalls:
    """What the dispatcher asks for a call: each move brings its own."""

    @staticmethod
    def call(batch: Sequence[DisputeMove], _job: Any) -> Call:
        """The call of a batch of one."""
        return batch[0].call
