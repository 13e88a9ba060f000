"""What every store can do, and what can be put into one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from assay.artifacts.kinds import GIB, Kind

BLOCK_BYTES = 1 << 20

Source = bytes | Path
"""What can be put: bytes in memory, or a local file (read as often as needed)."""


class Store(Protocol):
    """What ArtifactStore, HttpMirror and MultiStore have in common."""

    def has(self, kind: Kind, identity: bytes) -> bool:
        """Whether a read would find it."""

    def size(self, kind: Kind, identity: bytes) -> int:
        """Its bytes. Raises ArtifactMissing."""

    def get(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> bytes:
        """The whole object, verified."""

    def stream(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> Iterator[bytes]:
        """Its blocks; raises ArtifactCorrupt at the latest after the last one, so keep nothing until it
        ends.
        """

    def read_range(self, kind: Kind, identity: bytes, start: int, length: int) -> bytes:
        """Bytes start..start+length as stored, not verified by themselves; shorter at the end."""

    def put(self, kind: Kind, identity: bytes, source: Source) -> None:
        """Stores it once it hashes to the id; doing so again changes nothing."""


def blocks_of(source: Source) -> Iterator[bytes]:
    """Blocks of at most 1 MiB."""
    if isinstance(source, bytes):
        for start in range(0, len(source), BLOCK_BYTES):
            yield source[start : start + BLOCK_BYTES]
        return
    with source.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def size_of(source: Source) -> int:
    """Bytes of a source."""
    return len(source) if isinstance(source, bytes) else source.stat().st_size
