"""The same life with the real sandbox and real pictures, ordered from the command line as a person would."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assay.artifacts import Kind
from assay.cli.main import run
from assay.jobs.render.scenes import GALLERY
from assay.jobs.runtime_class import runtime_class
from assay.protocol.ids import from_hex
from assay.protocol.reasons import Reason
from assay.protocol.spec import canonical_bytes, spec_hash
from assay.worker.sandboxed import SandboxRunner
from tests.worker.daemon.test_life import own_seats
from tests.worker.daemon.world import World

TINY = ["--size", "32x18", "--samples", "1"]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("market"), accounts)
    try:
        made.set_up_providers(runtime=runtime_class().id)
        for name in ("north", "south"):
            made.start(name, SandboxRunner(threads=1))
        yield made
    finally:
        made.stop()


@pytest.fixture(autouse=True)
def environment(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", market.chain.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(market.deployment_path))
    monkeypatch.setenv("ASSAY_STORE_URL", market.store_url)
    monkeypatch.setenv("ASSAY_RUN", str(market.folder / "run"))
    monkeypatch.delenv("ASSAY_API_URL", raising=False)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one JSON object on stdout."""
    code = run([*arguments, "--json"])
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1, lines
    return code, json.loads(lines[0])


def test_render__two_workers_agree__picture_and_receipt_equal_the_chain(
    market: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    buyer = market.accounts["buyer"].address
    held, credit = market.usd.balance_of(buyer), market.escrow.credit_of(buyer)
    out = tmp_path / "picture.png"
    pay = ["--pay-with", "devnet:buyer", "--spares", "0", "--out", str(out), "--yes", "--wait", "240s"]
    code, receipt = command(capsys, "render", str(GALLERY), *TINY, *pay)
    assert code == 0, receipt
    assert receipt["balanced"] and receipt["lots_paid"] == receipt["lots"] and receipt["picture"] == str(out)
    paid = {name: int(receipt[f"{name}_usd6"]) for name in ("escrow", "paid", "fee", "pokes", "refund")}
    assert held - market.usd.balance_of(buyer) == paid["escrow"]
    assert market.escrow.credit_of(buyer) - credit == paid["refund"]
    assert paid["escrow"] == paid["paid"] + paid["fee"] + paid["pokes"] + paid["refund"]
    with Image.open(io.BytesIO(out.read_bytes())) as picture:
        assert picture.size == (32, 18) and picture.getchannel("A").getextrema() == (255, 255)
    job = market.job(from_hex(receipt["job_id"]))
    assert job.reason == Reason.SETTLED_AGREED
    again = tmp_path / "again.png"
    code, _ = command(capsys, "job", "results", receipt["job_id"], "--out", str(again))
    assert code == 0 and again.read_bytes() == out.read_bytes()
    code, shown = command(capsys, "job", "show", receipt["job_id"])
    assert code == 0 and shown["paid_usd6"] == receipt["paid_usd6"]


def test_job__a_hostile_program_and_terms_that_do_not_fit__declined_without_a_slash(market: World) -> None:
    scene = GALLERY.read_bytes()
    scene_id = market.store.put_bytes(scene)
    spec = {
        "kind": "render",
        "version": 1,
        "scene": "0x" + scene_id.hex(),
        "width": 32,
        "height": 18,
        "samples": 1,
    }
    spec |= {"seed": 0, "exposure": 0.0}
    market.store.put(Kind.SPEC, spec_hash(spec), canonical_bytes(spec))
    hostile = market.store.put_bytes(os.urandom(64) + b"not a program of the catalogue")
    from assay.commitment.listing import list_bytes, list_root

    market.store.put(Kind.LIST, list_root([scene_id]), list_bytes([scene_id]))
    terms = market.terms(
        lots=1,
        items_per_lot=1,
        spares=0,
        items=1,
        program_root=hostile,
        inputs_root=list_root([scene_id]),
        spec_hash=spec_hash(spec),
        runtime_class=runtime_class().id,
    )
    job = market.until_ended(market.post(terms, providers=("north", "south")))
    assert job.reason == Reason.FAILED_NO_SEAL and job.paid_usd6 == 0
    assert all(seat.slashed_usd6 == 0 for name in ("north", "south") for seat in own_seats(job, market, name))
    log = (market.settings("north").folder / "log.jsonl").read_text()
    assert "job refused" in log and "catalogue" in log
