"""Ids, units, spec, deployment, revert texts, upload signatures: what they accept and what they refuse."""

import json
import re
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from assay.protocol import spec as spec_module
from assay.protocol.abi import address_word, uint_word
from assay.protocol.deployment import Deployment, DeploymentError
from assay.protocol.eip712 import (
    SignatureInvalid,
    permit_typed_data,
    recover_upload,
    sign_permit,
    sign_upload,
)
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.ids import address_from_bytes, checksum, from_hex, to_hex
from assay.protocol.keccak import keccak256
from assay.protocol.reasons import Reason
from assay.protocol.reverts import NO_REASON, reason_of_data, revert_of
from assay.protocol.spec import MAX_SPEC_BYTES, canonical_bytes, parse_spec, spec_hash, validate
from assay.protocol.states import CreditKind, Grade, JobState, LotPhase, SeatStatus, Subject
from assay.protocol.units import format_usd6, parse_usd6

MODULES = Path(__file__).parents[3] / "contracts" / "modules"
RUBBISH = ["", "0x", "0x1", "zz" * 21, "0x" + "zz" * 20, "0x" + "  " * 20, "0x" + "11" * 21, "0X" + "11" * 20]


@given(st.binary(min_size=20, max_size=20))
def test_checksum__any_case__equals_eth_utils(raw: bytes) -> None:
    from eth_utils.address import to_checksum_address

    expected = str(to_checksum_address(raw))
    assert address_from_bytes(raw) == checksum("0x" + raw.hex()) == expected
    assert checksum("0x" + raw.hex().upper()) == expected


@pytest.mark.parametrize("text", [*RUBBISH, None, 5, b"0x" + b"11" * 20])
def test_checksum__rubbish__refused_by_name(text: Any) -> None:
    with pytest.raises(BadInput, match="is not an address"):
        checksum(text)
    with pytest.raises(BadInput, match="is not an address"):
        address_word(text)


@pytest.mark.parametrize("text", [*RUBBISH, "0x" + " a" * 32, None])
def test_from_hex__rubbish__refused(text: Any) -> None:
    with pytest.raises(BadInput, match="is not an id"):
        from_hex(text)


def test_from_hex__round_trip() -> None:
    assert from_hex(to_hex(bytes(range(32)))) == bytes(range(32))


@pytest.mark.parametrize("value", [-1, 2**256])
def test_uint_word__outside__refused(value: int) -> None:
    with pytest.raises(BadInput, match="uint256"):
        uint_word(value)


def test_keccak256__empty__known_value() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@given(st.integers(0, 2**256 - 1))
def test_parse_usd6__of_format__same_amount(amount: int) -> None:
    text = format_usd6(amount)
    assert re.fullmatch(r"\d+\.\d{2,6}", text)
    if len(text.split(".")[0]) <= 60:
        assert parse_usd6(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", 0), ("12", 12_000_000), ("0.000001", 1), (" 1.5 ", 1_500_000), ("00.10", 100_000)],
)
def test_parse_usd6__decimal__exact(text: str, amount: int) -> None:
    assert parse_usd6(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "1e6",
        "1,5",
        "1.",
        ".5",
        "0.0000001",
        "NaN",
        "inf",
        "\u0661",
        "1_000",
        "0x10",
        "1 0",
        "9" * 61,
    ],
)
def test_parse_usd6__anything_else__refused(text: str) -> None:
    with pytest.raises(BadInput, match="not an amount"):
        parse_usd6(text)


def test_format_usd6__cents_and_negative() -> None:
    assert [format_usd6(v) for v in (0, 1, 1_500_000, -250_000)] == ["0.00", "0.000001", "1.50", "-0.25"]


def constants(module: str) -> dict[str, int]:
    """Numbers of a Vyper module."""
    text = (MODULES / f"{module}.vy").read_text()
    return {
        name: int(value) for name, value in re.findall(r"^([A-Z_]+): constant\(\w+\) = (\d+)\b", text, re.M)
    }


