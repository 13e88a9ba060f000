"""Verification of 1 MiB chunks while an artifact streams: a bad chunk is refused before the next is asked
for.

A holder states the tops of the chunks' subtrees (32 bytes a MiB); they are checked against the id at once,
then each
chunk is checked against its top, in any order, so that a download can resume or be spread over mirrors.
"""

from collections.abc import Iterable, Sequence

from assay.commitment.artifact import (
    CHUNK_BYTES,
    CHUNK_PAGES,
    MAX_BYTES,
    PAGE_BYTES,
    Buffer,
    artifact_id_from_top,
    page_count_of,
)
from assay.commitment.errors import CommitmentError, IdMismatch, LengthMismatch
from assay.commitment.row import PADDING, Row, height_of, leaf_hash, node_hash

CHUNK_HEIGHT = height_of(CHUNK_PAGES)


def _chunk_top(chunk: Buffer, height: int) -> bytes:
    row = Row()
    view = memoryview(chunk).cast("B")
    for start in range(0, len(view), PAGE_BYTES):
        row.push(leaf_hash(view[start : start + PAGE_BYTES]))
    return row.finish(height)[0]


def _height_in(byte_length: int) -> int:
    """Height of one chunk's subtree: 8, or less when the whole artifact fits in one chunk."""
    return min(height_of(page_count_of(byte_length)), CHUNK_HEIGHT)


def chunk_tops(data: Buffer | Iterable[Buffer]) -> tuple[bytes, ...]:
    """Subtree tops of the 1 MiB chunks of an artifact, given whole or as blocks of any sizes."""
    blocks: Iterable[Buffer] = (data,) if isinstance(data, bytes | bytearray | memoryview) else data
    tops: list[bytes] = []
    pending = bytearray()
    for block in blocks:
        pending += block
        while len(pending) > CHUNK_BYTES:
            tops.append(_chunk_top(pending[:CHUNK_BYTES], CHUNK_HEIGHT))
            del pending[:CHUNK_BYTES]
    if pending:
        height = CHUNK_HEIGHT if tops else _height_in(len(pending))
        tops.append(_chunk_top(pending, height))
    return tuple(tops)


class ChunkVerifier:
    """Checks chunks of one artifact against tops that were checked against its id."""

    def __init__(self, artifact_id: bytes, byte_length: int, tops: Sequence[bytes]) -> None:
        """Raises LengthMismatch when the number of tops does not fit the length, IdMismatch when they are
        not its.
        """
        if not 0 <= byte_length <= MAX_BYTES:
            raise CommitmentError(f"artifact length {byte_length} is outside 0..{MAX_BYTES}")
        count = -(-byte_length // CHUNK_BYTES)
        if len(tops) != count:
            raise LengthMismatch(f"{byte_length} bytes are {count} chunks, {len(tops)} tops came")
        self.byte_length = byte_length
        self.tops = tuple(tops)
        self._height = _height_in(byte_length)
        stated = artifact_id_from_top(page_count_of(byte_length), byte_length, self._top())
        if stated != artifact_id:
            raise IdMismatch(
                f"chunk tops lead to 0x{stated.hex()}, not to artifact 0x{artifact_id.hex()}",
                "The mirror lies about the chunks or the length: use another one.",
            )

    def _top(self) -> bytes:
        if not self.tops:
            return PADDING[0]
        level, padding = list(self.tops), self._height
        while len(level) > 1:
            if len(level) % 2:
                level.append(PADDING[padding])
            level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
            padding += 1
        return level[0]

    def chunk_length(self, index: int) -> int:
        """Bytes of chunk `index`."""
        if not 0 <= index < len(self.tops):
            raise CommitmentError(f"there is no chunk {index} in {len(self.tops)} chunks")
        return min(CHUNK_BYTES, self.byte_length - index * CHUNK_BYTES)

    def check(self, index: int, chunk: Buffer) -> None:
        """Raises unless `chunk` is chunk number `index`."""
        length = self.chunk_length(index)
        got = memoryview(chunk).nbytes
        if got != length:
            raise LengthMismatch(f"chunk {index} has {length} bytes, {got} came")
        if _chunk_top(chunk, self._height) != self.tops[index]:
            raise IdMismatch(f"chunk {index} was changed", "Fetch this chunk again, from another mirror.")
