"""Running the lots of one render job: prepared once, compiled once, any lot on demand. No JAX here; it runs in the
sandbox.

Opened by `assay.jobs.runner`. Item results are a pure function of (spec, program, scene, runtime class).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from assay.commitment.artifact import artifact_id
from assay.jobs import catalogue_index
from assay.jobs.errors import JobError
from assay.jobs.render.errors import SceneError
from assay.jobs.render.plan import Plan, item_params, item_to_bytes, plan
from assay.jobs.render.prepare import prepare, scene_stats
from assay.jobs.render.spec import RenderSpec, SpecError
from assay.jobs.render.tables import scene_tables
from assay.sandbox import Limits, SandboxedProgram

Progress = Callable[[int, int], None]
BATCH = 8  # items asked for at once, per thread


class RenderSession:
    """One job, ready to run. Close it, or use it as a context manager."""

    def __init__(
        self,
        spec_json: Mapping[str, object],
        program: bytes,
        inputs: Mapping[str, bytes],
        *,
        limits: Limits | None = None,
        threads: int | None = None,
    ) -> None:
        """Checks everything, prepares the scene and starts the sandbox. Raises JobError or SandboxError.

        inputs: artifact id (0x-hex) → bytes; must hold the spec's scene.
        """
        try:
            self.spec = RenderSpec.from_json(spec_json)
            scene_bytes = _input(inputs, self.spec.scene)
            self.plan: Plan = plan(self.spec, scene_stats(scene_bytes))
            scene = prepare(scene_bytes)
        except (SpecError, SceneError) as error:
            raise JobError(str(error)) from error
        self.warnings = scene.warnings
        entry = catalogue_index.by_name(self.plan.program)
        if "0x" + artifact_id(program).hex() != entry.artifact_id:
            raise JobError(f"the job's program is not {entry.name} of the catalogue, which this scene needs")
        self._program = SandboxedProgram(program, limits=limits, threads=threads)
        self._program.__enter__()
        try:
            self._program.bind(scene_tables(scene, self.plan.bucket))
        except BaseException:
            self.close()
            raise

    @property
    def compile_seconds(self) -> float:
        """How long the sandbox took to compile the program."""
        return self._program.compile_seconds

    @property
    def versions(self) -> dict[str, str]:
        """jax, jaxlib, platform and device_kind as the sandbox reports them."""
        return self._program.versions

    def run_items(self, items: list[int], progress: Progress | None = None) -> list[bytes]:
        """The result bytes of these items in order; progress(items done, items in all) after each. Raises
        SandboxError."""
        results: list[bytes] = []
        step = BATCH * self._program.threads
        for begin in range(0, len(items), step):
            batch = [[item_params(self.plan, item)] for item in items[begin : begin + step]]
            for (values,) in self._program.run_many(batch):
                results.append(item_to_bytes(values.astype(np.float32, copy=False)))
                if progress:
                    progress(len(results), len(items))
        return results

    def run_lot(self, lot: int, progress: Progress | None = None) -> list[bytes]:
        """The result bytes of the lot's items in order; raises IndexError for a lot that does not exist,
        SandboxError."""
        return self.run_items(list(self.plan.lot_items(lot)), progress)

    def close(self) -> None:
        """End the sandbox. Safe to call twice."""
        self._program.close()

    def __enter__(self) -> RenderSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _input(inputs: Mapping[str, bytes], wanted: str) -> bytes:
    data = inputs.get(wanted)
    if data is None:
        raise JobError(f"the job's inputs do not hold the scene {wanted}")
    if "0x" + artifact_id(data).hex() != wanted:
        raise JobError(f"the bytes given for the scene {wanted} do not match that id")
    return data
