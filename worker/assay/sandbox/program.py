"""The worker's side of a native program: start the child, load a program once, run it many times.

Outputs must have the shapes that the program declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from assay.sandbox.process import PLATFORM, Limits, SandboxedProcess

__all__ = ["ISA_CAP", "PLATFORM", "XLA_FLAGS", "Limits", "SandboxedProgram"]

ISA_CAP = "AVX2"
XLA_FLAGS = f"--xla_cpu_max_isa={ISA_CAP} --xla_cpu_multi_thread_eigen=false"


class SandboxedProgram(SandboxedProcess):
    """One child and one program; `threads` results are computed at once."""

    # the bits of a native program depend on these; those of an exact one do not
    environment: ClassVar[Mapping[str, str]] = {
        "JAX_CPU_ENABLE_ASYNC_DISPATCH": "false",
        "XLA_FLAGS": XLA_FLAGS,
    }

    def __init__(self, program: bytes, *, limits: Limits | None = None, threads: int | None = None) -> None:
        super().__init__(limits=limits, threads=threads)
        self.compile_seconds = 0.0
        self.inputs: list[tuple[str, tuple[int, ...]]] = []
        self.outputs: list[tuple[str, tuple[int, ...]]] = []
        self._program = program

    def bind(self, arrays: Sequence[NDArray[Any]]) -> None:
        """Set the leading inputs, which stay the same for all runs."""
        self._send({"do": "bind"}, arrays)
        self._answer("bind", self.limits.run_seconds)

    def run(self, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """The outputs for one set of the remaining inputs."""
        return next(self.run_many([arrays]))

    def run_many(self, sets: Sequence[Sequence[NDArray[Any]]]) -> Iterator[list[NDArray[Any]]]:
        """The outputs for each set of remaining inputs, in order; computed `threads` at a time.

        All must be consumed before another call.
        """
        if not sets:
            return
        self._send({"do": "run", "sets": len(sets)}, [array for arrays in sets for array in arrays])
        for _ in sets:
            outputs = self._answer("run", self.limits.run_seconds)[1]
            if [(str(a.dtype), a.shape) for a in outputs] != self.outputs:
                raise self._fail("run", "the program returned other shapes than it declared")
            yield outputs

    def _load(self) -> None:
        self._send({"do": "load"}, [np.frombuffer(self._program, np.uint8)])
        head, _ = self._answer("check", self.limits.compile_seconds)
        self.compile_seconds = float(head["seconds"])
        self.inputs = [(str(kind), tuple(shape)) for kind, shape in head["inputs"]]
        self.outputs = [(str(kind), tuple(shape)) for kind, shape in head["outputs"]]
