"""The indexer on a real chain, in this process."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assay.stack.anvil import Anvil
from backend.chain.node import Node
from backend.chain.sync import Syncer
from backend.indexer.projection import AssayProjection
from backend.indexer.source import source_of
from tests.backend.indexer.market_life import Life


@pytest.fixture
def life(anvil: Anvil, deployment: Any, accounts: dict[str, Any]) -> Life:
    """The contracts of `deployment`, ready for stories."""
    return Life(anvil, deployment, accounts)


@pytest.fixture
def index(anvil: Anvil, deployment: Any, settings: Any) -> Iterator[Callable[..., Syncer]]:
    """index() brings the default database to the chain's head; returns the syncer."""
    settings.ASSAY_RPC_URL, settings.ASSAY_DEPLOYMENT = anvil.url, str(deployment.path)
    made: list[Syncer] = []

    def run(fresh: bool = False, **options: Any) -> Syncer:
        if fresh or not made:
            made.append(Syncer(Node.at(anvil.url), source_of(deployment), AssayProjection(), **options))
        syncer = made[-1]
        for _ in range(400):
            syncer.step()
            if syncer.at_head and syncer.cursor.number == int(anvil.rpc("eth_blockNumber"), 16):
                return syncer
        raise AssertionError("the index did not reach the head")

    yield run
    for syncer in made:
        syncer.close()
