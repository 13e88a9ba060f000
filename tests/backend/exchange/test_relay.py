"""The relay and the exchange's lists on a real chain: what is taken in, hidden, shown again; books, trades, candles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from assay.protocol.generated.structs import ShareOrder
from assay.protocol.share_orders import order_json, sign_order
from backend.exchange.models import SignedOrder
from backend.exchange.services import orders_check, orders_prune
from tests.backend.indexer.market_life import Life
from tests.backend.indexer.share_trades import FAR, LIMIT, SHARE, USD, signed
from tests.contracts.worlds import deployer

pytestmark = pytest.mark.django_db(transaction=True)
TRADERS = ("investor_one", "investor_two", "buyer")


class Relay:
    """The API, an indexer at hand, and one tokenized device with traders."""

    def __init__(self, life: Life, index: Callable[..., Any]) -> None:
        self.life, self.index, self.client = life, index, Client()
        device = life.devices["north"] = life.register("north", "device of north")
        life.send("north", "ShareFactory", "create_share", device, 1_000 * SHARE, 2_000, "North", "NRTH")
        life.share = life.read("ShareFactory", "share_of", device)
        self.exchange = life.deployment.address("ShareExchange")
        for role in TRADERS:
            life.send("north", "DeviceShare", "transfer", life.who[role], 100 * SHARE, address=life.share)
            life.send(role, "TestUSD", "mint", life.who[role], 10_000 * USD)
            life.send(role, "TestUSD", "approve", self.exchange, 2**256 - 1)
            self.allow(role, 2**256 - 1)
        index()

    def allow(self, role: str, amount: int) -> None:
        self.life.send(role, "DeviceShare", "approve", self.exchange, amount, address=self.life.share)

    def order(self, role: str, **changed: Any) -> ShareOrder:
        return ShareOrder(*signed(self.life, role, **changed)[0])

    def bring(self, role: str, order: ShareOrder | None = None, *, signer: str = "", **changed: Any) -> Any:
        order = order or self.order(role, **changed)
        account = self.life.accounts[signer or role]
        signature = sign_order(account, chain_id=31337, exchange=self.exchange, order=order)
        return self.post({"order": order_json(order), "signature": signature})

    def post(self, body: Any) -> Any:
        return self.client.post("/api/v1/orders", body, content_type="application/json")

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def book(self) -> Any:
        return self.get(f"shares/{self.life.share}/book")

    def look_again(self) -> None:
        """The chain moved: index it, and run the periodic task."""
        self.index()
        orders_check()


@pytest.fixture
def relay(life: Life, index: Callable[..., Any]) -> Relay:
    cache.clear()
    return Relay(life, index)


def test_orders_create__a_good_order__is_in_list_book_and_best_orders(relay: Relay) -> None:
    answer = relay.bring("investor_one", amount=7 * SHARE)
    assert answer.status_code == 201, answer.content
    order = answer.json()
    assert (order["fillable"], order["filled"], order["reason"]) == (str(7 * SHARE), "0", None)
    plain = astuple(relay.order("investor_one", amount=7 * SHARE))
    assert "0x" + relay.life.read("ShareExchange", "digest_of", plain).hex() == order["digest"]
    relay.bring("investor_one", amount=3 * SHARE, salt=2)
    relay.bring("investor_two", sell=False, price_usd6=9 * USD)
    book = relay.book()
    assert (book["best_ask_usd6"], book["best_bid_usd6"]) == (str(10 * USD), str(9 * USD))
    assert book["asks"] == [{"price_usd6": str(10 * USD), "amount": str(10 * SHARE), "orders": 2}]
    best = relay.get(f"shares/{relay.life.share}/orders?side=sell")["results"]
    assert best[0]["digest"] == order["digest"]
    assert relay.get(f"orders/{order['digest']}") == order
    mine = relay.get(f"orders?maker={relay.life.who['investor_one']}&open=true&limit=1")
    assert len(mine["results"]) == 1 and mine["next"]


def test_orders_create__brought_twice__is_one_order(relay: Relay) -> None:
    assert relay.bring("investor_one").json() == relay.bring("investor_one").json()
    assert SignedOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"expiry": 1}, 409, "expired"),
        ({"epoch": 1}, 409, "epoch"),
        ({"amount": 0}, 400, "invalid"),
        ({"amount": 10**30 + 1}, 400, "invalid"),
        ({"price_usd6": 0}, 400, "invalid"),
        ({"share": "0x" + "11" * 20}, 404, "not_found"),
    ],
)
def test_orders_create__terms_nobody_can_fill__refused_with_the_reason(
    relay: Relay, changed: dict[str, Any], status: int, code: str
) -> None:
    answer = relay.bring("investor_one", **changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert not SignedOrder.objects.exists()


def test_orders_create__signed_by_another_or_altered__refused(relay: Relay) -> None:
    answer = relay.bring("investor_one", signer="buyer")
    assert (answer.status_code, answer.json()["code"]) == (409, "unsigned")
    order = relay.order("investor_one")
    account = relay.life.accounts["investor_one"]
    for chain_id, exchange in ((1, relay.exchange), (31337, "0x" + "22" * 20)):
        signature = sign_order(account, chain_id=chain_id, exchange=exchange, order=order)
        answer = relay.post({"order": order_json(order), "signature": signature})
        assert answer.json()["code"] == "unsigned", "an order of another chain or contract"


@pytest.mark.parametrize(
    "body", [[], {}, {"order": {}}, {"order": [], "signature": "0x"}, {"order": {}, "signature": 5}]
)
def test_orders_create__malformed_body__400(relay: Relay, body: Any) -> None:
    assert relay.post(body).status_code == 400


def test_orders_create__nothing_allowed__says_so_and_what_to_do(relay: Relay) -> None:
    relay.allow("investor_one", 0)
    answer = relay.bring("investor_one")
    assert (answer.status_code, answer.json()["code"]) == (409, "unfunded")
    assert "approve" in answer.json()["hint"]


def test_orders_create__too_many_of_one_maker__429_until_one_ends(relay: Relay, settings: Any) -> None:
    settings.ASSAY_ORDERS_PER_MAKER = 2
    for salt in (1, 2):
        assert relay.bring("investor_one", salt=salt).status_code == 201
    assert relay.bring("investor_one", salt=3).json()["code"] == "too_many_orders"
    relay.life.send(
        "investor_one", "ShareExchange", "cancel_orders", [astuple(relay.order("investor_one", salt=1))]
    )
    relay.look_again()
    assert relay.bring("investor_one", salt=3).status_code == 201


def test_orders_create__too_often_from_one_address__429(relay: Relay, settings: Any) -> None:
    settings.ASSAY_RATE_LIMITS = {**settings.ASSAY_RATE_LIMITS, "order": 1}
    codes = {relay.bring("investor_one").status_code for _ in range(3)}
    assert 429 in codes


def test_orders_check__money_or_allowance_gone__hidden_and_shown_again_when_back(relay: Relay) -> None:
    digest = relay.bring("investor_one").json()["digest"]
    relay.allow("investor_one", 0)
    relay.look_again()
    assert relay.book()["asks"] == []
    assert relay.get(f"orders/{digest}")["reason"] == "unfunded"
    relay.allow("investor_one", 4 * SHARE)
    relay.look_again()
    assert relay.book()["asks"][0]["amount"] == str(4 * SHARE)
    life = relay.life
    life.send("investor_one", "DeviceShare", "transfer", life.who["north"], 99 * SHARE, address=life.share)
    relay.look_again()
    assert relay.book()["asks"][0]["amount"] == str(SHARE)


def test_orders_check__cancelled_filled_or_of_an_old_epoch__gone(relay: Relay) -> None:
    brought = (("investor_one", 1), ("investor_one", 2), ("investor_two", 3))
    digests = [relay.bring(role, salt=salt).json()["digest"] for role, salt in brought]
    sale = signed(relay.life, "investor_one", salt=1)
    relay.life.send("buyer", "ShareExchange", "fill_order", *sale, 10 * SHARE, LIMIT, FAR, [])
    relay.life.send(
        "investor_one", "ShareExchange", "cancel_orders", [signed(relay.life, "investor_one", salt=2)[0]]
    )
    relay.life.send("investor_two", "ShareExchange", "cancel_all")
    relay.look_again()
    assert [relay.get(f"orders/{digest}")["reason"] for digest in digests] == ["filled", "cancelled", "epoch"]
    assert relay.book()["asks"] == []
    assert relay.get("orders?open=true")["results"] == []


def test_orders_check__time_passes__expired_ones_leave_the_book_at_once_and_end(relay: Relay) -> None:
    now = relay.life.w3.eth.get_block("latest")["timestamp"]
    assert relay.bring("investor_one", expiry=now + 60).status_code == 201
    relay.life.anvil.advance(120)
    relay.life.anvil.mine(3)
    relay.index()
    assert relay.book()["asks"] == [], "before any task has run"
    orders_check()
    assert SignedOrder.objects.get().reason == "expired"
    SignedOrder.objects.update(received_at="2020-01-01T00:00:00Z", final=True)
    assert orders_prune() == 1


def test_trades_and_candles__after_fills__as_the_chain_had_them(relay: Relay) -> None:
    sale = signed(relay.life, "investor_one")
    for amount in (SHARE, 2 * SHARE):
        relay.life.send("buyer", "ShareExchange", "fill_order", *sale, amount, LIMIT, FAR, [])
    relay.index()
    trades = relay.get(f"trades?share={relay.life.share}&limit=1")
    assert trades["results"][0]["amount"] == str(2 * SHARE)
    assert trades["results"][0]["finality"] in ("pending", "confirmed", "finalized")
    older = relay.get(f"trades?share={relay.life.share}&limit=1&after={trades['next']}")
    assert older["results"][0]["amount"] == str(SHARE) and older["next"] is None
    assert relay.get(f"trades?buyer={relay.life.who['investor_one']}")["results"] == []
    for interval in ("1m", "1h", "1d"):
        candles = relay.get(f"shares/{relay.life.share}/candles/{interval}")["results"]
        assert sum(candle["trades"] for candle in candles) == 2
        assert {candle["close_usd6"] for candle in candles} == {str(10 * USD)}
    assert relay.get(f"shares/{relay.life.share}/candles/5m", 400)["code"] == "bad_parameter"
    assert relay.book()["last_trade"]["amount"] == str(2 * SHARE)


def test_best_orders__for_one_taker__shown_to_it_only(relay: Relay) -> None:
    life = relay.life
    relay.bring("investor_one", taker=life.who["buyer"])
    path = f"shares/{life.share}/orders"
    assert relay.get(path)["results"] == []
    assert len(relay.get(f"{path}?taker={life.who['buyer']}")["results"]) == 1
    assert relay.get(f"{path}?side=both", 400)["code"] == "bad_parameter"
    assert relay.get(f"{path}?depth=5", 400)["code"] == "unknown_parameter"
    assert relay.book()["asks"] == []


def test_book__of_several_prices__best_first_on_both_sides(relay: Relay) -> None:
    for salt, price in enumerate((12, 11, 13)):
        relay.bring("investor_one", salt=salt, price_usd6=price * USD, amount=SHARE)
        relay.bring("investor_two", salt=salt, price_usd6=(price - 5) * USD, sell=False, amount=SHARE)
    book = relay.book()
    assert [level["price_usd6"] for level in book["asks"]] == [str(price * USD) for price in (11, 12, 13)]
    assert [level["price_usd6"] for level in book["bids"]] == [str(price * USD) for price in (8, 7, 6)]


def test_orders_create__node_down__503_and_nothing_stored(relay: Relay, settings: Any) -> None:
    settings.ASSAY_RPC_URL = "http://127.0.0.1:9"
    answer = relay.bring("investor_one")
    assert (answer.status_code, answer.json()["code"]) == (503, "node_down")
    assert not SignedOrder.objects.exists()


def _input(name: str, kind: str) -> dict[str, str]:
    return {"name": name, "type": kind}


def _function(name: str, *inputs: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": "function",
        "name": name,
        "inputs": [_input(*one) for one in inputs],
        "outputs": [],
        "stateMutability": "nonpayable",
    }


def test_order__of_a_contract_wallet__shown_while_the_wallet_stands_behind_it(relay: Relay) -> None:
    """A maker without a key: its isValidSignature is asked, and asked again."""
    life = relay.life
    compiled = deployer("SmartWallet").compiler_data
    wallet_abi = [
        {"type": "constructor", "inputs": [_input("owner", "address")], "stateMutability": "nonpayable"},
        _function("execute", ("target", "address"), ("data", "bytes")),
        _function("set_mode", ("mode", "uint256"), ("target", "address"), ("data", "bytes")),
    ]
    made = life.w3.eth.contract(abi=wallet_abi, bytecode=compiled.bytecode)
    sent = made.constructor(life.who["investor_one"]).transact({"from": life.who["investor_one"]})
    wallet = life.w3.eth.wait_for_transaction_receipt(sent)["contractAddress"]
    at = life.w3.eth.contract(wallet, abi=wallet_abi)
    life.send("investor_one", "DeviceShare", "transfer", wallet, 10 * SHARE, address=life.share)
    approve = life.contract("DeviceShare", life.share).encode_abi("approve", [relay.exchange, 2**255])
    at.functions.execute(life.share, approve).transact({"from": life.who["buyer"]})
    order = replace(relay.order("investor_one"), maker=wallet)
    answer = relay.bring("investor_one", order)
    assert answer.status_code == 201, answer.content
    assert len(relay.book()["asks"]) == 1
    at.functions.set_mode(2, wallet, b"").transact({"from": life.who["buyer"]})
    relay.look_again()
    assert relay.get(f"orders/{answer.json()['digest']}")["reason"] == "unsigned"
    assert relay.book()["asks"] == []
