"""Raw logs to the generated event dataclasses, fast: decoders are made once per event from its layout.

Called by: the indexer and the daemon. Equal to eth_abi on well-formed logs (property test); a malformed log
raises
LogMalformed; text that is not UTF-8 is repaired instead of refused (see text.py). Addresses come out as
EIP-55 text.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from assay.protocol.errors import AssayError
from assay.protocol.generated.events import BY_TOPIC, Event
from assay.protocol.ids import address_from_bytes
from assay.protocol.text import chain_text

Reader = Callable[[bytes, int, int], Any]
"""(data, position of this field's word, start of the enclosing tuple) → value."""

_ZERO12 = bytes(12)


class LogMalformed(AssayError):
    """A log does not have the layout of its event."""


def _address(data: bytes, at: int, _base: int) -> str:
    if data[at : at + 12] != _ZERO12:
        raise LogMalformed("An address word has non-zero padding.")
    return address_from_bytes(data[at + 12 : at + 32])


def _bytes32(data: bytes, at: int, _base: int) -> bytes:
    return data[at : at + 32]


def _bool(data: bytes, at: int, _base: int) -> bool:
    value = int.from_bytes(data[at : at + 32], "big")
    if value > 1:
        raise LogMalformed(f"A bool is {value}.")
    return value == 1


def _uint256(data: bytes, at: int, _base: int) -> int:
    return int.from_bytes(data[at : at + 32], "big")


def _uint(bits: int) -> Reader:
    if bits == 256:
        return _uint256
    limit = 1 << bits

    def read(data: bytes, at: int, _base: int) -> int:
        value = int.from_bytes(data[at : at + 32], "big")
        if value >= limit:
            raise LogMalformed(f"{value} does not fit into uint{bits}.")
        return value

    return read


def _int256(data: bytes, at: int, _base: int) -> int:
    return int.from_bytes(data[at : at + 32], "big", signed=True)


def _topic_bytes(topic: str) -> bytes:
    raw = bytes.fromhex(topic[2:])
    if len(raw) != 32:
        raise LogMalformed(f"A topic has 32 bytes, {len(raw)} came.")
    return raw


@lru_cache(maxsize=65_536)
def _address_topic(topic: str) -> str:
    # the same accounts come again and again: one look-up instead of hex, slices and a checksum
    return _address(_topic_bytes(topic), 0, 0)


def _topic_reader(abi_type: str) -> Callable[[str], Any]:
    """As _simple, from a topic's 0x text."""
    if abi_type == "address":
        return _address_topic
    read = _simple(abi_type)
    return lambda topic: read(_topic_bytes(topic), 0, 0)


def _tail(data: bytes, at: int, base: int) -> tuple[int, int]:
    """Start and count of the dynamic value whose offset stands at `at`."""
    start = base + int.from_bytes(data[at : at + 32], "big")
    if start + 32 > len(data):
        raise LogMalformed("An offset points outside the data.")
    return start + 32, int.from_bytes(data[start : start + 32], "big")


def _bytes(data: bytes, at: int, base: int) -> bytes:
    start, count = _tail(data, at, base)
    if count > len(data) - start:
        raise LogMalformed("A byte string is longer than the data.")
    return data[start : start + count]


def _string(data: bytes, at: int, base: int) -> str:
    return chain_text(_bytes(data, at, base))


def _simple(abi_type: str) -> Reader:
    fixed = {"address": _address, "bool": _bool, "bytes32": _bytes32, "bytes": _bytes, "string": _string}
    if abi_type in fixed:
        return fixed[abi_type]
    if abi_type.startswith("uint") and abi_type[4:].isdigit():
        return _uint(int(abi_type[4:]))
    if abi_type == "int256":
        return _int256
    raise TypeError(f"no log reader for ABI type {abi_type}")


def _is_static(abi_type: str) -> bool:
    return abi_type not in {"bytes", "string"} and not abi_type.endswith("]")


def _struct(kind: type[Any]) -> tuple[Reader, int]:
    """Reader of a struct of static fields laid in place, and its size in bytes."""
    types = [abi_type for _, abi_type in kind.FIELDS]
    if not all(map(_is_static, types)):
        raise TypeError(f"no log reader for {kind.__name__}: it has a dynamic field")
    plan = [(_simple(abi_type), 32 * index) for index, abi_type in enumerate(types)]

    def read(data: bytes, at: int, base: int) -> Any:
        return kind(*[reader(data, at + offset, base) for reader, offset in plan])

    return read, 32 * len(plan)


def _dynamic_struct(kind: type[Any]) -> Reader:
    """Reader of a struct that has byte strings or texts: it stands behind an offset, its own offsets count from it."""
    plan = [(_simple(abi_type), 32 * index) for index, (_, abi_type) in enumerate(kind.FIELDS)]
    size = 32 * len(plan)

    def read(data: bytes, at: int, base: int) -> Any:
        start = base + int.from_bytes(data[at : at + 32], "big")
        if start + size > len(data):
            raise LogMalformed("An offset points outside the data.")
        return kind(*[reader(data, start + offset, start) for reader, offset in plan])

    return read


def _array(element: Reader, size: int) -> Reader:
    def read(data: bytes, at: int, base: int) -> tuple[Any, ...]:
        start, count = _tail(data, at, base)
        if count * size > len(data) - start:
            raise LogMalformed("An array is longer than the data.")
        return tuple(element(data, position, start) for position in range(start, start + count * size, size))

    return read


def _field(name: str, abi_type: str, structs: Mapping[str, tuple[type[Any], bool]]) -> tuple[Reader, int]:
    """Reader of a data field and the bytes it takes in the head."""
    if name in structs:
        kind, many = structs[name]
        if not many and not all(_is_static(inner) for _, inner in kind.FIELDS):
            return _dynamic_struct(kind), 32
        reader, size = _struct(kind)
        return (_array(reader, size), 32) if many else (reader, size)
    if abi_type.endswith("[]"):
        return _array(_simple(abi_type[:-2]), 32), 32
    return _simple(abi_type), 32


class _Decoder:
    """Makes one event class from topics and data."""

    __slots__ = ("_cls", "_head", "_indexed", "_names", "_plain", "_topics")

    def __init__(self, cls: type[Event]) -> None:
        self._cls = cls
        self._indexed = tuple(_simple(abi_type) for _, abi_type in cls.INDEXED)
        self._topics = tuple(_topic_reader(abi_type) for _, abi_type in cls.INDEXED)
        plain: list[tuple[Reader, int]] = []
        head = 0
        for name, abi_type in cls.PLAIN:
            reader, size = _field(name, abi_type, cls.STRUCTS)
            plain.append((reader, head))
            head += size
        self._plain = tuple(plain)
        self._head = head
        order = list(cls.__dataclass_fields__)  # type: ignore[attr-defined]
        found = [name for name, _ in (*cls.INDEXED, *cls.PLAIN)]
        self._names = None if found == order else tuple(found)

    def __call__(self, topics: Sequence[bytes], data: bytes) -> Event:
        indexed = self._indexed
        if len(topics) != len(indexed) + 1 or any(len(topic) != 32 for topic in topics):
            raise LogMalformed(f"{self._cls.__name__} has {len(indexed) + 1} topics, {len(topics)} came.")
        return self._event([read(topic, 0, 0) for read, topic in zip(indexed, topics[1:], strict=True)], data)

    def from_hex(self, topics: Sequence[str], data: str) -> Event:
        """As the call, from 0x texts."""
        if len(topics) != len(self._topics) + 1:
            raise LogMalformed(
                f"{self._cls.__name__} has {len(self._topics) + 1} topics, {len(topics)} came."
            )
        values = [read(topic) for read, topic in zip(self._topics, topics[1:], strict=True)]
        return self._event(values, bytes.fromhex(data[2:]))

    def _event(self, values: list[Any], data: bytes) -> Event:
        if len(data) < self._head:
            raise LogMalformed(f"{self._cls.__name__} has {self._head} bytes or more, {len(data)} came.")
        values += [read(data, at, 0) for read, at in self._plain]
        if self._names is None:
            return self._cls(*values)
        return self._cls(**dict(zip(self._names, values, strict=True)))


_DECODERS: dict[tuple[str, bytes], _Decoder] = {key: _Decoder(cls) for key, cls in BY_TOPIC.items()}
_BY_TEXT = {(name, "0x" + topic.hex()): decoder for (name, topic), decoder in _DECODERS.items()}


def decode_log(contract: str, topics: Sequence[bytes], data: bytes) -> Event | None:
    """The event of one log of the contract named `contract`, or None for an event it does not have.

    topics: 32 bytes each, topic 0 first. Raises LogMalformed when it has the name but not the layout of an
    event.
    """
    decoder = _DECODERS.get((contract, topics[0])) if topics else None
    return None if decoder is None else decoder(topics, data)


def decode_hex_log(contract: str, topics: Sequence[str], data: str) -> Event | None:
    """As decode_log, from the 0x texts of a JSON-RPC log."""
    try:
        decoder = _BY_TEXT.get((contract, topics[0].lower())) if topics else None
        if decoder is None:
            return decode_log(contract, [bytes.fromhex(topic[2:]) for topic in topics], b"")
        return decoder.from_hex(topics, data)
    except (ValueError, TypeError, AttributeError) as error:
        raise LogMalformed(f"A log is not hex: {error}.") from error


def topics_of(contract: str) -> tuple[bytes, ...]:
    """Topic 0 of every event of a contract, for a log filter."""
    return tuple(topic for name, topic in BY_TOPIC if name == contract)
