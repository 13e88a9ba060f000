"""Why a call reverted, in the contract's own words ("market: not the buyer")."""

from typing import Any

from assay.protocol.errors import AssayError
from assay.protocol.text import chain_text

_ERROR = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)
_PANICS = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow or underflow",
    0x12: "division by zero",
    0x21: "a value is outside its enumeration",
    0x32: "an index is out of bounds",
}
NO_REASON = "the contract refused without a reason (a checked bound, or a call to the wrong contract)"


class Reverted(AssayError):
    """A contract refused a call. reason: its plain text; data: the raw revert bytes."""

    def __init__(self, reason: str, data: bytes = b"") -> None:
        super().__init__(f"The contract refused: {reason}.")
        self.reason = reason
        self.data = data


def reason_of_data(data: bytes) -> str:
    """Plain text of revert bytes."""
    if data[:4] == _ERROR and len(data) >= 68:
        size = int.from_bytes(data[36:68], "big")
        return chain_text(data[68 : 68 + min(size, 1024)])
    if data[:4] == _PANIC and len(data) >= 36:
        code = int.from_bytes(data[4:36], "big")
        return _PANICS.get(code, f"panic 0x{code:02x}")
    return f"custom error 0x{data.hex()}" if data else NO_REASON


def revert_of(message: str, data: Any) -> Reverted | None:
    """Reverted when a JSON-RPC error speaks of a revert, else None. Nodes put the bytes in different
    places.
    """
    raw = _bytes_in(data)
    if raw is None and "revert" not in message.lower():
        return None
    if raw:
        return Reverted(reason_of_data(raw), raw)
    _, _, said = message.partition("execution reverted:")
    said = said.strip()
    return Reverted(said if said and not said.startswith("0x") else NO_REASON)


def _bytes_in(data: Any) -> bytes | None:
    if isinstance(data, dict):
        return _bytes_in(data.get("data") or data.get("result"))
    if not isinstance(data, str):
        return None
    digits = data.removeprefix("Reverted ").removeprefix("execution reverted: ")
    if not digits.startswith("0x"):
        return None
    try:
        raw = bytes.fromhex(digits[2:])
    except ValueError:
        return None
    return raw if raw[:4] in {_ERROR, _PANIC} or not raw else None
