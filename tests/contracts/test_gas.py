"""Gas of every entry point on a local chain: within 1% of the committed figures, and none forgotten."""

from collections.abc import Iterator

import pytest

from assay.protocol.generated import CONTRACTS, load_abi
from contracts.scripts.catalogue import NOT_DEPLOYED
from tests.contracts.snapshots import GAS, GAS_TOLERANCE, measure_gas, stored

# only another contract may call these: their gas is inside the figures of the callers
INTERNAL_TO_THE_PROTOCOL = {
    "DeviceRegistry.set_shared",
    "StakeVault.lock",
    "StakeVault.slash",
    "Escrow.fund",
    "Escrow.fund_with_permit",
    "Escrow.distribute",
    "Escrow.accept_slash",
    "Escrow.push_income",
    "JobMarket.open_job",
    "JobMarket.hold_lot",
    "JobMarket.end_lot",
}


@pytest.fixture(scope="module")
def measured() -> dict[str, int]:
    return measure_gas()


def entry_points() -> Iterator[str]:
    # what no deployment has yet is measured by `make bench ARGS=dispute`, as whole games
    for contract in set(CONTRACTS) - NOT_DEPLOYED:
        for item in load_abi(contract):
            if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable"):
                yield f"{contract}.{item['name']}"


def test_gas__each_entry_point__is_measured(measured: dict[str, int]) -> None:
    covered = {label.partition(":")[0] for label in measured}
    assert set(entry_points()) - covered == INTERNAL_TO_THE_PROTOCOL


def test_gas__against_the_snapshot__within_one_percent(measured: dict[str, int]) -> None:
    before = stored(GAS)
    assert measured.keys() == before.keys(), "run: python -m tests.contracts.snapshots --write"
    drifted = {
        label: (before[label], now)
        for label, now in measured.items()
        if abs(now - before[label]) > GAS_TOLERANCE * before[label]
    }
    assert not drifted, "run: python -m tests.contracts.snapshots --write, and review the difference"
