"""The artifact store this backend serves: one object per process, at ASSAY_STORE_URL."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from assay.artifacts import ArtifactStore


@lru_cache(maxsize=8)
def _open(url: str) -> ArtifactStore:
    return ArtifactStore(url)


def artifact_store() -> ArtifactStore:
    """The store; raises StoreError when its address makes no sense."""
    return _open(settings.ASSAY_STORE_URL)
