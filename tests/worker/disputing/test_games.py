"""Whole disputes on a real chain: who is wrong loses, whoever is killed, whatever is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assay.disputes.runs import LotRun
from assay.disputes.states import Verdict
from assay.protocol.reasons import Reason
from assay.worker.disputing.modes import Mode
from tests.worker.disputing.stage import INPUTS, PROGRAM, Stage, convicted, lying, stage


@pytest.fixture(scope="module")
def on_stage(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[Stage]:
    """One market for all games of this file."""
    with stage(tmp_path_factory.mktemp("games"), accounts) as made:
        yield made


@pytest.fixture
def quiet(on_stage: Stage) -> Iterator[Stage]:
    """The market without daemons, before and after."""
    yield on_stage
    for name in list(on_stage.daemons):
        on_stage.stop_daemon(name)


RIGHT = LotRun(PROGRAM, INPUTS).root
WRONG = lying(PROGRAM, INPUTS).root


def test_dispute__a_faulty_provider__convicted_by_the_leaf_and_the_buyer_refunded(quiet: Stage) -> None:
    job = quiet.shown([WRONG])
    buyer, challenger = (quiet.accounts[role].address for role in ("buyer", "challenger"))
    before = quiet.usd.balance_of(challenger)
    quiet.play("north", Mode.PROVIDER, lying)
    quiet.play("challenger", Mode.CHALLENGER)
    ended = quiet.until_ended(job.job_id)
    assert ended.reason == Reason.CONVICTED_LEAF
    assert convicted(ended) == [0]
    assert ended.lots[0].refund_usd6 > 0
    book = quiet.until_book(lambda book: not book.open_games())
    (game,) = book.games_on(next(c.claim_id for c in book.claims.values() if c.job_id == job.job_id))
    assert game.verdict is Verdict.CONVICTED_LEAF
    assert quiet.escrow.credit_of(buyer) >= ended.lots[0].refund_usd6
    _ = before