def test_enums__numbers__are_the_contracts() -> None:
    states = constants("states")
    states["NONE"] = states.pop("UNKNOWN")
    states_lots = {"CLOSED": states.pop("LOT_CLOSED")}
    for enum in (JobState, LotPhase, SeatStatus):
        for member in enum:
            found = states_lots if enum is LotPhase and member.name in states_lots else states
            assert found[member.name] == member, f"{enum.__name__}.{member.name}"
    assert constants("reasons") == {reason.name: reason for reason in Reason if reason}
    assert constants("kinds") == {kind.name: kind for kind in CreditKind}
    assert constants("subjects") == {subject.name: subject for subject in Subject}
    assert {grade.name: grade for grade in Grade}.items() <= constants("grades").items()


def test_reason_text__every_reason__one_sentence() -> None:
    assert all(reason.text.endswith(".") for reason in Reason)


def test_spec_hash__key_order_and_spelling__do_not_matter() -> None:
    first = json.loads('{"a": 1.0, "b": "\\u00e9"}')
    second = json.loads('{"b": "é", "a": 1}')
    assert spec_hash(first) == spec_hash(second) == sha256(canonical_bytes(first)).digest()


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53, -(2**53) - 1, b"x", {1: 2}, "\ud800", object(), {"a": {1, 2}}],
)
def test_canonical_bytes__not_json__refused(value: Any) -> None:
    with pytest.raises(BadInput, match="canonical JSON"):
        canonical_bytes({"v": value})


