"""One change as bytes on the wire, encoded once for all clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

HEARTBEAT = b": still here\n\n"
HELLO = b"retry: 2000\n\n"


@dataclass(frozen=True, slots=True)
class Message:
    """A change: its sequence number, its topic, and its event as bytes."""

    seq: int
    topic: str
    wire: bytes


def message_of(change: Mapping[str, Any]) -> Message:
    """From a row of chain.Change or the JSON of the Redis channel: {seq, topic, kind, id, block}."""
    seq, topic, kind = int(change["seq"]), str(change["topic"]), str(change["kind"])
    if "\n" in kind or "\r" in kind:
        raise ValueError("an event's name is one line")
    data = {"topic": topic, "id": change["id"], "block": change["block"], "seq": seq}
    return Message(seq, topic, f"id: {seq}\nevent: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n")


def position(seq: int) -> bytes:
    """Tells the browser where it stands without an event, so that it can resume from there."""
    return f"id: {seq}\n\n".encode()


def reset(seq: int) -> bytes:
    """The client was away too long, or the index was made anew: it must fetch everything again."""
    return (
        f"id: {seq}\nevent: reset\ndata: ".encode() + orjson.dumps({"topic": "reset", "seq": seq}) + b"\n\n"
    )
