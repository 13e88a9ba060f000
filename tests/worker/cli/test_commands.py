"""The command line against a real chain without workers: quotes, refusals, double submits, cancelling."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.buyer.market import Market
from assay.buyer.order import Wanted, draft_order
from assay.buyer.posting import post, post_call, prepare_order
from assay.cli.main import COMMANDS, help_text, run
from assay.jobs.render.scenes import GALLERY
from assay.protocol.chain import nonce_at
from assay.protocol.sender import TxSender
from assay.protocol.states import JobState
from assay.stack.tools import REPOSITORY
from tests.worker.daemon.world import World, world

RENDER = ["render", str(GALLERY), "--size", "32x18", "--samples", "1"]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("market"), accounts) as made:
        yield made


@pytest.fixture(autouse=True)
def environment(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", market.chain.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(market.deployment_path))
    monkeypatch.setenv("ASSAY_STORE_URL", market.store_url)
    monkeypatch.setenv("ASSAY_RUN", str(market.folder / "run"))
    monkeypatch.delenv("ASSAY_API_URL", raising=False)


class Told:
    """What a command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict[str, Any]:
        lines = self.out.strip().splitlines()
        assert len(lines) == 1, lines
        found: dict[str, Any] = json.loads(lines[0])
        return found


@pytest.fixture
def assay(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Told:
        code = run(list(arguments))
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return call


def sent(market: World, role: str) -> int:
    return nonce_at(market.w3, market.accounts[role].address, "latest")


# --- the frame ---


def test_help__top_level__imports_nothing_heavy() -> None:
    code = "import sys; from assay.cli.main import run; run(['--help']); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    for heavy in ("jax", "numpy", "web3", "typer", "rich", "httpx"):
        assert f"'{heavy}'" not in done.stdout
    assert all(name in help_text() for name in COMMANDS)


@pytest.mark.parametrize(
    "command",
    [
        ["render"],
        *[["job", name] for name in ("show", "watch", "cancel", "results")],
        *[["provider", name] for name in ("register", "stake", "unstake", "withdraw", "ask", "show")],
        *[["wallet", name] for name in ("new", "import", "show", "withdraw")],
        *[["worker", name] for name in ("run", "status", "bench")],
        *[["shares", name] for name in ("show", "claim")],
        *[["exchange", name] for name in ("sell", "buy", "book", "orders", "fill", "cancel", "trades")],
        ["doctor"],
        ["up"],
        ["reset"],
    ],
    ids=" ".join,
)
def test_help__every_command__has_an_example(assay: Any, command: list[str]) -> None:
    told = assay(*command, "--help")
    assert told.code == 0 and "Example:" in told.out


def test_run__unknown_command__names_the_nearest(assay: Any) -> None:
    told = assay("rendr")
    assert told.code == 2 and "'render'" in told.err and not told.out


def test_run__node_down__one_sentence_and_no_traceback(assay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", "http://127.0.0.1:9")
    told = assay("provider", "show", "0x" + "11" * 20)
    assert told.code == 1 and "does not answer" in told.err and "Traceback" not in told.err


def test_run__missing_deployment__says_how_to_mend(
    assay: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(tmp_path / "none.json"))
    told = assay("job", "show", "0x" + "11" * 32)
    assert told.code == 1 and "no deployment file" in told.err


# --- quotes and refusals: nothing is sent ---


def test_render__dry_run__prices_and_refusals_and_nothing_sent(assay: Any, market: World) -> None:
    before = sent(market, "buyer")
    quote = assay(*RENDER, "--dry-run", "--json").json
    price = {name: int(value) for name, value in quote["price"].items()}
    assert price["escrow_usd6"] == price["seats_total_usd6"] + price["fee_usd6"] + price["pokes_usd6"]
    assert price["escrow_usd6"] == market.board.escrow_for(draft(market).terms)
    assert price["refund_if_cancelled_now_usd6"] == price["escrow_usd6"]
    assert len(quote["picks"]) == 3 and sent(market, "buyer") == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--samples", "0"], 2, "samples is 0"),
        (["--samples", "99999999"], 2, "samples"),
        (["--samples", "many"], 2, "valid integer"),
        (["--size", "32"], 2, "--size"),
        (["--size", "0x18"], 2, "width is 0"),
        (["--seats", "9"], 1, "seats is 9"),
        (["--spares", "3"], 1, "spares is 3"),
        (["--max-price", "0.01"], 1, "under your cap"),
        (["--max-price", "-1"], 2, "not an amount"),
        (["--wait", "soon"], 2, "--wait"),
        (["--pay-with", "/no/such/keystore.json"], 2, "password file"),
        (["--pay-with", "devnet:nobody"], 2, "no devnet account"),
        (["--out", "/no/such/folder/picture.png"], 2, "no folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_render__bad_input__clear_sentence_and_nothing_sent(
    assay: Any, market: World, arguments: list[str], code: int, words: str
) -> None:
    before = sent(market, "buyer")
    pay = [] if "--pay-with" in arguments else ["--pay-with", "devnet:buyer"]
    told = assay(*RENDER, *pay, "--yes", "--json", *arguments)
    assert told.code == code, told.out
    assert words in told.json["error"]["message"], told.out
    assert sent(market, "buyer") == before


@pytest.mark.parametrize("content", [b"", b"glTF", b"{}", b'{"asset": {"version": "1.0"}}', b"\x00" * 100])
def test_render__malformed_scene__refused_before_money_moves(
    assay: Any, market: World, tmp_path: Path, content: bytes
) -> None:
    scene = tmp_path / "scene.glb"
    scene.write_bytes(content)
    before = sent(market, "buyer")
    told = assay("render", str(scene), "--pay-with", "devnet:buyer", "--yes", "--json")
    assert told.code == 2 and "scene" in told.json["error"]["message"]
    assert sent(market, "buyer") == before


def test_render__scene_that_does_not_exist__exit_two(assay: Any) -> None:
    told = assay("render", "/no/such/scene.glb", "--dry-run")
    assert told.code == 2 and "There is no scene" in told.err


def test_render__insufficient_balance__says_what_is_needed_and_held(assay: Any, market: World) -> None:
    told = assay(*RENDER, "--pay-with", "devnet:investor-one", "--yes", "--json")
    message = told.json["error"]["message"]
    assert told.code == 1 and "in escrow" in message and "holds 0.00 USD" in message
    assert sent(market, "investor_one") == 0


def test_render__nobody_to_agree__needs_yes(
    assay: Any, market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    before = sent(market, "buyer")
    told = assay(*RENDER, "--pay-with", "devnet:buyer")
    assert told.code == 2 and "--yes" in told.err and sent(market, "buyer") == before


# --- posting ---


def test_render__detached_then_cancelled__everything_comes_back(assay: Any, market: World) -> None:
    buyer = market.accounts["buyer"].address
    held = market.usd.balance_of(buyer)
    market.chain.rpc("evm_setIntervalMining", 0)
    market.chain.rpc("evm_setAutomine", True)
    try:
        job_id = assay(*RENDER, "--pay-with", "devnet:buyer", "--yes", "--detach", "--json").json["job_id"]
        shown = assay("job", "show", job_id, "--json").json
        assert shown["state"] == "AWARDED" and held - market.usd.balance_of(buyer) == int(
            shown["escrow_usd6"]
        )
        late = assay("job", "watch", job_id, "--wait", "1s", "--json")
        assert late.code == 3 and "not done yet" in late.json["error"]["message"]
        stranger = assay("job", "cancel", job_id, "--pay-with", "devnet:north", "--yes", "--json")
        assert stranger.code == 1 and "Only its buyer" in stranger.json["error"]["message"]
        cancelled = assay("job", "cancel", job_id, "--pay-with", "devnet:buyer", "--yes", "--json").json
        assert (cancelled["state"], cancelled["refund_usd6"]) == ("CANCELLED", shown["escrow_usd6"])
        back = assay("wallet", "withdraw", "--pay-with", "devnet:buyer", "--json").json
        assert back["withdrawn_usd6"] == shown["escrow_usd6"] and market.usd.balance_of(buyer) == held
        assert assay("job", "cancel", job_id, "--pay-with", "devnet:buyer", "--yes").code == 1
    finally:
        market.chain.rpc("evm_setAutomine", False)
        market.chain.rpc("evm_setIntervalMining", 1)


def test_render__at_auction__open_to_bids_and_cancelled_for_all_of_it(assay: Any, market: World) -> None:
    buyer = market.accounts["buyer"].address
    held = market.usd.balance_of(buyer)
    order = (*RENDER, "--pay-with", "devnet:buyer", "--yes", "--detach", "--auction")
    posted = assay(*order, "--json").json
    assert posted["state"] == "OPEN"
    shown = assay("job", "show", posted["job_id"], "--json").json
    assert (shown["state"], shown["auction"]["bids"]) == ("OPEN", [])
    escrow = int(shown["escrow_usd6"])
    assert held - market.usd.balance_of(buyer) == escrow
    quoted = int(assay(*RENDER, "--dry-run", "--json").json["price"]["escrow_usd6"])
    assert escrow == quoted + market.deployment.param("poke_price_usd6")
    drawn = assay("job", "show", posted["job_id"])
    assert "bids: 0 sealed until" in drawn.out
    cancel = ("job", "cancel", posted["job_id"], "--pay-with", "devnet:buyer", "--yes", "--json")
    cancelled = assay(*cancel).json
    assert (cancelled["state"], cancelled["reason"]) == ("CANCELLED", "CANCELLED_BUYER")
    assert cancelled["refund_usd6"] == shown["escrow_usd6"]
    assay("wallet", "withdraw", "--pay-with", "devnet:buyer", "--json")
    assert market.usd.balance_of(buyer) == held


def draft(market: World) -> Any:
    return draft_order(opened(market), Wanted(GALLERY.read_bytes(), 32, 18, 1))


def opened(market: World) -> Market:
    return Market.open(market.chain.url, market.deployment, market.store)


def test_post__interrupted_after_sending__the_next_call_is_the_same_job_and_pays_once(
    market: World, accounts: dict[str, Any], tmp_path: Path
) -> None:
    wide, account = opened(market), accounts["buyer"]
    order_draft = draft(market)
    held = market.usd.balance_of(account.address)
    folder, outbox = tmp_path / "orders", tmp_path / "outbox.db"
    with TxSender(market.w3, account, outbox, lock_wait_seconds=5) as sender:
        first = prepare_order(wide, order_draft, account.address, folder, sender)
        # broadcast, then the process ends before it saw the result
        sender.submit(f"post:{first.job_id.hex()}", post_call(wide, first, account))
    with TxSender(market.w3, account, outbox, lock_wait_seconds=5) as sender:
        second = prepare_order(wide, order_draft, account.address, folder, sender)
        assert second.job_id == first.job_id
        post(wide, second, account, sender)
        post(wide, second, account, sender)
        third = prepare_order(wide, order_draft, account.address, folder, sender)
    escrow = market.board.escrow_for(first.terms)
    assert held - market.usd.balance_of(account.address) == escrow
    assert market.market.job(first.job_id).state != JobState.NONE
    assert third.job_id != first.job_id  # a new wish after the first was seen on chain is a new job


def test_prepare_order__interrupted_before_signing__nothing_is_owed(
    market: World, accounts: dict[str, Any], tmp_path: Path
) -> None:
    wide, account = opened(market), accounts["buyer"]
    with TxSender(market.w3, account, tmp_path / "outbox.db", lock_wait_seconds=5) as sender:
        first = prepare_order(wide, draft(market), account.address, tmp_path, sender)
        assert first.path.exists()
        first.path.write_text("{half a file")
        again = prepare_order(wide, draft(market), account.address, tmp_path, sender)
    assert again.terms == first.terms and again.job_id != first.job_id
    assert market.market.job(first.job_id).state == JobState.NONE


# --- providers and wallets ---


def test_provider__stake_ask_unstake__show_says_what_the_chain_says(assay: Any, market: World) -> None:
    north = market.accounts["north"].address
    device = "0x" + market.devices["north"].hex()
    before = int(assay("provider", "show", north, "--json").json["stake_usd6"])
    staked = assay("provider", "stake", "12.5", "--pay-with", "devnet:north", "--yes", "--json").json
    assert int(staked["stake_usd6"]) == before + 12_500_000 == market.vault.stake_of(north)
    asked = assay("provider", "ask", device, "--price", "36", "--pay-with", "devnet:north", "--json").json
    assert asked["devices"][0]["ask"]["price_per_hour_usd6"] == "36000000"
    unstaked = assay("provider", "unstake", "2", "--pay-with", "devnet:north", "--json").json
    assert unstaked["unbonding_usd6"] == "2000000"
    too_much = assay("provider", "unstake", "999999", "--pay-with", "devnet:north", "--json")
    assert too_much.code == 1 and "are free" in too_much.json["error"]["message"]
    early = assay("provider", "withdraw", "0", "--pay-with", "devnet:north", "--json")
    assert early.code == 1 and "refused" in early.json["error"]["message"]


def test_wallet__new_and_import__never_replace_a_file(
    assay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    password = tmp_path / "password"
    password.write_text("long enough\n")
    password.chmod(0o600)
    monkeypatch.setattr("assay.protocol.keystore.KDF_ROUNDS", 1_000)
    made = assay("wallet", "new", str(tmp_path / "a.json"), "--password-file", str(password), "--json").json
    shown = assay("wallet", "show", str(tmp_path / "a.json"), "--json").json
    assert shown["address"] == made["address"] and shown["usd6"] == "0"
    again = assay("wallet", "new", str(tmp_path / "a.json"), "--password-file", str(password), "--json")
    assert again.code == 1 and "already a keystore" in again.json["error"]["message"]
    monkeypatch.setattr("sys.stdin", io.StringIO("not a key\n"))
    bad = assay("wallet", "import", str(tmp_path / "b.json"), "--password-file", str(password), "--json")
    assert bad.code == 2 and not (tmp_path / "b.json").exists()


def test_worker_status__never_run__says_how_to_start_it(assay: Any) -> None:
    told = assay("worker", "status", "--name", "nowhere", "--json")
    assert told.code == 1 and "has never run" in told.json["error"]["message"]


def test_shares_show__holds_none__empty_list(assay: Any, market: World) -> None:
    assert assay("shares", "show", market.accounts["east"].address, "--json").json["shares"] == []
