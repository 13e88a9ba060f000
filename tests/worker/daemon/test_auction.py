"""Jobs at auction with real daemons on a real chain: bids sealed, opened and cleared, the work done and paid."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.audit import audit
from assay.market.records import BidStatus, JobRecord
from assay.protocol.clearing import deposit_of
from assay.protocol.generated.structs import Order
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState
from assay.stack.tools import REPOSITORY
from assay.worker.bid_pricing import CostPlus, NoBids
from tests.worker.daemon.crashing import BID_POINTS
from tests.worker.daemon.test_life import eventually
from tests.worker.daemon.world import PRICE_PER_HOUR, PROVIDERS, World, world

P = PRICE_PER_HOUR // 3600
CEILING = 3 * P


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("market"), accounts) as made:
        yield made


@pytest.fixture
def market(shared: World) -> Iterator[World]:
    yield shared
    for name in list(shared.daemons):
        shared.stop_daemon(name)


def bid_of(job: JobRecord, market: World, name: str) -> Any:
    assert job.bidding is not None
    return job.bidding.bid_of(market.accounts[name].address)


def test_auction__three_bidders_for_two_seats__the_dearest_sets_the_price_and_the_rest_returns(
    market: World,
) -> None:
    costs = {"north": 18, "south": 27, "east": 54}  # USD a device-hour
    for name, cost in costs.items():
        market.start(name, bids=CostPlus(cost * 10**6, 0))
    terms = market.terms(lots=2, spares=0, ceiling_usd6=CEILING)
    job = market.until_ended(market.auction(terms))
    assert job.bidding is not None and job.bidding.opened == 3
    assert job.bidding.price_usd6 == bid_of(job, market, "east").price_usd6 == 54 * 10**6 // 3600
    winners = {awardee.provider for awardee in job.awardees}
    assert winners == {market.accounts[name].address for name in ("north", "south")}
    assert (job.reason, job.lots_paid) == (Reason.SETTLED_AGREED, 2)
    assert job.paid_usd6 == 4 * job.bidding.price_usd6
    pokes = (terms.lots + 2) * job.poke_price_usd6
    assert job.escrow_usd6 == job.paid_usd6 + job.fee_usd6 + job.refund_usd6 + pokes
    for name in PROVIDERS:
        me = market.accounts[name].address
        eventually(lambda me=me: market.vault.locked_of(me) == 0 and market.escrow.credit_of(me) == 0)
    report = audit(market.w3, market.deployment)
    assert report.findings == []


@pytest.mark.parametrize("point", BID_POINTS)
def test_auction__bidder_killed_around_its_seal__returns_and_opens_the_same_bid(
    market: World, point: str
) -> None:
    folder = market.settings("north").folder
    account = market.accounts["north"]
    command = [sys.executable, "-m", "tests.worker.daemon.crashing", point, account.key.hex()]
    command += [market.chain.url, str(market.deployment_path), market.store_url, str(folder)]
    env = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'worker'}", "PATH": "/usr/bin:/bin"}
    status = market.settings("north").heartbeat
    status.unlink(missing_ok=True)
    process = subprocess.Popen(command, cwd=REPOSITORY, env=env)
    eventually(lambda: status.exists() and json.loads(status.read_text())["pid"] == process.pid, 60)
    job_id = market.auction(market.terms(lots=1, seats=1, spares=0, ceiling_usd6=CEILING))
    assert process.wait(30) == -9
    # it comes back with another price in mind: what it has decided before counts
    market.start("north", bids=CostPlus(2 * PRICE_PER_HOUR, 0))
    job = market.until_ended(job_id)
    bid = bid_of(job, market, "north")
    assert (bid.status, bid.price_usd6) == (BidStatus.OPENED, P)
    assert (job.reason, job.lots_paid) == (Reason.SETTLED_QUIET, 1)


def test_auction__disk_lost_between_seal_and_opening__opens_by_its_ask(market: World) -> None:
    daemon = market.start("north")
    job_id = market.auction(market.terms(lots=1, seats=1, spares=0, ceiling_usd6=CEILING))
    market.until(job_id, lambda job: bool(job.bidding and job.bidding.bids))
    market.stop_daemon("north")
    kept = Path(daemon.parts.settings.folder) / "bids" / f"{job_id.hex()}.json"
    kept.unlink()
    market.start("north")
    job = market.until_ended(job_id)
    assert bid_of(job, market, "north").status == BidStatus.OPENED and job.lots_paid == 1


def test_auction__too_few_bidders__expires_and_everything_comes_back(market: World) -> None:
    market.start("north")
    market.start("south", bids=NoBids())
    job = market.until_ended(market.auction(market.terms(lots=1, spares=0, ceiling_usd6=CEILING)))
    assert (job.state, job.reason) == (JobState.CLOSED, Reason.EXPIRED_NO_BID)
    assert job.refund_usd6 == job.escrow_usd6 - job.poke_price_usd6
    assert bid_of(job, market, "south") is None
    assert market.vault.locked_of(market.accounts["north"].address) == 0


def test_auction__cancelled_while_sealed__the_worker_fetches_its_deposit(market: World) -> None:
    daemon = market.start("north")
    terms = market.terms(lots=1, seats=1, spares=0, ceiling_usd6=CEILING)
    job_id = market.auction(terms)
    job = market.until(job_id, lambda job: bool(job.bidding and job.bidding.bids))
    assert bid_of(job, market, "north").deposit_usd6 == deposit_of(CEILING, 1)
    market.send("buyer", market.board.cancel_auction(Order(job.buyer, job.client_salt, terms)))
    job = market.until(job_id, lambda job: bid_of(job, market, "north").status == BidStatus.RETURNED)
    assert (job.state, job.refund_usd6) == (JobState.CANCELLED, job.escrow_usd6)
    eventually(lambda: job_id not in daemon.parts.follower.jobs)


def test_auction__ceiling_below_the_price__no_bid_and_the_log_says_why(market: World) -> None:
    market.start("north")
    job = market.until_ended(market.auction(market.terms(lots=1, seats=1, spares=0, ceiling_usd6=P - 1)))
    assert job.bidding is not None and job.bidding.bids == [] and job.reason == Reason.EXPIRED_NO_BID
    log = (market.settings("north").folder / "log.jsonl").read_text()
    assert f"the price {P} is above the ceiling {P - 1}" in log
