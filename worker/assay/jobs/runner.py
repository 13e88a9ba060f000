"""What the worker daemon calls to run jobs, and to measure its own speed. Imports no JAX; programs run in the
sandbox.

with JobRunner() as runner:
    session = runner.open("render", spec_json, program_bytes, {scene_id: scene_bytes})
    session = runner.open_exact(load_job(spec_json, store, terms))
    results = session.run_lot(0, progress=lambda done, total: ...)
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from assay.commitment.artifact import artifact_id
from assay.jobs import catalogue_index, registry
from assay.jobs.errors import JobError
from assay.jobs.exact.loading import ExactJob
from assay.jobs.exact.session import ExactSession
from assay.jobs.render.scenes import GALLERY
from assay.jobs.render.session import RenderSession
from assay.jobs.render.spec import RenderSpec
from assay.sandbox import Limits

BENCHMARK_SIZE = (320, 180, 16)


class JobRunner:
    """Opens sessions and closes those left open. threads: results computed at once (default: all processors)."""

    def __init__(self, *, limits: Limits | None = None, threads: int | None = None) -> None:
        self._limits, self._threads = limits, threads
        self._open: list[RenderSession | ExactSession] = []

    def open(
        self,
        kind: str,
        spec_json: Mapping[str, object],
        program_bytes: bytes,
        input_artifacts: Mapping[str, bytes],
    ) -> RenderSession:
        """A session for one native job; raises JobError when it cannot be run as posted, SandboxError when nothing can
        run here."""
        try:
            known = registry.get(kind)
        except registry.UnknownKind as error:
            raise JobError(str(error)) from error
        if known.exact:
            raise JobError(f"a job of kind {kind!r} leaves its runtime class empty; this one names a class")
        if spec_json.get("kind") != known.name:
            raise JobError(f"the job says kind {kind!r}, its spec {str(spec_json.get('kind'))[:40]!r}")
        session = RenderSession(
            spec_json, program_bytes, input_artifacts, limits=self._limits, threads=self._threads
        )
        self._open.append(session)
        return session

    def open_exact(self, job: ExactJob) -> ExactSession:
        """A session for one exact job; raises SandboxError, with stage `device` when this machine may take none."""
        session = ExactSession(job, limits=self._limits, threads=self._threads)
        self._open.append(session)
        return session

    def close(self) -> None:
        """Close every session that was opened here."""
        while self._open:
            self._open.pop().close()

    def __enter__(self) -> JobRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def benchmark(seconds: float = 3.0, *, threads: int | None = None) -> float:
    """Samples per second of this machine on the gallery scene, compilation apart; runs for about `seconds`."""
    with JobRunner(threads=threads) as runner:
        session = open_gallery(runner)
        step = 2 * (threads or 4)
        session.run_items(list(range(step)))
        done, begin = 0, time.monotonic()
        while time.monotonic() - begin < seconds:
            items = [(done + k) % session.plan.items for k in range(step)]
            session.run_items(items)
            done += step
        elapsed = time.monotonic() - begin
    width, height, samples = BENCHMARK_SIZE
    return done / session.plan.items * width * height * samples / elapsed


def open_gallery(runner: JobRunner, size: tuple[int, int, int] = BENCHMARK_SIZE) -> RenderSession:
    """A session on the gallery scene at (width, height, samples); for benchmarks and the self-test."""
    scene = GALLERY.read_bytes()
    scene_id = "0x" + artifact_id(scene).hex()
    spec = RenderSpec(scene_id, *size)
    program = catalogue_index.by_name("render-16384").read()
    return runner.open("render", spec.to_json(), program, {scene_id: scene})
