"""The doctor on healthy and on broken machines: each fault is found, named, and comes with a way out."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from assay import doctor
from assay.doctor import Finding, Level, Patient, examine
from assay.protocol import chain
from assay.protocol.clients import AuctionClient, DeviceRegistryClient, StakeVaultClient, UsdClient
from assay.protocol.deployment import Deployment
from assay.protocol.ids import to_hex
from assay.protocol.sender import TxSender
from assay.sandbox import SandboxError
from assay.sandbox.exact import UnitFinding
from assay.stack.anvil import Anvil, free_port

USD = 1_000_000
CLASS = b"\x07" * 32


@pytest.fixture
def patient(anvil: Anvil, deployment: Deployment, tmp_path: Path) -> Patient:
    return Patient(
        rpc_url=anvil.url,
        deployment_path=deployment.path,
        store_url=(tmp_path / "store").as_uri(),
        device=False,
    )


def found(patient: Patient) -> dict[str, Finding]:
    """Findings by name; the worst of each."""
    order = list(Level)
    worst: dict[str, Finding] = {}
    for finding in examine(patient):
        known = worst.get(finding.name)
        if known is None or order.index(finding.level) > order.index(known.level):
            worst[finding.name] = finding
    return worst


def test_examine__healthy_machine__all_ok(patient: Patient) -> None:
    results = found(patient)
    assert list(results) == ["deployment", "chain", "clock", "contracts", "store", "sandbox"]
    assert {finding.level for name, finding in results.items() if name != "sandbox"} == {Level.OK}


def test_examine__no_chain__named_and_the_rest_still_checked(patient: Patient) -> None:
    patient.rpc_url = f"http://127.0.0.1:{free_port()}"
    results = found(patient)
    assert results["chain"].level is Level.FAIL and patient.rpc_url in results["chain"].what
    assert "ASSAY_RPC_URL" in results["chain"].mend
    assert "contracts" not in results and results["store"].level is Level.OK


def test_examine__no_deployment_file__says_how_to_get_one(patient: Patient, tmp_path: Path) -> None:
    patient.deployment_path = tmp_path / "none.json"
    results = found(patient)
    assert results["deployment"].level is Level.FAIL and "Deploy" in results["deployment"].mend
    assert results["chain"].level is Level.OK and "contracts" not in results


@pytest.mark.parametrize("change", [{"chain_id": 5}, {"genesis_hash": "0x" + "00" * 32}])
def test_examine__deployment_of_another_chain__found(
    change: dict[str, Any], patient: Patient, tmp_path: Path
) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({**json.loads(Path(str(patient.deployment_path)).read_text()), **change}))
    patient.deployment_path = path
    results = found(patient)
    assert results["chain"].level is Level.FAIL and "contracts" not in results


def test_examine__contract_without_code__named(patient: Patient, tmp_path: Path) -> None:
    body = json.loads(Path(str(patient.deployment_path)).read_text())
    body["contracts"]["Escrow"]["address"] = "0x" + "99" * 20
    patient.deployment_path = tmp_path / "half.json"
    patient.deployment_path.write_text(json.dumps(body))
    result = found(patient)["contracts"]
    assert result.level is Level.FAIL and "Escrow" in result.what and result.mend


@pytest.mark.parametrize(
    ("shift", "level"), [(120, Level.WARN), (5000, Level.FAIL), (-120, Level.FAIL), (5, Level.OK)]
)
def test_examine__clock_and_head_apart__by_how_far(
    shift: int, level: Level, patient: Patient, anvil: Anvil
) -> None:
    head = int(anvil.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    patient.now = lambda: float(head + shift)
    result = found(patient)["clock"]
    assert result.level is level and bool(result.mend) is (level is not Level.OK)


def test_examine__store_not_writable_or_unknown__found(patient: Patient, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_bytes(b"")
    for url in (f"{blocker.as_uri()}/store", "nonsense://x"):
        patient.store_url = url
        result = found(patient)["store"]
        assert result.level is Level.FAIL and result.mend


@pytest.mark.parametrize(
    ("free", "level"), [(1 << 34, Level.OK), (1 << 29, Level.WARN), (1 << 20, Level.FAIL)]
)
def test_examine__disk_space__by_how_little(
    free: int, level: Level, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(_path: Any) -> Any:
        return SimpleNamespace(free=free)

    monkeypatch.setattr("shutil.disk_usage", usage)
    assert found(patient)["store"].level is level


def test_examine__no_bubblewrap__names_the_package(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_name: str) -> None:
        return None

    monkeypatch.setattr("shutil.which", nowhere)
    result = found(patient)["sandbox"]
    assert result.level is Level.FAIL and "bubblewrap" in result.mend


def test_examine__bubblewrap_may_not_start__says_why(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)

    def here(_name: str) -> str:
        return str(fake)

    monkeypatch.setattr("shutil.which", here)
    result = found(patient)["sandbox"]
    assert result.level is Level.FAIL and "No permissions" in result.what and "namespaces" in result.mend


def test_examine__self_test_fails__found(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise SandboxError("start", "the child died")

    monkeypatch.setattr(doctor, "runtime_class", broken)
    monkeypatch.setattr(doctor, "examined_units", broken)
    patient.device = True
    results = found(patient)
    assert results["device"].level is Level.FAIL
    assert results["exact"].level is Level.FAIL and "bubblewrap" in results["exact"].mend


def test_examine__units_of_the_device__used_or_not_and_wrong_integers_found(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def class_of_tests() -> Any:
        raise SandboxError("start", "not asked")

    units = (UnitFinding("native", True, "", 1.0), UnitFinding("bf16", False, "wrong at (1, 3, 5, 70)", 0.0))
    monkeypatch.setattr(doctor, "runtime_class", class_of_tests)
    monkeypatch.setattr(doctor, "examined_units", lambda: units)
    patient.device = True
    result = found(patient)["exact"]
    assert result.level is Level.OK and "units in use: native." in result.what
    assert "Not used: bf16 (wrong at" in result.what

    def unfit() -> Any:
        raise SandboxError("device", "device cpu:cpu computes integer dots wrongly")

    monkeypatch.setattr(doctor, "examined_units", unfit)
    result = found(patient)["exact"]
    assert result.level is Level.FAIL and "declines every exact job" in result.mend


def status(patient: Patient, **changes: Any) -> httpx.Response:
    body = {
        "genesis_hash": to_hex(Deployment.load(patient.deployment_path).genesis_hash),
        "lag_blocks": 0,
        **changes,
    }
    return httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("changes", "level"),
    [({}, Level.OK), ({"lag_blocks": 50}, Level.WARN), ({"genesis_hash": "0x" + "00" * 32}, Level.FAIL)],
)
def test_examine__backend__lag_and_chain(
    changes: dict[str, Any], level: Level, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get(_url: str, **_options: Any) -> httpx.Response:
        return status(patient, **changes)

    monkeypatch.setattr(httpx, "get", get)
    patient.api_url = "http://backend"
    assert found(patient)["backend"].level is level


def test_examine__backend_gone_or_clock_apart__found(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.api_url = f"http://127.0.0.1:{free_port()}"
    assert found(patient)["backend"].level is Level.WARN

    def get(_url: str, **_options: Any) -> httpx.Response:
        answer = status(patient)
        answer.headers["date"] = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 300))
        return answer

    monkeypatch.setattr(httpx, "get", get)
    result = found(patient)["backend"]
    assert result.level is Level.FAIL and "differ by" in result.what


@pytest.fixture
def north(anvil: Anvil, accounts: dict[str, Any], tmp_path: Path) -> Iterator[TxSender]:
    with TxSender(chain.connect(anvil.url), accounts["north"], tmp_path / "north.db") as sender:
        yield sender


def test_examine__provider_from_nothing_to_ready__each_gap_named(
    patient: Patient, deployment: Deployment, north: TxSender
) -> None:
    patient.provider = north.address
    results = found(patient)
    assert results["stake"].level is Level.WARN and results["devices"].level is Level.WARN
    usd, vault = UsdClient(north.w3, deployment), StakeVaultClient(north.w3, deployment)
    registry, auction = DeviceRegistryClient(north.w3, deployment), AuctionClient(north.w3, deployment)
    north.send("mint", usd.mint(north.address, 100 * USD))
    north.send("approve", usd.approve(vault.address, 100 * USD))
    north.send("stake", vault.deposit(north.address, 100 * USD))
    register = registry.register_device(
        serial_hash=bytes(32),
        runtime_class=CLASS,
        spec_hash=bytes(32),
        name="n",
        accelerator="cpu",
        memory_bytes=1,
    )
    north.send("register", register)
    results = found(patient)
    assert results["stake"].level is Level.OK
    assert results["devices"].level is Level.WARN and "asks no price" in results["devices"].what
    identity = registry.device_of_provider(north.address, 0)
    north.send("ask", auction.post_ask(identity, USD, 5))
    assert found(patient)["devices"].level is Level.OK
    patient.runtime_id = b"\x01" * 32
    assert "not this machine's" in found(patient)["devices"].what


def test_examine__provider_without_gas__found(patient: Patient) -> None:
    patient.provider = "0x" + "44" * 20
    assert found(patient)["gas"].level is Level.FAIL
