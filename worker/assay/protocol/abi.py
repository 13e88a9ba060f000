"""Single ABI words by hand, for digests of static values; everything else goes through eth_abi."""

from assay.protocol.errors import BadInput

WORD = 32
MAX_UINT256 = 2**256 - 1


def uint_word(value: int, bits: int = 256) -> bytes:
    """The word of an unsigned integer of `bits` bits. Raises BadInput outside its range."""
    if not 0 <= value < 1 << bits:
        raise BadInput(f"{value} does not fit into uint{bits}.")
    return value.to_bytes(WORD, "big")


def hex_bytes(text: str, size: int) -> bytes | None:
    """The bytes of 0x text of exactly `size` bytes, or None. (bytes.fromhex alone would skip white space.)"""
    if not isinstance(text, str) or not text.startswith("0x") or len(text) != 2 + 2 * size:
        return None
    try:
        raw = bytes.fromhex(text[2:])
    except ValueError:
        return None
    return raw if len(raw) == size else None


def address_word(address: str) -> bytes:
    """The word of an address in any case. Raises BadInput."""
    raw = hex_bytes(address, 20)
    if raw is None:
        raise BadInput(f"{address!r} is not an address.", "An address is 0x and 40 hex digits.")
    return bytes(12) + raw


def id_word(value: bytes) -> bytes:
    """The word of a bytes32. Raises BadInput."""
    if not isinstance(value, bytes) or len(value) != WORD:
        raise BadInput(f"{value!r} is not 32 bytes.")
    return value
