"""Openings of several pages of one tensor, or of several ids of one list, with their shared siblings sent once.

Siblings run level by level from the leaves up, left to right, each once; for one page that is the path the contracts
fold. Verifying needs nothing but the root that is already agreed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.commitment.errors import CommitmentError, ProofInvalid
from assay.commitment.listing import ID_BYTES, MAX_IDS, list_root_from_top
from assay.commitment.row import leaf_hash
from assay.commitment.tensor_spec import PAGE_BYTES, TensorSpec
from assay.commitment.tree import Tree, climb_many


@dataclass(frozen=True, slots=True)
class TensorOpening:
    """Pages of one tensor: (index, 256 bytes) in rising order, and the siblings they share."""

    spec: TensorSpec
    pages: tuple[tuple[int, bytes], ...]
    siblings: tuple[bytes, ...]

    def value(self, element: int) -> int:
        """The value of an element that lies in an opened page. Verify the opening first."""
        index, _ = self.spec.place_of(element)
        for number, page in self.pages:
            if number == index:
                return self.spec.value_in(page, element)
        raise CommitmentError(f"element {element} lies in page {index}, which this opening does not hold")


@dataclass(frozen=True, slots=True)
class ListOpening:
    """Ids of one list: (index, id) in rising order, and the siblings they share."""

    count: int
    items: tuple[tuple[int, bytes], ...]
    siblings: tuple[bytes, ...]


def verify_tensor_opening(root: bytes, opening: TensorOpening) -> dict[int, bytes]:
    """Pages by index, proven to be the tensor's. Raises ProofInvalid naming what does not fit.

    A last page whose padding is not zero is refused too: no tensor has such a root.
    """
    spec = opening.spec
    pages = _by_index(opening.pages, PAGE_BYTES, "page")
    top = climb_many({i: leaf_hash(page) for i, page in pages.items()}, opening.siblings, spec.page_count)
    if spec.root_from_top(top) != root:
        raise ProofInvalid(
            f"pages {list(pages)[:8]} do not belong to tensor 0x{root.hex()}",
            "A page, a sibling, the dtype or a dimension was changed.",
        )
    used = spec.byte_length - (spec.page_count - 1) * PAGE_BYTES
    last = pages.get(spec.page_count - 1)
    if last is not None and any(last[used:]):
        raise ProofInvalid(f"the padding of the last page of tensor 0x{root.hex()} is not zero")
    return pages


def open_list(ids: Sequence[bytes], indices: Iterable[int]) -> ListOpening:
    """An opening of some ids of a list. Raises CommitmentError when an index is outside."""
    tree = list_tree(ids)
    chosen = sorted(set(indices))
    return ListOpening(
        count=len(ids),
        siblings=tree.siblings(chosen),
        items=tuple((index, bytes(ids[index])) for index in chosen),
    )


def verify_list_opening(root: bytes, opening: ListOpening) -> dict[int, bytes]:
    """Ids by index, proven to be the list's. Raises ProofInvalid naming what does not fit."""
    if not 1 <= opening.count <= MAX_IDS:
        raise ProofInvalid(f"a list holds at most {MAX_IDS} ids, not {opening.count}")
    items = _by_index(opening.items, ID_BYTES, "id")
    top = climb_many({i: leaf_hash(item) for i, item in items.items()}, opening.siblings, opening.count)
    if list_root_from_top(opening.count, top) != root:
        raise ProofInvalid(f"ids {list(items)[:8]} do not belong to list 0x{root.hex()}")
    return items


def list_tree(ids: Sequence[bytes]) -> Tree:
    """The tree under a list root, for descents by 16. Raises CommitmentError on an empty list or a malformed id."""
    if not 1 <= len(ids) <= MAX_IDS:
        raise CommitmentError(f"a list that is opened holds 1..{MAX_IDS} ids, not {len(ids)}")
    for position, item in enumerate(ids):
        if len(item) != ID_BYTES:
            raise CommitmentError(f"id {position} of the list has {len(item)} bytes, not {ID_BYTES}")
    return Tree.of([leaf_hash(item) for item in ids])


def _by_index(pairs: Sequence[tuple[int, bytes]], length: int, what: str) -> dict[int, bytes]:
    """The pairs as a mapping. Raises ProofInvalid unless indices rise strictly and each value has its length."""
    for before, after in pairwise(pairs):
        if before[0] >= after[0]:
            raise ProofInvalid(f"opened {what}s come in rising order, {before[0]} came before {after[0]}")
    for index, value in pairs:
        if len(value) != length:
            raise ProofInvalid(f"a {what} has {length} bytes, {what} {index} has {len(value)}")
    return dict(pairs)
