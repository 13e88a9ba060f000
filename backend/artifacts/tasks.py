"""Periodic work of the artifact mirror."""

from __future__ import annotations

from backend.artifacts.mirrors import mirrors_check
from backend.artifacts.store import artifact_store
from backend.web.tasks import periodic


@periodic("artifacts.mirrors_check")
def check_mirrors() -> None:
    """Asks each artifact store whether it answers, for the status page."""
    mirrors_check()


@periodic("artifacts.uploads_prune")
def uploads_prune() -> int:
    """Removes temporary files that killed uploads left; returns how many."""
    return artifact_store().sweep()
