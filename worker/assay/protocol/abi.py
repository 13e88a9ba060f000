"""Single ABI words by hand, for digests of static values; everything else goes through eth_abi."""

from assay.protocol.errors import BadInput

WORD = 32
MAX_UINT256 = 2**256 - 1


def uint_word(value: int, bits: int = 256) -> bytes:
    """The word of an unsigned integer of `bits` bits. Raises BadInput outside its range."""
    if not 0 <= value < 1 << bits:
        raise BadInput(f"{value} does not fit into uint{bits}.")
    return value.to_bytes(WORD, "big")


def address_word(address: str) -> bytes:
    """The word of an address in any case. Raises BadInput."""
    try:
        if not address.startswith("0x") or len(address) != 42:
            raise ValueError
        return bytes(12) + bytes.fromhex(address[2:])
    except (ValueError, AttributeError):
        raise BadInput(f"{address!r} is not an address.", "An address is 0x and 40 hex digits.") from None


def id_word(value: bytes) -> bytes:
    """The word of a bytes32. Raises BadInput."""
    if not isinstance(value, bytes) or len(value) != WORD:
        raise BadInput(f"{value!r} is not 32 bytes.")
    return value
