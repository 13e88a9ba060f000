"""Whole jobs with three real daemons on a real chain; the work itself is faked (test_render_life.py runs it for real)."""

from pathlib import Path
from typing import Any

import pytest

from assay.protocol.reasons import Reason
from tests.worker.daemon.world import PRICE_PER_HOUR, PROVIDERS, USD, World, world

P = PRICE_PER_HOUR // 3600
FEE = P * 200 // 10_000
POKE = 1_000


@pytest.fixture
def market(tmp_path: Path, accounts: dict[str, Any]) -> Any:
    with world(tmp_path, accounts) as made:
        yield made


def test_job__three_honest_workers__paid_to_the_last_unit(market: World, accounts: dict[str, Any]) -> None:
    for name in PROVIDERS:
        market.start(name)
    job_id = market.post(market.terms(lots=4))
    job = market.until_ended(job_id)
    assert job.reason == Reason.SETTLED_AGREED
    assert (job.lots_paid, job.paid_usd6, job.fee_usd6) == (4, 8 * P, 8 * FEE)
    assert job.refund_usd6 == 0
