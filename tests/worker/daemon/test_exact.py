"""Exact jobs from the command line to settlement, with the real sandbox: any device, the same bits, checked again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.cli.main import run
from assay.protocol.ids import from_hex
from assay.protocol.reasons import Reason
from assay.worker.sandboxed import SandboxRunner
from tests.worker.daemon.world import World

PAY = ["--pay-with", "devnet:buyer", "--yes", "--wait", "240s"]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("market"), accounts)
    try:
        made.set_up_providers()
        for name in ("north", "south"):
            made.start(name, SandboxRunner())
        yield made
    finally:
        made.stop()


@pytest.fixture(autouse=True)
def environment(market: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", market.chain.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(market.deployment_path))
    monkeypatch.setenv("ASSAY_STORE_URL", market.store_url)
    monkeypatch.setenv("ASSAY_RUN", str(market.folder / "run"))
    monkeypatch.delenv("ASSAY_API_URL", raising=False)
    monkeypatch.chdir(tmp_path)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one JSON object on stdout."""
    code = run([*arguments, "--json"])
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1, lines
    return code, json.loads(lines[0])


def test_exact_demo__refereed_seat__settled_quietly_verified_and_better_at_digits(
    market: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--steps", "60", "--width", "32", "--out", "tuned.npz", *PAY]
    code, receipt = command(capsys, "exact", "demo", *arguments)
    assert code == 0, receipt
    assert receipt["balanced"] and receipt["lots_paid"] == 1
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


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-x"]))
