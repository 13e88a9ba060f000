"""Moves of the dispute game as JSON: what an answer's event carries, and what a transaction called.

Types and names are those of the contracts' ABI; numbers are decimal text, because most are of 256 bits. Called by
selectors. Bytes from the chain are never trusted to decode: those that do not are shown as bytes only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import Any

from eth_abi.abi import decode

from assay.disputes.errors import MoveRefused
from assay.disputes.moves import CONTRACT_OF, CONTRACTS, partials_from
from assay.disputes.positions import position_from
from assay.disputes.states import State
from assay.disputes.transitions import TRANSITIONS
from assay.protocol.ids import checksum
from assay.protocol.keccak import keccak256

HEAD = 4  # every answer begins with game_id, claim_id, position, challenger
Abi = Mapping[str, Any]


def answer_of(state: int, data: str, head: str = "0x") -> dict[str, Any]:
    """The answer to a position of this state: {"move", "args", "data"}; args null where the bytes do not decode.

    `head` is that of the position's tensor: its dtype says what packed partial values stand for.
    """
    move = TRANSITIONS[State(state)].answer
    inputs = _function(CONTRACT_OF[move], move)["inputs"][HEAD:]
    args = _arguments(inputs, data[2:])
    if args is not None and "partials" in args:
        dtype, packed = (bytes.fromhex(text[2:]) for text in (head, args["partials"]))
        args["partials"] = [str(value) for value in partials_from((dtype or b"\0")[0], packed)]
    return {"move": move, "args": args, "data": data}


def call_of(contract: str | None, calldata: str) -> dict[str, Any]:
    """A call of one of the game's contracts: {"function", "args"}; both null where it is another's or malformed."""
    found = _selectors(contract).get(calldata[2:10]) if contract is not None else None
    if found is None:
        return {"function": None, "args": None}
    args = _arguments(found["inputs"], calldata[10:])
    if args is not None and "position" in args:
        args["position"] = _position(args["position"])
    return {"function": found["name"], "args": args}


def _position(packed: str) -> Any:
    """A position's members by name; as it came where it is none."""
    try:
        position = position_from(bytes.fromhex(packed[2:]))
    except MoveRefused:
        return packed
    members = {field.name: getattr(position, field.name) for field in fields(position)}
    return {
        name: "0x" + value.hex()
        if isinstance(value, bytes)
        else value
        if isinstance(value, bool)
        else str(int(value))
        for name, value in members.items()
    }


def head_of(head: str) -> dict[str, Any] | None:
    """dtype and dimensions from a tensor's head (0x text), as its root has them; null where there is no tensor."""
    raw = bytes.fromhex(head[2:])
    if len(raw) < 2 or len(raw) != 2 + 8 * raw[1]:
        return None
    dims = [int.from_bytes(raw[2 + 8 * k : 10 + 8 * k], "big") for k in range(raw[1])]
    return {"dtype": raw[0], "dims": dims}


@cache
def _abi(contract: str) -> list[Abi]:
    folder = resources.files("assay.protocol.generated") / "abi"
    found: list[Abi] = json.loads((folder / f"{contract}.json").read_text())
    return found


def _function(contract: str, name: str) -> Abi:
    return next(one for one in _abi(contract) if one["type"] == "function" and one["name"] == name)


@cache
def _selectors(contract: str) -> dict[str, Abi]:
    if contract not in CONTRACTS:
        return {}
    functions = [one for one in _abi(contract) if one["type"] == "function"]
    return {keccak256(_signature(one).encode())[:4].hex(): one for one in functions}


def _signature(function: Abi) -> str:
    return f"{function['name']}({','.join(map(_type, function['inputs']))})"


def _type(field: Abi) -> str:
    kind: str = field["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(_type, field['components']))}){kind.removeprefix('tuple')}"


def _arguments(inputs: Sequence[Abi], data: str) -> dict[str, Any] | None:
    try:
        values = decode([_type(field) for field in inputs], bytes.fromhex(data))
    except Exception:  # eth_abi has many
        return None
    return {field["name"]: _named(field, value) for field, value in zip(inputs, values, strict=True)}


def _named(field: Abi, value: Any) -> Any:
    kind: str = field["type"]
    if kind.endswith("[]"):
        inner = {**field, "type": kind.removesuffix("[]")}
        return [_named(inner, one) for one in value]
    if kind == "tuple":
        return {part["name"]: _named(part, one) for part, one in zip(field["components"], value, strict=True)}
    if kind == "address":
        return checksum(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value if isinstance(value, bool) else str(value)
