"""The ASGI application: GET /stream?topics=… (text/event-stream) and GET /health. Nothing else.

`backend.api.stream.app:application` under `granian --interface asgi`; settings from DJANGO_SETTINGS_MODULE.
No cookie, no secret: it tells public facts, to the dashboard's origin and to clients that send none.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import django
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.production")
django.setup()

from django.conf import settings  # noqa: E402 - after the settings are loaded

from backend.api.stream import messages  # noqa: E402
from backend.api.stream.hub import Client, Hub  # noqa: E402
from backend.web.errors import PROBLEM_TYPE, Problem, problem_of, problem_response  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15.0
MAX_TOPICS = 64
REPLAY_LIMIT = 1_000
TOPIC = re.compile(
    r"(head|jobs|devices|disputes|dispute:[0-9]{1,19}|job:0x[0-9a-f]{64}|device:0x[0-9a-f]{64}"
    r"|account:0x[0-9a-fA-F]{40})\Z"
)


def allowed_origins() -> frozenset[str]:
    """The dashboard's own origin, both names of the local machine where it is local, and configured ones."""
    from backend.config.settings.web import origin_of

    own = origin_of(settings.ASSAY_API_URL)
    names = {own, own.replace("127.0.0.1", "localhost"), own.replace("localhost", "127.0.0.1")}
    return frozenset(names | set(settings.ASSAY_DASHBOARD_ORIGINS))


def topics_of(query: dict[str, list[str]]) -> list[str]:
    """The topics asked for; a 400 problem names the wrong one."""
    asked = [part for value in query.get("topics", []) for part in value.split(",") if part]
    if not asked:
        hint = "Ask for some of head, jobs, disputes, job:0x…, dispute:7, device:0x…, account:0x…"
        raise Problem(400, "bad_parameter", "topics is empty.", hint, parameter="topics")
    if len(asked) > MAX_TOPICS:
        raise Problem(400, "bad_parameter", f"{len(asked)} topics were asked for; the limit is {MAX_TOPICS}.")
    return [_topic(part) for part in dict.fromkeys(asked)]


def _topic(text: str) -> str:
    kind, _, rest = text.partition(":")
    if kind in ("job", "device"):
        text = f"{kind}:{rest.lower()}"
    if not TOPIC.match(text):
        raise Problem(400, "bad_parameter", f"{text[:80]!r} is not a topic.", parameter="topics")
    if kind == "account":
        from backend.web.params import address

        return f"account:{address('topics', rest)}"
    return text


def last_event_id(headers: dict[bytes, bytes], query: dict[str, list[str]]) -> int | None:
    """Where the client stood: the header a browser sends, or ?last_event_id=. Anything but a number is
    ignored.
    """
    text = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("last_event_id", [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class Stream:
    """The application object; the hub starts with the first request or the server's lifespan event."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3 entry."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            try:
                await self._http(scope, receive, send)
            except Problem as problem:
                await _answer_problem(problem, send)
            except Exception as error:  # before the answer began; after it the server closes the connection
                await _answer_problem(problem_of(error), send)

    async def _started(self) -> Hub:
        if self.hub is None:
            self.hub = Hub(settings.ASSAY_REDIS_URL, settings.ASSAY_STREAM_QUEUE)
        await self.hub.start()
        return self.hub

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                if self.hub is not None:
                    await self.hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path not in ("/stream", "/health"):
            raise Problem(404, "not_found", "There is /stream?topics=… and /health here.")
        if method not in ("GET", "HEAD"):
            raise Problem(405, "method_not_allowed", f"{method} is not allowed here; GET is.")
        hub = await self._started()
        if path == "/health":
            body = orjson.dumps({"ok": True, "clients": hub.clients, "seq": hub.seq})
            await _answer(200, [(b"content-type", b"application/json")], body, send)
            return
        headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode("latin-1"))
        topics = topics_of(query)
        if hub.clients >= settings.ASSAY_STREAM_CLIENTS:
            limit = settings.ASSAY_STREAM_CLIENTS
            raise Problem(503, "stream_full", f"{limit} streams are open.", headers={"Retry-After": "5"})
        client = hub.join(topics)
        try:
            await _begin(headers, send)
            await _serve(hub, client, last_event_id(headers, query), receive, send)
        finally:
            hub.leave(client)


async def _begin(headers: dict[bytes, bytes], send: Send) -> None:
    reply = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"Origin"),
    ]
    origin = headers.get(b"origin", b"")
    if origin.decode("latin-1") in allowed_origins():
        reply.append((b"access-control-allow-origin", origin))
    await send({"type": "http.response.start", "status": 200, "headers": reply})
    await _part(send, messages.HELLO)


async def _serve(hub: Hub, client: Client, since: int | None, receive: Receive, send: Send) -> None:
    """Replays what was missed, then sends as it comes, until the client goes or is dropped."""
    sender = asyncio.create_task(_send_all(hub, client, since, send))
    ends = [sender, asyncio.create_task(_gone(receive)), asyncio.create_task(client.dropped.wait())]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_all(hub: Hub, client: Client, since: int | None, send: Send) -> None:
    sent = await _replay(hub, client, since, send)
    while True:
        try:
            message = await asyncio.wait_for(client.queue.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            await _part(send, messages.HEARTBEAT)
            continue
        if message.seq > sent:
            await _part(send, message.wire)
            sent = message.seq


async def _replay(hub: Hub, client: Client, since: int | None, send: Send) -> int:
    """Sends the changes after `since` from the table, or a reset when they are no longer all there."""
    low, high = await hub.changes.bounds()
    if since is None or since == high:
        await _part(send, messages.position(high))
        return high
    missed = await hub.changes.since(since, REPLAY_LIMIT + 1, client.topics) if since <= high else []
    if since > high or since < low - 1 or len(missed) > REPLAY_LIMIT:
        await _part(send, messages.reset(high))
        return high
    for message in missed:
        await _part(send, message.wire)
    return missed[-1].seq if missed else since


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(status: int, headers: list[tuple[bytes, bytes]], body: bytes, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _answer_problem(problem: Problem, send: Send) -> None:
    response = problem_response(problem)
    headers = [(b"content-type", PROBLEM_TYPE.encode()), (b"cache-control", b"no-store")]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await _answer(problem.status, headers, response.content, send)


application = Stream()
