"""The hashes a job is bound by; twins of contracts/modules/digests.vy over tests/vectors/digests.json."""

from collections.abc import Sequence
from dataclasses import astuple

from eth_abi.abi import encode

from assay.protocol.abi import address_word, id_word, uint_word
from assay.protocol.generated.structs import Awardee, Terms
from assay.protocol.keccak import keccak256

SEAL_DOMAIN = keccak256(b"assay/seal/1")
TAG_DOMAIN = keccak256(b"assay/tag/1")
MARK_DOMAIN = keccak256(b"assay/mark/1")
CLAIM_DOMAIN = keccak256(b"assay/claim/1")
BID_DOMAIN = keccak256(b"assay/bid/1")


def terms_hash_of(terms: Terms) -> bytes:
    """keccak256(abi_encode(terms)), 32 bytes."""
    return keccak256(encode([Terms.ABI_TYPE], [astuple(terms)]))


def award_hash_of(awardees: Sequence[Awardee]) -> bytes:
    """keccak256(abi_encode(awardees)), 32 bytes."""
    return keccak256(encode([f"{Awardee.ABI_TYPE}[]"], [[astuple(awardee) for awardee in awardees]]))


def tag_of(job_id: bytes, lot: int, root: bytes) -> bytes:
    """What shows that two roots of a lot are equal without showing the root."""
    return keccak256(TAG_DOMAIN + id_word(job_id) + uint_word(lot) + id_word(root))


def mark_of(job_id: bytes, lot: int, place: int, root: bytes) -> bytes:
    """The salt a place must seal with when it was called after tags of its lot were public (any place
    may).
    """
    return keccak256(MARK_DOMAIN + id_word(job_id) + uint_word(lot) + uint_word(place) + id_word(root))


def claim_id_of(job_id: bytes, lot: int, place: int, root: bytes) -> bytes:
    """What the claim of a place that has revealed a root is called."""
    return keccak256(CLAIM_DOMAIN + id_word(job_id) + uint_word(lot) + uint_word(place) + id_word(root))


def seal_of(
    *, chain_id: int, market: str, provider: str, job_id: bytes, lot: int, tag: bytes, salt: bytes
) -> bytes:
    """What a provider publishes before any tag of its lot is public; binds everything a copier would
    change.
    """
    head = SEAL_DOMAIN + uint_word(chain_id) + address_word(market) + address_word(provider)
    return keccak256(head + id_word(job_id) + uint_word(lot) + id_word(tag) + id_word(salt))


def bid_seal_of(
    *, chain_id: int, bid_book: str, job_id: bytes, provider: str, price_usd6: int, units: int, salt: bytes
) -> bytes:
    """What a provider publishes of its bid while bids are sealed; opens for nobody else."""
    head = BID_DOMAIN + uint_word(chain_id) + address_word(bid_book) + id_word(job_id)
    return keccak256(head + address_word(provider) + uint_word(price_usd6) + uint_word(units) + id_word(salt))
