"""How an exact job is cut, and how long a lot of it takes. Pure, no JAX.

lot l is the items [l · items_per_lot, min((l + 1) · items_per_lot, items)); a lot's stated run time is what starting,
compiling and running its items takes at the speed that devices state, with a quarter to spare.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.jobs.exact.spec import ExactSpec

if TYPE_CHECKING:
    from assay.program import Program

START_SECONDS = 4.0  # a child of the sandbox starts and tests its device, on two slow cores
COMPILE_SECONDS_PER_NODE = 0.003  # measured on programs of 2,000 to 4,000 nodes on such cores
SPARE = 1.25


@dataclass(frozen=True)
class ExactPlan:
    """The cut of one job. operations, bytes_moved, peak_bytes: of one item; nodes: of all bodies."""

    items: int
    items_per_lot: int
    lots: int
    operations: int
    bytes_moved: int
    peak_bytes: int
    nodes: int

    def lot_items(self, lot: int) -> range:
        """The item indices of a lot."""
        if not 0 <= lot < self.lots:
            raise IndexError(f"lot {lot} does not exist: the job has {self.lots} lots")
        return range(lot * self.items_per_lot, min((lot + 1) * self.items_per_lot, self.items))

    def lot_seconds(self, operations_per_second: float) -> int:
        """Stated run time of one lot at this speed, at least 1."""
        if not operations_per_second > 0:
            raise ValueError(
                f"operations_per_second is {operations_per_second}; it must be above zero: run the benchmark"
            )
        running = self.items_per_lot * self.operations / operations_per_second
        compiling = self.nodes * COMPILE_SECONDS_PER_NODE
        return max(math.ceil(SPARE * (START_SECONDS + compiling + running)), 1)

    def to_json(self) -> dict[str, Any]:
        """The plan for API answers; numbers that JavaScript cannot hold are text."""
        return {
            "items": self.items,
            "items_per_lot": self.items_per_lot,
            "lots": self.lots,
            "nodes": self.nodes,
            "operations": str(self.operations * self.items),
            "peak_bytes": str(self.peak_bytes),
        }


def plan(spec: ExactSpec, program: Program) -> ExactPlan:
    """The cut of a job of this program."""
    cost = program.cost()
    return ExactPlan(
        items=spec.items,
        items_per_lot=spec.items_per_lot,
        lots=-(-spec.items // spec.items_per_lot),
        operations=cost.operations,
        bytes_moved=cost.bytes_moved,
        peak_bytes=cost.peak_bytes,
        nodes=sum(len(body.nodes) for body in program.bodies.values()),
    )
