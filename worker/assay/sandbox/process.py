"""A child in the sandbox, as the worker's side holds it: started, spoken to, killed on any doubt.

Everything that comes back is treated as hostile: lengths are bounded and every wait has a deadline. After any error the
child is dead and the object is closed; open a new one. Subclasses are `SandboxedProgram` and `SandboxedExact`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, ClassVar, Self

from numpy.typing import NDArray

from assay.sandbox import bwrap, wire
from assay.sandbox.errors import SandboxError

PLATFORM = "cpu"


@dataclass(frozen=True)
class Limits:
    """What one child may use. Seconds are wall-clock waits of the parent; run_seconds is for each result."""

    memory_bytes: int = 8 * 2**30
    cpu_seconds: int = 7 * 24 * 3600
    file_bytes: int = 16 * 2**20
    processes: int = 4096
    message_bytes: int = 1 << 30
    start_seconds: float = 120.0
    compile_seconds: float = 300.0
    run_seconds: float = 3600.0


class SandboxedProcess:
    """A context manager around one child.

    threads: how many processors the child may use (default: all that this process may). Raises SandboxError from every
    method; the child never outlives `close()` or this process.
    """

    entry = bwrap.NATIVE
    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *, limits: Limits | None = None, threads: int | None = None) -> None:
        self.limits = limits or Limits()
        self.threads = threads or len(os.sched_getaffinity(0))
        self.versions: dict[str, str] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
            self._load()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, whatever it is doing. Safe to call twice."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGKILL)
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError, ValueError):
                    if pipe:
                        pipe.close()
            child.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    @property
    def pid(self) -> int | None:
        """Process id of the child, None when it is not running."""
        return self._child.pid if self._child else None

    def _load(self) -> None:
        """What follows the start."""

    def _start(self) -> None:
        limits = self.limits
        environment = {
            "HOME": "/tmp",  # noqa: S108 — the child's private tmpfs
            "JAX_PLATFORMS": PLATFORM,
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "OPENBLAS_NUM_THREADS": "1",
            **self.environment,
        }
        numbers = (
            limits.memory_bytes,
            limits.cpu_seconds,
            limits.file_bytes,
            limits.processes,
            self.threads,
            limits.message_bytes,
        )
        command = bwrap.command(environment, [*map(str, numbers), PLATFORM], entry=self.entry)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 — closed by close()
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, close_fds=True, env={}
        )
        self.versions = dict(self._answer("start", limits.start_seconds)[0].get("jax", {}))

    def _send(self, head: dict[str, Any], arrays: Sequence[NDArray[Any]] = ()) -> None:
        child = self._running()
        assert child.stdin is not None
        deadline = time.monotonic() + self.limits.start_seconds
        try:
            os.set_blocking(child.stdin.fileno(), False)
            for piece in wire.pack(head, arrays):
                view = memoryview(piece)
                while view:
                    left = deadline - time.monotonic()
                    if left <= 0 or not select.select([], [child.stdin], [], left)[1]:
                        raise self._fail("wire", "the child does not read its input")
                    written = os.write(child.stdin.fileno(), view[: 1 << 20])
                    view = view[written:]
        except OSError as error:
            raise self._fail("wire", self._death_note()) from error

    def _answer(self, stage: str, seconds: float) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        child = self._running()
        assert child.stdout is not None
        pipe = child.stdout.fileno()
        deadline = time.monotonic() + seconds

        def read(size: int) -> bytes:
            parts = bytearray()
            while len(parts) < size:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([pipe], [], [], left)[0]:
                    raise self._fail(stage, f"no answer within {seconds:g} seconds; the program was stopped")
                data = os.read(pipe, min(size - len(parts), 1 << 20))
                if not data:
                    raise self._fail(stage, self._death_note())
                parts += data
            return bytes(parts)

        try:
            head, arrays = wire.unpack(read, self.limits.message_bytes)
        except wire.WireError as error:
            raise self._fail("wire", str(error)) from error
        if head.get("ok") is not True:
            raise self._fail(
                str(head.get("stage", stage))[:20], str(head.get("reason", "no reason given"))[:500]
            )
        return head, arrays

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise SandboxError("wire", "the child is not running: it was closed or failed before")
        return self._child

    def _death_note(self) -> str:
        """Why the child ended, from its exit status and the last lines of its log."""
        if self._child is None:
            return "the child is gone"
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(5)
        text = ""
        if self._log is not None:
            size = self._log.seek(0, os.SEEK_END)
            self._log.seek(max(0, size - 2000))
            text = " ".join(self._log.read().decode("utf-8", "replace").split())[-300:]
        if "bwrap:" in text:
            hint = "bubblewrap may not create namespaces here: allow unprivileged user namespaces"
            return f"{hint} ({text})"
        code = self._child.returncode
        how = f"signal {-code}" if code is not None and code < 0 else f"status {code}"
        return f"the child ended with {how}" + (f": {text}" if text else "")

    def _fail(self, stage: str, reason: str) -> SandboxError:
        self.close()
        return SandboxError(stage, reason)
