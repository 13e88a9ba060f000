"""Gas of every entry point on a local chain: within 1% of the committed figures, and none forgotten."""

from collections.abc import Iterator

import pytest

from assay.disputes.moves import CONTRACTS as MOVES_OF
from assay.protocol.generated import CONTRACTS, load_abi
from tests.contracts.snapshots import GAS, GAS_TOLERANCE, measure_gas, stored

# only another contract may call these: their gas is inside the figures of the callers
INTERNAL_TO_THE_PROTOCOL = {
    "DeviceRegistry.set_shared",
    "StakeVault.lock",
    "StakeVault.unlock",
    "BidBook.start",
    "BidBook.seal",
    "BidBook.open",
    "BidBook.clear",
    "BidBook.cancel",
    "BidBook.take_deposit",
    "StakeVault.slash",
    "ShareFactory.create_offered_share",
    "DeviceShare.take",
    "Escrow.fund",
    "Escrow.fund_with_permit",
    "Escrow.distribute",
    "Escrow.accept_slash",
    "Escrow.push_income",
    "JobMarket.open_job",
    "JobMarket.hold_lot",
    "JobMarket.rule_lot",
    "Claims.hold",
    "Claims.release",
    "Claims.convict",
    "DisputeGame.take_answer",
    "DisputeGame.take_naming",
    "ShareExchange.fill_for",
}
# moves of a game: `make bench ARGS=dispute` measures them, as whole games
MOVES = {f"{contract}.{move}" for contract, moves in MOVES_OF.items() for move in moves}


@pytest.fixture(scope="module")
def measured() -> dict[str, int]:
    return measure_gas()


def entry_points() -> Iterator[str]:
    for contract in CONTRACTS:
        for item in load_abi(contract):
            if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable"):
                yield f"{contract}.{item['name']}"


def test_gas__each_entry_point__is_measured(measured: dict[str, int]) -> None:
    covered = {label.partition(":")[0] for label in measured}
    assert set(entry_points()) - covered == INTERNAL_TO_THE_PROTOCOL | MOVES


def test_gas__against_the_snapshot__within_one_percent(measured: dict[str, int]) -> None:
    before = stored(GAS)
    assert measured.keys() == before.keys(), "run: python -m tests.contracts.snapshots --write"
    drifted = {
        label: (before[label], now)
        for label, now in measured.items()
        if abs(now - before[label]) > GAS_TOLERANCE * before[label]
    }
    assert not drifted, "run: python -m tests.contracts.snapshots --write, and review the difference"
