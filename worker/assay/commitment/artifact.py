"""The id of a byte string: a SHA-256 Merkle root over 4,096-byte pages, bound to its length.

id = sha256(0x02 || "assay/artifact/1" || u64be(pages) || u64be(bytes) || top of the row of pages). The last
page is
unpadded; an empty artifact has no page and the top EMPTY. A 1 MiB chunk is a subtree of 256 pages (see
chunks.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from assay.commitment.errors import CommitmentError, IdMismatch, LengthMismatch, TooLarge
from assay.commitment.row import Row

PAGE_BYTES = 4_096
CHUNK_PAGES = 256
CHUNK_BYTES = PAGE_BYTES * CHUNK_PAGES
ARTIFACT_DOMAIN = b"assay/artifact/1"
MAX_BYTES = PAGE_BYTES << 32  # a page proof on chain has at most 32 siblings

Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class ArtifactDigest:
    """What hashing an artifact yields: its id (32 bytes) and the parts a page proof states beside it."""

    id: bytes
    page_count: int
    byte_length: int
    top: bytes


def page_count_of(byte_length: int) -> int:
    """Pages of an artifact of `byte_length` bytes."""
    return -(-byte_length // PAGE_BYTES)


def artifact_id_from_top(page_count: int, byte_length: int, top: bytes) -> bytes:
    """The id of an artifact from its row's top. Raises CommitmentError when count and length disagree."""
    if not 0 <= byte_length <= MAX_BYTES:
        raise CommitmentError(f"artifact length {byte_length} is outside 0..{MAX_BYTES}")
    if page_count != page_count_of(byte_length):
        raise CommitmentError(f"{byte_length} bytes are {page_count_of(byte_length)} pages, not {page_count}")
    if len(top) != 32:
        raise CommitmentError(f"a top has 32 bytes, not {len(top)}")
    lengths = page_count.to_bytes(8, "big") + byte_length.to_bytes(8, "big")
    return sha256(b"\x02" + ARTIFACT_DOMAIN + lengths + top).digest()


class ArtifactHasher:
    """Hashes a stream of any block sizes with bounded memory (one page and one hash a level).

    watch_page: also collect that page's sibling path (read it from `page_path` after `digest`).
    max_bytes: `update` raises TooLarge as soon as the stream passes it, before hashing the excess.
    """

    def __init__(self, *, watch_page: int | None = None, max_bytes: int = MAX_BYTES) -> None:
        self._row = Row(watch_page)
        self._partial = bytearray()
        self._max_bytes = min(max_bytes, MAX_BYTES)
        self.byte_length = 0
        self.page_path: tuple[bytes, ...] = ()

    def update(self, data: Buffer) -> None:
        """Take the next bytes of the stream."""
        view = memoryview(data).cast("B")
        size = len(view)
        if self.byte_length + size > self._max_bytes:
            raise TooLarge(
                f"artifact is larger than {self._max_bytes} bytes",
                "Make it smaller, or split it over several artifacts.",
            )
        self.byte_length += size
        start = 0
        if self._partial:
            start = min(PAGE_BYTES - len(self._partial), size)
            self._partial += view[:start]
            if len(self._partial) < PAGE_BYTES:
                return
            self._row.push(sha256(b"\x00" + self._partial).digest())
            self._partial.clear()
        push = self._row.push
        full = start + (size - start) // PAGE_BYTES * PAGE_BYTES
        for offset in range(start, full, PAGE_BYTES):
            push(sha256(b"\x00" + view[offset : offset + PAGE_BYTES]).digest())
        self._partial += view[full:]

    def digest(self) -> ArtifactDigest:
        """Close the last page and return the digest. Call once, at the end of the stream."""
        if self._partial:
            self._row.push(sha256(b"\x00" + self._partial).digest())
            self._partial.clear()
        top, self.page_path = self._row.finish()
        count = self._row.count
        return ArtifactDigest(
            id=artifact_id_from_top(count, self.byte_length, top),
            page_count=count,
            byte_length=self.byte_length,
            top=top,
        )


class ArtifactVerifier:
    """Checks a stream against the id (and, if known, the length) it is supposed to have."""

    def __init__(
        self, expected_id: bytes, *, byte_length: int | None = None, max_bytes: int = MAX_BYTES
    ) -> None:
        self._expected_id = expected_id
        self._name = f"0x{expected_id.hex()}"
        self._byte_length = byte_length
        self._hasher = ArtifactHasher(max_bytes=max_bytes)

    def update(self, data: Buffer) -> None:
        """Take the next bytes; raises LengthMismatch as soon as there are more than announced."""
        total = self._hasher.byte_length + memoryview(data).nbytes
        if self._byte_length is not None and total > self._byte_length:
            raise LengthMismatch(
                f"more than the announced {self._byte_length} bytes came for artifact {self._name}",
                "The sender states a wrong length: fetch it from another mirror.",
            )
        self._hasher.update(data)

    def finish(self) -> ArtifactDigest:
        """Raises LengthMismatch or IdMismatch unless the stream was the artifact, whole."""
        got = self._hasher.byte_length
        if self._byte_length is not None and got != self._byte_length:
            raise LengthMismatch(
                f"{got} of the announced {self._byte_length} bytes came for artifact {self._name}",
                "The transfer was cut: fetch it again.",
            )
        digest = self._hasher.digest()
        if digest.id != self._expected_id:
            raise IdMismatch(
                f"bytes hash to 0x{digest.id.hex()}, not to {self._name}",
                "The bytes were changed on the way or at rest: fetch them from another mirror.",
            )
        return digest


def artifact_digest(data: Buffer | Iterable[bytes]) -> ArtifactDigest:
    """Digest of a byte string, or of a stream given as an iterable of blocks."""
    hasher = ArtifactHasher()
    blocks: Iterable[Buffer] = (data,) if isinstance(data, bytes | bytearray | memoryview) else data
    for block in blocks:
        hasher.update(block)
    return hasher.digest()


def artifact_id(data: Buffer | Iterable[bytes]) -> bytes:
    """The 32-byte id of a byte string or of a stream of blocks."""
    return artifact_digest(data).id
