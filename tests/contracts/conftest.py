"""Contracts run in titanoboa's in-process EVM: each test starts from the same empty chain and leaves nothing behind."""

from collections.abc import Iterator

import boa
import boa.interpret
import pytest

from contracts.scripts.catalogue import BUILD_DIR
from tests.contracts.market_world import MarketWorld, market_world

# compiled contracts survive between runs, inside the project rather than in the home directory
boa.interpret.set_cache_dir(str(BUILD_DIR / "boa"))


@pytest.fixture(autouse=True)
def isolated() -> Iterator[None]:
    """Undoes everything a test did to the chain."""
    # titanoboa keeps what was stored at an address beyond the anchor; another contract at the same address would then
    # break the text of its error
    boa.env.sstore_trace.clear()
    with boa.env.anchor():
        yield


@pytest.fixture(scope="session")
def world() -> MarketWorld:
    """The whole system, deployed once; each test's changes are undone by `isolated`."""
    return market_world()
