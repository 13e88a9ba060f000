"""The process inside the sandbox, for native programs. Started by `bwrap.command` only; it talks to the worker over
stdin and stdout.

Order of life: limit itself, load JAX, then answer `load` (check, compile), `bind` (inputs that stay), `run` (one
result message per set of changing inputs) and `runtime` until its input ends. An error is answered and does not end
the child.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from assay.sandbox import wire

Message = tuple[dict[str, Any], list[Any]]


def main() -> None:
    """Entry point; see `limited`."""
    Child(*limited()).serve()


def limited() -> tuple[Any, Any, int, int, str]:
    """Limits this process as its arguments say: memory bytes, CPU seconds, file bytes, processes, threads, largest
    message, platform. Returns source, sink, threads, largest message, platform."""
    memory, cpu, files, processes, threads, largest = (int(text) for text in sys.argv[1:7])
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, files),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    # Anything that prints must not end up between messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, out, threads, largest, sys.argv[7]


class Server:
    """Answers messages; subclasses say which."""

    def __init__(self, source: Any, sink: Any, threads: int, largest: int, platform: str) -> None:
        self.source, self.sink = source, sink
        self.threads, self.largest, self.platform = threads, largest, platform

    def answers(self) -> dict[str, Callable[[dict[str, Any], list[Any]], None]]:
        """What answers a message, by its `do`."""
        raise NotImplementedError

    def serve(self) -> None:
        """Answer messages until the input ends."""
        self._send({"ok": True, "jax": _jax_versions()})
        while True:
            try:
                head, arrays = wire.unpack(self._read, self.largest)
            except EOFError:
                return
            stage = str(head.get("do"))
            try:
                self.answers()[stage](head, arrays)
            except MemoryError:
                self._send(
                    {"ok": False, "stage": stage, "reason": "the program needs more memory than its limit"}
                )
            except Exception as error:
                text = " ".join(str(error).split())[:400] or type(error).__name__
                self._send({"ok": False, "stage": getattr(error, "stage", stage), "reason": text})

    def _read(self, size: int) -> bytes:
        data = self.source.read(size)
        if len(data) != size:
            raise EOFError
        return bytes(data)

    def _send(self, head: dict[str, Any], arrays: list[Any] | None = None) -> None:
        for piece in wire.pack(head, arrays or []):
            self.sink.write(piece)
        self.sink.flush()


class Child(Server):
    """Holds at most one program and its bound inputs."""

    def __init__(self, source: Any, sink: Any, threads: int, largest: int, platform: str) -> None:
        super().__init__(source, sink, threads, largest, platform)
        self.compiled: Any = None
        self.bound: list[Any] = []

    def answers(self) -> dict[str, Callable[[dict[str, Any], list[Any]], None]]:
        return {"load": self._load, "bind": self._bind, "run": self._run}

    def _load(self, head: dict[str, Any], arrays: list[Any]) -> None:
        import jax
        import jax.export

        from assay.sandbox.check import check

        data = arrays[0].tobytes()
        self.compiled, self.bound = None, []
        try:
            check(data, self.platform)
        except Exception as error:
            raise Staged("check", error) from error
        begin = time.monotonic()
        try:
            exported = jax.export.deserialize(bytearray(data))
            inputs = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in exported.in_avals]  # type: ignore[no-untyped-call]
            self.compiled = jax.jit(exported.call).lower(*inputs).compile()
        except MemoryError:
            raise
        except Exception as error:
            raise Staged("compile", error) from error
        self._send({
            "ok": True,
            "seconds": time.monotonic() - begin,
            "inputs": [[str(aval.dtype), list(aval.shape)] for aval in exported.in_avals],
            "outputs": [[str(aval.dtype), list(aval.shape)] for aval in exported.out_avals],
        })  # fmt: skip

    def _bind(self, head: dict[str, Any], arrays: list[Any]) -> None:
        import jax

        self.bound = [jax.device_put(array) for array in arrays]
        self._send({"ok": True})

    def _run(self, head: dict[str, Any], arrays: list[Any]) -> None:
        """`sets` sets of changing inputs, one result message for each, in order."""
        import numpy as np

        sets = int(head["sets"])
        width = len(arrays) // max(sets, 1)
        if self.compiled is None or sets < 1 or width * sets != len(arrays):
            raise ValueError("no program is loaded, or the inputs do not divide into sets")

        def one(index: int) -> list[Any]:
            result = self.compiled(*self.bound, *arrays[index * width : (index + 1) * width])
            leaves = result if isinstance(result, (list, tuple)) else [result]
            return [np.asarray(leaf) for leaf in leaves]

        with ThreadPoolExecutor(self.threads) as pool:
            futures = [pool.submit(one, index) for index in range(sets)]
            try:
                for future in futures:
                    self._send({"ok": True}, future.result())
            finally:
                for future in futures:
                    future.cancel()


class Staged(Exception):
    """An error with the stage in which it happened."""

    def __init__(self, stage: str, cause: Exception) -> None:
        super().__init__(
            f"{cause}" if type(cause).__name__ == "Refused" else f"{type(cause).__name__}: {cause}"
        )
        self.stage = stage


def _jax_versions() -> dict[str, str]:
    import jax
    import jaxlib.version

    return {
        "jax": jax.__version__,
        "jaxlib": jaxlib.version.__version__,
        "platform": jax.default_backend(),
        "device_kind": jax.devices()[0].device_kind,
    }
