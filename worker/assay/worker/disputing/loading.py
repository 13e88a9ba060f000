"""The program and inputs of an exact job, from the artifact store, for re-execution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assay.artifacts import Kind
from assay.artifacts.base import Store
from assay.jobs.exact.loading import ExactJob, load_job
from assay.protocol.generated.structs import Terms
from assay.protocol.spec import parse_spec
from assay.worker.disputing.helper import Loader

Keep = Callable[[Terms, dict[str, Any], ExactJob], None]


def store_loader(store: Store, path_moves: int, keep: Keep | None = None) -> Loader:
    """A loader for `Mind`: checks everything against the terms. path_moves: the deployment's. keep: called with it."""

    def load(terms: Terms) -> tuple[Any, Sequence[Any]]:
        spec = parse_spec(store.get(Kind.SPEC, terms.spec_hash))
        job = load_job(spec, store, terms, path_moves=path_moves)
        if keep is not None:
            keep(terms, spec, job)
        return job.program, job.inputs

    return load
