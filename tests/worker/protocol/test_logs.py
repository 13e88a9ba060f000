"""The fast log decoder against eth_abi on every event of every contract."""

from dataclasses import astuple
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.protocol.generated.events import BY_TOPIC, EVENTS, Event, JobClosed
from assay.protocol.ids import address_from_bytes
from assay.protocol.logs import LogMalformed, decode_hex_log, decode_log, topics_of

ADDRESS = st.binary(min_size=20, max_size=20).map(address_from_bytes)
TEXT = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=64)


def values_of(abi_type: str) -> st.SearchStrategy[Any]:
    """Any value of a simple ABI type, its extremes often."""
    if abi_type.endswith("[]"):
        return st.lists(values_of(abi_type[:-2]), max_size=5).map(tuple)
    if abi_type.startswith("uint"):
        top = 2 ** int(abi_type[4:]) - 1
        return st.one_of(st.sampled_from([0, 1, top]), st.integers(0, top))
    if abi_type == "int256":
        return st.one_of(st.sampled_from([0, -1, 2**255 - 1, -(2**255)]), st.integers(-(2**255), 2**255 - 1))
    simple: dict[str, st.SearchStrategy[Any]] = {
        "address": ADDRESS,
        "bool": st.booleans(),
        "bytes32": st.binary(min_size=32, max_size=32),
        "bytes": st.binary(max_size=200),
        "string": TEXT,
    }
    return simple[abi_type]


def field_values(cls: type[Event], name: str, abi_type: str) -> tuple[str, st.SearchStrategy[Any]]:
    """(ABI type for eth_abi, strategy of plain values) of an event's field."""
    if name not in cls.STRUCTS:
        return abi_type, values_of(abi_type)
    kind, many = cls.STRUCTS[name]
    row = st.tuples(*(values_of(inner) for _, inner in kind.FIELDS))
    return kind.ABI_TYPE + ("[]" if many else ""), st.lists(row, max_size=4).map(tuple) if many else row


def plain(value: Any) -> Any:
    """Structs as tuples."""
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return astuple(value) if hasattr(value, "FIELDS") else value


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
@settings(max_examples=12)
@given(data=st.data())
def test_decode_log__any_event__equals_eth_abi(cls: type[Event], data: st.DataObject) -> None:
    fields = [(name, *field_values(cls, name, kind)) for name, kind in cls.PLAIN]
    indexed = {name: (kind, data.draw(values_of(kind))) for name, kind in cls.INDEXED}
    body = {name: data.draw(strategy) for name, _, strategy in fields}
    topics = [cls.TOPIC0] + [encode([kind], [value]) for kind, value in indexed.values()]
    raw = encode([kind for _, kind, _ in fields], list(body.values()))
    event: Any = decode_log(cls.CONTRACT, topics, raw)
    assert type(event) is cls
    for name, (_, value) in indexed.items():
        assert getattr(event, name) == value
    for name, value in body.items():
        assert plain(getattr(event, name)) == value
    texts = ["0x" + topic.hex() for topic in topics]
    assert decode_hex_log(cls.CONTRACT, texts, "0x" + raw.hex()) == event


@given(
    st.sampled_from(EVENTS),
    st.binary(max_size=400),
    st.lists(st.binary(min_size=32, max_size=32), max_size=4),
)
def test_decode_log__rubbish__refused_or_decoded_never_crashes(
    cls: type[Event], raw: bytes, words: list[bytes]
) -> None:
    try:
        event = decode_log(cls.CONTRACT, [cls.TOPIC0, *words], raw)
    except LogMalformed:
        return
    assert type(event) is cls


def test_decode_log__truncated_data__refused() -> None:
    with pytest.raises(LogMalformed, match="bytes or more"):
        decode_log("JobMarket", [JobClosed.TOPIC0, bytes(32)], bytes(127))


def test_decode_log__too_few_topics__refused() -> None:
    with pytest.raises(LogMalformed, match="2 topics, 1 came"):
        decode_log("JobMarket", [JobClosed.TOPIC0], bytes(128))


def test_decode_log__foreign_topic_or_none__is_none() -> None:
    assert decode_log("JobMarket", [b"\x01" * 32], b"") is None
    assert decode_log("JobMarket", [], b"") is None
    assert decode_log("Escrow", [JobClosed.TOPIC0, bytes(32)], bytes(128)) is None


def test_decode_hex_log__not_hex__refused() -> None:
    with pytest.raises(LogMalformed, match="not hex"):
        decode_hex_log("JobMarket", ["0xzz"], "0x")


def test_decode_log__name_that_is_not_utf8_or_has_nul__repaired() -> None:
    cls: Any = next(event for event in EVENTS if event.__name__ == "DeviceRegistered")
    kinds = ["bytes32", "address", "bytes", "bytes", "uint64"]
    raw = encode(kinds, [bytes(32), "0x" + "11" * 20, b"\xff\xfeA\x00", b"ok", 1])
    event: Any = decode_log("DeviceRegistry", [cls.TOPIC0, bytes(32), bytes(32), bytes(32)], raw)
    assert event.name == "��A�"
    assert event.accelerator == "ok"


def test_topics_of__each_contract__are_its_events() -> None:
    assert sum(len(topics_of(name)) for name in {cls.CONTRACT for cls in EVENTS}) == len(BY_TOPIC)
