"""What is bid under each strategy, and how the setting is read."""

from types import SimpleNamespace
from typing import Any

import pytest

from assay.protocol.errors import BadInput
from assay.worker.bid_pricing import AskPricing, CostPlus, NoBids, strategy_from
from assay.worker.settings import settings_from_env

TERMS: Any = SimpleNamespace(lot_seconds=10)


@pytest.mark.parametrize(
    ("text", "strategy"),
    [
        ("ask", AskPricing()),
        (" ask ", AskPricing()),
        ("off", NoBids()),
        ("cost-plus:0.80:10", CostPlus(800_000, 1_000)),
        ("cost-plus:36:0", CostPlus(36_000_000, 0)),
        ("cost-plus:0.000001:10000", CostPlus(1, 1_000_000)),
    ],
)
def test_strategy_from__good_setting__is_read(text: str, strategy: Any) -> None:
    assert strategy_from(text) == strategy


@pytest.mark.parametrize(
    "text",
    [
        *("", "asks", "ask:1", "off:", "cost-plus", "cost-plus:1", "cost-plus:0:1", "cost-plus:-1:1"),
        *("cost-plus:1:x", "cost-plus:1:-1", "cost-plus:1:10001", "cost-plus:1:nan", "cost-plus:1:2:3"),
    ],
)
def test_strategy_from__bad_setting__names_the_way_out(text: str) -> None:
    with pytest.raises(BadInput) as error:
        strategy_from(text)
    assert "cost-plus:USD_PER_DEVICE_HOUR:PERCENT" in error.value.hint


def test_price__by_strategy__rounds_up_and_is_never_zero() -> None:
    assert AskPricing().price_usd6(TERMS, 36_000_001) == 100_001
    assert CostPlus(36_000_000, 1_000).price_usd6(TERMS, 1) == 110_000
    assert CostPlus(1, 0).price_usd6(TERMS, 1) == 1
    assert NoBids().price_usd6(TERMS, 36_000_000) is None


def test_settings__flag_before_environment_before_default() -> None:
    assert settings_from_env("north", {}).bids == AskPricing()
    assert settings_from_env("north", {"ASSAY_BIDS": "off"}).bids == NoBids()
    assert settings_from_env("north", {"ASSAY_BIDS": "off"}, bids="ask").bids == AskPricing()
