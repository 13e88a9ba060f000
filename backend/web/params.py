"""Query and path parameters as values: each parser raises a 400 problem naming the parameter, its form and an
example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from eth_utils.address import is_checksum_address, to_checksum_address

from backend.web.errors import Problem

Parse = Callable[[str, str], str | int]
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_BYTES32 = re.compile(r"0x[0-9a-fA-F]{64}\Z")
_SHOWN = 80  # characters of a wrong value that an error repeats


def bad_parameter(name: str, value: str, expected: str) -> Problem:
    """400 for a parameter of the wrong form."""
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return Problem(400, "bad_parameter", f"{name} is {shown!r}, but must be {expected}.", parameter=name)


@lru_cache(maxsize=4_096)
def _checksummed(value: str) -> str:
    return str(to_checksum_address(value))


def address(name: str, value: str) -> str:
    """An account, checksummed; one case or a right EIP-55 checksum is accepted."""
    if not _ADDRESS.match(value):
        raise bad_parameter(name, value, "an address: 0x and 40 hex digits")
    digits = value[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(value):
        raise bad_parameter(
            name, value, "an address whose capital letters match its checksum (a digit is wrong)"
        )
    return _checksummed(value.lower())


def bytes32(name: str, value: str) -> str:
    """A 32-byte id in lower case."""
    if not _BYTES32.match(value):
        raise bad_parameter(name, value, "an id: 0x and 64 hex digits")
    return value.lower()


def integer(low: int, high: int) -> Parse:
    """A parser of whole numbers between two limits."""

    def parse(name: str, value: str) -> int:
        if not value.isascii() or not value.isdigit() or len(value) > 20 or not low <= int(value) <= high:
            raise bad_parameter(name, value, f"a whole number from {low} to {high}")
        return int(value)

    return parse


def choice(values: Mapping[str, int]) -> Parse:
    """A parser of names that stand for numbers, in any case."""

    def parse(name: str, value: str) -> int:
        found = values.get(value.upper())
        if found is None:
            raise bad_parameter(name, value, "one of " + ", ".join(values))
        return found

    return parse


def flag(name: str, value: str) -> bool:
    """true or false."""
    found = {"true": True, "false": False}.get(value.lower())
    if found is None:
        raise bad_parameter(name, value, "true or false")
    return found
