"""Uploads through the real server: clients that lie about lengths, hang up, or send much; memory stays flat."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from assay.artifacts import HttpMirror, Kind
from assay.commitment import artifact_id
from assay.stack.tools import REPOSITORY
from tests.backend.artifacts.test_artifacts import path_of, signed
from tests.backend.servers import free_port
from tests.backend.tasks.test_servers import environment

MIB = 1 << 20


@contextmanager
def granian(env: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """Port and process of a server of the API."""
    manage = [sys.executable, "backend/manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(manage, env=env, cwd=REPOSITORY, check=True, timeout=60)
    port = free_port()
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "2", "--no-ws"]
    child = subprocess.Popen([*command, "backend.config.wsgi:application"], env=env, cwd=REPOSITORY)
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/api/v1/jobs")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield port, psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(20)


def memory(process: psutil.Process) -> int:
    """Resident bytes of the server and its workers."""
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])


def raw_put(port: int, identity: bytes, headers: dict[str, str], body: bytes, length: int) -> bytes:
    """A PUT by hand that announces `length`, sends `body` and stops sending; the answer's first bytes."""
    lines = [f"PUT {path_of('bytes', identity)} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        try:
            return connection.recv(4_096)
        except OSError:
            return b""


def files_in(folder: Path) -> list[str]:
    return [path.name for path in (folder / "store").rglob("*") if path.is_file()]


def test_real_server__hostile_and_large_uploads__right_answers_flat_memory(
    tmp_path: Path, settings: Any, accounts: dict[str, Any]
) -> None:
    env = environment(tmp_path, settings.ASSAY_DEPLOYMENT, ASSAY_QUOTA_BYTES=str(1 << 30))
    env["ASSAY_LIMIT_BYTES"] = str(100 * MIB)
    buyer = accounts["buyer"]
    with granian(env) as (port, process):
        small = os.urandom(50_000)
        identity = artifact_id(small)
        cut = raw_put(port, identity, signed(buyer, "bytes", identity, 90_000), small, 90_000)
        assert cut == b"" or b" 400 " in cut.split(b"\r\n")[0], cut
        longer = raw_put(port, identity, signed(buyer, "bytes", identity, 40_000), small, 40_000)
        assert b" 422 " in longer.split(b"\r\n")[0], longer
        over = raw_put(port, identity, signed(buyer, "bytes", identity, 200 * MIB), b"", 200 * MIB)
        assert b" 413 " in over.split(b"\r\n")[0], over
        time.sleep(0.5)
        assert files_in(tmp_path) == []

        big = os.urandom(MIB) * 80
        mirror = HttpMirror(f"http://127.0.0.1:{port}", account=buyer, chain_id=31337)
        before = memory(process)
        mirror.put(Kind.BYTES, artifact_id(big), big)
        grown = memory(process) - before
        assert grown < 40 * MIB, f"the server grew by {grown} bytes for an upload of {len(big)}"
        assert mirror.get(Kind.BYTES, artifact_id(big)) == big
        assert memory(process) - before < 40 * MIB
        assert mirror.read_range(Kind.BYTES, artifact_id(big), 5 * MIB, 100) == big[5 * MIB : 5 * MIB + 100]
        quota = httpx.get(f"http://127.0.0.1:{port}/api/v1/accounts/{buyer.address}/quota").json()
        assert (quota["used_bytes"], quota["reserved_bytes"]) == (len(big), 0)
        mirror.close()
