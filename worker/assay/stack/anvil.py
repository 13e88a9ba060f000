"""The local chain: anvil's command line, and a small handle for tests and scripts."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from assay.protocol.errors import AssayError
from assay.stack.tools import anvil_path

CHAIN_ID = 31337
MNEMONIC = "test test test test test test test test test test test junk"
"""Anvil's public test mnemonic: a devnet key anyone knows, refused on every other chain."""


def anvil_command(
    *,
    port: int,
    state: Path | None = None,
    block_time: int | None = None,
    chain_id: int = CHAIN_ID,
    extra: Sequence[str] = (),
) -> list[str]:
    """The command of a loopback chain; `block_time` seconds, or a block per transaction when None."""
    command = [str(anvil_path()), "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id)]
    command += ["--hardfork", "prague", "--slots-in-an-epoch", "1", "--mnemonic", MNEMONIC]
    if state is not None:
        # plain --state writes at a clean exit only; the interval bounds what a killed chain forgets
        command += ["--state", str(state), "--state-interval", "1"]
    if block_time is not None:
        command += ["--block-time", str(block_time)]
    return [*command, *extra]


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def rpc(url: str, method: str, *params: Any, timeout: float = 10.0) -> Any:
    """One JSON-RPC call; raises AssayError with the node's message."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        answer = json.loads(response.read())
    if "error" in answer:
        raise AssayError(f"{method}: {answer['error'].get('message', answer['error'])}")
    return answer["result"]


class Anvil:
    """A chain of one's own, for tests: `with Anvil() as chain: chain.url`."""

    def __init__(
        self,
        *,
        port: int | None = None,
        state: Path | None = None,
        block_time: int | None = None,
        chain_id: int = CHAIN_ID,
        extra: Sequence[str] = (),
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.chain_id = chain_id
        self._command = anvil_command(
            port=self.port, state=state, block_time=block_time, chain_id=chain_id, extra=extra
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, timeout: float = 20.0) -> Self:
        """Starts the process and waits until it answers."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                stderr = self._process.stderr.read().decode() if self._process.stderr else ""
                raise AssayError(f"anvil stopped at once on port {self.port}: {stderr.strip()}")
            try:
                rpc(self.url, "eth_chainId", timeout=1.0)
                return self
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise AssayError(f"anvil did not answer on port {self.port} within {timeout:.0f} s")

    def stop(self, *, kill: bool = False) -> None:
        """Ends the process; `kill` as a crash would."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill() if kill else process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()

    def rpc(self, method: str, *params: Any) -> Any:
        """One JSON-RPC call to this chain."""
        return rpc(self.url, method, *params)

    def mine(self, blocks: int = 1) -> None:
        """Mines empty blocks at once."""
        self.rpc("anvil_mine", hex(blocks))

    def advance(self, seconds: int) -> None:
        """Moves the chain's clock and mines one block."""
        self.rpc("evm_increaseTime", seconds)
        self.rpc("evm_mine")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
