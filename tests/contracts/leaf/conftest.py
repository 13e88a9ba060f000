"""The leaf contracts stand before the first test, so that what a test undoes is not their deployment."""

import pytest

from tests.contracts.leaf.leaf_world import contract


@pytest.fixture(scope="session", autouse=True)
def leaves() -> None:
    """Deploys them once."""
    for name in ("Leaf", "TermLeaf", "RootLeaf", "scalar_ops_mock"):
        contract(name)
