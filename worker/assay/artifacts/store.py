"""Content-addressed objects under an fsspec URL: <kind>/<first 2 hex>/<hex id>.

Called by: workers, buyers and the backend (which share `.run/artifacts` by default). An object appears whole
and
verified or not at all: it is written under tmp/, checked against its id, flushed to disk, then renamed. A
reader
never gets bytes that do not hash to the id; what rotted at rest is moved to quarantine/, so that the next
put heals it.
"""

import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import fsspec
import structlog

from assay.artifacts.base import BLOCK_BYTES, Source, blocks_of, size_of
from assay.artifacts.copying import copy_to
from assay.artifacts.errors import ArtifactCorrupt, ArtifactMissing, StoreError
from assay.artifacts.faults import full, store_error
from assay.artifacts.kinds import GIB, Kind, Verifier, id_of
from assay.artifacts.writer import Writer

TEMPORARY = "tmp"
QUARANTINE = "quarantine"
STALE_SECONDS = 3_600
T = TypeVar("T")

log = structlog.get_logger(__name__)


class ArtifactStore:
    """See the module. max_bytes: largest object it takes; min_free_bytes: local disk space it leaves
    alone.
    """

    def __init__(self, url: str, *, max_bytes: int = GIB, min_free_bytes: int = 64 << 20) -> None:
        try:
            self._fs, self._root = fsspec.core.url_to_fs(url, **_options(url))
        except (ValueError, ImportError) as error:
            raise StoreError(
                f"{url!r} is not a store address: {error}.", "Use file:///path or another fsspec URL."
            ) from error
        self.url = url
        self.max_bytes = max_bytes
        self._min_free_bytes = min_free_bytes

    @property
    def local_root(self) -> Path | None:
        """The folder of a store on this machine's disk, else None."""
        return Path(self._root) if "file" in _protocols(self._fs) else None

    def has(self, kind: Kind, identity: bytes) -> bool:
        """Whether it is here."""
        return bool(self._guard(lambda: self._fs.exists(self._path(kind, identity))))

    def size(self, kind: Kind, identity: bytes) -> int:
        """Its bytes. Raises ArtifactMissing."""
        return int(self._guard(lambda: self._fs.info(self._path(kind, identity))["size"], kind, identity))

    def get(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> bytes:
        """The whole object, verified. Raises ArtifactMissing, ArtifactCorrupt, ArtifactTooLarge."""
        return b"".join(self.stream(kind, identity, max_bytes=max_bytes))

    def stream(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> Iterator[bytes]:
        """Its blocks, verified when the last one has been taken (see Store.stream)."""
        verifier = Verifier(kind, identity, max_bytes=max_bytes)
        path = self._path(kind, identity)
        try:
            with self._guard(lambda: self._fs.open(path, "rb"), kind, identity) as file:
                while block := bytes(self._guard(lambda: file.read(BLOCK_BYTES))):
                    verifier.update(block)
                    yield block
            verifier.finish()
        except ArtifactCorrupt:
            self._quarantine(path)
            raise

    def read_range(self, kind: Kind, identity: bytes, start: int, length: int) -> bytes:
        """Bytes as stored; verify them yourself or read the whole. Raises ArtifactMissing."""
        if start < 0 or length < 0:
            raise StoreError(f"A range cannot start at {start} and have {length} bytes.")
        path = self._path(kind, identity)

        def read() -> bytes:
            with self._fs.open(path, "rb") as file:
                file.seek(start)
                return bytes(file.read(length))

        return bytes(self._guard(read, kind, identity))

    def put(self, kind: Kind, identity: bytes, source: Source) -> None:
        """Stores bytes or a local file under the id they must hash to."""
        self.put_stream(kind, identity, blocks_of(source), size=size_of(source))

    def put_bytes(self, data: bytes, kind: Kind = Kind.BYTES) -> bytes:
        """Stores bytes and returns their id."""
        identity = id_of(kind, data)
        self.put(kind, identity, data)
        return identity

    def put_stream(
        self, kind: Kind, identity: bytes, blocks: Iterable[bytes], *, size: int | None = None
    ) -> None:
        """Stores blocks as they come; nothing is kept unless they are the object, whole."""
        with self.writer(kind, identity, size=size) as writer:
            for block in blocks:
                writer.write(block)
            writer.commit()

    def writer(self, kind: Kind, identity: bytes, *, size: int | None = None) -> Writer:
        """A writer for bytes that arrive over time (an upload); leaving it without commit keeps nothing."""
        verifier = Verifier(kind, identity, size=size, max_bytes=self.max_bytes)
        self._check_space(size or 0)
        return Writer(
            self._fs,
            verifier,
            final=self._path(kind, identity),
            temporary=f"{self._root}/{TEMPORARY}/{uuid.uuid4().hex}",
            where=self.url,
        )

    def copy_to(self, kind: Kind, identity: bytes, target: Path, *, max_bytes: int = GIB) -> int:
        """Writes the verified object to a local file (whole or not at all); returns its bytes."""
        return copy_to(self, kind, identity, target, max_bytes=max_bytes)

    def sweep(self, *, older_than_seconds: float = STALE_SECONDS) -> int:
        """Removes temporary files that killed writers left; returns how many. Call at start."""
        removed = 0
        folder = f"{self._root}/{TEMPORARY}"
        for entry in self._guard(lambda: self._fs.ls(folder, detail=True) if self._fs.exists(folder) else []):
            age = time.time() - float(entry.get("mtime") or entry.get("created") or 0)
            if entry["type"] == "file" and age > older_than_seconds:
                with suppress(OSError):
                    self._fs.rm_file(entry["name"])
                    removed += 1
        return removed

    def _path(self, kind: Kind, identity: bytes) -> str:
        if len(identity) != 32:
            raise StoreError(f"An id has 32 bytes, {len(identity)} came.")
        digits = identity.hex()
        return f"{self._root}/{Kind(kind).value}/{digits[:2]}/{digits}"

    def _check_space(self, size: int) -> None:
        root = self.local_root
        if root is None:
            return
        existing = next(folder for folder in (root, *root.parents) if folder.exists())
        free = shutil.disk_usage(existing).free
        if free - size < self._min_free_bytes:
            raise full(f"{free} bytes are free, {size} were to be written", self.url)

    def _quarantine(self, path: str) -> None:
        target = f"{self._root}/{QUARANTINE}/{uuid.uuid4().hex}-{path.rsplit('/', 1)[1]}"
        with suppress(OSError):
            self._fs.makedirs(f"{self._root}/{QUARANTINE}", exist_ok=True)
            self._fs.mv(path, target)
            log.error("artifact_quarantined", path=path, moved_to=target)

    def _guard(self, action: Callable[[], T], kind: Kind | None = None, identity: bytes = b"") -> T:
        """Runs a file system action and turns its failures into StoreErrors."""
        try:
            return action()
        except FileNotFoundError:
            raise ArtifactMissing(
                f"The store {self.url} does not have {kind} 0x{identity.hex()}.",
                "Upload it, or add a mirror that has it.",
            ) from None
        except OSError as error:
            raise store_error(error, self.url) from error


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _options(url: str) -> dict[str, Any]:
    local = "://" not in url or url.startswith(("file://", "local://"))
    return {"auto_mkdir": True} if local else {}
