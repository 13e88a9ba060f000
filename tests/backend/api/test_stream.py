"""The event stream: what a client gets, resumes from, and is refused; over the table alone and over a real Valkey."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import redis
from django.utils import timezone

from backend.api.stream import app as stream_app
from backend.api.stream.hub import CHANNEL, Hub
from backend.chain.models import Change
from tests.backend.api import factories as make
from tests.backend.servers import valkey_server

pytestmark = pytest.mark.django_db(transaction=True)
JOB = f"job:{make.bytes32(7)}"


def note(topic: str, kind: str = "job", ref: str = "x", block: int = 5, **more: Any) -> Change:
    return Change.objects.create(topic=topic, kind=kind, ref=ref, block=block, created=timezone.now(), **more)


class Opened:
    """One request to the ASGI application, as a server would carry it."""

    def __init__(
        self, app: Any, query: str, headers: dict[str, str] | None = None, path: str = "/stream"
    ) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.blocked = asyncio.Event()
        self.blocked.set()
        pairs = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": pairs,
        }
        self.task = asyncio.create_task(app(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.blocked.wait()
        await self.sent.put(message)

    async def start(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.sent.get(), 5)
        assert message["type"] == "http.response.start"
        return message

    async def events(self, count: int) -> list[tuple[int, str, dict[str, Any]]]:
        """The next `count` events as (id, name, data); comments and bare ids are passed over."""
        found: list[tuple[int, str, dict[str, Any]]] = []
        while len(found) < count:
            message = await asyncio.wait_for(self.sent.get(), 5)
            lines = dict(
                line.split(": ", 1) for line in message["body"].decode().splitlines() if ": " in line
            )
            if "event" in lines:
                found.append((int(lines["id"]), lines["event"], orjson.loads(lines["data"])))
        return found

    async def close(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 5)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Any]:
    """A fresh application object, its hub stopped at the end."""
    app = stream_app.Stream()
    try:
        yield app
    finally:
        if app.hub is not None:
            await app.hub.stop()


async def in_thread(work: Any, *args: Any, **kwargs: Any) -> Any:
    """Database writes of a test, off the event loop."""

    def run() -> Any:
        from django.db import connection

        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def test_stream__topics__only_those_in_order() -> None:
    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, f"topics=head,{JOB},dispute:7")
            start = await client.start()
            assert (b"content-type", b"text/event-stream") in start["headers"]
            await asyncio.sleep(0.3)
            for topic, kind in (
                (JOB, "lot"),
                ("dispute:8", "dispute"),
                ("dispute:7", "dispute"),
                ("head", "head"),
            ):
                await in_thread(note, topic, kind)
            events = await client.events(3)
            told = [("lot", JOB), ("dispute", "dispute:7"), ("head", "head")]
            assert [(name, data["topic"]) for _, name, data in events] == told
            assert events[0][2]["block"] == 5
            assert events[0][0] < events[1][0]
            await client.close()
            assert app.hub.clients == 0

    asyncio.run(scenario())


@pytest.mark.parametrize("by_header", [True, False])
def test_stream__resume__exactly_what_was_missed_then_live(by_header: bool) -> None:
    first = note("head", ref="1")
    missed = [note("head", ref=str(number)) for number in (2, 3)]
    note("jobs")

    headers = {"last-event-id": str(first.seq)} if by_header else {}
    query = "topics=head" + ("" if by_header else f"&last_event_id={first.seq}")

    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, query, headers)
            await client.start()
            assert [event[0] for event in await client.events(2)] == [row.seq for row in missed]
            live = await in_thread(note, "head", ref="9")
            ((seq, _, data),) = await client.events(1)
            assert (seq, data["id"]) == (live.seq, "9")
            await client.close()

    asyncio.run(scenario())


def test_stream__no_last_event_id__told_where_it_stands_and_nothing_old() -> None:
    row = note("head")

    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, "topics=head")
            await client.start()
            parts = [(await asyncio.wait_for(client.sent.get(), 5))["body"] for _ in range(2)]
            assert parts == [b"retry: 2000\n\n", f"id: {row.seq}\n\n".encode()]
            await client.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("case", ["pruned", "future", "too_many"])
def test_stream__gap_cannot_be_filled__reset(case: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(stream_app, "REPLAY_LIMIT", 3)
    rows = [note("head") for _ in range(6)]
    if case == "pruned":
        Change.objects.filter(seq__lt=rows[4].seq).delete()
    since = {"pruned": rows[0].seq, "future": rows[-1].seq + 50, "too_many": rows[0].seq}[case]

    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, "topics=head", {"last-event-id": str(since)})
            await client.start()
            ((seq, name, _),) = await client.events(1)
            assert (seq, name) == (rows[-1].seq, "reset")
            await client.close()

    asyncio.run(scenario())


def test_stream__slow_client__dropped_others_served(settings: Any) -> None:
    settings.ASSAY_STREAM_QUEUE = 5

    async def scenario() -> None:
        async with running() as app:
            slow, quick = Opened(app, "topics=head"), Opened(app, "topics=head")
            for client in (slow, quick):
                await client.start()
            await asyncio.sleep(0.3)
            slow.blocked.clear()
            for _ in range(10):
                await in_thread(note, "head")
                await quick.events(1)
            slow.blocked.set()
            await asyncio.wait_for(slow.task, 5)
            assert app.hub.clients == 1
            await quick.close()

    asyncio.run(scenario())


def test_stream__index_made_anew__clients_are_sent_away() -> None:
    for _ in range(3):
        note("head")

    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, "topics=head")
            await client.start()
            await asyncio.sleep(0.3)
            await in_thread(Change.objects.all().delete)
            await asyncio.wait_for(client.task, 5)
            assert app.hub.seq == 0

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("topics=", 400),
        ("topics=everything", 400),
        ("topics=job:0x12", 400),
        ("topics=dispute:", 400),
        ("topics=dispute:0x7", 400),
        ("topics=dispute:" + "7" * 20, 400),
        ("topics=account:0xzz", 400),
        ("topics=head%0aevent:%20x", 400),
        ("topics=" + ",".join(f"job:{make.bytes32(number)}" for number in range(65)), 400),
    ],
)
def test_stream__bad_topics__problem(query: str, status: int) -> None:
    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, query)
            assert (await client.start())["status"] == status
            body = orjson.loads((await client.sent.get())["body"])
            assert body["code"] == "bad_parameter"

    asyncio.run(scenario())


def test_stream__ids_in_any_case__match_the_indexer_s_topics() -> None:
    account = make.address(0xABCDEF)

    async def scenario() -> None:
        async with running() as app:
            upper = f"job:0x{'AB' * 32}"
            client = Opened(app, f"topics=account:{account.lower()},{upper}")
            await client.start()
            await asyncio.sleep(0.3)
            await in_thread(note, f"account:{account}", "account")
            await in_thread(note, upper.lower(), "job")
            assert [event[1] for event in await client.events(2)] == ["account", "job"]
            await client.close()

    asyncio.run(scenario())


def test_stream__full__503_with_retry_after(settings: Any) -> None:
    settings.ASSAY_STREAM_CLIENTS = 1

    async def scenario() -> None:
        async with running() as app:
            one = Opened(app, "topics=head")
            await one.start()
            two = Opened(app, "topics=head")
            refused = await two.start()
            assert refused["status"] == 503
            assert (b"retry-after", b"5") in refused["headers"]
            await one.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://127.0.0.1:8000", True), ("http://localhost:8000", True), ("http://evil.example", False)],
)
def test_stream__origin__dashboard_s_only(origin: str, allowed: bool) -> None:
    async def scenario() -> None:
        async with running() as app:
            client = Opened(app, "topics=head", {"origin": origin})
            headers = dict((await client.start())["headers"])
            assert (headers.get(b"access-control-allow-origin") == origin.encode()) is allowed
            await client.close()

    asyncio.run(scenario())


def test_stream__other_path_or_method__problem() -> None:
    async def scenario() -> None:
        async with running() as app:
            assert (await Opened(app, "", path="/").start())["status"] == 404
            health = Opened(app, "", path="/health")
            assert (await health.start())["status"] == 200
            assert orjson.loads((await health.sent.get())["body"])["ok"] is True

    asyncio.run(scenario())


def test_hub__redis__lost_and_unordered_messages_cost_nothing() -> None:
    with valkey_server() as url:
        follow_over_redis(url)


def follow_over_redis(valkey: str) -> None:
    publisher = redis.Redis.from_url(valkey)

    def publish(row: Change) -> None:
        message = {"seq": row.seq, "topic": row.topic, "kind": row.kind, "id": row.ref, "block": row.block}
        publisher.publish(CHANNEL, orjson.dumps(message))

    async def scenario() -> None:
        hub = Hub(valkey, 100)
        await hub.start()
        client = hub.join(["head"])
        await asyncio.sleep(0.3)
        rows = [await in_thread(note, "head", ref=str(number)) for number in range(6)]
        publish(rows[0])
        publish(rows[3])  # 1 and 2 were lost: found in the table with it
        publish(rows[2])  # late: not sent twice
        publisher.publish(CHANNEL, b"not json")
        got = [(await asyncio.wait_for(client.queue.get(), 5)).seq for _ in range(6)]  # 4, 5: the catch-up
        assert got == [row.seq for row in rows]
        assert client.queue.empty()
        hub.leave(client)
        await hub.stop()

    asyncio.run(scenario())


def test_hub__redis_stops__polls_the_table() -> None:
    async def scenario() -> None:
        hub = Hub("redis://127.0.0.1:1", 100)
        await hub.start()
        client = hub.join(["head"])
        row = await in_thread(note, "head")
        assert (await asyncio.wait_for(client.queue.get(), 5)).seq == row.seq
        await hub.stop()

    asyncio.run(scenario())
