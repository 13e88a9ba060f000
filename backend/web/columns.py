"""How values of the database become JSON: amounts as decimal strings, choices as names, empty ids as null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from backend.web.keyset import Column, Convert


def decimal_text(value: Any) -> str:
    """An integer of any size as decimal text, from an int, a numeric or SQLite's padded text."""
    return str(int(value))


def whole(value: Any) -> int:
    """An integer below 2^64 from a UintField."""
    return int(value)


def null_if_empty(value: Any) -> Any:
    """null for the empty text and for the zero time."""
    return value or None


def zero_if_empty(value: Any) -> str:
    """32 zero bytes, which are stored as empty text, as 0x text."""
    return value or "0x" + "00" * 32


def parsed_json(value: Any) -> Any:
    """A JSONField as the driver gives it: text on SQLite, parsed on PostgreSQL."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def named(names: Mapping[int, str]) -> Convert:
    """A converter from a stored number to its name; an unknown number shows as itself."""

    def convert(value: Any) -> str:
        return names.get(value, str(value))

    return convert


def text(source: str) -> Column:
    """As it is."""
    return Column(source)


def amount(source: str) -> Column:
    """usd6, or token units, as decimal text."""
    return Column(source, decimal_text)


def boolean(source: str) -> Column:
    """SQLite gives 0 and 1."""
    return Column(source, lambda value: None if value is None else bool(value))


def optional(source: str) -> Column:
    """An id or a time that may be missing: null instead of empty or 0."""
    return Column(source, null_if_empty)
