"""A row of which only parts are known: what a liar has revealed on the way down, and one's own leaves below that.

A challenger opens agreed entries of a list that it does not know as a whole. Every sibling on such a path is either
above what the defender revealed, or stands over agreed leaves alone, which are its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.commitment.row import PADDING, height_of, node_hash
from assay.disputes.errors import NotAgreed


@dataclass(slots=True)
class SparseRow:
    """count leaves; `leaves[:agreed]` are the same in the revealed row and in one's own."""

    count: int
    leaves: Sequence[bytes]
    agreed: int
    _known: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """Levels above the leaves."""
        return height_of(self.count)

    def learn(self, level: int, first: int, nodes: Sequence[bytes], levels: int) -> None:
        """Neighbouring nodes at `level` from index `first` on, and what follows from them up to `levels` higher."""
        known = self._known
        for offset, node in enumerate(nodes):
            known[level, first + offset] = node
        start, end = first, first + len(nodes)
        for height in range(level, level + levels):
            start, end = start >> 1, (end + 1) >> 1
            for index in range(start, end):
                right = known.get((height, 2 * index + 1), PADDING[height])
                known[height + 1, index] = node_hash(known[height, 2 * index], right)

    def node(self, level: int, index: int) -> bytes:
        """The node at (level, index). Raises NotAgreed when neither side has shown it."""
        if (level, index) in self._known:
            return self._known[level, index]
        first = index << level
        if first >= self.count:
            return PADDING[level]
        if min((index + 1) << level, self.count) > self.agreed:
            raise NotAgreed(f"node {index} at height {level} is neither revealed nor agreed")
        if level == 0:
            return self.leaves[index]
        return node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))

    def path(self, index: int) -> tuple[bytes, ...]:
        """Siblings of leaf `index`, lowest first."""
        return tuple(self.node(level, (index >> level) ^ 1) for level in range(self.height))

    def together(self, indices: Sequence[int]) -> tuple[bytes, ...]:
        """Siblings of several ascending leaves, level by level, what they share once (merkle_row._climb_together)."""
        siblings: list[bytes] = []
        positions = list(indices)
        level = 0
        while level < self.height and len(positions) > 1:
            joined, k = [], 0
            while k < len(positions):
                position = positions[k]
                k += 1
                if position % 2 == 0 and k < len(positions) and positions[k] == position + 1:
                    k += 1
                else:
                    siblings.append(self.node(level, position ^ 1))
                joined.append(position >> 1)
            positions = joined
            level += 1
        if positions:
            siblings.extend(
                self.node(up, (positions[0] >> (up - level)) ^ 1) for up in range(level, self.height)
            )
        return tuple(siblings)
