"""Share orders off the chain: the digest is what a wallet signs, amounts and JSON go one way only."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account.messages import _hash_eip191_message, encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from assay.protocol.eip712 import SignatureInvalid
from assay.protocol.errors import BadInput
from assay.protocol.ids import to_hex
from assay.protocol.share_orders import (
    OrderInvalid,
    check_order,
    order_digest,
    order_json,
    order_of,
    order_typed_data,
    recover_order,
)
from assay.protocol.units import format_shares, parse_shares

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "share_orders.json").read_text())
CASE = VECTORS["orders"][0]
ORDER = order_of(CASE["order"])


@pytest.mark.parametrize("case", VECTORS["orders"], ids=range(len(VECTORS["orders"])))
def test_order_digest__vector__is_what_a_wallet_signs(case: Any) -> None:
    order = order_of(case["order"])
    typed = order_typed_data(case["chain_id"], case["exchange"], order)
    assert "0x" + _hash_eip191_message(encode_typed_data(full_message=typed)).hex() == case["digest"]
    digest = order_digest(case["chain_id"], case["exchange"], order)
    assert to_hex(digest) == case["digest"]
    assert recover_order(digest, bytes.fromhex(case["signature"][2:])) == order.maker
    assert order_json(order) == case["order"]


def test_recover_order__malleable_short_or_garbled__refused() -> None:
    digest, good = bytes.fromhex(CASE["digest"][2:]), bytes.fromhex(CASE["signature"][2:])
    curve = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    twin = (
        good[:32] + (curve - int.from_bytes(good[32:64], "big")).to_bytes(32, "big") + bytes([55 - good[64]])
    )
    for wrong in (twin, good[:64], good[:64] + b"\x01", bytes(64) + b"\x1b", b""):
        with pytest.raises(SignatureInvalid):
            recover_order(digest, wrong)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("maker", "0x12"),
        ("sell", 1),
        ("amount", 5),
        ("amount", "-1"),
        ("amount", "1e3"),
        ("salt", str(2**256)),
        ("x", 1),
    ],
)
def test_order_of__malformed_field__named(field: str, value: Any) -> None:
    with pytest.raises(OrderInvalid, match=field):
        order_of({**CASE["order"], field: value})


def test_order_of__field_missing__named() -> None:
    with pytest.raises(OrderInvalid, match="expiry"):
        order_of({name: value for name, value in CASE["order"].items() if name != "expiry"})


@pytest.mark.parametrize("amount", [0, 10**30 + 1])
def test_check_order__bounds__one_outside_refused(amount: int) -> None:
    check_order(replace(ORDER, amount=10**30))
    for changed in ({"amount": amount}, {"price_usd6": amount}, {"taker": ORDER.maker}):
        with pytest.raises(OrderInvalid):
            check_order(replace(ORDER, **changed))


@given(st.integers(0, 10**40))
def test_shares__formatted_and_read_again__are_the_same(amount: int) -> None:
    assert parse_shares(format_shares(amount)) == amount


@pytest.mark.parametrize("text", ["", "-1", "1e3", "1,000", "0." + "1" * 19, ".5", "٣"])
def test_parse_shares__malformed__refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_shares(text)
