"""The modules that the backend imports load no JAX."""

from __future__ import annotations

import subprocess
import sys

MODULES = (
    "assay.jobs.registry, assay.jobs.catalogue_index, "
    "assay.jobs.runner, assay.jobs.exact.loading, assay.jobs.exact.session, assay.jobs.exact.assemble, "
    "assay.jobs.exact.indexing, assay.buyer.exact_order, assay.buyer.verifying, "
    "assay.jobs.render.spec, assay.jobs.render.plan, "
    "assay.jobs.render.prepare, assay.jobs.render.preview, assay.jobs.render.assemble, assay.sandbox"
)


def test_import__backend_and_worker_modules__jax_stays_unloaded() -> None:
    code = f"import sys; import {MODULES}; sys.exit('jax' in sys.modules or 'jaxlib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}).returncode == 0
    )
