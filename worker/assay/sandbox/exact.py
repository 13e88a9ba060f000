"""The worker's side of an exact program: start a child, give it program and tensors, run items.

Outputs must have the shapes that the program declares; their roots are computed on this side.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.program import Limits as ProgramLimits
from assay.program import Program, spec_of
from assay.sandbox import bwrap, wire
from assay.sandbox.process import Limits, SandboxedProcess

ARRAYS_A_MESSAGE = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """What the self-test of an arithmetic unit found. macs_per_second is 0 when it failed."""

    unit: str
    passed: bool
    detail: str
    macs_per_second: float


class ExactChildProcess(SandboxedProcess):
    """A child that has tested its device: SandboxError with stage `device` when it computes integers wrongly."""

    entry = bwrap.EXACT

    def __init__(self, *, limits: Limits | None = None, threads: int | None = None) -> None:
        super().__init__(limits=limits, threads=threads)
        self.units: tuple[UnitFinding, ...] = ()

    def _load(self) -> None:
        self._send({"do": "test"})
        head, _ = self._answer("device", self.limits.compile_seconds)
        units = [(str(unit), bool(ok), str(text), float(rate)) for unit, ok, text, rate in head["units"]]
        self.units = tuple(UnitFinding(*unit) for unit in units)


class SandboxedExact(ExactChildProcess):
    """One child and one program with its inputs. decode_limits: what the child takes of a program."""

    def __init__(
        self,
        program: Program,
        inputs: Sequence[NDArray[Any]],
        *,
        decode_limits: ProgramLimits,
        limits: Limits | None = None,
        threads: int | None = None,
    ) -> None:
        super().__init__(limits=limits, threads=threads)
        self._program, self._inputs, self._decode_limits = program, list(inputs), decode_limits

    def _load(self) -> None:
        super()._load()
        data = np.frombuffer(self._program.encode(), np.uint8)
        self._send({"do": "load", "limits": asdict(self._decode_limits)}, [data])
        self._answer("check", self.limits.compile_seconds)
        constants = [np.asarray(self._program.constants[root]) for root in self._program.constant_specs]
        for name, arrays in (("constants", constants), ("inputs", self._inputs)):
            for batch in _batches(arrays, self.limits.message_bytes):
                self._send({"do": "bind", "of": name}, batch)
                self._answer("bind", self.limits.start_seconds)

    def run_item(
        self, index: int, progress: Progress | None = None
    ) -> tuple[list[NDArray[Any]], tuple[bytes, ...]]:
        """(outputs, state trace roots) of item `index` of the job. The time limit is for the whole item."""
        self._send({"do": "run", "item": index})
        deadline = time.monotonic() + self.limits.run_seconds
        outputs: list[NDArray[Any]] = []
        while True:
            head, arrays = self._answer("run", max(deadline - time.monotonic(), 0.0))
            if "steps" in head and progress is not None:
                done, total = head["steps"]
                progress(int(done), int(total))
            outputs += arrays
            if "traces" in head or len(outputs) > len(self._program.outputs):
                break
        if [spec_of(array) for array in outputs] != list(self._program.outputs):
            raise self._fail("run", "the child returned other shapes than the program declares")
        traces = tuple(bytes.fromhex(trace) for trace in head["traces"])
        return outputs, traces


def _batches(arrays: Sequence[NDArray[Any]], most_bytes: int) -> list[list[NDArray[Any]]]:
    """Runs of arrays that fit a message."""
    batches: list[list[NDArray[Any]]] = []
    size = most_bytes
    for array in arrays:
        here = array.nbytes + 2 + 8 * wire.MAX_DIMENSIONS
        if size + here > most_bytes or len(batches[-1]) == ARRAYS_A_MESSAGE:
            batches.append([])
            size = 0
        batches[-1].append(array)
        size += here
    return batches
