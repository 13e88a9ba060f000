"""Sampled jobs with real daemons: the draw after the seal, auditors that take their seats, and those that do not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assay.market.records import JobRecord
from assay.protocol.chain import block
from assay.protocol.draw import is_audited
from assay.protocol.generated.structs import Terms
from assay.protocol.reasons import Reason
from assay.protocol.states import LotPhase, SeatStatus
from assay.worker.disputing.modes import Mode
from tests.worker.daemon.test_exact import flipped
from tests.worker.daemon.world import PRICE_PER_HOUR, SHORT, FakeRunner, World
from tests.worker.disputes.programs import everything, inputs

SAMPLED = 2
PAIR = ("north", "south")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("market"), accounts, params=replace(SHORT, low_window_seconds=60))
    try:
        made.set_up_providers()
        yield made
    finally:
        made.stop()


@pytest.fixture
def market(shared: World) -> Iterator[World]:
    yield shared
    for name in list(shared.daemons):
        shared.stop_daemon(name)


def native(market: World, audit_bps: int, lots: int = 1) -> Terms:
    return market.terms(lots=lots, seats=1, spares=1, grade=SAMPLED, audit_bps=audit_bps)


def statuses(job: JobRecord, lot: int = 0) -> list[SeatStatus]:
    return [seat.status for seat in job.lots[lot].called]


def test_auditors__every_lot_audited__both_compute_it_and_both_are_paid(market: World) -> None:
    for name in PAIR:
        market.start(name, mode=Mode.AUDITOR)
    job = market.until_ended(market.post(native(market, 10_000, lots=3), providers=PAIR))
    assert [lot.reason for lot in job.lots] == [Reason.SETTLED_AGREED] * 3
    assert all(lot.audited for lot in job.lots)
    assert {status for lot in range(3) for status in statuses(job, lot)} == {SeatStatus.PAID}
    # the price of a seat and of an auditor, lot by lot
    assert job.paid_usd6 == 6 * job.terms.ceiling_usd6


def test_draw__one_lot_in_two__is_what_everybody_can_recompute(market: World) -> None:
    for name in PAIR:
        market.start(name, mode=Mode.AUDITOR)
    job = market.until_ended(market.post(native(market, 5_000, lots=6), providers=PAIR))
    for lot in job.lots:
        hashed = block(market.w3, lot.audit_block).hash
        assert lot.audited == is_audited(hashed, job.job_id, lot.index, 5_000)
        assert len(lot.called) == 1 + lot.audited
        assert lot.reason == (Reason.SETTLED_AGREED if lot.audited else Reason.SETTLED_QUIET)


def test_providers__that_do_not_audit__step_down_and_the_claim_stands_alone(market: World) -> None:
    for name in PAIR:
        market.start(name, mode=Mode.PROVIDER)
    job = market.until_ended(market.post(native(market, 10_000), providers=PAIR))
    assert job.lots[0].reason == Reason.SETTLED_QUIET
    assert statuses(job) == [SeatStatus.PAID, SeatStatus.DECLINED]
    assert job.slashed_usd6 == 0


def test_auditor__of_a_wrong_exact_result__opens_a_game_against_it(market: World) -> None:
    terms = market.exact_terms(
        everything(),
        inputs(),
        grade=SAMPLED,
        spares=1,
        audit_bps=10_000,
        lot_seconds=10,
        ceiling_usd6=PRICE_PER_HOUR // 360,
    )
    market.start("north", FakeRunner(lie=flipped), mode=Mode.AUDITOR)
    market.start("south", FakeRunner(), mode=Mode.AUDITOR)
    liar = market.accounts["north"].address
    for _ in range(12):
        job_id = market.post(terms, providers=PAIR)
        job = market.until(job_id, lambda job: bool(job.lots))
        if job.lots[0].seats[0].provider == liar:
            break
    job = market.until(job_id, lambda job: job.lots[0].held, seconds=120)
    lot = job.lots[0]
    assert (lot.phase, lot.audited, lot.agreed) == (LotPhase.WINDOW, True, False)
    assert len({seat.root for seat in lot.standing}) == 2
