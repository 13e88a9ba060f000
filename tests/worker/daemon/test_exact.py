"""Exact jobs from the command line to settlement, with the real sandbox: any device, the same bits, checked again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.artifacts import Kind
from assay.cli.main import run
from assay.commitment.tensor import tensor_root
from assay.jobs.exact import plan
from assay.jobs.exact.results import ItemResult
from assay.protocol.clients import DeviceRegistryClient
from assay.protocol.ids import from_hex
from assay.protocol.keccak import keccak256
from assay.protocol.reasons import Reason
from assay.protocol.states import SeatStatus
from assay.worker.sandboxed import SandboxRunner
from tests.worker.daemon.test_life import own_seats
from tests.worker.daemon.world import PRICE_PER_HOUR, SHORT, FakeRunner, World
from tests.worker.disputes.programs import everything, inputs

EAST = 2 * PRICE_PER_HOUR // 720  # price of a lot of five seconds
PAY = ["--pay-with", "devnet:buyer", "--yes", "--wait", "240s"]
FUNCTION = """
import jax.numpy as jnp
from jax import lax

def grow(weights, x, item):
    def step(t, y):
        return jnp.tanh(y @ weights) + t
    return {"y": lax.fori_loop(0, 6, step, x + item), "item": item}
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    params = replace(SHORT, min_commit_seconds=40, trusted_bond_bps=1_000)
    made = World(tmp_path_factory.mktemp("market"), accounts, params=params)
    try:
        made.set_up_providers(east=2 * PRICE_PER_HOUR)  # it runs only where a test says so, and is not picked
        registry = DeviceRegistryClient(made.w3, made.deployment)
        other = keccak256(b"another runtime class")
        made.send("south", registry.set_runtime_class(made.devices["south"], other))
        yield made
    finally:
        made.stop()


@pytest.fixture
def sandboxed(market: World) -> Iterator[None]:
    """Two providers of two runtime classes, running in the sandbox."""
    for name in ("north", "south"):
        market.start(name, SandboxRunner())
    yield
    for name in ("north", "south"):
        market.stop_daemon(name)


