"""Messages between worker and child: round trips, and nothing is taken on trust."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sandbox import wire


def reader(data: bytes) -> wire.Reader:
    stream = io.BytesIO(data)

    def read(size: int) -> bytes:
        piece = stream.read(size)
        if len(piece) != size:
            raise EOFError
        return piece

    return read


def packed(head: dict[str, Any], *arrays: np.ndarray) -> bytes:
    return b"".join(bytes(piece) for piece in wire.pack(head, arrays))


@pytest.mark.parametrize("dtype", [kind.str for kind in wire.DTYPES])
def test_unpack__each_type_and_shape__round_trips(dtype: str) -> None:
    arrays = [np.ones((), dtype), np.zeros((0, 3), dtype), np.arange(24).reshape(2, 3, 4).astype(dtype)]
    arrays.append(arrays[2].T[::2])
    head, found = wire.unpack(reader(packed({"do": "x"}, *arrays)), 10_000)
    assert head == {"do": "x"}
    assert len(found) == 4
    for sent, got in zip(arrays, found, strict=True):
        assert got.dtype == sent.dtype
        assert np.array_equal(got, sent)


def test_unpack__over_the_agreed_size__refused_before_reading() -> None:
    data = packed({}, np.zeros(1000, np.float32))
    with pytest.raises(wire.WireError, match="limit of 100 bytes"):
        wire.unpack(reader(data[: wire.PREFIX.size]), 100)


@pytest.mark.parametrize("claim", [(2**20, 0, 0), (2, 1000, 0), (2, 1, 2**60)])
def test_unpack__huge_claims__refused(claim: tuple[int, int, int]) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(reader(wire.PREFIX.pack(*claim)), 2**30)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"1", b"[" * 60_000])
def test_unpack__head_that_is_no_object__refused(text: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(reader(wire.PREFIX.pack(len(text), 0, 0) + text), 100)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\x63\x00",
        b"\x00\x09",
        b"\x00\x01" + b"\xff" * 8,
        b"\x00\x01" + (5).to_bytes(8, "little") + b"\0" * 4,
    ],
)
def test_unpack__array_that_does_not_fit__refused(body: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(reader(wire.PREFIX.pack(2, 1, len(body)) + b"{}" + body), 100)


def test_unpack__trailing_bytes__refused() -> None:
    body = b"\x00\x00" + b"\0" * 4 + b"more"
    with pytest.raises(wire.WireError, match="longer"):
        wire.unpack(reader(wire.PREFIX.pack(2, 1, len(body)) + b"{}" + body), 100)


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_unpack__random_bytes__message_or_error(data: bytes) -> None:
    try:
        head, arrays = wire.unpack(reader(data), 1000)
    except (wire.WireError, EOFError):
        return
    assert json.dumps(head) is not None
    assert sum(array.nbytes for array in arrays) <= 1000
