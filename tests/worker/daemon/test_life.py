"""Whole jobs with three real daemons on a real chain; the work itself is faked (test_render.py runs it for real)."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.artifacts import ArtifactStore, Kind
from assay.buyer.answering import Answers
from assay.buyer.market import Market
from assay.commitment.listing import list_ids
from assay.market.records import JobRecord, LotRecord
from assay.protocol.reasons import Reason
from assay.protocol.sender import TxSender
from assay.protocol.states import LotPhase, SeatStatus, Subject
from tests.worker.daemon.world import PRICE_PER_HOUR, PROVIDERS, FakeRunner, World, item_bytes, world

P = PRICE_PER_HOUR // 3600
FEE = P * 200 // 10_000
POKE = 1_000
BOND = P  # replicated: the whole price


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("market"), accounts) as made:
        yield made


@pytest.fixture
def market(shared: World) -> Iterator[World]:
    """The shared market without daemons of the test before."""
    yield shared
    for name in list(shared.daemons):
        shared.stop_daemon(name)


def worth(market: World, name: str) -> int:
    """Everything a provider owns: tokens, credit, stake."""
    me = market.accounts[name].address
    return market.usd.balance_of(me) + market.escrow.credit_of(me) + market.vault.stake_of(me)


def own_seats(job: JobRecord, market: World, name: str) -> list[Any]:
    me = market.accounts[name].address
    return [seat for lot in job.lots for seat in lot.called if seat.provider == me]


def eventually(met: Any, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.05)


def log_of(market: World, name: str) -> list[dict[str, Any]]:
    path = market.settings(name).folder / "log.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_job__three_honest_workers__paid_to_the_last_unit(market: World) -> None:
    before = {name: worth(market, name) for name in PROVIDERS}
    fees, buyer = market.escrow.fees_usd6(), market.accounts["buyer"].address
    held = market.usd.balance_of(buyer)
    for name in PROVIDERS:
        market.start(name)
    terms = market.terms(lots=4)
    job_id = market.post(terms)
    escrow = market.board.escrow_for(terms)
    assert held - market.usd.balance_of(buyer) == escrow
    job = market.until_ended(job_id)
    assert (job.reason, job.lots_paid) == (Reason.SETTLED_AGREED, 4)
    assert (job.paid_usd6, job.fee_usd6, job.refund_usd6) == (8 * P, 8 * FEE, 0)
    assert market.escrow.fees_usd6() - fees == 8 * FEE
    gained = {name: worth(market, name) - before[name] for name in PROVIDERS}
    assert sum(gained.values()) == 8 * P + 5 * POKE == escrow - 8 * FEE
    for name in PROVIDERS:
        assert gained[name] >= P * len(own_seats(job, market, name))
        me = market.accounts[name].address
        eventually(lambda me=me: market.vault.locked_of(me) == 0 and market.escrow.credit_of(me) == 0)
    assert market.escrow.job_balance(job_id) == 0
    assert market.escrow.liabilities_usd6() <= market.usd.balance_of(market.escrow.address)
    for lot in job.lots:
        ids = list_ids(market.store.get(Kind.LIST, lot.root))
        assert [market.store.get(Kind.BYTES, item) for item in ids] == [
            item_bytes(job_id, lot.index, k) for k in range(len(ids))
        ]


def test_job__stopped_seat__spare_takes_over_and_a_tenth_is_slashed(market: World) -> None:
    for name in ("north", "south"):
        market.start(name)
    east = market.accounts["east"].address
    stake = market.vault.stake_of(east)
    job_id = market.post_with_seat("east", market.terms(lots=4))
    # the others have done what they can: the clock is moved when nothing of theirs is open
    market.until(
        job_id, lambda job: all(waits_for(lot, east) or lot.phase >= LotPhase.WINDOW for lot in job.lots)
    )
    market.chain.advance(13)
    job = market.until_ended(job_id)
    defaulted = [seat for seat in own_seats(job, market, "east") if seat.status == SeatStatus.DEFAULTED]
    assert defaulted and job.lots_paid == 4 and job.reason == Reason.SETTLED_AGREED
    assert all(seat.slashed_usd6 == BOND // 10 for seat in defaulted)
    assert stake - market.vault.stake_of(east) == len(defaulted) * BOND // 10
    spares = [lot.seats[2] for lot in job.lots if lot.active == 3]
    assert len(spares) == len(defaulted) and all(spare.amount_usd6 == P for spare in spares)


def waits_for(lot: LotRecord, provider: str) -> bool:
    """Whether a lot's only missing seal is this provider's."""
    without = [seat.provider for seat in lot.called if not seat.seal]
    return lot.phase == LotPhase.SEALING and without == [provider]


def test_job__wrong_digest__unpaid_and_not_slashed(market: World) -> None:
    market.start("north")
    market.start("south")
    market.start("east", FakeRunner(items=lambda job, lot, item: b"wrong" * 1_000))
    east = market.accounts["east"].address
    stake = market.vault.stake_of(east)
    job_id = market.post_with_seat("east", market.terms(lots=4))
    job = market.until_ended(job_id)
    assert (job.reason, job.lots_paid) == (Reason.SETTLED_AGREED, 4)
    liars = own_seats(job, market, "east")
    assert liars and all(seat.status == SeatStatus.UNPAID and seat.amount_usd6 == 0 for seat in liars)
    assert market.vault.stake_of(east) == stake
    assert job.paid_usd6 == 8 * P


def test_job__worker_out_of_disk__steps_down_in_time_with_a_clear_line(market: World) -> None:
    stake = market.vault.stake_of(market.accounts["north"].address)
    market.start("north", min_free_bytes=1 << 60)
    market.start("south")
    market.start("east")
    job = market.until_ended(market.post_with_seat("north", market.terms(lots=4)))
    assert job.lots_paid == 4
    assert {seat.status for seat in own_seats(job, market, "north")} == {SeatStatus.DECLINED}
    assert market.vault.stake_of(market.accounts["north"].address) == stake
    assert any(
        "out of disk" in line["event"] and "MB are free" in line["reason"] for line in log_of(market, "north")
    )


def test_job__an_input_nobody_has__asked_for_on_chain_then_closed_with_a_fee(market: World) -> None:
    for name in PROVIDERS:
        market.start(name)
    terms = market.terms(lots=1, inputs_root=b"\x07" * 32)
    before = {name: worth(market, name) for name in PROVIDERS}
    job_id = market.post(terms)
    market.until(job_id, lambda job: bool(job.lots) and job.lots[0].request is not None)
    market.chain.advance(5)
    job = market.until_ended(job_id)
    assert job.reason == Reason.INPUTS_UNAVAILABLE
    assert job.paid_usd6 == 2 * (P // 10)
    gained = sum(worth(market, name) - before[name] for name in PROVIDERS)
    assert gained == job.paid_usd6 + 2 * POKE  # the page price came back, the draw and the closing were paid


def test_job__the_buyer_posts_the_missing_input_on_chain__done_after_all(
    market: World, tmp_path: Path
) -> None:
    from assay.commitment import artifact_id, list_bytes, list_root

    for name in PROVIDERS:
        market.start(name)
    data = b"one page, late" + bytes(100)
    identity = artifact_id(data)
    terms = market.terms(lots=1, inputs_root=list_root([identity]))
    job_id = market.post(terms)
    job = market.until(job_id, lambda job: bool(job.lots) and job.lots[0].request is not None)
    mine = ArtifactStore((market.folder / "buyer-only").as_uri())
    mine.put(Kind.BYTES, identity, data)
    mine.put(Kind.LIST, terms.inputs_root, list_bytes([identity]))
    assert job.lots[0].request is not None and job.lots[0].request.subject == Subject.INPUT
    said: list[str] = []
    with TxSender(market.w3, market.accounts["buyer"], tmp_path / "outbox.db", lock_wait_seconds=5) as sender:
        answers = Answers(Market.open(market.chain.url, market.deployment, mine), sender, said.append)
        answers.answer(job)
        answers.answer(job)
        sender.wait(f"answer:{job.lots[0].request.request_id.hex()}")
    assert len(said) == 1 and "answered" in said[0]
    assert market.until_ended(job_id).lots_paid == 1


def test_job__buyer_asks_for_an_output_page__a_winner_answers(market: World) -> None:
    for name in PROVIDERS:
        market.start(name)
    job_id = market.post(market.terms(lots=1))
    job = market.until(job_id, lambda job: bool(job.lots) and job.lots[0].phase == LotPhase.WINDOW)
    ask = market.availability.request_page(
        job_id, job.awardees, lot=0, place=0, subject=Subject.OUTPUT, list_index=0, page_index=1
    )
    market.send("buyer", market.usd.approve(market.escrow.address, 20_000), ask)
    market.until(job_id, lambda job: job.lots[0].request is None)
    job = market.until_ended(job_id)
    assert job.lots_paid == 1 and not any(seat.slashed_usd6 for lot in job.lots for seat in lot.seats)


def test_job__cancelled_before_any_seal__seats_get_the_fee_and_the_rest_comes_back(market: World) -> None:
    for name in PROVIDERS:
        market.start(name, FakeRunner(seconds=30))
    buyer = market.accounts["buyer"].address
    job_id = market.post(market.terms(lots=2))
    market.until(job_id, lambda job: bool(job.lots))
    credit = market.escrow.credit_of(buyer)
    market.send("buyer", market.market.cancel_job(job_id))
    job = market.until_ended(job_id)
    assert job.reason == Reason.CANCELLED_BUYER and job.paid_usd6 == 4 * (P // 10)
    assert (
        market.escrow.credit_of(buyer) - credit
        == job.refund_usd6
        == job.escrow_usd6 - job.paid_usd6 - 3 * POKE
    )


def test_stop__sealed_seats__are_finished_before_the_worker_ends(market: World) -> None:
    market.start("south", FakeRunner(seconds=1.5))
    market.start("east", FakeRunner(seconds=1.5))
    market.start("north", drain_seconds=30)
    job_id = market.post_with_seat("north", market.terms(lots=2))
    north = market.accounts["north"].address
    market.until(
        job_id, lambda job: any(s.seal for lot in job.lots for s in lot.seats if s.provider == north)
    )
    daemon, thread = market.daemons["north"]
    daemon.stop()
    job = market.until_ended(job_id)
    thread.join(20)
    assert not thread.is_alive()
    assert job.lots_paid == 2
    paid = {seat.status for seat in own_seats(job, market, "north")}
    assert paid <= {SeatStatus.PAID, SeatStatus.DECLINED} and SeatStatus.PAID in paid


def test_worker__restarted_without_its_results__runs_a_sealed_lot_again_and_opens_the_same_seal(
    market: World, tmp_path: Path
) -> None:
    import shutil

    market.start("south", FakeRunner(seconds=3))
    market.start("east", FakeRunner(seconds=3))
    market.start("north", drain_seconds=0)
    job_id = market.post_with_seat("north", market.terms(lots=2))
    north = market.accounts["north"].address
    market.until(
        job_id, lambda job: any(s.seal for lot in job.lots for s in lot.seats if s.provider == north)
    )
    market.stop_daemon("north")
    shutil.rmtree(market.settings("north").results)
    market.start("north")
    job = market.until_ended(job_id)
    assert job.lots_paid == 2 and all(s.status == SeatStatus.PAID for s in own_seats(job, market, "north"))
