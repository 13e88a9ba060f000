"""The process inside the sandbox, for exact programs: decodes one, takes its tensors, runs items.

Such a program is data and can do no harm by itself; what is bounded here is memory and time, and what a fault of a
compiler could reach.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from assay.sandbox.child import Server, Staged, limited

ARRAYS_A_MESSAGE = 200


def main() -> None:
    """Entry point; see child.limited."""
    ExactChild(*limited()).serve()


class ExactChild(Server):
    """Holds at most one program and its tensors."""

    def __init__(self, source: Any, sink: Any, threads: int, largest: int, platform: str) -> None:
        super().__init__(source, sink, threads, largest, platform)
        self.program: Any = None
        self.tensors: dict[str, list[Any]] = {"inputs": [], "constants": []}

    def answers(self) -> dict[str, Callable[[dict[str, Any], list[Any]], None]]:
        return {"test": self._test, "load": self._load, "bind": self._bind, "run": self._run}

    def _test(self, head: dict[str, Any], arrays: list[Any]) -> None:
        """Whether this device computes exactly, unit by unit."""
        from assay.exact.dot import DeviceUnfit, self_test

        try:
            reports = self_test()
        except DeviceUnfit as error:
            raise Staged("device", error) from error
        units = [[report.unit, report.passed, report.detail, report.macs_per_second] for report in reports]
        self._send({"ok": True, "units": units})

    def _load(self, head: dict[str, Any], arrays: list[Any]) -> None:
        """Decode the program. limits: what of it may be how large."""
        from assay.program import Limits, Program

        self.program, self.tensors = None, {"inputs": [], "constants": []}
        try:
            self.program = Program.decode(arrays[0].tobytes(), Limits(**head["limits"]))
        except Exception as error:
            raise Staged("check", error) from error
        self._send({"ok": True})

    def _bind(self, head: dict[str, Any], arrays: list[Any]) -> None:
        """The next tensors of `inputs` or `constants`, in order."""
        self.tensors[head["of"]] += arrays
        self._send({"ok": True})

    def _run(self, head: dict[str, Any], arrays: list[Any]) -> None:
        """One item: messages of its progress, then its outputs by ARRAYS_A_MESSAGE, at last the state trace roots."""
        from dataclasses import replace

        from assay.program.traced import run_traced

        if self.program is None:
            raise ValueError("no program is loaded")
        constants = dict(zip(self.program.constant_specs, self.tensors["constants"], strict=True))
        program = replace(self.program, constants=constants)
        told = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told
            if time.monotonic() - told >= 1.0:
                told = time.monotonic()
                self._send({"ok": True, "steps": [done, total]})

        item = run_traced(program, self.tensors["inputs"], int(head["item"]), tell)
        outputs = list(item.outputs)
        traces = [trace.hex() for trace in item.traces]
        while len(outputs) > ARRAYS_A_MESSAGE:
            self._send({"ok": True, "more": True}, outputs[:ARRAYS_A_MESSAGE])
            del outputs[:ARRAYS_A_MESSAGE]
        self._send({"ok": True, "traces": traces}, outputs)
