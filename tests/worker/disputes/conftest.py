"""The leaves are deployed once, outside any test: what a test does to the chain is undone after it."""

import pytest

from tests.worker.disputes.referee import leaf_contract


@pytest.fixture(scope="session", autouse=True)
def leaves() -> None:
    """All three."""
    for name in ("Leaf", "TermLeaf", "RootLeaf"):
        leaf_contract(name)
