"""Several stores as one: reads come from the first that has the object intact, writes go to all that
accept.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import structlog

from assay.artifacts.base import Source, Store
from assay.artifacts.errors import ArtifactMissing, ArtifactTooLarge, StoreError
from assay.artifacts.kinds import GIB, Kind

T = TypeVar("T")

log = structlog.get_logger(__name__)


class MultiStore:
    """Stores in order of preference, the local one first."""

    def __init__(self, stores: Sequence[Store]) -> None:
        if not stores:
            raise StoreError("No artifact store is configured.", "Set ASSAY_STORE_URL or name a mirror.")
        self.stores = tuple(stores)

    def has(self, kind: Kind, identity: bytes) -> bool:
        """Whether any store has it; a store that fails counts as not having it."""
        return any(self._ask(store, kind, identity) for store in self.stores)

    def size(self, kind: Kind, identity: bytes) -> int:
        """Its bytes, from the first store that knows."""
        return int(self._first(kind, identity, lambda store: store.size(kind, identity)))

    def get(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> bytes:
        """The whole object, verified, from the first store that has it intact."""
        return bytes(
            self._first(kind, identity, lambda store: store.get(kind, identity, max_bytes=max_bytes))
        )

    def stream(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> Iterator[bytes]:
        """Blocks from the first store that has it; a store that fails midway is an error (use get to fall
        back).
        """
        missing: StoreError | None = None
        for store in self.stores:
            blocks = store.stream(kind, identity, max_bytes=max_bytes)
            try:
                first = next(blocks, None)
            except ArtifactTooLarge:
                raise
            except StoreError as error:
                missing = missing or error
                continue
            if first is not None:
                yield first
                yield from blocks
            return
        raise missing or self._missing(kind, identity)

    def read_range(self, kind: Kind, identity: bytes, start: int, length: int) -> bytes:
        """Bytes as stored, from the first store that answers."""
        return bytes(
            self._first(kind, identity, lambda store: store.read_range(kind, identity, start, length))
        )

    def put(self, kind: Kind, identity: bytes, source: Source) -> None:
        """Stores it everywhere; raises the first failure only when no store took it."""
        failures: list[StoreError] = []
        for store in self.stores:
            try:
                store.put(kind, identity, source)
            except StoreError as error:
                failures.append(error)
                log.warning("artifact_not_stored", id="0x" + identity.hex(), error=str(error))
        if len(failures) == len(self.stores):
            raise failures[0]

    def _ask(self, store: Store, kind: Kind, identity: bytes) -> bool:
        try:
            return store.has(kind, identity)
        except StoreError as error:
            log.warning("artifact_store_failed", error=str(error))
            return False

    def _first(self, kind: Kind, identity: bytes, read: Callable[[Store], T]) -> T:
        worst: StoreError | None = None
        for store in self.stores:
            try:
                return read(store)
            except ArtifactTooLarge:
                raise
            except ArtifactMissing:
                continue
            except StoreError as error:
                worst = worst or error
                log.warning("artifact_store_failed", id="0x" + identity.hex(), error=str(error))
        raise worst or self._missing(kind, identity)

    def _missing(self, kind: Kind, identity: bytes) -> ArtifactMissing:
        return ArtifactMissing(
            f"No store has {kind} 0x{identity.hex()}.", "Ask its owner to upload it, or add a mirror."
        )
