"""The logs bloom of a block header: may this block hold a log of that address? (Yellow Paper, 4.3.1: 3 bits of
2,048.)

A node that leaves logs out of eth_getLogs without an error is caught by it: the header says the address logged
something.
"""

from functools import lru_cache

from eth_hash.auto import keccak


@lru_cache(maxsize=65_536)
def mask_of(item: str) -> int:
    """The three bits of an address or a topic, given as 0x text."""
    digest = keccak(bytes.fromhex(item[2:]))
    mask = 0
    for offset in (0, 2, 4):
        mask |= 1 << (int.from_bytes(digest[offset : offset + 2], "big") & 2047)
    return mask


def bloom_of(items: list[str]) -> int:
    """The bloom of these addresses and topics."""
    bloom = 0
    for item in items:
        bloom |= mask_of(item)
    return bloom


def may_hold(bloom: int, item: str) -> bool:
    """False when the block certainly has no log of this address or topic."""
    mask = mask_of(item)
    return bloom & mask == mask
