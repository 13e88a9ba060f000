"""The fault simulator: whatever happens on the way, the index ends equal to an oracle that never heard of faults."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest

from backend.chain import commit, reorg, rows
from backend.chain.errors import ChainError, NodeError
from backend.chain.models import Block, Change, Cursor, Log, Undo, Watch
from backend.chain.node import Node
from backend.chain.rpc import Rpc
from backend.chain.sync import Syncer
from tests.backend.chain.fake_chain import FakeChain
from tests.backend.chain.faults import Crash, FaultyNode
from tests.backend.chain.toy import TABLES, ToyProjection, assert_index_equals, source

WINDOW = 16
SEEDS = int(os.environ.get("ASSAY_SEEDS", "64"))
SEEDS_A_TEST = 8
pytestmark = pytest.mark.django_db(transaction=True)


def clear_index() -> None:
    for model in (*TABLES, Undo, Change, Watch, Log, Block, Cursor):
        model.objects.all().delete()


class CrashingProjection(ToyProjection):
    """Dies while applying, now and then."""

    def __init__(self, dice: random.Random, rate: float) -> None:
        self.dice, self.rate = dice, rate

    def apply(self, rows: Any, logs: Any, contracts: Any) -> None:
        super().apply(rows, logs, contracts)
        if self.dice.random() < self.rate:
            raise Crash


@contextmanager
def crashes(dice: random.Random, rate: float) -> Iterator[None]:
    """Kills at every commit point: before the rows are written, after them, and after the commit."""

    def sometimes(call: Any, before: bool) -> Any:
        def wrapped(*args: Any, **options: Any) -> Any:
            if before and dice.random() < rate:
                raise Crash
            result = call(*args, **options)
            if dice.random() < rate:
                raise Crash
            return result

        return wrapped

    with (
        mock.patch.object(rows.Rows, "flush", sometimes(rows.Rows.flush, before=True)),
        mock.patch.object(Cursor, "save", sometimes(Cursor.save, before=True)),
        mock.patch.object(commit.Writer, "commit", sometimes(commit.Writer.commit, before=True)),
        mock.patch.object(commit, "rewind", sometimes(reorg.rewind, before=True)),
    ):
        yield


def simulate(seed: int, told: Counter[str], steps: int = 60) -> FakeChain:
    """One life of an indexer under faults; ends with a healthy node and an index at its head. `told`: what happened."""
    dice = random.Random(seed)
    chain = FakeChain(seed)
    chain.mine(dice.choice([0, 5, 40]))
    node = FaultyNode(chain, seed, rate=dice.choice([0.05, 0.15, 0.4]))
    known = source(chain.blocks[0]["hash"])
    prefetch, check = dice.random() < 0.3, dice.random() < 0.5

    node.cuts_blocks = check  # some of one old block's logs missing: only receipts show that

    def start(projection: ToyProjection) -> Syncer:
        rpc = Rpc(node, attempts=dice.choice([1, 3]), sleep=lambda seconds: None)
        return Syncer(Node(rpc), known, projection, window=WINDOW, prefetch=prefetch, check_receipts=check)

    syncer = start(CrashingProjection(dice, 0.02))
    with crashes(dice, 0.02):
        for _ in range(steps):
            try:
                step = syncer.step()
                told["logs"] += step.logs
            except NodeError as error:
                told[type(error).__name__] += 1
            except (ChainError, Crash) as error:
                told[type(error).__name__] += 1
                syncer.close()
                syncer = start(CrashingProjection(dice, 0.02))
    syncer.close()
    node.active = False
    syncer = start(ToyProjection())
    for _ in range(300):
        syncer.step()
        if syncer.at_head:
            break
    syncer.close()
    told["reorgs"] += syncer.cursor.reorgs
    assert syncer.cursor.number == chain.head
    return chain


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_sync__seeded_faults__index_equals_the_oracle(first: int) -> None:
    told: Counter[str] = Counter()
    for seed in range(first, first + SEEDS_A_TEST):
        clear_index()
        chain = simulate(seed, told)
        try:
            assert_index_equals(chain.blocks)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    for happened in ("logs", "reorgs", "NodeError", "Inconsistent", "Crash"):
        assert told[happened] > 0, f"the simulation never saw {happened}: {told}"
