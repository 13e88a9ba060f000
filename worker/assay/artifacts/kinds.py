"""What a store holds: `bytes` under artifact ids, `list` under list roots, `spec` under spec hashes, `tensor` under
tensor roots.
"""

from enum import StrEnum
from hashlib import sha256

from assay.artifacts.errors import ArtifactCorrupt, ArtifactTooLarge
from assay.commitment import ArtifactVerifier, CommitmentError, artifact_id, list_ids, list_root
from assay.commitment.errors import LengthMismatch, TooLarge
from assay.commitment.listing import ID_BYTES, MAX_IDS
from assay.commitment.tensor_object import TensorHasher, object_root
from assay.protocol.errors import BadInput
from assay.protocol.ids import from_hex
from assay.protocol.spec import MAX_SPEC_BYTES, parse_spec

GIB = 1 << 30


class Kind(StrEnum):
    """How an object's id follows from its bytes."""

    BYTES = "bytes"
    LIST = "list"
    SPEC = "spec"
    TENSOR = "tensor"

    @property
    def max_bytes(self) -> int:
        """Most bytes of an object of this kind, whatever the store allows."""
        return _LIMITS[self]


_LIMITS = {
    Kind.BYTES: 1 << 44,
    Kind.LIST: ID_BYTES * MAX_IDS,
    Kind.SPEC: MAX_SPEC_BYTES,
    Kind.TENSOR: 1 << 44,
}


def parse_key(kind: str, identity: str) -> tuple[Kind, bytes]:
    """Kind and 32-byte id of texts from a request. Raises BadInput for anything else, paths included."""
    try:
        chosen = Kind(kind)
    except ValueError:
        raise BadInput(f"There is no artifact kind {kind!r}.", f"Known: {', '.join(Kind)}.") from None
    return chosen, from_hex(identity)


def id_of(kind: Kind, data: bytes) -> bytes:
    """The id of an object held in memory. Raises BadInput or CommitmentError when it is malformed."""
    if kind is Kind.BYTES:
        return artifact_id(data)
    if kind is Kind.LIST:
        return list_root(list_ids(data))
    if kind is Kind.TENSOR:
        return object_root(data)
    parse_spec(data)
    return sha256(data).digest()


class Verifier:
    """Checks a stream of blocks against the id (and the size, if known) it was announced with."""

    def __init__(self, kind: Kind, identity: bytes, *, size: int | None = None, max_bytes: int = GIB) -> None:
        """Raises ArtifactTooLarge when the announced size passes the limit already."""
        self.kind, self.identity, self.size = kind, identity, size
        self.name = f"{kind} 0x{identity.hex()}"
        self.max_bytes = min(max_bytes, kind.max_bytes)
        self.received = 0
        if size is not None and size > self.max_bytes:
            raise self._too_large()
        self._merkle = ArtifactVerifier(identity, byte_length=size) if kind is Kind.BYTES else None
        self._tensor = TensorHasher() if kind is Kind.TENSOR else None
        self._whole = bytearray()

    def update(self, block: bytes) -> None:
        """Takes the next bytes; raises as soon as there are more than announced or allowed."""
        if self.received + len(block) > self.max_bytes:
            raise self._too_large()
        try:
            if self._merkle is not None:
                self._merkle.update(block)
            elif self.size is not None and self.received + len(block) > self.size:
                raise LengthMismatch(f"more than the announced {self.size} bytes came")
            elif self._tensor is not None:
                self._tensor.update(block)
            else:
                self._whole += block
        except TooLarge:
            raise self._too_large() from None
        except CommitmentError as error:
            raise ArtifactCorrupt(f"{self.name}: {error.message}.", error.hint) from error
        self.received += len(block)

    def finish(self) -> int:
        """Bytes of the object, now known to be it. Raises ArtifactCorrupt."""
        try:
            if self._merkle is not None:
                self._merkle.finish()
            else:
                self._finish_small()
        except CommitmentError as error:
            raise ArtifactCorrupt(f"{self.name}: {error.message}.", error.hint) from error
        except BadInput as error:
            raise ArtifactCorrupt(f"{self.name}: {error.message}", error.hint) from error
        return self.received

    def _finish_small(self) -> None:
        if self.size is not None and self.received != self.size:
            raise LengthMismatch(f"{self.received} of the announced {self.size} bytes came")
        found = self._tensor.finish() if self._tensor else id_of(self.kind, bytes(self._whole))
        if found != self.identity:
            raise ArtifactCorrupt(f"{self.name}: the bytes hash to 0x{found.hex()}.")

    def _too_large(self) -> ArtifactTooLarge:
        return ArtifactTooLarge(
            f"{self.name} is larger than the limit of {self.max_bytes} bytes.",
            "Make it smaller, or use a store with a higher limit.",
        )
