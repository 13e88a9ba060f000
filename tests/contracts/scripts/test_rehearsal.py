"""A deployment to a chain that is not the local one: production numbers, another's stablecoin, verified."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_typing import HexStr
from web3 import Web3

from assay.audit import audit
from assay.audit.ownership import ownership
from assay.cli import main as cli
from assay.protocol.deployment import Deployment
from assay.stack.anvil import Anvil
from contracts.scripts import verify as command
from contracts.scripts.compiler import compiled
from contracts.scripts.deploy import deploy
from contracts.scripts.deployment_plan import Roles
from contracts.scripts.deployment_record import DeployError
from contracts.scripts.params import PRODUCTION
from contracts.scripts.verify import verify, write_bundle

SECOND_CHAIN = 424_242


class Rehearsal:
    """The second chain and what was deployed on it."""

    def __init__(self, url: str, accounts: dict[str, Any], folder: Path) -> None:
        self.url, self.path = url, folder / f"{SECOND_CHAIN}.json"
        self.w3 = Web3(Web3.HTTPProvider(url))
        roles = Roles(accounts["guardian"].address, accounts["fee_recipient"].address)
        self.record = deploy(
            self.w3, accounts["deployer"], PRODUCTION, self.path, roles=roles, usd=self._stablecoin(accounts)
        )

    def _stablecoin(self, accounts: dict[str, Any]) -> str:
        """A token that was there before; its issuer is not the deployer."""
        sent = self.w3.eth.send_transaction(
            {"from": accounts["east"].address, "data": HexStr(compiled("TestUSD").initcode), "gas": 8_000_000}
        )
        return str(self.w3.eth.wait_for_transaction_receipt(sent)["contractAddress"])


@pytest.fixture(scope="module")
def rehearsal(accounts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with Anvil(chain_id=SECOND_CHAIN) as anvil:
        yield Rehearsal(anvil.url, accounts, tmp_path_factory.mktemp("rehearsal"))


def test_rehearsal__second_chain__everything_but_the_stablecoin_is_ours(rehearsal: Rehearsal) -> None:
    assert rehearsal.record["chain_id"] == SECOND_CHAIN
    assert rehearsal.record["contracts"]["TestUSD"]["tx"] is None
    assert rehearsal.record["params"]["unbonding_seconds"] == 14 * 86_400
    assert verify(rehearsal.w3, rehearsal.record) == []


def test_rehearsal__empty_market__audit_adds_up(rehearsal: Rehearsal) -> None:
    from assay.protocol.chain import connect

    assert audit(connect(rehearsal.url), Deployment.load(rehearsal.path)).findings == []


@pytest.mark.parametrize("part", ["address", "args", "tx"])
def test_verify__record_that_lies__says_about_what(rehearsal: Rehearsal, part: str) -> None:
    lying = copy.deepcopy(rehearsal.record)
    escrow, vault = lying["contracts"]["Escrow"], lying["contracts"]["StakeVault"]
    if part == "args":
        escrow["args"][0] = vault["address"]
    else:
        escrow[part] = vault[part]
    found = verify(rehearsal.w3, lying)
    assert found
    assert all(line.startswith("Escrow: ") for line in found)


def test_verify__node_of_another_chain__refused(rehearsal: Rehearsal) -> None:
    with pytest.raises(DeployError, match="another"):
        verify(rehearsal.w3, {**rehearsal.record, "chain_id": 1})


def test_verify_command__true_and_false_record__exit_code_says_it(
    rehearsal: Rehearsal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--rpc", rehearsal.url, "--deployment"]
    assert command.main([*arguments, str(rehearsal.path)]) == 0
    lying = copy.deepcopy(rehearsal.record)
    del lying["contracts"]["Escrow"]
    path = tmp_path / "lying.json"
    path.write_text(json.dumps(lying))
    assert command.main([*arguments, str(path)]) == 1
    assert "Escrow is not in the file" in capsys.readouterr().err
    assert command.main([*arguments, str(tmp_path / "none.json")]) == 1


def test_bundle__compiled_elsewhere__gives_the_code_on_chain(rehearsal: Rehearsal, tmp_path: Path) -> None:
    # a few of them: the rest would be compiled twice more to the same end
    written = write_bundle(rehearsal.record, tmp_path / "bundle", names=("DeviceShare", "Escrow", "Draw"))
    index = json.loads((tmp_path / "bundle" / "index.json").read_text())
    assert index["contracts"].keys() == {"DeviceShareBlueprint", "Escrow", "Draw"}
    assert {path.name for path in written} == {f"{name}.json" for name in (*index["contracts"], "index")}
    entry = index["contracts"]["Escrow"]
    standard = tmp_path / "bundle" / entry["input"]
    compiler = Path(sys.executable).parent / "vyper-json"
    done = subprocess.run([compiler, standard], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (contract,) = [
        made["Escrow"]
        for source, made in json.loads(done.stdout)["contracts"].items()
        if source.endswith("contracts/Escrow.vy")
    ]
    creation = contract["evm"]["bytecode"]["object"] + entry["constructor_arguments"].removeprefix("0x")
    sent = bytes(rehearsal.w3.eth.get_transaction(entry["transaction"])["input"])
    assert bytes.fromhex(creation.removeprefix("0x")) == sent


def test_ownership__as_deployed__every_statement_holds(rehearsal: Rehearsal) -> None:
    facts = list(ownership(rehearsal.w3, Deployment.load(rehearsal.path)))
    assert [fact for fact in facts if not fact.holds] == []
    bound = {fact.contract: fact.what for fact in facts if "bound for ever" in fact.what}
    assert {"JobMarket", "Escrow", "StakeVault", "Claims", "DisputeGame"} <= bound.keys()
    assert "JobBoard" in bound["StakeVault"]
    assert "fee_recipient" in bound["Escrow"]


def test_ownership__other_code_or_other_wiring__said_so(rehearsal: Rehearsal, tmp_path: Path) -> None:
    lying = copy.deepcopy(rehearsal.record)
    contracts = lying["contracts"]
    contracts["Escrow"]["address"] = contracts["Draw"]["address"]
    path = tmp_path / "lying.json"
    path.write_text(json.dumps(lying))
    wrong = [fact for fact in ownership(rehearsal.w3, Deployment.load(path)) if not fact.holds]
    assert any(fact.contract == "Escrow" and "NOT" in fact.what for fact in wrong)
    assert any(fact.contract == "JobMarket" and "does not have" in fact.what for fact in wrong)


def test_doctor_contracts__second_chain__prints_the_facts_and_exits_0(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", rehearsal.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(rehearsal.path))
    assert cli.run(["doctor", "--contracts", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"]
    assert any("guardian" in fact["what"] for fact in said["facts"])
