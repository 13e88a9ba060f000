"""Handlers on the logs of real contracts, judged by what the contracts say."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.protocol.generated.events import EVENTS, BidDisplaced, LotContested, SeedMissed
from backend.chain.models import Log
from backend.chain.node import RawLog
from backend.chain.rows import Rows
from backend.devices.models import ShareBalance, ShareIncome
from backend.exchange.models import Candle, Trade
from backend.indexer.fact import Fact
from backend.indexer.handlers.bid_book import on_bid_displaced
from backend.indexer.handlers.job_market import on_seed_missed
from backend.indexer.projection import FOLLOWED, HANDLERS, IGNORED, SHARE
from backend.market.models import Bid, BidStatus, Job, JobEvent, PageRequest, PageState, Payment
from tests.backend.indexer.device_life import DeviceLife
from tests.backend.indexer.market_life import Life
from tests.backend.indexer.share_trades import trade_shares
from tests.backend.indexer.truth import assert_rows_equal_contracts

pytestmark = pytest.mark.django_db(transaction=True)
# Told by the stories of test_disputes.py.
OF_DISPUTES = {
    LotContested,
    *(
        e
        for e in HANDLERS
        if e.CONTRACT in ("Claims", "DisputeGame", "FrameMoves", "TraceMoves", "ValueMoves")
    ),
}


def test_handlers__every_event_of_followed_contracts__is_handled_or_ignored_by_name() -> None:
    followed = [event for event in EVENTS if event.CONTRACT in (*FOLLOWED, SHARE)]
    missing = [e.__name__ for e in followed if e not in HANDLERS and e.NAME not in IGNORED]
    assert followed and not missing


def test_handlers__a_market_with_every_event__rows_equal_contracts(
    life: Life, index: Callable[..., Any]
) -> None:
    life.set_up()
    for story in (
        life.agreed_job,
        life.audited_job,
        life.disputed_job,
        life.outvoted_job,
        life.cancelled_jobs,
        life.withheld_job,
        life.answered_job,
        life.auctioned_jobs,
    ):
        story()
        index()
        assert_rows_equal_contracts(life)
    life.money_out()
    trade_shares(life)
    DeviceLife(life).sold_and_bought_out()
    index()
    assert_rows_equal_contracts(life)
    _trades_and_candles(life)
    _every_event_happened()
    _money_adds_up()
    _income_names_its_lots()


def _trades_and_candles(life: Life) -> None:
    trades = list(Trade.objects.order_by("position"))
    usd, share = 10**6, 10**18
    fee = 10_500_000 * 30 // 10_000
    matched = 10 * usd + (usd - fee) // 2
    assert [(trade.amount, trade.value_usd6) for trade in trades] == [
        (4 * share, 40 * usd),
        (3 * share, 27 * usd),
        (1, 1),
        (2 * share, 20 * usd),
        (share, matched),
    ]
    assert [bool(trade.taker) for trade in trades] == [True, True, True, True, False]
    assert (trades[1].seller, trades[1].buyer) == (life.who["buyer"], life.who["investor_two"])
    assert (
        sum(trade.fee_usd6 for trade in trades) == life.read("ShareExchange", "fee_bps") * 87 * 100 + 1 + fee
    )
    for seconds in (60, 3_600, 86_400):
        candles = list(Candle.objects.filter(seconds=seconds).order_by("start"))
        assert (candles[0].open_usd6, candles[-1].close_usd6) == (10 * usd, matched)
        assert min(candle.low_usd6 for candle in candles) == 9 * usd
        assert max(candle.high_usd6 for candle in candles) == matched
        assert sum(candle.trades for candle in candles) == 4, "dust makes no price"
        assert sum(candle.amount for candle in candles) == 10 * share
    # income that came before the sales is still the sellers'
    for balance in ShareBalance.objects.filter(holder=life.who["investor_two"]):
        assert life.read("DeviceShare", "claimable", balance.holder, address=life.share) > 0


def _every_event_happened() -> None:
    seen = {topics.split(",")[0] for topics in Log.objects.values_list("topics", flat=True)}
    slow = (SeedMissed, BidDisplaced)  # needs 8,191 blocks; 21 bidders: tested alone below
    never = [
        e.__name__
        for e in HANDLERS
        if e not in slow and e not in OF_DISPUTES and "0x" + e.TOPIC0.hex() not in seen
    ]
    assert not never, f"no story makes {never}"
    requests = {request.subject: request.state for request in PageRequest.objects.all()}
    assert requests == {1: PageState.WITHHELD, 2: PageState.ANSWERED, 3: PageState.WITHHELD}


def _money_adds_up() -> None:
    """For each closed job: what was funded and slashed equals what was paid out, to the last unit."""
    for job in Job.objects.filter(closed_at__gt=0):
        lines = Payment.objects.filter(job_key=job.id)
        funded = sum(line.amount_usd6 for line in lines if line.kind == "funded")
        paid = sum(line.amount_usd6 for line in lines if line.kind != "funded")
        assert paid == funded + job.slashed_usd6, f"job {job}"
        events = JobEvent.objects.filter(job=job)
        assert sum(int(e.args["amount_usd6"]) for e in events.filter(event="SeatPaid")) == job.paid_usd6


def _income_names_its_lots() -> None:
    pushed = Payment.objects.filter(kind="pushed")
    assert pushed.count() > 0
    for payment in pushed:
        income = ShareIncome.objects.get(tx=payment.tx, job_key=payment.job_key)
        paid = JobEvent.objects.filter(tx=payment.tx, event="SeatPaid", args__payee=payment.account)
        assert income.lots == sorted({event.lot for event in paid if event.lot is not None})
        assert income.amount_usd6 == payment.amount_usd6 == sum(int(e.args["amount_usd6"]) for e in paid)


def test_on_seed_missed__job_waiting_for_its_draw__another_block_decides(
    life: Life, index: Callable[..., Any]
) -> None:
    life.set_up()
    job = life.post("missed")
    index()
    log = RawLog(1 << 40, 31337, 1 << 20, "", 0, 0, "0x", 0, life.deployment.address("JobMarket"), "", "")
    rows = Rows()
    rows.begin_block(log.block_number, journal=True)
    on_seed_missed(Fact(rows, log, log.address), SeedMissed(job_id=job, missed_block=7, seed_block=8_200))
    rows.flush()
    assert Job.objects.get().seed_block == 8_200


def test_on_bid_displaced__an_opened_bid__is_not_kept_any_more(life: Life, index: Callable[..., Any]) -> None:
    life.set_up()
    life.auction("crowded", {"north": 700_000}, ("north",))
    index()
    log = RawLog(1 << 40, 31337, 1 << 20, "", 0, 0, "0x", 0, life.deployment.address("BidBook"), "", "")
    rows = Rows()
    rows.begin_block(log.block_number, journal=True)
    event = BidDisplaced(job_id=life.jobs["crowded"], provider=life.who["north"], price_usd6=700_000)
    on_bid_displaced(Fact(rows, log, log.address), event)
    rows.flush()
    assert Bid.objects.get().status == BidStatus.DISPLACED
