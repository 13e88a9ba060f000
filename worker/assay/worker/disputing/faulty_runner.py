"""Runs exact lots with a fault, so that a worker seals what it will defend. Demonstrations on the local chain."""

from __future__ import annotations

from collections.abc import Sequence

from assay.jobs.exact.loading import ExactJob
from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Terms
from assay.worker.disputing.bench import Piece
from assay.worker.disputing.helper import Helper, Question
from assay.worker.running import JobWork, LotFailed, Material, Runner


class FaultyRunner:
    """Native jobs run as ever; of exact ones each lot has one wrong product (assay.disputes.faulty)."""

    def __init__(self, inner: Runner, chain_id: int) -> None:
        """chain_id: checked by the child, which runs nothing on any chain but the local one."""
        self._inner, self._chain_id = inner, chain_id

    def open(self, job_id: bytes, terms: Terms, material: Material) -> JobWork:
        """A session. Raises as the inner runner does."""
        if material.exact is None:
            return self._inner.open(job_id, terms, material)
        return _FaultyWork(job_id, terms, material.exact, self._chain_id)


class _FaultyWork:
    def __init__(self, job_id: bytes, terms: Terms, job: ExactJob, chain_id: int) -> None:
        self._job_id, self._terms = job_id, terms
        self._helper = Helper(lambda _: (job.program, job.inputs), faulty_chain=chain_id)

    def run_lot(self, lot: int) -> Sequence[bytes]:
        """The lot's items, the first of them wrong. Raises LotFailed."""
        first = lot * self._terms.items_per_lot
        items = min(self._terms.items_per_lot, self._terms.items - first)
        try:
            question = Question("results", Piece(self._job_id, items, first), self._terms)
            results: list[bytes] = self._helper.think(question)
        except AssayError as error:
            raise LotFailed(str(error)) from error
        return results

    def close(self) -> None:
        self._helper.close()
