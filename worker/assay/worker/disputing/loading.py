"""The program and inputs of an exact job, from the artifact store, for re-execution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay.artifacts import Kind
from assay.artifacts.base import Store
from assay.jobs.exact.loading import load_job
from assay.protocol.generated.structs import Terms
from assay.protocol.spec import parse_spec
from assay.worker.disputing.helper import Loader


def store_loader(store: Store, path_moves: int) -> Loader:
    """A loader for `Mind`: checks everything against the terms. path_moves: the deployment's."""

    def load(terms: Terms) -> tuple[Any, Sequence[Any]]:
        spec = parse_spec(store.get(Kind.SPEC, terms.spec_hash))
        job = load_job(spec, store, terms, path_moves=path_moves)
        return job.program, job.inputs

    return load
