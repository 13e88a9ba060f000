"""A fake chain with its indexer, in this process."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend.chain.node import Node
from backend.chain.rpc import Rpc, Transport
from backend.chain.sync import Syncer
from tests.backend.chain.fake_chain import FakeChain, FakeNode
from tests.backend.chain.toy import ToyProjection, source


class Indexed:
    """A chain, a node that serves it, and syncers on that node."""

    def __init__(self) -> None:
        self.chain = FakeChain(seed=1)
        self.node = FakeNode(self.chain)
        self._made: list[Syncer] = []

    def syncer(self, transport: Transport | None = None, **options: Any) -> Syncer:
        rpc = Rpc(transport or self.node, attempts=2, sleep=lambda seconds: None)
        made = Syncer(
            Node(rpc), source(self.chain.blocks[0]["hash"]), ToyProjection(), **{"window": 16, **options}
        )
        self._made.append(made)
        return made

    def catch_up(self, syncer: Syncer | None = None) -> Syncer:
        syncer = syncer or (self._made[-1] if self._made else self.syncer())
        for _ in range(200):
            syncer.step()
            if syncer.at_head and syncer.cursor.number == self.chain.head:
                return syncer
        raise AssertionError("the index did not reach the head")

    def close(self) -> None:
        for syncer in self._made:
            syncer.close()


@pytest.fixture
def indexed() -> Iterator[Indexed]:
    """An empty index of a short chain."""
    made = Indexed()
    made.chain.mine(30)
    yield made
    made.close()
