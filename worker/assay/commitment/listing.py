"""The root of a list of ids: inputs of a job, items of a lot.

root = sha256(0x02 || "assay/list/1" || u64be(count) || u64be(32 * count) || top); the row's leaves are
sha256(0x00 || id). A stored list is its ids, concatenated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from assay.commitment.errors import CommitmentError, ProofInvalid
from assay.commitment.row import Row, climb, height_of, leaf_hash

ID_BYTES = 32
LIST_DOMAIN = b"assay/list/1"
MAX_IDS = 1 << 16  # a list proof on chain has at most 16 siblings


@dataclass(frozen=True, slots=True)
class ListProof:
    """That `item` stands at `index` of the list. Out of range: `item` is empty and `top` alone shows the
    count.
    """

    root: bytes
    count: int
    index: int
    item: bytes
    siblings: tuple[bytes, ...]
    top: bytes

    @property
    def in_range(self) -> bool:
        """Whether the list has such an index."""
        return self.index < self.count


def list_root_from_top(count: int, top: bytes) -> bytes:
    """The list root from its count and its row's top."""
    if not 0 <= count <= MAX_IDS:
        raise CommitmentError(
            f"a list holds 0..{MAX_IDS} ids, not {count}", "Use more lots with fewer items each."
        )
    lengths = count.to_bytes(8, "big") + (ID_BYTES * count).to_bytes(8, "big")
    return sha256(b"\x02" + LIST_DOMAIN + lengths + top).digest()


def _finish(ids: Sequence[bytes], watch: int | None) -> tuple[bytes, tuple[bytes, ...]]:
    if len(ids) > MAX_IDS:
        raise CommitmentError(f"a list holds at most {MAX_IDS} ids, not {len(ids)}")
    row = Row(watch)
    for position, item in enumerate(ids):
        if len(item) != ID_BYTES:
            raise CommitmentError(f"id {position} of the list has {len(item)} bytes, not {ID_BYTES}")
        row.push(leaf_hash(item))
    return row.finish()


def list_root(ids: Sequence[bytes]) -> bytes:
    """The 32-byte root of a list of 32-byte ids, in order; equal ids may repeat."""
    return list_root_from_top(len(ids), _finish(ids, None)[0])


def list_proof(ids: Sequence[bytes], index: int) -> ListProof:
    """Proof of the id at `index`, or that there is none."""
    if index < 0:
        raise CommitmentError(f"list index {index} is negative")
    top, siblings = _finish(ids, index)
    item = bytes(ids[index]) if index < len(ids) else b""
    return ListProof(list_root_from_top(len(ids), top), len(ids), index, item, siblings, top)


def verify_list_item(proof: ListProof) -> bytes:
    """The id, proven (empty when proven out of range). Raises ProofInvalid."""
    top = proof.top
    if proof.in_range:
        if len(proof.item) != ID_BYTES:
            raise ProofInvalid(f"an id has {ID_BYTES} bytes, {len(proof.item)} came")
        if len(proof.siblings) != height_of(proof.count):
            raise ProofInvalid(
                f"a path in {proof.count} ids has {height_of(proof.count)} siblings, "
                f"{len(proof.siblings)} came"
            )
        top = climb(leaf_hash(proof.item), proof.index, proof.siblings)
    elif proof.item or proof.siblings:
        raise ProofInvalid(f"there is no id {proof.index} in a list of {proof.count}, yet one came")
    if list_root_from_top(proof.count, top) != proof.root:
        raise ProofInvalid(f"id {proof.index} does not belong to list 0x{proof.root.hex()}")
    return proof.item


def list_bytes(ids: Sequence[bytes]) -> bytes:
    """The stored form of a list: its ids, concatenated. Raises CommitmentError on a malformed id."""
    _finish(ids, None)
    return b"".join(ids)


def list_ids(data: bytes) -> tuple[bytes, ...]:
    """The ids of a stored list. Raises CommitmentError when its length is not a whole number of ids."""
    if len(data) % ID_BYTES:
        raise CommitmentError(f"a list has a multiple of {ID_BYTES} bytes, not {len(data)}")
    return tuple(data[start : start + ID_BYTES] for start in range(0, len(data), ID_BYTES))
