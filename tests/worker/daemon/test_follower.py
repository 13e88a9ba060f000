"""A node that lags, moves or forgets: the follower decides nothing on it, and never acts on what is gone."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from assay.market import follower as module
from assay.market.follower import Follower
from assay.protocol.chain import Head
from assay.protocol.rpc import NodeLagging, NodeUnreachable


def block(number: int, fork: str = "a") -> Head:
    def name(n: int, f: str) -> bytes:
        return f"{n}{f}".encode().ljust(32)

    return Head(number, 1_000 + number, name(number, fork), name(number - 1, fork))


@dataclass
class FakeNode:
    """A chain as one node tells it; `asked` are the ranges of logs."""

    chain: list[Head]
    asked: list[tuple[int, int]] = field(default_factory=list)
    moves: bool = False
    fails: Exception | None = None

    def head(self, *_: Any, **__: Any) -> Head:
        if self.fails:
            raise self.fails
        return self.chain[-1]

    def block(self, _: Any, number: int) -> Head | None:
        if self.moves:
            return block(number, "elsewhere")
        return next((found for found in self.chain if found.number == number), None)

    def logs(self, _: Any, __: Any, first: int, last: int) -> list[Any]:
        self.asked.append((first, last))
        return []


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    made = FakeNode([block(n) for n in range(6)])
    monkeypatch.setattr(module, "latest_head", made.head)
    monkeypatch.setattr(module, "block_or_none", made.block)
    monkeypatch.setattr(module, "logs_between", made.logs)
    return made


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def follower(node: FakeNode, clock: list[float]) -> Follower:
    deployment: Any = SimpleNamespace(
        address=lambda name: "0x" + name[:2].encode().hex() * 10, param=lambda name: 20, deployed_block=2
    )
    w3: Any = None
    return Follower(w3, deployment, keep=lambda job: True, clock=lambda: clock[0])


def test_refresh__first_time__reads_from_the_deployment(follower: Follower, node: FakeNode) -> None:
    assert follower.refresh() == block(5) and node.asked == [(2, 5)]


def test_refresh__nothing_new__asks_for_no_logs(follower: Follower, node: FakeNode) -> None:
    follower.refresh()
    assert follower.refresh() == block(5) and node.asked == [(2, 5)]


def test_refresh__new_blocks__only_their_logs(follower: Follower, node: FakeNode) -> None:
    follower.refresh()
    node.chain += [block(6), block(7)]
    assert follower.refresh() == block(7) and node.asked == [(2, 5), (6, 7)]


def test_refresh__node_falls_behind__decides_nothing_until_it_is_back(
    follower: Follower, node: FakeNode, clock: list[float]
) -> None:
    node.chain = node.chain[:4]
    follower.refresh()
    node.chain += [block(4), block(5)]
    follower.refresh()
    node.chain = node.chain[:4]
    assert follower.refresh() is None and follower.head == block(5) and follower.reorgs == 0
    node.chain += [block(4), block(5), block(6)]
    assert follower.refresh() == block(6) and follower.reorgs == 0


def test_refresh__chain_stays_shorter__folds_again(
    follower: Follower, node: FakeNode, clock: list[float]
) -> None:
    node.chain = node.chain[:4]
    follower.refresh()
    node.chain += [block(4), block(5)]
    follower.refresh()
    node.chain = node.chain[:4]
    assert follower.refresh() is None
    clock[0] = 6.0
    assert follower.refresh() == block(3) and follower.reorgs == 1 and node.asked[-1] == (2, 3)


def test_refresh__another_branch__folds_again_from_the_start(follower: Follower, node: FakeNode) -> None:
    follower.refresh()
    node.chain = [*node.chain[:4], block(4, "b"), block(5, "b"), block(6, "b")]
    assert follower.refresh() == block(6, "b") and follower.reorgs == 1 and node.asked[-1] == (2, 6)


def test_refresh__head_moves_while_logs_are_read__decides_nothing(follower: Follower, node: FakeNode) -> None:
    node.moves = True
    assert follower.refresh() is None and follower.head is None


def test_refresh__logs_of_a_block_the_node_lacks__decides_nothing(
    follower: Follower, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lagging(*_: Any) -> list[Any]:
        raise NodeLagging("no such block")

    monkeypatch.setattr(module, "logs_between", lagging)
    assert follower.refresh() is None and follower.head is None


def test_refresh__node_down__raises_for_the_cycle_to_retry(follower: Follower, node: FakeNode) -> None:
    node.fails = NodeUnreachable("down")
    with pytest.raises(NodeUnreachable):
        follower.refresh()


def test_floor__nothing_open__stays_a_reorg_below_the_head(follower: Follower, node: FakeNode) -> None:
    node.chain = [block(n) for n in range(200)]
    follower.refresh()
    assert follower.floor() == 199 - module.REORG_DEPTH
