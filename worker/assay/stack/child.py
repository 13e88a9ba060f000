"""One child process of the stack: started, watched, restarted with back-off, stopped; never left behind."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assay.protocol.errors import AssayError

_PR_SET_PDEATHSIG = 1
_MAX_BACKOFF_SECONDS = 15.0
_STEADY_SECONDS = 60.0
_MAX_FAST_FAILURES = 5


def die_with_parent() -> None:
    """Runs in the child before exec: the kernel ends it should the supervisor be killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def describe_exit(code: int) -> str:
    """`was killed (SIGKILL)` or `ended with exit code 1`."""
    if code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended with exit code {code}"


@dataclass
class Child:
    """A long-running service.

    ready: resolves when it serves (raises nothing; returns whether it is ready now). stop_seconds: how long it
    may take to stop by itself. before_start: told before each start, the first included.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    ready: Callable[[], Awaitable[bool]] | None = None
    ready_seconds: float = 60.0
    stop_seconds: float = 10.0
    before_start: Callable[[], None] | None = None
    after_start: Callable[[], Awaitable[None]] | None = None
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _watch: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self, say: Callable[[str], None], failed: "asyncio.Future[str]") -> None:
        """Starts the process, waits until it is ready, then keeps it running in the background.

        `failed` gets a sentence when the process keeps failing.
        """
        await self._spawn()
        await self._until_ready()
        self._watch = asyncio.create_task(self._keep(say, failed), name=f"watch {self.name}")

    async def _spawn(self) -> None:
        if self.before_start is not None:
            self.before_start()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            # a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops in order
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env=dict(self.env),
                cwd=self.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    async def _until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + self.ready_seconds
        while self.ready is not None and not await self.ready():
            if self._process.returncode is not None:
                raise AssayError(
                    f"{self.name} {describe_exit(self._process.returncode)} while starting:\n{self.tail()}",
                    f"its log is {self.log}",
                )
            if time.monotonic() > deadline:
                raise AssayError(
                    f"{self.name} did not come up within {self.ready_seconds:.0f} s:\n{self.tail()}",
                    f"its log is {self.log}",
                )
            await asyncio.sleep(0.05)
        if self.after_start is not None:
            await self.after_start()

    async def _keep(self, say: Callable[[str], None], failed: "asyncio.Future[str]") -> None:
        fast_failures = 0
        while True:
            assert self._process is not None
            started = time.monotonic()
            code = await self._process.wait()
            fast_failures = fast_failures + 1 if time.monotonic() - started < _STEADY_SECONDS else 0
            if fast_failures > _MAX_FAST_FAILURES:
                if not failed.done():
                    failed.set_result(
                        f"{self.name} {describe_exit(code)} {fast_failures} times in a row:\n{self.tail()}\n"
                        f"Its log is {self.log}"
                    )
                return
            wait = min(_MAX_BACKOFF_SECONDS, 0.5 * 2**fast_failures)
            self._end_group(signal.SIGKILL)  # what it had started must not outlive it
            say(f"{self.name} {describe_exit(code)}; starting it again in {wait:g} s (log: {self.log})")
            await asyncio.sleep(wait)  # stop() cancels this task, so what follows is never run while stopping
            try:
                await self._spawn()
                await self._until_ready()
                say(f"{self.name} is back")
            except (AssayError, OSError) as failure:
                say(str(failure))

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL to the whole group after `stop_seconds`."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), self.stop_seconds)
            except TimeoutError:
                self._end_group(signal.SIGKILL)
                await process.wait()
        self._end_group(signal.SIGKILL)

    def _end_group(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return  # the whole group is gone already, as it should be

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def tail(self, lines: int = 12) -> str:
        """The end of its log, for a message."""
        try:
            text = self.log.read_bytes()[-6000:].decode(errors="replace")
        except OSError:
            return "(no log)"
        return "\n".join("    " + line for line in text.strip().splitlines()[-lines:])
