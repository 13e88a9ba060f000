"""Keccak-256. The C implementation that comes with the contract tools is ten times faster and used when
present.
"""

from collections.abc import Callable

from eth_hash.auto import keccak as _portable


def _choose() -> Callable[[bytes], bytes]:
    try:
        from sha3 import keccak_256  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return lambda data: bytes(_portable(data))
    return lambda data: bytes(keccak_256(data).digest())


keccak256: Callable[[bytes], bytes] = _choose()
"""32 bytes of Keccak-256 of `data`."""