def test_canonical_bytes__too_large_or_too_deep__refused() -> None:
    with pytest.raises(BadInput, match=str(MAX_SPEC_BYTES)):
        canonical_bytes("x" * MAX_SPEC_BYTES)
    deep: Any = 1
    for _ in range(40_000):
        deep = [deep]
    with pytest.raises(BadInput):
        canonical_bytes(deep)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"[]",
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b"\xff",
        b"[" * 60_000,
        b" {}",
    ],
)
def test_parse_spec__not_canonical_object__refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        parse_spec(data)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_parse_spec__deep_nesting_under_a_high_recursion_limit__refused(opening: bytes) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10**6)
    try:
        with pytest.raises(BadInput, match="brackets"):
            parse_spec(opening * (MAX_SPEC_BYTES // len(opening)))
    finally:
        sys.setrecursionlimit(before)


def test_parse_spec__canonical__same_object() -> None:
    spec = {"kind": "x", "list": [1, 2.5, None, {"é": True}]}
    assert parse_spec(canonical_bytes(spec)) == spec


@pytest.mark.parametrize("value", [None, [], {}, {"kind": 5}, {"kind": "../errors"}, {"kind": "nothing"}])
def test_validate__no_or_unknown_kind__refused(value: Any) -> None:
    with pytest.raises(BadInput, match="kind"):
        validate(value)


def test_validate__against_a_schema__names_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = {"type": "object", "properties": {"samples": {"type": "integer", "minimum": 1}}}
    monkeypatch.setattr(spec_module, "schema_of", lambda _kind: schema)
    assert validate({"kind": "render", "samples": 1}) == "render"
    with pytest.raises(BadInput, match=r"samples: 0 is less than the minimum of 1"):
        validate({"kind": "render", "samples": 0})


def test_validate__every_committed_kind__has_a_schema_that_refuses_an_empty_spec() -> None:
    assert spec_module.kinds()
    for kind in spec_module.kinds():
        with pytest.raises(BadInput, match=f"{kind} spec is not valid"):
            validate({"kind": kind})


def deployment_json() -> dict[str, Any]:
    return {
        "chain_id": 31337,
        "genesis_hash": "0x" + "ab" * 32,
        "deployed_block": 3,
        "git_commit": "f00",
        "params": {"fee_bps": 200},
        "contracts": {"JobMarket": {"address": "0x" + "cd" * 20, "block": 3, "tx": "0x00", "args": []}},
    }


def test_deployment__load__typed_and_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "31337.json"
    path.write_text(json.dumps(deployment_json()))
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(path))
    found = Deployment.load()
    assert found == Deployment.load(path) and found.param("fee_bps") == 200
    assert found.address("JobMarket") == checksum("0x" + "cd" * 20)
    assert found.contract_at("0x" + "cd" * 20) == "JobMarket"
    assert found.contract_at("0x" + "ce" * 20) is None
    with pytest.raises(DeploymentError, match="no contract 'Nothing'"):
        found.address("Nothing")
    with pytest.raises(DeploymentError, match="no parameter"):
        found.param("nothing")


@pytest.mark.parametrize(
    "change", [{"genesis_hash": "0x1"}, {"contracts": []}, {"chain_id": "x"}, {"params": None}]
)
def test_deployment__malformed__refused(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps({**deployment_json(), **change}))
    with pytest.raises(DeploymentError, match="malformed"):
        Deployment.load(path)


def test_deployment__missing_or_not_json__refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSAY_DEPLOYMENT", raising=False)
    with pytest.raises(DeploymentError, match="No deployment file is named"):
        Deployment.load()
    with pytest.raises(DeploymentError, match="no deployment file"):
        Deployment.load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(DeploymentError, match="cannot be read"):
        Deployment.load(tmp_path / "bad.json")


def test_reason_of_data__each_form__plain_text() -> None:
    from eth_abi.abi import encode

    assert reason_of_data(bytes.fromhex("08c379a0") + encode(["string"], ["market: no"])) == "market: no"
    assert reason_of_data(bytes.fromhex("4e487b71") + encode(["uint256"], [0x11])).startswith("arithmetic")
    assert reason_of_data(b"\1\2\3\4").startswith("custom error")
    assert reason_of_data(b"") == NO_REASON


def test_revert_of__message_only__its_words() -> None:
    found = revert_of("execution reverted: market: not due", None)
    assert found is not None and found.reason == "market: not due"
    assert revert_of("nonce too low", None) is None
    bare = revert_of("execution reverted", "0x")
    assert bare is not None and bare.reason == NO_REASON


def upload(**changes: Any) -> dict[str, Any]:
    return {"chain_id": 1, "kind": "bytes", "artifact_id": bytes(32), "size": 5, "expiry": 9, **changes}


@pytest.mark.parametrize(
    "change", [{"chain_id": 2}, {"kind": "list"}, {"artifact_id": b"\1" * 32}, {"size": 6}, {"expiry": 10}]
)
def test_recover_upload__any_field_changed__another_account(change: dict[str, Any]) -> None:
    account = Account.create()
    signature = sign_upload(account, **upload())
    assert recover_upload(**upload(), signature=signature) == str(account.address)
    assert recover_upload(**upload(**change), signature=signature) != str(account.address)


@pytest.mark.parametrize("signature", ["", "0x", "0x" + "00" * 64, "0x" + "ff" * 65, "zz", "0x" + "  " * 65])
def test_recover_upload__malformed__refused(signature: str) -> None:
    with pytest.raises(SignatureInvalid):
        recover_upload(**upload(), signature=signature)


def test_sign_permit__recovers_to_the_owner() -> None:
    account = Account.create()
    typed = permit_typed_data(
        token="0x" + "11" * 20,
        token_name="Test Dollar",
        chain_id=31337,
        owner=account.address,
        spender="0x" + "22" * 20,
        value=5,
        nonce=0,
        deadline=99,
    )
    v, r, s = sign_permit(account, typed)
    signature = r + s + bytes([v])
    assert (
        Account.recover_message(encode_typed_data(full_message=typed), signature=signature) == account.address
    )


def test_assay_error__text__message_and_hint() -> None:
    error = AssayError("It failed.", "Do this.")
    assert str(error) == "It failed. Do this." and error.exit_code == 1
    assert BadInput("No.").exit_code == 2
