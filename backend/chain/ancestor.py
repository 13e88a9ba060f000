"""Where the node's chain and the index part. Called by backend.chain.sync when a block no longer follows."""

from backend.chain.errors import Inconsistent
from backend.chain.models import Block, Cursor
from backend.chain.node import Node, Tip
from backend.chain.reorg import too_deep

LAG_POLLS = 5  # a node that fell behind without another chain is believed after so many looks
DEEP_LOOKS = 3  # a reorg below the floor stops the indexer after so many looks
STEP = 32  # headers compared at once


class Ancestors:
    """Finds the highest applied block that the node still has; remembers doubts between looks."""

    def __init__(self, node: Node, using: str) -> None:
        """`using`: the database alias of the index."""
        self._node = node
        self._using = using
        self._lagging = self._deep = 0

    def at_or_below(self, cursor: Cursor, tip: Tip) -> int | None:
        """That block, judged by the node's head alone where that is enough; None to wait for a node that lags."""
        number = cursor.number
        if tip.head.number > number:
            return number  # the first fetched header tells
        if self.hash_at(cursor, tip.head.number) != tip.head.hash:
            return self.common(cursor, tip)
        if tip.head.number == number:
            self._lagging = 0
            return number
        self._lagging += 1
        if self._lagging < LAG_POLLS:
            return None  # one of several nodes may be late; a chain that went back shows it by staying there
        self._lagging = 0
        if tip.head.number < cursor.floor:
            raise too_deep(cursor, tip.head.number)
        return tip.head.number

    def common(self, cursor: Cursor, tip: Tip) -> int:
        """That block, by comparing hashes downwards; ReorgTooDeep below the floor."""
        top = min(cursor.number, tip.head.number)
        while top >= cursor.floor:
            low = max(cursor.floor, top - STEP + 1)
            theirs = self._node.headers(low, top)
            stored = Block.objects.using(self._using).filter(number__range=(low, top))
            ours = dict(stored.values_list("number", "hash"))
            for header in reversed(theirs):
                if ours.get(header.number) == header.hash:
                    self._deep = 0
                    return header.number
            top = low - 1
        self._deep += 1
        if self._deep < DEEP_LOOKS:
            raise Inconsistent(f"the node has another block {cursor.floor} than the index; looking again")
        raise too_deep(cursor, cursor.floor - 1)

    def hash_at(self, cursor: Cursor, number: int) -> str:
        """The hash of an applied block; empty when it is not known."""
        if number == cursor.number:
            return cursor.hash
        stored = Block.objects.using(self._using).filter(number=number)
        return stored.values_list("hash", flat=True).first() or ""
