"""A padded Merkle row that can be opened: nodes, descents by 16 children, and paths of many leaves at once.

The tree of `row.py`, kept from one level up; what lies below is hashed again when asked for, so a tree over a tensor
costs a fraction of the tensor. Called by tensor openings, traces, and the players of the dispute game.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

from assay.commitment.errors import CommitmentError, ProofInvalid
from assay.commitment.row import PADDING, height_of, node_hash

HASH_BYTES = 32
ARITY_LEVELS = 4  # a descent reveals 2^4 children

Leaves = Callable[[int, int], bytes]


def parents(level: bytes, height: int) -> bytes:
    """The hashes one level up, concatenated; an odd end is joined with the padding subtree of that height."""
    if len(level) % 64:
        level += PADDING[height]
    return b"".join([sha256(b"\x01" + level[at : at + 64]).digest() for at in range(0, len(level), 64)])


def raised(level: bytes, height: int, goal: int) -> bytes:
    """The hashes at height `goal` above those at `height`."""
    while height < goal:
        level = parents(level, height)
        height += 1
    return level


def split(hashes: bytes) -> tuple[bytes, ...]:
    """Concatenated hashes, one by one."""
    return tuple(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))


def fold(children: Sequence[bytes]) -> bytes:
    """The node over 2^k revealed children. Raises ProofInvalid on another number, or on a child of another length."""
    count = len(children)
    if count == 0 or count & (count - 1) or any(len(child) != HASH_BYTES for child in children):
        raise ProofInvalid(f"children of a node are a power of two of 32-byte hashes, {count} came")
    return raised(b"".join(children), 0, height_of(count))


class Tree:
    """The padded binary tree over `count` leaves.

    kept: concatenated hashes of every node at height `base`; leaves(start, stop): concatenated leaf hashes, hashed
    again. `base` is 0 when all leaves are kept.
    """

    def __init__(self, count: int, base: int, kept: bytes, leaves: Leaves) -> None:
        if count < 1:
            raise CommitmentError("a tree has at least one leaf")
        self.count = count
        self.height = height_of(count)
        self._base = min(base, self.height)
        self._leaves = leaves
        self._levels = [kept]
        while len(self._levels[-1]) > HASH_BYTES:
            self._levels.append(parents(self._levels[-1], self._base + len(self._levels) - 1))

    @classmethod
    def of(cls, leaf_hashes: Sequence[bytes]) -> "Tree":
        """A tree that keeps all its leaf hashes."""
        kept = b"".join(leaf_hashes)
        return cls(len(leaf_hashes), 0, kept, lambda start, stop: kept[start * 32 : stop * 32])

    @property
    def top(self) -> bytes:
        """The top of the row."""
        return self._levels[-1]

    def node(self, height: int, index: int) -> bytes:
        """The node `index` from the left at `height` above the leaves, padding included."""
        return self._range(height, index, index + 1)[0]

    def children(self, height: int, index: int) -> tuple[bytes, ...]:
        """The 16 nodes four levels below a node (2^height of them when it stands lower), padding included."""
        if height < 1:
            raise CommitmentError("a leaf has no children")
        down = min(height, ARITY_LEVELS)
        return self._range(height - down, index << down, (index + 1) << down)

    def _range(self, height: int, start: int, stop: int) -> tuple[bytes, ...]:
        if not 0 <= height <= self.height or not 0 <= start < stop <= 1 << (self.height - height):
            raise CommitmentError(
                f"there are no nodes {start}..{stop - 1} at height {height} of a tree of height {self.height}"
            )
        real = min(stop, -(-self.count >> height))
        if real <= start:
            return (PADDING[height],) * (stop - start)
        if height >= self._base:
            found = self._levels[height - self._base][start * HASH_BYTES : real * HASH_BYTES]
        else:
            found = raised(self._leaves(start << height, min(real << height, self.count)), 0, height)
        return split(found) + (PADDING[height],) * (stop - real)

    def siblings(self, indices: Iterable[int]) -> tuple[bytes, ...]:
        """The hashes that, with the leaves at `indices`, lead to the top: level by level from the leaves up, left to
        right, each once. For one leaf that is its path, lowest first.
        """
        known = sorted(set(indices))
        if not known or known[0] < 0 or known[-1] >= self.count:
            raise CommitmentError(f"leaves to open are some of 0..{self.count - 1}, not {known[:8]}")
        found = []
        for height in range(self.height):
            have = set(known)
            found += [self.node(height, index ^ 1) for index in known if index ^ 1 not in have]
            known = sorted({index >> 1 for index in known})
        return tuple(found)


def climb_many(leaves: Mapping[int, bytes], siblings: Sequence[bytes], count: int) -> bytes:
    """The top that leaf hashes by index and their shared siblings lead to, in a row of `count` leaves.

    Raises ProofInvalid when an index is outside, or siblings are too few, too many or of another length.
    """
    if not leaves or min(leaves) < 0 or max(leaves) >= count:
        raise ProofInvalid(f"opened leaves are some of 0..{count - 1}, not {sorted(leaves)[:8]}")
    if any(len(sibling) != HASH_BYTES for sibling in siblings):
        raise ProofInvalid("a sibling has 32 bytes")
    rest = iter(siblings)
    level = dict(leaves)
    for _ in range(height_of(count)):
        above: dict[int, bytes] = {}
        for index in sorted(level):
            if index & 1 and index ^ 1 in level:
                continue
            other = level[index ^ 1] if index ^ 1 in level else next(rest, None)
            if other is None:
                raise ProofInvalid(
                    f"{len(siblings)} siblings are too few for leaves {sorted(leaves)[:8]} of {count}"
                )
            above[index >> 1] = (
                node_hash(other, level[index]) if index & 1 else node_hash(level[index], other)
            )
        level = above
    if next(rest, None) is not None:
        raise ProofInvalid(
            f"{len(siblings)} siblings are too many for leaves {sorted(leaves)[:8]} of {count}"
        )
    return level[0]
