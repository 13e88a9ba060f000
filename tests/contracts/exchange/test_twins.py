"""The exchange and the Python twin agree: on the shared vectors, and on anything else."""

import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

import boa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.protocol.generated.structs import ShareOrder
from assay.protocol.share_orders import MAX_AMOUNT, MAX_PRICE_USD6, order_digest, order_of
from assay.protocol.share_prices import affordable, between, fee_of, value_of
from contracts.scripts.catalogue import CONTRACTS_DIR
from tests.contracts.exchange.exchange_world import ExchangeWorld, exchange_world
from tests.contracts.worlds import MAX_UINT256, deployer, role, share_world

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "share_orders.json").read_text())
amounts = st.one_of(st.sampled_from([1, 2, 10**12, 10**18, MAX_AMOUNT]), st.integers(1, MAX_AMOUNT))
prices = st.one_of(st.sampled_from([1, 10**6, MAX_PRICE_USD6]), st.integers(1, MAX_PRICE_USD6))
fees = st.integers(0, 100)
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
words = st.one_of(st.sampled_from([0, 1, MAX_UINT256]), st.integers(0, MAX_UINT256))


@pytest.fixture(scope="module")
def harness() -> Any:
    return boa.load(str(CONTRACTS_DIR / "mocks" / "order_price_mock.vy"))


@pytest.fixture(scope="module")
def there() -> ExchangeWorld:
    return exchange_world()


@pytest.mark.parametrize("case", VECTORS["orders"], ids=range(len(VECTORS["orders"])))
def test_digest_of__vector__as_committed_and_signed(case: Any) -> None:
    base = share_world()
    boa.env.evm.patch.chain_id = case["chain_id"]
    exchange = deployer("ShareExchange").deploy(
        base.usd.address, base.factory.address, role("fees"), 30, override_address=case["exchange"]
    )
    order = astuple(order_of(case["order"]))
    assert "0x" + exchange.digest_of(order).hex() == case["digest"]
    assert exchange.is_signed(order, bytes.fromhex(case["signature"][2:]))


def test_prices__vectors__as_committed(harness: Any) -> None:
    for case in VECTORS["prices"]:
        value = harness.value_of(int(case["amount"]), int(case["price_usd6"]), case["sell"])
        assert value == int(case["value_usd6"])
        assert harness.fee(value, case["fee_bps"]) == int(case["fee_usd6"])
    for case in VECTORS["matches"]:
        asked = (int(case["least_usd6"]), int(case["most_usd6"]), case["fee_bps"])
        if case["split"] is None:
            with boa.reverts():
                harness.between(*asked)
        else:
            assert [str(part) for part in harness.between(*asked)] == case["split"]


@given(st.tuples(addresses, addresses, st.booleans(), words, words, addresses, words, words, words))
def test_digest_of__any_order__equals_the_twin(there: ExchangeWorld, fields: tuple[Any, ...]) -> None:
    order = ShareOrder(*fields)
    assert there.exchange.digest_of(astuple(order)) == order_digest(1, there.exchange.address, order)


@given(amounts, prices, st.booleans(), fees)
def test_price__any_amount__rounds_against_the_taker(
    harness: Any, amount: int, price: int, sell: bool, fee_bps: int
) -> None:
    value = harness.value_of(amount, price, sell)
    assert value == value_of(amount, price, sell=sell)
    exact = amount * price
    assert (
        (value - 1) * 10**18 < exact <= value * 10**18
        if sell
        else value * 10**18 <= exact < (value + 1) * 10**18
    )
    fee = harness.fee(value, fee_bps)
    assert fee == fee_of(value, fee_bps)
    assert (fee - 1) * 10_000 < value * fee_bps <= fee * 10_000


@given(st.integers(0, MAX_UINT256 - 1), prices)
def test_affordable__any_money__buys_that_much_and_not_one_more(harness: Any, money: int, price: int) -> None:
    amount = harness.affordable(money, price)
    assert amount == affordable(money, price)
    assert amount * price // 10**18 <= money
    assert amount == MAX_AMOUNT or (amount + 1) * price // 10**18 > money


@given(st.integers(0, 10**40), st.integers(0, 10**40), fees)
def test_between__two_limits__seller_gets_at_least_and_buyer_pays_at_most_its_own(
    harness: Any, least: int, most: int, fee_bps: int
) -> None:
    split = between(least, most, fee_bps)
    if split is None:
        with boa.reverts():
            harness.between(least, most, fee_bps)
        return
    value, fee = split
    assert tuple(harness.between(least, most, fee_bps)) == split
    assert least <= value <= value + fee <= most
    # what is left of the difference is halved, an odd unit is the buyer's
    assert (most - value - fee) - (value - least) in (0, 1)
