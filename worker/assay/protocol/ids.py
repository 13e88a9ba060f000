"""Names of things: checksummed addresses, 32-byte ids, and the ids that follow from their parts.

One form each inside Python: an address is EIP-55 text, an id is 32 bytes. `to_hex` and `from_hex` are the
border
to JSON, where ids are lower-case 0x text.
"""

from functools import lru_cache
from typing import NewType

from assay.protocol.abi import address_word, hex_bytes, uint_word
from assay.protocol.errors import BadInput
from assay.protocol.keccak import keccak256

Address = NewType("Address", str)
JobId = NewType("JobId", bytes)
DeviceId = NewType("DeviceId", bytes)
ArtifactId = NewType("ArtifactId", bytes)
ListRoot = NewType("ListRoot", bytes)
SpecHash = NewType("SpecHash", bytes)
RuntimeClass = NewType("RuntimeClass", bytes)

ZERO_ADDRESS = Address("0x" + "0" * 40)
EMPTY32 = bytes(32)


@lru_cache(maxsize=65_536)
def address_from_bytes(raw: bytes) -> Address:
    """EIP-55 text of 20 bytes."""
    digits = raw.hex()
    marks = keccak256(digits.encode()).hex()
    return Address("0x" + "".join(d.upper() if m >= "8" else d for d, m in zip(digits, marks, strict=False)))


def checksum(text: str) -> Address:
    """EIP-55 text of an address in any case. Raises BadInput for anything that is not 0x and 40 hex
    digits.
    """
    raw = hex_bytes(text, 20)
    if raw is None:
        raise BadInput(f"{text!r} is not an address.", "An address is 0x and 40 hex digits.")
    return address_from_bytes(raw)


def to_hex(value: bytes) -> str:
    """Lower-case 0x text."""
    return "0x" + value.hex()


def from_hex(text: str, size: int = 32) -> bytes:
    """Bytes of 0x text of exactly `size` bytes. Raises BadInput."""
    raw = hex_bytes(text, size)
    if raw is None:
        raise BadInput(f"{text!r} is not an id.", f"An id is 0x and {2 * size} hex digits.")
    return raw


def job_id_of(chain_id: int, market: str, buyer: str, client_salt: bytes, terms_hash: bytes) -> JobId:
    """keccak256(abi_encode(chain_id, market, buyer, client_salt, terms_hash)); twin of
    JobBoard.job_id_of.
    """
    words = uint_word(chain_id) + address_word(market) + address_word(buyer)
    return JobId(keccak256(words + _id(client_salt) + _id(terms_hash)))


def device_id_of(chain_id: int, registry: str, provider: str, serial_hash: bytes) -> DeviceId:
    """keccak256(abi_encode(chain_id, registry, provider, serial_hash)); twin of
    DeviceRegistry.device_id_of.
    """
    words = uint_word(chain_id) + address_word(registry) + address_word(provider)
    return DeviceId(keccak256(words + _id(serial_hash)))


def _id(value: bytes) -> bytes:
    if len(value) != 32:
        raise BadInput(f"An id has 32 bytes, {len(value)} came.")
    return value
