"""Deployment on a real local chain: complete, wired, idempotent, carried on after a kill, honest after a reset."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_typing import HexStr
from web3 import Web3
from web3.eth import Eth

from assay.stack.anvil import Anvil
from contracts.scripts import deploy as command
from contracts.scripts import deployment_plan, deployment_run
from contracts.scripts.catalogue import SOURCES
from contracts.scripts.deploy import DEVNET_DEPLOYER_KEY, DEVNET_ROLES, deploy
from contracts.scripts.deployment_plan import Roles, created_address, make_plan
from contracts.scripts.deployment_record import DeployError, read_record
from contracts.scripts.params import DEVNET, PRODUCTION

NAMES = {deployment_plan.BLUEPRINTS.get(name, name) for name in SOURCES}


@pytest.fixture(scope="module")
def chain() -> Iterator[Anvil]:
    """One chain for the tests of this file; each deploys to its own file."""
    with Anvil() as anvil:
        yield anvil


@pytest.fixture
def w3(chain: Anvil) -> Web3:
    return Web3(Web3.HTTPProvider(chain.url))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "31337.json"


@pytest.fixture
def deployer(accounts: dict[str, Any]) -> Any:
    return accounts["deployer"]


def run(w3: Web3, deployer: Any, out: Path, **changes: Any) -> tuple[dict[str, Any], list[str]]:
    lines: list[str] = []
    params = changes.pop("params", DEVNET)
    return deploy(w3, deployer, params, out, say=lines.append, **changes), lines


def test_deploy__fresh_chain__everything_is_there_and_recorded(w3: Web3, deployer: Any, out: Path) -> None:
    record, _ = run(w3, deployer, out)
    assert record == json.loads(out.read_text())
    assert record["contracts"].keys() == NAMES
    for entry in record["contracts"].values():
        assert w3.eth.get_code(entry["address"])
        assert w3.eth.get_transaction_receipt(entry["tx"])["blockNumber"] == entry["block"]
    assert record["deployed_block"] == min(entry["block"] for entry in record["contracts"].values())
    assert record["chain_id"] == 31337
    assert record["genesis_hash"] == "0x" + bytes(w3.eth.get_block(0)["hash"]).hex()
    assert DEVNET.as_dict().items() <= record["params"].items()
    assert record["params"]["guardian"] == DEVNET_ROLES.guardian
    assert not list(out.parent.glob("*.partial*"))


def test_deploy__second_time__changes_nothing(w3: Web3, deployer: Any, out: Path) -> None:
    first, _ = run(w3, deployer, out)
    nonce = w3.eth.get_transaction_count(deployer.address)
    again, lines = run(w3, deployer, out)
    assert again == first
    assert w3.eth.get_transaction_count(deployer.address) == nonce
    assert len(lines) == 1
    assert lines[0].startswith(f"already deployed: {len(NAMES)} contracts")


def test_deploy__other_parameters__deploys_anew_and_says_why(w3: Web3, deployer: Any, out: Path) -> None:
    from dataclasses import replace

    first, _ = run(w3, deployer, out)
    second, lines = run(w3, deployer, out, params=replace(DEVNET, unbonding_seconds=121))
    assert lines[0] == "deploying anew: parameters changed: unbonding_seconds"
    assert second["contracts"]["StakeVault"]["address"] != first["contracts"]["StakeVault"]["address"]
    vault = second["contracts"]["StakeVault"]
    assert vault["args"][-1] == 121


def test_deploy__reset_chain__is_noticed(w3: Web3, deployer: Any, out: Path) -> None:
    run(w3, deployer, out)
    with Anvil(extra=["--timestamp", "1900000000"]) as other:
        fresh = Web3(Web3.HTTPProvider(other.url))
        _, lines = run(fresh, deployer, out)
        assert lines[0] == "deploying anew: the chain was reset (another genesis block)"
        assert fresh.eth.get_code(json.loads(out.read_text())["contracts"]["JobMarket"]["address"])


def test_deploy__code_is_gone__deploys_anew(chain: Anvil, w3: Web3, deployer: Any, out: Path) -> None:
    record, _ = run(w3, deployer, out)
    chain.rpc("anvil_setCode", record["contracts"]["Draw"]["address"], "0x")
    _, lines = run(w3, deployer, out)
    assert lines[0].startswith("deploying anew: no code at ")


def test_deploy__another_deployer__deploys_its_own(w3: Web3, accounts: dict[str, Any], out: Path) -> None:
    run(w3, accounts["deployer"], out)
    record, lines = run(w3, accounts["buyer"], out)
    assert "another deployer" in lines[0]
    assert record["deployer"] == accounts["buyer"].address


class Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.mark.parametrize("sent", [0, 1, 5, 9])
@pytest.mark.parametrize("lost", [False, True])
def test_deploy__killed_while_sending__the_next_run_finishes(
    w3: Web3, deployer: Any, out: Path, monkeypatch: pytest.MonkeyPatch, sent: int, lost: bool
) -> None:
    """`lost`: the node has the transaction, but the run died before it could write that down."""
    count = 0
    real = Eth.send_raw_transaction

    def dying(self: Eth, raw: Any) -> Any:
        nonlocal count
        if count == sent:
            if lost:
                real(self, raw)
            raise Killed
        count += 1
        return real(self, raw)

    with monkeypatch.context() as patch:
        patch.setattr(Eth, "send_raw_transaction", dying)
        with pytest.raises(Killed):
            run(w3, deployer, out)
    assert not out.exists()
    record, lines = run(w3, deployer, out)
    assert record["contracts"].keys() == NAMES
    carried = lines[0].startswith(f"carrying on an unfinished run: {sent} of {len(NAMES)}")
    assert carried == (sent > 0 and not lost)
    assert run(w3, deployer, out)[1][0].startswith("already deployed")


def test_deploy__deployer_sent_something_meanwhile__begins_afresh(
    w3: Web3, deployer: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(deployment_run.Run, "_await", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            run(w3, deployer, out)
    w3.eth.wait_for_transaction_receipt(
        w3.eth.send_transaction({"from": deployer.address, "to": deployer.address})
    )
    record, lines = run(w3, deployer, out)
    assert "another nonce" in lines[0]
    assert record["contracts"].keys() == NAMES


@pytest.mark.parametrize("text", ["{", "[]", '{"chain_id": 31337}'])
def test_deploy__file_is_no_record__says_so(w3: Web3, deployer: Any, out: Path, text: str) -> None:
    out.parent.mkdir(parents=True)
    out.write_text(text)
    with pytest.raises(DeployError, match="move it away"):
        run(w3, deployer, out)


def test_deploy__poor_deployer__names_account_and_need(w3: Web3, out: Path) -> None:
    from eth_account import Account

    poor = Account.create()
    with pytest.raises(DeployError, match=f"deployer {poor.address} has 0.000000 ether.*fund it"):
        run(w3, poor, out)


def test_deploy__contract_above_the_size_limit__is_not_sent(
    w3: Web3, deployer: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment_plan, "CODE_SIZE_LIMIT", 100)
    nonce = w3.eth.get_transaction_count(deployer.address)
    with pytest.raises(DeployError, match=r"TestUSD has \d+ bytes of code, chains allow 100"):
        run(w3, deployer, out)
    assert w3.eth.get_transaction_count(deployer.address) == nonce


def test_deploy__wrong_wiring__is_an_error(
    w3: Web3, deployer: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tampered(*args: Any, **kwargs: Any) -> Any:
        plan = make_plan(*args, **kwargs)
        next(step for step in plan.steps if step.name == "StakeVault").args[1] = DEVNET_ROLES.guardian
        return plan

    monkeypatch.setattr(deployment_run, "make_plan", tampered)
    with pytest.raises(DeployError, match=r"StakeVault\.board\(\) is 0x"):
        run(w3, deployer, out)
    assert not out.exists()


def test_deploy__production__needs_a_stablecoin_and_uses_it(w3: Web3, deployer: Any, out: Path) -> None:
    with pytest.raises(DeployError, match="pass --usd ADDRESS"):
        run(w3, deployer, out, params=PRODUCTION)
    usd = run(w3, deployer, out.with_name("other.json"))[0]["contracts"]["TestUSD"]["address"]
    roles = Roles(guardian=deployer.address, fee_recipient=deployer.address)
    record, _ = run(w3, deployer, out, params=PRODUCTION, usd=usd, roles=roles)
    assert record["contracts"]["Escrow"]["args"][0] == usd
    assert record["contracts"]["TestUSD"] == {"address": usd, "block": 0, "tx": None, "args": []}
    assert record["params"]["unbonding_seconds"] == 14 * 86_400
    assert run(w3, deployer, out, params=PRODUCTION, usd=usd, roles=roles)[1][0].startswith("already")


def test_deploy__devnet_parameters_elsewhere__are_refused(deployer: Any, out: Path) -> None:
    with Anvil() as other:
        other.rpc("anvil_setChainId", 5)
        w3 = Web3(Web3.HTTPProvider(other.url))
        with pytest.raises(DeployError, match="devnet parameters on chain 5"):
            run(w3, deployer, out)
        with pytest.raises(DeployError, match="--guardian ADDRESS and --fee-recipient"):
            run(w3, deployer, out, params=PRODUCTION, usd=deployer.address)


def test_main__no_node__clear_message(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--rpc", "http://127.0.0.1:1", "--out", str(out), "--params", "devnet"]) == 1
    assert "no node answers at http://127.0.0.1:1" in capsys.readouterr().err


def test_main__bad_key__is_not_repeated(
    chain: Anvil, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSAY_DEPLOYER_KEY", "0xsecret")
    assert command.main(["--rpc", chain.url, "--out", str(out), "--params", "devnet"]) == 1
    error = capsys.readouterr().err
    assert "ASSAY_DEPLOYER_KEY is no private key" in error
    assert "secret" not in error


def test_main__devnet__deploys_with_the_public_key(
    chain: Anvil, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ASSAY_DEPLOYER_KEY", raising=False)
    arguments = ["--rpc", chain.url, "--out", str(out), "--params", "devnet"]
    assert command.main(arguments) == 0
    assert command.main(arguments) == 0
    assert "already deployed" in capsys.readouterr().out
    record = read_record(out)
    assert record is not None
    from eth_account import Account

    assert record["deployer"] == Account.from_key(DEVNET_DEPLOYER_KEY).address


@pytest.mark.parametrize(
    ("nonce", "address"),
    [
        (0, "0xcd234A471b72ba2F1Ccf0A70FCABA648a5eeCD8d"),
        (1, "0x343c43A37D37dfF08AE8C4A11544c718AbB4fCF8"),
        (2, "0xf778B86FA74E846c4f0a1fBd1335FE81c00a0C91"),
    ],
)
def test_created_address__known_vectors__agree(nonce: int, address: str) -> None:
    """Vectors that were not computed here."""
    assert created_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", nonce) == address


@pytest.mark.parametrize("nonce", [127, 128, 255, 256, 65_535, 65_536])
def test_created_address__length_steps_of_rlp__agree_with_the_chain(
    chain: Anvil, w3: Web3, nonce: int
) -> None:
    account = w3.to_checksum_address("0x" + nonce.to_bytes(20, "big").hex()[:-1] + "7")
    chain.rpc("anvil_setBalance", account, hex(10**18))
    chain.rpc("anvil_setNonce", account, hex(nonce))
    chain.rpc("anvil_impersonateAccount", account)
    sent = w3.eth.send_transaction({"from": account, "data": HexStr("0x00"), "gas": 100_000})
    assert w3.eth.wait_for_transaction_receipt(sent)["contractAddress"] == created_address(account, nonce)
