"""Hands each change to the clients that asked for its topic. One hub a process; all of it on one event loop.

A client that does not read falls behind in its own bounded queue; when that is full the client is dropped,
and comes back with Last-Event-ID. The hub itself never waits for a client.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import orjson

from backend.api.stream.changes import Changes
from backend.api.stream.messages import Message, message_of

CHANNEL = "assay:events"
POLL_SECONDS = 0.25  # without Redis
CATCH_UP_SECONDS = 2.0  # with Redis: finds what pub/sub lost
BATCH = 2_000
logger = logging.getLogger(__name__)


class Client:
    """One open stream: its topics and what waits to be sent. `dropped` once it fell too far behind."""

    def __init__(self, topics: Collection[str], room: int) -> None:
        self.topics = frozenset(topics)
        self.queue: asyncio.Queue[Message] = asyncio.Queue(room)
        self.dropped = asyncio.Event()

    def offer(self, message: Message) -> None:
        """Queues a message, or drops the client."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.dropped.set()


class Hub:
    """Follows the changes and fans them out. `start` before the first client, `stop` at the end."""

    def __init__(self, redis_url: str, queue_room: int, changes: Changes | None = None) -> None:
        self.changes = changes or Changes()
        self.seq = 0  # last change handed out
        self.clients = 0
        self._redis_url, self._room = redis_url, queue_room
        self._by_topic: dict[str, set[Client]] = defaultdict(set)
        self._tasks: list[asyncio.Task[None]] = []
        self._lock = asyncio.Lock()
        self._started = False

    async def start(self) -> None:
        """Begins at the newest change. Idempotent."""
        async with self._lock:
            if self._started:
                return
            _, self.seq = await self.changes.bounds()
            every = CATCH_UP_SECONDS if self._redis_url else POLL_SECONDS
            self._tasks.append(asyncio.create_task(self._forever(self._poll, every)))
            if self._redis_url:
                self._tasks.append(asyncio.create_task(self._forever(self._listen, 1.0)))
            self._started = True

    async def stop(self) -> None:
        """Ends the tasks."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        self.changes.close()

    def join(self, topics: Collection[str]) -> Client:
        """A new client; messages queue from this moment on."""
        client = Client(topics, self._room)
        for topic in client.topics:
            self._by_topic[topic].add(client)
        self.clients += 1
        return client

    def leave(self, client: Client) -> None:
        """Forgets a client."""
        for topic in client.topics:
            members = self._by_topic[topic]
            members.discard(client)
            if not members:
                del self._by_topic[topic]
        self.clients -= 1

    async def _forever(self, step: Any, pause: float) -> None:
        """Repeats a step; an error is logged and tried again after a pause."""
        while True:
            try:
                await step()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logger.warning("event source: %s: %s", type(error).__name__, error)
            await asyncio.sleep(pause)

    async def _poll(self) -> None:
        """Hands out everything after `seq` in the table."""
        async with self._lock:
            while True:
                found = await self.changes.since(self.seq, BATCH)
                for message in found:
                    self._hand_out(message)
                if len(found) < BATCH:
                    break
        await self._noticed_new_index()

    async def _noticed_new_index(self) -> None:
        """The table was emptied and began again: numbers are below ours."""
        _, high = await self.changes.bounds()
        if high < self.seq:
            self.seq = high
            for members in list(self._by_topic.values()):
                for client in list(members):
                    client.dropped.set()

    async def _listen(self) -> None:
        """Messages of the Redis channel, until the connection breaks."""
        from redis import asyncio as redis

        connection: Any = redis.Redis.from_url(self._redis_url, socket_connect_timeout=5)
        try:
            async with connection.pubsub(ignore_subscribe_messages=True) as pubsub:
                await pubsub.subscribe(CHANNEL)
                async for raw in pubsub.listen():
                    await self._received(raw["data"])
        finally:
            await connection.aclose()

    async def _received(self, data: bytes) -> None:
        """A message in sequence is handed out as it is; a gap sends us to the table."""
        message = message_of(orjson.loads(data))
        if message.seq == self.seq + 1:
            async with self._lock:
                if message.seq == self.seq + 1:
                    self._hand_out(message)
        elif message.seq > self.seq:
            await self._poll()

    def _hand_out(self, message: Message) -> None:
        self.seq = max(self.seq, message.seq)
        for client in self._by_topic.get(message.topic, ()):
            client.offer(message)