@pytest.fixture(autouse=True)
def environment(market: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", market.chain.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(market.deployment_path))
    monkeypatch.setenv("ASSAY_STORE_URL", market.store_url)
    monkeypatch.setenv("ASSAY_RUN", str(market.folder / "run"))
    monkeypatch.delenv("ASSAY_API_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    # short stated run times, so that windows are short too
    monkeypatch.setattr(plan, "START_SECONDS", 1.0)
    monkeypatch.setattr(plan, "COMPILE_SECONDS_PER_NODE", 0.0005)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the JSON object on stdout, where daemons of this process may have written before."""
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.mark.usefixtures("sandboxed")
def test_exact_demo__refereed_seat__settled_quietly_verified_and_better_at_digits(
    market: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--steps", "60", "--width", "32", "--lot-seconds", "6", "--out", "tuned.npz", *PAY]
    code, receipt = command(capsys, "exact", "demo", *arguments)
    assert code == 0, receipt
    assert receipt["balanced"] and receipt["lots_paid"] == 1 and receipt["results"] == "tuned.npz"
    assert receipt["accuracy_after"] > 0.9 > 0.5 > receipt["accuracy_before"]
    assert receipt["loss_after"] < receipt["loss_before"] / 5
    job = market.job(from_hex(receipt["job_id"]))
    assert job.reason == Reason.SETTLED_QUIET and job.terms.runtime_class == bytes(32)
    tuned = np.load(tmp_path / "tuned.npz")
    assert tuned["w1"].shape == (64, 32) and tuned["w1"].dtype == np.float32
    code, shown = command(capsys, "verify", receipt["job_id"], "--lot", "0")
    assert code == 0 and shown["equal"] and shown["lots"][0]["claimed"] == shown["lots"][0]["computed"]
    code, again = command(capsys, "job", "results", receipt["job_id"], "--out", "again.npz")
    assert code == 0 and again["items"] == 1
    assert np.array_equal(np.load(tmp_path / "again.npz")["w1"], tuned["w1"])


@pytest.mark.usefixtures("sandboxed")
def test_exact_post__function_replicated_on_devices_of_two_classes__agree_on_every_item(
    market: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "growing.py").write_text(FUNCTION)
    weights = np.eye(3, dtype=np.float32) / 3
    np.savez("arguments.npz", weights=weights, x=np.ones((2, 3), np.float32))
    arguments = [
        "--grade",
        "replicated",
        "--items",
        "3",
        "--lots",
        "2",
        "--stride",
        "2",
        "--lot-seconds",
        "8",
    ]
    code, receipt = command(capsys, "exact", "post", "growing:grow", "arguments.npz", *arguments, *PAY)
    assert code == 0, receipt
    job = market.job(from_hex(receipt["job_id"]))
    assert job.reason == Reason.SETTLED_AGREED and (job.terms.lots, job.terms.items) == (2, 3)
    assert {seat.provider for lot in job.lots for seat in lot.called} == {
        market.accounts[name].address for name in ("north", "south")
    }
    found = np.load(tmp_path / "results.npz")
    for item in range(3):
        y = np.ones((2, 3), np.float32) + item
        for t in range(6):
            y = np.tanh(y @ weights) + t
        assert found[f"item_{item}/item"] == item
        np.testing.assert_allclose(found[f"item_{item}/y"], y, rtol=1e-5)
    code, shown = command(capsys, "verify", receipt["job_id"])
    assert code == 0 and {(lot["lot"], lot["place"]) for lot in shown["lots"]} == {
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    }


def test_exact_post__too_cheap_to_be_disputed__said_before_anything_is_paid(
    market: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    held = market.usd.balance_of(market.accounts["buyer"].address)
    (tmp_path / "growing.py").write_text(FUNCTION)
    np.savez("arguments.npz", weights=np.eye(3, dtype=np.float32), x=np.ones((2, 3), np.float32))
    code = run(["exact", "post", "growing:grow", "arguments.npz", "--max-price", "36", *PAY, "--json"])
    captured = capsys.readouterr()
    answer = json.loads(captured.out.strip().splitlines()[-1])["error"]
    assert (
        code == 1 and "too cheap to be disputed" in answer["message"] and "longer run time" in answer["hint"]
    )
    assert "at least 0.04 USD" in " ".join(captured.err.split())
    assert market.usd.balance_of(market.accounts["buyer"].address) == held


def flipped(result: ItemResult) -> ItemResult:
    """One bit of the last output of an item."""
    *rest, last = result.arrays
    wrong = last.copy()
    wrong.reshape(-1)[7] ^= 1
    return ItemResult.of([*rest, wrong], result.traces)


def test_verify__a_seat_that_lied_and_was_not_challenged__says_where(
    market: World, capsys: pytest.CaptureFixture[str]
) -> None:
    market.start("east", FakeRunner(lie=flipped))
    terms = market.exact_terms(everything(), inputs(), items_per_lot=2, grade=1, ceiling_usd6=EAST)
    job_id = market.post(terms, providers=("east",))
    assert market.until_ended(job_id).lots_paid == 1
    market.stop_daemon("east")
    name = "0x" + job_id.hex()
    code, shown = command(capsys, "verify", name)
    assert code == 1 and not shown["equal"]
    (lot,) = shown["lots"]
    assert lot["where"].startswith("item 0, output_4[1, 1]: claimed") and lot["claimed"] != lot["computed"]
    for wrong in (["--lot", "1"], ["--lot", "-1"]):
        code = run(["verify", name, *wrong])
        assert code == 2 and "There is no lot" in capsys.readouterr().err
    gone = tensor_root(inputs()[2])
    local = market.folder / "artifacts" / Kind.TENSOR / gone.hex()[:2] / gone.hex()
    data = local.read_bytes()
    local.unlink()
    assert run(["verify", name]) == 2 and "No store has tensor" in capsys.readouterr().err
    local.write_bytes(data)


def test_verify__a_native_job_or_none__cannot(market: World, capsys: pytest.CaptureFixture[str]) -> None:
    job_id = market.post(market.terms(lots=1, seats=1, spares=0), providers=("north",))
    assert run(["verify", "0x" + job_id.hex()]) == 2
    assert "native" in capsys.readouterr().err
    assert run(["verify", "0x" + "77" * 32]) == 2
    assert run(["verify", "0x77"]) == 2


@pytest.mark.parametrize(
    "what", ["inputs that no store has", "another program than the terms'", "a game too long"]
)
def test_worker__job_it_cannot_check__declined_without_a_slash(market: World, what: str) -> None:
    program, arrays = everything(), inputs(5)
    terms = market.exact_terms(program, arrays, ceiling_usd6=EAST)
    if what.startswith("inputs"):
        gone = tensor_root(arrays[2])
        (market.folder / "artifacts" / Kind.TENSOR / gone.hex()[:2] / gone.hex()).unlink()
    elif what.startswith("another"):
        terms = replace(terms, program_root=keccak256(b"another"))
    market.start("east", FakeRunner(), wrap=short_games if what == "a game too long" else None)
    job_id = market.post(terms, providers=("east",))
    job = market.until_ended(job_id)
    market.stop_daemon("east")
    assert job.reason == Reason.FAILED_NO_SEAL and job.paid_usd6 == 0
    (seat,) = own_seats(job, market, "east")
    assert seat.status == SeatStatus.DECLINED and seat.slashed_usd6 == 0
    log = (market.settings("east").folder / "log.jsonl").read_text()
    words = {
        "inputs": "No store has tensor",
        "another": "not the one of the terms",
        "a game": "cannot be disputed",
    }
    assert next(text for start, text in words.items() if what.startswith(start)) in log


def short_games(daemon: Any) -> None:
    """As a market whose bonds cover five answers."""
    daemon.parts.uploads._sink._path_moves = 5


def test_price__of_the_tests__enough_for_a_claim(market: World) -> None:
    assert market.exact_terms(everything(), inputs()).ceiling_usd6 == PRICE_PER_HOUR * 5 // 3_600
