"""Ports of the local stack: the usual ones, remembered between runs, moved aside when another program has them."""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from assay.protocol.errors import AssayError
from assay.stack.anvil import free_port

_TRIES = 50


@dataclass(frozen=True)
class Ports:
    """One loopback port a service."""

    dashboard: int = 8000
    stream: int = 8001
    chain: int = 8545
    broker: int = 16379
    metrics: int = 9600  # workers take this one and the next ones


def is_free(port: int) -> bool:
    """Whether this machine lets us listen there now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(remembered: Path, *, workers: int, random: bool, say: Callable[[str], None]) -> Ports:
    """The ports of this run; each one that is taken is replaced by the next free one, and `say` tells which.

    `random` asks the system for any free ports (tests run several stacks side by side).
    """
    if random:
        picked = Ports(*_distinct_free_ports(len(fields(Ports)), span=workers))
        remembered.write_text(json.dumps(asdict(picked)))
        return picked
    wanted = asdict(Ports())
    try:
        saved = json.loads(remembered.read_text())
        wanted.update({name: int(saved[name]) for name in wanted if 1024 <= int(saved.get(name, 0)) < 65_000})
    except (OSError, ValueError, TypeError, AttributeError):
        pass  # the first run, or a file someone edited: the usual ports
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        span = workers if name == "metrics" else 1
        free = _next_free(port, span, set(chosen.values()))
        if free != port:
            say(f"port {port} ({name}) is taken by another program: using {free} instead")
        chosen[name] = free
    remembered.write_text(json.dumps(chosen))
    return Ports(**chosen)


def _distinct_free_ports(count: int, *, span: int) -> list[int]:
    """Free ports, each at least `span` away from the others: the last one stands for a row of them."""
    picked: list[int] = []
    while len(picked) < count:
        port = free_port()
        if all(abs(port - other) >= span for other in picked):
            picked.append(port)
    return picked


def _next_free(port: int, span: int, used: set[int]) -> int:
    for candidate in range(port, port + _TRIES):
        block = range(candidate, candidate + span)
        if not used.intersection(block) and all(is_free(each) for each in block):
            return candidate
    raise AssayError(
        f"ports {port} to {port + _TRIES - 1} are all taken", "stop what uses them, then try again"
    )
