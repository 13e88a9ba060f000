"""A tensor as it lies in a store under its root: what its descriptor says, then its elements.

    u8 dtype, u8 rank, u64be dimension..., then the elements, row-major, little-endian, without padding

Called by the artifact store, which verifies such an object as it streams, and by those who make one (job kinds).
"""

from __future__ import annotations

from assay.commitment.errors import CommitmentError, IdMismatch, LengthMismatch
from assay.commitment.row import Row, leaf_hash
from assay.commitment.tensor_spec import MAX_RANK, PAGE_BYTES, TensorSpec

MAX_HEAD_BYTES = 2 + 8 * MAX_RANK


def head_bytes(spec: TensorSpec) -> bytes:
    """What stands before the elements."""
    return bytes((spec.dtype, len(spec.dims))) + b"".join(dim.to_bytes(8, "big") for dim in spec.dims)


def read_head(data: bytes | bytearray) -> tuple[TensorSpec, int] | None:
    """(spec, bytes of the head), or None while the head is not whole. Raises CommitmentError on what is no tensor."""
    if len(data) < 2:
        return None
    if data[1] > MAX_RANK:
        raise CommitmentError(f"a tensor has at most {MAX_RANK} dimensions, not {data[1]}")
    size = 2 + 8 * data[1]
    if len(data) < size:
        return None
    dims = tuple(int.from_bytes(data[at : at + 8], "big") for at in range(2, size, 8))
    return TensorSpec(data[0], dims), size


class TensorHasher:
    """Takes an object in blocks of any size; memory is a block and a page."""

    def __init__(self) -> None:
        self.spec: TensorSpec | None = None
        self._held = bytearray()
        self._row = Row()
        self._left = 0

    def update(self, block: bytes) -> None:
        """The next bytes. Raises CommitmentError for a head of no tensor, LengthMismatch when they are too many."""
        self._held += block
        if self.spec is None:
            found = read_head(self._held)
            if found is None:
                return
            self.spec, size = found
            self._left = self.spec.byte_length
            del self._held[:size]
        whole = len(self._held) // PAGE_BYTES * PAGE_BYTES
        if len(self._held) > self._left:
            raise LengthMismatch(f"more than the {self.spec.byte_length} bytes of the tensor came")
        for at in range(0, whole, PAGE_BYTES):
            self._row.push(leaf_hash(self._held[at : at + PAGE_BYTES]))
        del self._held[:whole]
        self._left -= whole

    def finish(self) -> bytes:
        """The tensor root. Raises LengthMismatch when bytes are missing."""
        if self.spec is None or len(self._held) != self._left:
            raise LengthMismatch("the object ends before its tensor does")
        if self._held:
            self._row.push(leaf_hash(self._held + bytes(PAGE_BYTES - len(self._held))))
            self._held.clear()
            self._left = 0
        return self.spec.root_from_top(self._row.finish()[0])


def object_root(data: bytes) -> bytes:
    """The tensor root of an object in memory. Raises CommitmentError when it is malformed."""
    hasher = TensorHasher()
    hasher.update(data)
    return hasher.finish()


def check_object(data: bytes, root: bytes) -> TensorSpec:
    """The spec of an object that must have this root. Raises IdMismatch, CommitmentError."""
    if object_root(data) != root:
        raise IdMismatch(f"the bytes are not the tensor 0x{root.hex()}")
    found = read_head(data)
    assert found is not None
    return found[0]
