"""The services of the local stack, in the order they start: what each runs, and when it counts as up."""

import asyncio
import json
import os
import secrets
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from assay.protocol.errors import AssayError
from assay.stack.anvil import CHAIN_ID, anvil_command, rpc
from assay.stack.child import Child
from assay.stack.paths import StackPaths, chain_state_is_whole
from assay.stack.ports import Ports
from assay.stack.tools import REPOSITORY, valkey_path

PYTHON = sys.executable
BIN = Path(sys.executable).parent
BLOCK_SECONDS = 1


class Services:
    """Builds the children of one stack from its paths and ports."""

    def __init__(self, paths: StackPaths, ports: Ports) -> None:
        self.paths = paths
        self.ports = ports
        self.rpc_url = f"http://127.0.0.1:{ports.chain}"
        self.dashboard_url = f"http://127.0.0.1:{ports.dashboard}"
        self.stream_url = f"http://127.0.0.1:{ports.stream}"
        self.redis_url = f"redis://127.0.0.1:{ports.broker}/0"

    @property
    def env(self) -> dict[str, str]:
        """What every child is told; no key and no password is in it."""
        keep = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TERM", "SSL_CERT_FILE", "XDG_CACHE_HOME")
        return {name: os.environ[name] for name in keep if name in os.environ} | {
            "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'worker'}",
            "PYTHONUNBUFFERED": "1",
            "ASSAY_RUN": str(self.paths.root),
            "ASSAY_TOOLS": os.environ.get("ASSAY_TOOLS", str(REPOSITORY / ".run" / "tools")),
            "ASSAY_RPC_URL": self.rpc_url,
            "ASSAY_DEPLOYMENT": str(self.paths.deployment),
            "ASSAY_STORE_URL": self.paths.artifacts.as_uri(),
            "ASSAY_STREAM_URL": self.stream_url,
            "ASSAY_REDIS_URL": self.redis_url,
        }

    @property
    def backend_env(self) -> dict[str, str]:
        """The backend's children, besides `env`."""
        return self.env | {
            "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
            "DJANGO_SECRET_KEY": self._secret_key(),
            "DATABASE_URL": os.environ.get("DATABASE_URL", f"sqlite:///{self.paths.database}"),
            "ASSAY_API_URL": self.dashboard_url,
            "ASSAY_DEMO": "1",
        }

    def _secret_key(self) -> str:
        path = self.paths.secret_key
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()

    def _child(
        self,
        name: str,
        command: list[str],
        *,
        ready: Callable[[], Awaitable[bool]] | None = None,
        env: Mapping[str, str] | None = None,
        stop_seconds: float = 10.0,
        before_start: Callable[[], None] | None = None,
        after_start: Callable[[], Awaitable[None]] | None = None,
    ) -> Child:
        return Child(
            name=name,
            command=command,
            env=env or self.env,
            log=self.paths.log(name),
            cwd=REPOSITORY,
            ready=ready,
            stop_seconds=stop_seconds,
            before_start=before_start,
            after_start=after_start,
        )

    def broker(self) -> Child:
        folder = self.paths.root / "backend"
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        command = [str(valkey_path()), "--port", str(self.ports.broker), *options]
        return self._child("broker", command, ready=lambda: _listens(self.ports.broker))

    def chain(self) -> Child:
        """The chain comes up without mining: first its clock is set, so that no block is dated in the past."""
        extra = ["--no-mining", "--quiet", "--timestamp", str(self._genesis_timestamp())]
        command = anvil_command(port=self.ports.chain, state=self.paths.chain_state, extra=extra)
        return self._child(
            "chain",
            command,
            ready=self._chain_answers,
            before_start=self._mend_chain_state,
            after_start=self._start_mining,
        )

    def _genesis_timestamp(self) -> int:
        """When this chain began. A node that restarts makes its genesis block anew beside the stored one: with the same
        timestamp the two are one, with another it is chance which of them the chain then begins with.
        """
        path = self.paths.chain_state.with_name("genesis_timestamp")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(int(time.time())))
        return int(path.read_text())

    def _mend_chain_state(self) -> None:
        """A node killed while it wrote leaves half a file: the last whole copy takes its place."""
        state, backup = self.paths.chain_state, self.paths.chain_backup
        if not state.exists() or chain_state_is_whole(state):
            return
        if chain_state_is_whole(backup):
            shutil.copyfile(backup, state)
            return
        raise AssayError(f"the local chain's state {state} is damaged", "run `make reset` to start over")

    async def keep_chain_backup(self, every_seconds: float = 15.0) -> None:
        """Copies the chain's state aside whenever it is whole; runs until cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            await asyncio.to_thread(self._back_up_chain)

    def _back_up_chain(self) -> None:
        state, backup = self.paths.chain_state, self.paths.chain_backup
        if chain_state_is_whole(state):
            part = backup.with_suffix(".part")
            shutil.copyfile(state, part)
            if chain_state_is_whole(part):
                part.replace(backup)

    async def _chain_answers(self) -> bool:
        try:
            found = await asyncio.to_thread(rpc, self.rpc_url, "eth_chainId", timeout=1.0)
        except (OSError, ValueError):
            return False
        if int(found, 16) != CHAIN_ID:
            raise AssayError(f"the node on port {self.ports.chain} is chain {int(found, 16)}, not {CHAIN_ID}")
        return True

    async def _start_mining(self) -> None:
        head = await asyncio.to_thread(rpc, self.rpc_url, "eth_getBlockByNumber", "latest", False)
        now = max(int(head["timestamp"], 16) + 1, int(time.time()))
        await asyncio.to_thread(rpc, self.rpc_url, "evm_setTime", now)
        await asyncio.to_thread(rpc, self.rpc_url, "evm_setIntervalMining", BLOCK_SECONDS)

    def api(self) -> Child:
        """REST and the dashboard's files, under WSGI workers (sync Django is several times slower under ASGI)."""
        command = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.ports.dashboard), "--workers", "1", "--blocking-threads", "4"]
        command += ["--no-ws", "backend.config.wsgi:application"]
        return self._child(
            "api", command, env=self.backend_env, ready=lambda: _serves(f"{self.dashboard_url}/api/v1/config")
        )

    def stream(self) -> Child:
        """Server-sent events, under ASGI."""
        command = [str(BIN / "granian"), "--interface", "asgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.ports.stream), "--workers", "1", "backend.config.asgi:application"]
        return self._child("stream", command, env=self.backend_env, ready=lambda: _listens(self.ports.stream))

    def indexer(self) -> Child:
        command = [PYTHON, "backend/manage.py", "index", "--poll", "0.3"]
        return self._child("indexer", command, env=self.backend_env)

    def tasks(self) -> Child:
        """Celery's worker with its clock in one process: this is one machine."""
        schedule = self.paths.root / "backend" / "celerybeat-schedule"
        command = [str(BIN / "celery"), "-A", "backend.config.celery", "worker", "--beat"]
        command += ["--concurrency", "1", "--loglevel", "INFO", "--schedule", str(schedule)]
        return self._child("tasks", command, env=self.backend_env | {"C_FORCE_ROOT": "1"})

    def worker(self, name: str, index: int) -> Child:
        """A provider's daemon; its key is read from its keystore, never from the environment."""
        folder = self.paths.worker(name)
        command = [str(BIN / "assay"), "worker", "run", "--name", name, "--mode", "auditor"]
        command += ["--keystore", str(folder / "keystore.json"), "--password-file", str(folder / "password")]
        command += ["--metrics-port", str(self.ports.metrics + index)]
        env = self.env | {"ASSAY_WITHDRAW_MIN_USD": "0.05", "ASSAY_DRAIN_SECONDS": "8"}
        port = self.ports.metrics + index
        return self._child(
            f"worker-{name}", command, env=env, stop_seconds=15.0, ready=lambda: _listens(port)
        )

    async def indexed_to_head(self) -> bool:
        """Whether the dashboard would show the chain as it is now."""
        status = await asyncio.to_thread(_get_json, f"{self.dashboard_url}/api/v1/status")
        lag = None if status is None else status.get("lag_blocks")
        return isinstance(lag, int) and lag <= 3


async def _listens(port: int) -> bool:
    return await asyncio.to_thread(_connects, port)


def _connects(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(0.5)
        return client.connect_ex(("127.0.0.1", port)) == 0


async def _serves(url: str) -> bool:
    return await asyncio.to_thread(_get_json, url) is not None


def _get_json(url: str) -> dict[str, object] | None:
    try:
        with urllib.request.urlopen(url, timeout=5.0) as response:  # noqa: S310 - loopback
            body = json.loads(response.read())
    except (OSError, urllib.error.URLError, ValueError):
        return None
    return body if isinstance(body, dict) else None
