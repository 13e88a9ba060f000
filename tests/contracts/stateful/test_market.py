"""Any play of all roles against the model: INV-01, 02, 03, 07, 08, 09."""

from typing import Any

from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.market_world import MarketWorld
from tests.contracts.stateful.claim_rules import ClaimRules
from tests.contracts.stateful.depth import DEPTH


def test_inv_01_inv_02_inv_03_inv_07_inv_08_inv_09__any_play_of_all_roles__holds(world: MarketWorld) -> None:
    machine: Any = type("MarketHere", (ClaimRules,), {"world": world})
    run_state_machine_as_test(machine, settings=DEPTH)
