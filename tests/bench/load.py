"""A small load generator: keep-alive connections on one event loop, whole answers read, nothing parsed."""

from __future__ import annotations

import asyncio
import time


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()


async def _saturate(port: int, path: str, seconds: float, connections: int) -> float:
    request, counts, end = _request(path), [0] * connections, time.perf_counter() + seconds

    async def client(index: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            await _ask(reader, writer, request)
            counts[index] += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*map(client, range(connections)))
    return sum(counts) / (time.perf_counter() - began)


async def _paced(port: int, path: str, seconds: float, rate: float, connections: int) -> list[float]:
    """Latencies in seconds, counted from when each request was due: a stalled server is not let off."""
    request, late = _request(path), []
    due = iter(range(int(seconds * rate)))
    began = time.perf_counter() + 0.05

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for index in due:
            at = began + index / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            await _ask(reader, writer, request)
            late.append(time.perf_counter() - at)
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return late


def saturate(port: int, path: str, *, seconds: float = 2.0, connections: int = 8) -> float:
    """Requests a second with all connections busy."""
    return asyncio.run(_saturate(port, path, seconds, connections))


def p99_at(port: int, path: str, rate: float, *, seconds: float = 5.0, connections: int = 32) -> float:
    """99th percentile latency in milliseconds at `rate` requests a second."""
    found = sorted(asyncio.run(_paced(port, path, seconds, rate, connections)))
    return found[int(len(found) * 0.99)] * 1_000
