"""One padded Merkle row: leaves from left to right, EMPTY up to the next power of two.

leaf = sha256(0x00 || data), node = sha256(0x01 || left || right), EMPTY = 32 zero bytes. A row of one leaf
has
that leaf as its top, a row of none has EMPTY. Memory is O(log n): a stack of finished subtrees.
"""

from hashlib import sha256

EMPTY = bytes(32)


def leaf_hash(data: bytes | bytearray | memoryview) -> bytes:
    """sha256(0x00 || data), 32 bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """sha256(0x01 || left || right), 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


def _padding(levels: int) -> list[bytes]:
    tops = [EMPTY]
    for _ in range(levels):
        tops.append(node_hash(tops[-1], tops[-1]))
    return tops


PADDING = _padding(64)  # PADDING[h]: top of a subtree of 2**h EMPTY leaves


def height_of(count: int) -> int:
    """Levels above the leaves of a row of `count` leaves: ceil(log2(count)), 0 for 0 and 1."""
    return max(count - 1, 0).bit_length()


class Row:
    """A row under construction. `watch` names a leaf whose sibling path is collected on the way."""

    def __init__(self, watch: int | None = None) -> None:
        self.count = 0
        self._stack: list[bytes] = []
        self._watch = watch
        self._siblings: list[bytes] = []

    def push(self, leaf: bytes) -> None:
        """Append one leaf hash and merge the subtrees it completes."""
        top = leaf
        index = self.count
        level = 0
        while index & 1:
            left = self._stack.pop()
            if self._watch is not None:
                self._note(level, index, left, top)
            top = sha256(b"\x01" + left + top).digest()
            index >>= 1
            level += 1
        self._stack.append(top)
        self.count += 1

    def finish(self, height: int | None = None) -> tuple[bytes, tuple[bytes, ...]]:
        """Top of the padded row and the sibling path of the watched leaf, lowest first (empty if not in
        range).

        height: pad to 2**height leaves instead of the next power of two. The row itself stays open.
        """
        if self.count == 0:
            return PADDING[height or 0], ()
        goal = height_of(self.count) if height is None else height
        stack = list(self._stack)
        kept = len(self._siblings)
        last = self.count - 1
        level = (self.count & -self.count).bit_length() - 1
        top = stack.pop()
        while level < goal:
            index = last >> level
            if index & 1:
                left = stack.pop()
                self._note(level, index, left, top)
                top = node_hash(left, top)
            else:
                self._note(level, index + 1, top, PADDING[level])
                top = node_hash(top, PADDING[level])
            level += 1
        in_range = self._watch is not None and self._watch < self.count
        siblings = tuple(self._siblings) if in_range else ()
        del self._siblings[kept:]
        return top, siblings

    def _note(self, level: int, right_index: int, left: bytes, right: bytes) -> None:
        if self._watch is None:
            return
        watched = self._watch >> level
        if watched == right_index:
            self._siblings.append(left)
        elif watched == right_index - 1:
            self._siblings.append(right)


def climb(leaf: bytes, index: int, siblings: tuple[bytes, ...] | list[bytes]) -> bytes:
    """The top reached from leaf number `index` through its sibling path."""
    top = leaf
    for sibling in siblings:
        top = node_hash(sibling, top) if index & 1 else node_hash(top, sibling)
        index >>= 1
    return top
