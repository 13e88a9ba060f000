"""Reads of chain.Change for the stream, on one thread of its own with its own database connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections
from django.db.models import Max, Min

from backend.api.stream.messages import Message, message_of
from backend.chain.models import Change

Result = TypeVar("Result")
_FIELDS = ("seq", "topic", "kind", "ref", "block")


class Changes:
    """The table, asked without blocking the event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="changes")

    async def bounds(self) -> tuple[int, int]:
        """Lowest and highest sequence number kept; (0, 0) for an empty table."""
        return await self._run(_bounds)

    async def since(self, seq: int, limit: int, topics: Collection[str] | None = None) -> list[Message]:
        """Changes after `seq`, oldest first, at most `limit`; of `topics` only, if given."""
        return await self._run(lambda: _since(seq, limit, topics))

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], Result]) -> Result:
        def guarded() -> Result:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)


def _bounds() -> tuple[int, int]:
    found: dict[str, Any] = Change.objects.aggregate(low=Min("seq"), high=Max("seq"))
    return found["low"] or 0, found["high"] or 0


def _since(seq: int, limit: int, topics: Collection[str] | None) -> list[Message]:
    rows = Change.objects.filter(seq__gt=seq)
    if topics is not None:
        rows = rows.filter(topic__in=topics)
    return [
        message_of({"seq": number, "topic": topic, "kind": kind, "id": ref, "block": block})
        for number, topic, kind, ref, block in rows.order_by("seq").values_list(*_FIELDS)[:limit]
    ]
