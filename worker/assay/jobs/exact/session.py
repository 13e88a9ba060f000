"""Running the lots of one exact job in the sandbox. No JAX here.

Item results are a pure function of program, inputs and index, on every device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assay.commitment.traces import lot_root
from assay.jobs.exact.loading import LIMITS, ExactJob
from assay.jobs.exact.results import ItemResult
from assay.program import Limits as ProgramLimits
from assay.sandbox import Limits
from assay.sandbox.exact import SandboxedExact, UnitFinding

Progress = Callable[[int, int], None]


class ExactSession:
    """One job, ready to run. Close it, or use it as a context manager."""

    def __init__(
        self,
        job: ExactJob,
        *,
        decode_limits: ProgramLimits = LIMITS,
        limits: Limits | None = None,
        threads: int | None = None,
    ) -> None:
        """Starts the sandbox and gives it the job. Raises SandboxError: stage `device` when this device computes
        integers wrongly."""
        chosen = limits or Limits()
        # of large inputs the child holds the bytes as they came and as they lie on the device
        room = 3 * sum(array.nbytes for array in job.inputs) + job.plan.peak_bytes
        chosen = replace(chosen, memory_bytes=max(chosen.memory_bytes, room + (4 << 30)))
        self.job, self.plan = job, job.plan
        self._child = SandboxedExact(
            job.program, job.inputs, decode_limits=decode_limits, limits=chosen, threads=threads
        )
        self._child.__enter__()

    @property
    def units(self) -> tuple[UnitFinding, ...]:
        """What the self-test found."""
        return self._child.units

    def run_items(self, items: list[int], progress: Progress | None = None) -> list[bytes]:
        """The result bytes of these items in order; progress(items done, items in all) after each. Raises
        SandboxError."""
        results = []
        for item in items:
            outputs, traces = self._child.run_item(item)
            results.append(ItemResult.of(outputs, traces).encode())
            if progress:
                progress(len(results), len(items))
        return results

    def run_lot(self, lot: int, progress: Progress | None = None) -> list[bytes]:
        """The result bytes of the lot's items in order; raises IndexError for a lot that does not exist,
        SandboxError."""
        return self.run_items(list(self.plan.lot_items(lot)), progress)

    def lot_root(self, lot: int) -> bytes:
        """The root that an honest seat seals for the lot: runs it."""
        return lot_root([ItemResult.decode(data).root for data in self.run_lot(lot)])

    def close(self) -> None:
        """End the sandbox. Safe to call twice."""
        self._child.close()

    def __enter__(self) -> ExactSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
