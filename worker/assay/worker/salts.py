"""Salts of seals, derived from the key: a worker that lost its disk can still open what it sealed.

salt = HMAC-SHA256(HMAC-SHA256(private key, "assay/salt/1"), job id || u32be(lot) || u8(place)), of a bid over
"bid" || job id. The inner secret is
kept in memory only; it reveals nothing of the key, and one salt nothing of another.
"""

from __future__ import annotations

import hashlib
import hmac

SALT_DOMAIN = b"assay/salt/1"


class Salts:
    """Derives the salt of each seat of one provider."""

    def __init__(self, private_key: bytes) -> None:
        """private_key: the 32 bytes of the provider's key."""
        self._secret = hmac.new(private_key, SALT_DOMAIN, hashlib.sha256).digest()

    def salt(self, job_id: bytes, lot: int, place: int) -> bytes:
        """The 32-byte salt of one seat; lot < 2**32, place < 256."""
        return hmac.new(
            self._secret, job_id + lot.to_bytes(4, "big") + place.to_bytes(1, "big"), hashlib.sha256
        ).digest()

    def bid_salt(self, job_id: bytes) -> bytes:
        """The 32-byte salt of the provider's bid for a job."""
        return hmac.new(self._secret, b"bid" + job_id, hashlib.sha256).digest()

    def __repr__(self) -> str:
        return "Salts(…)"
