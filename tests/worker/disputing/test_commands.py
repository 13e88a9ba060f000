"""The commands of disputes, and workers as processes of their own: killed for good, they come back and play on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.cli.main import run
from assay.disputes.runs import LotRun
from assay.disputes.states import Verdict
from assay.protocol.reasons import Reason
from assay.worker.disputing.modes import Mode
from tests.worker.daemon.world import USD
from tests.worker.disputing.stage import INPUTS, PROGRAM, Stage, convicted, game_on, lying, stage

RIGHT = LotRun(PROGRAM, INPUTS).root
WRONG = lying(PROGRAM, INPUTS).root
CHALLENGER = "investor_one"  # a devnet account that the command line knows by name


@pytest.fixture(scope="module")
def whole_stage(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[Stage]:
    """One market for all commands."""
    with stage(tmp_path_factory.mktemp("commands"), accounts, window_seconds=60) as made:
        made.send("deployer", made.usd.mint(accounts[CHALLENGER].address, 10 * USD))
        yield made


@pytest.fixture
def market(whole_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The market, named in the environment."""
    for name, value in environment(whole_stage).items():
        monkeypatch.setenv(name, value)
    yield whole_stage
    for name in list(whole_stage.daemons):
        whole_stage.stop_daemon(name)


def environment(made: Stage) -> dict[str, str]:
    """What the command line reads."""
    return {
        "ASSAY_RPC_URL": made.chain.url,
        "ASSAY_DEPLOYMENT": str(made.deployment_path),
        "ASSAY_STORE_URL": made.store_url,
        "ASSAY_RUN": str(made.folder / "run"),
        "ASSAY_POLL_SECONDS": "0.1",
        "ASSAY_HERD_SECONDS": "1",
        "ASSAY_MIN_FREE_MB": "0",
    }


def worker(made: Stage, name: str, *options: str) -> subprocess.Popen[bytes]:
    """`assay worker run` in a process of its own."""
    command = [sys.executable, "-m", "assay.cli.main", "worker", "run", "--name", name, *options]
    log = (made.folder / f"{name}.log").open("ab")
    return subprocess.Popen(command, env={**os.environ, **environment(made)}, stdout=log, stderr=log)


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks, waits, kills."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_challenge__an_honest_lot__nothing_differs_and_nothing_is_sent(
    market: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    job = market.shown([RIGHT])
    assert run(["challenge", "0x" + job.job_id.hex(), "0", "--yes", "--json"]) == 0
    found = last_json(capsys.readouterr().out)
    assert found["own_root"] == "0x" + RIGHT.hex()
    assert [claim["differs"] for claim in found["claims"]] == [False]
    assert found["game"] is None
    assert not [claim for claim in market.book().claims.values() if claim.job_id == job.job_id]


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (["{job}", "7"], "there is no lot 7", 2),
        (["0x" + "11" * 32, "0"], "There is no job", 1),
    ],
)
def test_challenge__what_is_not_there__said(
    market: Stage, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str, code: int
) -> None:
    job = next(iter(market.jobs()))
    assert run(["challenge", *(text.format(job="0x" + job.hex()) for text in arguments)]) == code
    assert says in capsys.readouterr().err


def test_challenge__a_wrong_lot__played_to_the_conviction(
    market: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    job = market.shown([WRONG])
    market.play("north", Mode.PROVIDER, lying)
    account = ["--key", "devnet:investor-one"]
    assert run(["challenge", "0x" + job.job_id.hex(), "0", "--yes", "--json", *account]) == 0
    printed = capsys.readouterr()
    found = last_json(printed.out)
    assert found["game"]["verdict"] == Verdict.CONVICTED_LEAF.name
    assert found["game"]["paid"] == market.accounts[CHALLENGER].address
    assert "stating the claim" in printed.err
    assert "terms" in printed.err  # the descent is told down to the products
    assert convicted(market.job(job.job_id)) == [0]

    assert run(["dispute", "show", str(found["game"]["game"])]) == 0
    told = " ".join(capsys.readouterr().out.split())  # the console wraps lines
    assert "the contract recomputed one operation" in told
    assert "item 0: its outputs and state traces (answered)" in told
    claim = game_on(market.book(), job).claim_id
    assert run(["dispute", "show", "0x" + claim.hex(), "--json"]) == 0
    shown = last_json(capsys.readouterr().out)
    assert (shown["convicted"], shown["enforced"]) == (Reason.CONVICTED_LEAF.name, True)
    assert run(["dispute", "list"]) == 0
    assert "No game is open" in capsys.readouterr().out


@pytest.mark.parametrize("subject", ["77", "0x" + "22" * 32, "game"])
def test_dispute_show__unknown__said(market: Stage, capsys: pytest.CaptureFixture[str], subject: str) -> None:
    assert run(["dispute", "show", subject]) in (1, 2)
    assert subject in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--mode", "watchtower", "--faulty-bit"],
        ["--stop-on-alert"],
        ["--mode", "watchtower", "--keystore", "x"],
    ],
)
def test_worker_run__options_that_contradict__refused(market: Stage, options: list[str]) -> None:
    assert run(["worker", "run", "--name", "none", *options]) == 2


def test_worker_run__a_faulty_worker_and_a_challenger_that_is_killed__convicted_all_the_same(
    market: Stage,
) -> None:
    tower = worker(market, "tower", "--mode", "watchtower", "--stop-on-alert")
    faulty = worker(market, "north", "--keystore", "devnet:north", "--faulty-bit")
    options = ("--keystore", "devnet:investor-one", "--mode", "challenger")
    challenger = worker(market, "challenger", *options)
    try:
        job_id = market.post(market.exact_terms(), [1], providers=["north"])
        market.until_book(lambda book: bool(book.open_games()), seconds=120)
        game = market.book().open_games()[0].game_id
        market.until_book(lambda book: len(book.journal.positions[game]) >= 3, seconds=60)
        challenger.kill()
        challenger.wait()
        time.sleep(1)
        challenger = worker(market, "challenger", *options)
        ended = market.until_ended(job_id, seconds=120)
        assert tower.wait(30) == 4
    finally:
        for process in (tower, faulty, challenger):
            end(process)
    assert ended.reason == Reason.CONVICTED_LEAF
    assert ended.lots[0].refund_usd6 > 0
    alerts = [json.loads(line) for line in log_of(market, "tower") if '"alert"' in line]
    assert alerts[0]["event"] in ("a claim is wrong", "a game is open")
    assert alerts[0].get("job", "0x" + job_id.hex()) == "0x" + job_id.hex()


def log_of(made: Stage, name: str) -> list[str]:
    """The log of a worker that ran as a process."""
    path: Path = made.folder / "run" / "workers" / name / "log.jsonl"
    return path.read_text().splitlines()


def last_json(text: str) -> Any:
    """What a command printed; the test's own senders log to the same place before it."""
    return json.loads(text.strip().splitlines()[-1])
