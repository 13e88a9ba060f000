"""Fixtures every part shares: a chain of its own, the contracts deployed on it, accounts by role."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from assay.stack.anvil import MNEMONIC, Anvil

os.environ.setdefault("JAX_PLATFORMS", "cpu")

hypothesis.settings.register_profile(
    "ci", deadline=None, print_blob=True, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.register_profile(
    "long", parent=hypothesis.settings.get_profile("ci"), max_examples=10_000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

ROLES = (
    "deployer",
    "buyer",
    "north",
    "south",
    "east",
    "investor_one",
    "investor_two",
    "guardian",
    "fee_recipient",
    "challenger",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """State machines first: each is minutes of one process, and begun last it would run alone."""
    items.sort(key=lambda item: "stateful" not in item.path.parts)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command under test points the log at its captured stderr, which is closed when the test ends."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def accounts() -> dict[str, Any]:
    """eth_account accounts of anvil's public test mnemonic, by role."""
    from eth_account import Account

    Account.enable_unaudited_hdwallet_features()
    return {
        role: Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
        for index, role in enumerate(ROLES)
    }


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A fresh chain that mines a block per transaction."""
    with Anvil() as chain:
        yield chain


@pytest.fixture
def deployment(anvil: Anvil, accounts: dict[str, Any], tmp_path: Path) -> Any:
    """The contracts with devnet parameters on `anvil`; an assay.protocol.deployment.Deployment."""
    from web3 import Web3

    from assay.protocol.deployment import Deployment
    from contracts.scripts.deploy import deploy
    from contracts.scripts.params import DEVNET

    path = tmp_path / "deployment.json"
    deploy(Web3(Web3.HTTPProvider(anvil.url)), accounts["deployer"], DEVNET, path)
    return Deployment.load(path)
