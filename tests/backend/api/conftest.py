"""What tests of the API share: a deployment file, an empty store, no remembered specs, no rate limits left over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.backend.api.factories import GENESIS, address

PARAMS = {
    "name": "devnet",
    "fee_bps": 200,
    "poke_price_usd6": 1_000,
    "page_price_usd6": 20_000,
    "cancel_fee_bps": 1_000,
    "trusted_bond_bps": 1_000,
    "replicated_bond_bps": 10_000,
    "seed_delay_blocks": 2,
    "min_commit_seconds": 30,
    "min_reveal_seconds": 30,
    "delivery_window_seconds": 10,
    "refereed_bond_bps": 20_000,
    "path_moves": 40,
    "move_price_usd6": 1_000,
    "low_window_seconds": 30,
    "mid_window_seconds": 30,
    "high_window_seconds": 30,
    "window_slack_seconds": 10,
}


@pytest.fixture(autouse=True)
def served(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A deployment file and a store of this test's own; the store's folder."""
    from backend.artifacts.specs import forget_specs
    from backend.market.exact_programs import forget_programs

    contract = {"address": address(7), "block": 1, "tx": "0x", "args": []}
    deployment = {
        "chain_id": 31337,
        "genesis_hash": GENESIS,
        "deployed_block": 1,
        "git_commit": "",
        "params": PARAMS,
        "contracts": {
            "JobMarket": contract,
            "Escrow": contract,
            "DisputeGame": contract | {"address": address(8)},
        },
    }
    path = tmp_path / "31337.json"
    path.write_text(json.dumps(deployment))
    settings.ASSAY_DEPLOYMENT = str(path)
    settings.ASSAY_STORE_URL = f"file://{tmp_path / 'store'}"
    cache.clear()
    forget_specs()
    forget_programs()
    yield tmp_path / "store"
    cache.clear()
    forget_specs()
