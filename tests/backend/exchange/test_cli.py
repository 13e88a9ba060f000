"""A share changes hands by the command line: maker signs, relay lists, taker fills, the trade and its candle appear."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.cli.main import run
from tests.backend.exchange.test_relay import Relay, relay
from tests.backend.indexer.share_trades import SHARE, USD

__all__ = ["relay"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assay(
    relay: Relay,
    live_server: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Runs one command and returns (exit code, JSON)."""
    monkeypatch.setenv("ASSAY_RPC_URL", relay.life.anvil.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(relay.life.deployment.path))
    monkeypatch.setenv("ASSAY_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("ASSAY_API_URL", live_server.url)
    monkeypatch.setenv("ASSAY_STORE_URL", (tmp_path / "store").as_uri())

    def call(*arguments: str) -> tuple[int, Any]:
        code = run(["exchange", *arguments, "--json"])
        out = capsys.readouterr().out.strip()
        return code, json.loads(out.splitlines()[-1]) if out else None

    return call


def test_exchange__sell_book_fill_trades__money_shares_and_income_where_they_belong(
    relay: Relay, assay: Any
) -> None:
    life, share = relay.life, relay.life.share
    relay.allow("investor_one", 0)  # the command approves by itself
    life.send("buyer", "TestUSD", "approve", relay.exchange, 0)  # the taker's permit does
    life.send("buyer", "TestUSD", "mint", share, 1_000 * USD)
    life.send("buyer", "DeviceShare", "sync_income", address=share)
    seller = life.who["investor_one"]
    earned = life.read("DeviceShare", "claimable", seller, address=share)
    assert earned == 80 * USD

    code, order = assay(
        "sell", share, "12.5", "--price", "10.25", "--pay-with", "devnet:investor-one", "--yes"
    )
    assert code == 0, order
    assert assay("book", share)[1]["best_ask_usd6"] == "10250000"
    assert [one["digest"] for one in assay("orders", "--maker", seller)[1]["results"]] == [order["digest"]]

    before = life.read("TestUSD", "balanceOf", life.who["buyer"])
    code, done = assay("fill", order["digest"], "2.5", "--pay-with", "devnet:buyer", "--yes")
    assert code == 0, done
    assert done["value_usd6"] == "25625000" and done["total_usd6"] == str(25_625_000 + 76_875)
    assert before - life.read("TestUSD", "balanceOf", life.who["buyer"]) == 25_625_000 + 76_875
    relay.look_again()
    (trade,) = assay("trades", share)[1]["results"]
    assert (trade["amount"], trade["seller"]) == (str(5 * SHARE // 2), seller)
    (candle,) = relay.get(f"shares/{share}/candles/1d")["results"]
    assert candle["close_usd6"] == "10250000"
    assert assay("book", share)[1]["asks"][0]["amount"] == str(10 * SHARE)
    assert life.read("DeviceShare", "claimable", seller, address=share) == earned

    assert assay("cancel", order["digest"], "--pay-with", "devnet:investor-one")[0] == 0
    relay.look_again()
    assert assay("book", share)[1]["asks"] == []
    code, told = assay("fill", order["digest"], "--pay-with", "devnet:buyer", "--yes")
    assert code == 2 and "can be filled now" in told["error"]["message"]


def test_exchange__buy_and_sell_into_it__taker_gets_the_price_less_the_fee(relay: Relay, assay: Any) -> None:
    life = relay.life
    relay.allow("buyer", 0)
    code, bid = assay("buy", life.share, "4", "--price", "9", "--pay-with", "devnet:investor-two", "--yes")
    assert code == 0, bid
    before = life.read("TestUSD", "balanceOf", life.who["buyer"])
    assert assay("fill", bid["digest"], "--pay-with", "devnet:buyer", "--yes")[0] == 0
    assert life.read("TestUSD", "balanceOf", life.who["buyer"]) - before == 36 * USD - 108_000
    assert assay("cancel", "--all", "--pay-with", "devnet:investor-two")[0] == 0
    assert life.read("ShareExchange", "epoch_of", life.who["investor_two"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sell", "SHARE", "0", "--price", "1"), "amount is 0"),
        (("sell", "SHARE", "1.5e3", "--price", "1"), "not an amount of shares"),
        (("sell", "SHARE", "1", "--price", "-1"), "not an amount in USD"),
        (("sell", "0x12", "1", "--price", "1"), "not an address"),
        (("cancel",), "Name one order"),
        (("fill", "0x12"), "not an id"),
    ],
)
def test_exchange__wrong_input__named_with_the_way_out(
    relay: Relay, assay: Any, arguments: tuple[str, ...], words: str
) -> None:
    given = [relay.life.share if one == "SHARE" else one for one in arguments]
    yes = [] if arguments[0] == "cancel" else ["--yes"]
    code, told = assay(*given, "--pay-with", "devnet:investor-one", *yes)
    assert code != 0 and words in told["error"]["message"], told


def test_exchange__another_makers_order__cannot_be_cancelled(relay: Relay, assay: Any) -> None:
    digest = relay.bring("investor_one").json()["digest"]
    code, told = assay("cancel", digest, "--pay-with", "devnet:buyer")
    assert code == 2 and "not of" in told["error"]["message"]


def test_exchange__relay_down__says_so(relay: Relay, assay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_API_URL", "http://127.0.0.1:9")
    code, told = assay("book", relay.life.share)
    assert code == 1 and "does not answer" in told["error"]["message"]
