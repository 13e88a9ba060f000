"""Content-addressed storage of programs, inputs, results and specs, over any fsspec file system or HTTP
mirror.
"""

from assay.artifacts.base import Source, Store
from assay.artifacts.copying import copy_to
from assay.artifacts.errors import (
    ArtifactCorrupt,
    ArtifactMissing,
    ArtifactTooLarge,
    MirrorRefused,
    MirrorUnreachable,
    StoreError,
    StoreFull,
)
from assay.artifacts.kinds import Kind, Verifier, id_of, parse_key
from assay.artifacts.mirror import HttpMirror
from assay.artifacts.multi import MultiStore
from assay.artifacts.store import ArtifactStore
from assay.artifacts.writer import Writer

__all__ = [
    "ArtifactCorrupt",
    "ArtifactMissing",
    "ArtifactStore",
    "ArtifactTooLarge",
    "HttpMirror",
    "Kind",
    "MirrorRefused",
    "MirrorUnreachable",
    "MultiStore",
    "Source",
    "Store",
    "StoreError",
    "StoreFull",
    "Verifier",
    "Writer",
    "copy_to",
    "id_of",
    "parse_key",
]
