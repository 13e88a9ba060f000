"""What must not cost a payment: kill -9 at every point, a node that dies, a chain that takes the job back."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.protocol.states import SeatStatus
from assay.stack.tools import REPOSITORY
from tests.worker.daemon.crashing import POINTS
from tests.worker.daemon.test_life import eventually, own_seats, worth
from tests.worker.daemon.world import PROVIDERS, World, world
from tests.worker.disputes.programs import everything, inputs


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("market")
    with world(folder, accounts, state=folder / "chain.json") as made:
        for name in ("south", "east"):
            made.start(name)
        yield made


@pytest.fixture(autouse=True)
def without_north(market: World) -> Iterator[None]:
    """Each test starts its own daemon of north."""
    yield
    if "north" in market.daemons:
        market.stop_daemon("north")


def reverted(folder: Path) -> int:
    """Transactions of a worker that were mined and did nothing."""
    with sqlite3.connect(folder / "state.db") as db:
        return int(db.execute("SELECT COUNT(*) FROM intents WHERE status = 0").fetchone()[0])


@pytest.mark.parametrize(
    ("kind", "point"),
    [*[("native", point) for point in POINTS], ("exact", "after_seal"), ("exact", "before_reveal")],
)
def test_worker__killed_at_any_point__comes_back_without_a_second_seal_or_a_lost_payment(
    market: World, kind: str, point: str
) -> None:
    folder = market.settings("north").folder
    before = reverted(folder) if folder.exists() else 0
    stake = market.vault.stake_of(market.accounts["north"].address)
    command = [
        sys.executable,
        "-m",
        "tests.worker.daemon.crashing",
        point,
        market.accounts["north"].key.hex(),
    ]
    command += [market.chain.url, str(market.deployment_path), market.store_url, str(folder)]
    path = f"{REPOSITORY}:{REPOSITORY / 'worker'}"
    process = subprocess.Popen(command, cwd=REPOSITORY, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"})
    status = market.settings("north").heartbeat
    eventually(lambda: status.exists() and json.loads(status.read_text())["pid"] == process.pid, 60)
    # two providers and no spare: north has a seat of every lot
    terms = market.terms(lots=2, spares=0)
    if kind == "exact":
        terms = market.exact_terms(
            everything(), inputs(), lots=2, grade=3, seats=2, lot_seconds=8, ceiling_usd6=80_000
        )
    job_id = market.post(terms, providers=("north", "south"))
    assert process.wait(30) == -9
    market.start("north")
    job = market.until_ended(job_id)
    assert job.lots_paid == 2
    own = own_seats(job, market, "north")
    assert own and all(seat.status == SeatStatus.PAID for seat in own)
    assert market.vault.stake_of(market.accounts["north"].address) == stake
    market.stop_daemon("north")
    assert reverted(folder) == before


def test_node__stopped_in_mid_job_and_started_again__the_job_is_finished(market: World) -> None:
    from tests.worker.daemon.world import FakeRunner

    market.start("north", FakeRunner(seconds=0.5))
    job_id = market.post(market.terms(lots=4))
    market.until(job_id, lambda job: any(seat.seal for lot in job.lots for seat in lot.seats))
    time.sleep(1.5)  # anvil writes its state every second

    def log() -> str:
        return "".join((market.settings(name).folder / "log.jsonl").read_text() for name in PROVIDERS)

    market.chain.stop()
    eventually(lambda: "chain node unreachable" in log(), 20)
    market.chain.start()
    job = market.until_ended(job_id)
    assert job.lots_paid == 4 and not any(seat.slashed_usd6 for lot in job.lots for seat in lot.seats)
    assert "recovered" in log()


def test_chain__takes_the_job_back__workers_let_go_and_lose_nothing(market: World) -> None:
    market.start("north")
    before = sum(worth(market, name) for name in PROVIDERS)
    # what the buyer's own sender would send again is left out here: the job must stay away
    snapshot = market.chain.rpc("evm_snapshot")
    gone = market.post(market.terms(lots=2))
    market.until(gone, lambda job: any(seat.seal for lot in job.lots for seat in lot.seats))
    market.chain.rpc("evm_revert", snapshot)
    for suffix in ("", "-wal", "-shm"):
        (market.folder / f"buyer.outbox{suffix}").unlink(missing_ok=True)
    deadline = time.monotonic() + 20
    while any(gone in market.daemons[name][0].parts.follower.jobs for name in PROVIDERS):
        assert time.monotonic() < deadline, "a worker still follows a job that does not exist"
        time.sleep(0.1)
    job = market.until_ended(market.post(market.terms(lots=2)))
    assert job.lots_paid == 2
    assert not any(seat.slashed_usd6 for lot in job.lots for seat in lot.seats)
    assert sum(worth(market, name) for name in PROVIDERS) >= before + job.paid_usd6
    for name in PROVIDERS:
        locked = market.accounts[name].address
        deadline = time.monotonic() + 10
        while market.vault.locked_of(locked):
            assert time.monotonic() < deadline
            time.sleep(0.1)
