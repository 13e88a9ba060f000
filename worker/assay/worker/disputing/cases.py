"""What a dispute about a job needs, kept on this worker's disk: spec, program, constants, inputs.

A provider keeps it before it runs a job, so that a buyer who takes the inputs back cannot leave it without a defence; a
challenger before it opens a game.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assay.artifacts import ArtifactStore, Kind, MultiStore
from assay.artifacts.base import Store
from assay.commitment.listing import list_bytes
from assay.commitment.tensor import tensor_root
from assay.jobs.exact.loading import ExactJob
from assay.jobs.exact.tensors import object_of
from assay.protocol.generated.structs import Terms
from assay.protocol.keccak import keccak256
from assay.protocol.spec import canonical_bytes
from assay.worker.disputing.loading import store_loader


class Cases:
    """One folder a case; jobs with the same spec, program and inputs share it."""

    def __init__(self, folder: Path, store: Store, path_moves: int) -> None:
        """store: where what is not kept yet is found. path_moves: the deployment's."""
        self._folder, self._store, self._path_moves = folder, store, path_moves

    def load(self, terms: Terms) -> tuple[Any, Sequence[Any]]:
        """(program with its constants, inputs); from the disk once it was kept. Raises JobError, StoreError."""
        near = self._near(terms)
        return store_loader(MultiStore([near, self._store]), self._path_moves, keep=self.keep)(terms)

    def keep(self, terms: Terms, spec: dict[str, Any], job: ExactJob) -> None:
        """Writes a case. Raises StoreError when the disk does not take it."""
        near = self._near(terms)
        if near.has(Kind.SPEC, terms.spec_hash):
            return
        near.put(Kind.BYTES, bytes.fromhex(job.spec.program[2:]), job.program.encode())
        arrays = [np.asarray(array) for array in job.inputs]
        for array in (*arrays, *map(np.asarray, job.program.constants.values())):
            near.put(Kind.TENSOR, tensor_root(array), object_of(array))
        near.put(Kind.LIST, terms.inputs_root, list_bytes([tensor_root(array) for array in arrays]))
        near.put(
            Kind.SPEC, terms.spec_hash, canonical_bytes(spec)
        )  # last: its presence says that all is there

    def forget(self, terms: Terms, others: Iterable[Terms]) -> None:
        """Deletes a case that no other job needs."""
        if all(self._path(other) != self._path(terms) for other in others):
            shutil.rmtree(self._path(terms), ignore_errors=True)

    def _near(self, terms: Terms) -> ArtifactStore:
        return ArtifactStore(self._path(terms).as_uri())

    def _path(self, terms: Terms) -> Path:
        return self._folder / keccak256(terms.spec_hash + terms.program_root + terms.inputs_root).hex()[:32]
