"""What wallets sign for Assay: artifact uploads and ERC-20 permits (EIP-712). Vectors:
tests/vectors/upload.json.
"""

from typing import Any, cast

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from assay.protocol.abi import MAX_UINT256, hex_bytes, id_word, uint_word
from assay.protocol.errors import BadInput
from assay.protocol.ids import Address, checksum
from assay.protocol.keccak import keccak256

UPLOAD_NAME = "Assay artifacts"
UPLOAD_VERSION = "1"
UPLOAD_MAX_AHEAD_SECONDS = 3_600
UPLOAD_TYPES = [
    {"name": "kind", "type": "string"},
    {"name": "id", "type": "bytes32"},
    {"name": "size", "type": "uint64"},
    {"name": "expiry", "type": "uint64"},
]
PERMIT_TYPES = [
    {"name": "owner", "type": "address"},
    {"name": "spender", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]
_UPLOAD_DOMAIN_HASH = keccak256(b"EIP712Domain(string name,string version,uint256 chainId)")
_UPLOAD_HASH = keccak256(b"Upload(string kind,bytes32 id,uint64 size,uint64 expiry)")


class SignatureInvalid(BadInput):
    """A signature is malformed or of another account."""


def upload_typed_data(chain_id: int, kind: str, artifact_id: bytes, size: int, expiry: int) -> dict[str, Any]:
    """The full EIP-712 message of one upload, for any wallet. size in bytes, expiry in unix seconds."""
    domain = [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
    ]
    return {
        "types": {"EIP712Domain": domain, "Upload": UPLOAD_TYPES},
        "primaryType": "Upload",
        "domain": {"name": UPLOAD_NAME, "version": UPLOAD_VERSION, "chainId": chain_id},
        "message": {"kind": kind, "id": "0x" + artifact_id.hex(), "size": size, "expiry": expiry},
    }


def upload_digest(chain_id: int, kind: str, artifact_id: bytes, size: int, expiry: int) -> bytes:
    """The 32 bytes that are signed, by hand: equal to hashing upload_typed_data."""
    names = keccak256(UPLOAD_NAME.encode()) + keccak256(UPLOAD_VERSION.encode())
    domain = keccak256(_UPLOAD_DOMAIN_HASH + names + uint_word(chain_id))
    words = keccak256(kind.encode()) + id_word(artifact_id) + uint_word(size, 64) + uint_word(expiry, 64)
    return keccak256(b"\x19\x01" + domain + keccak256(_UPLOAD_HASH + words))


def sign_upload(
    account: LocalAccount, *, chain_id: int, kind: str, artifact_id: bytes, size: int, expiry: int
) -> str:
    """65-byte signature of an upload as 0x text."""
    digest = upload_digest(chain_id, kind, artifact_id, size, expiry)
    return "0x" + bytes(account.unsafe_sign_hash(cast(Any, digest)).signature).hex()


def recover_upload(
    *, chain_id: int, kind: str, artifact_id: bytes, size: int, expiry: int, signature: str
) -> Address:
    """The account that signed the upload. Raises SignatureInvalid when nobody could have."""
    digest = upload_digest(chain_id, kind, artifact_id, size, expiry)
    try:
        raw = hex_bytes(signature, 65)
        if raw is None:
            raise ValueError("it is not 0x and 130 hex digits")
        recover = cast(Any, Account)._recover_hash
        return checksum(str(recover(digest, signature=raw)))
    except Exception as error:
        raise SignatureInvalid(f"The upload signature is malformed: {error}.") from error


def permit_typed_data(
    *,
    token: str,
    token_name: str,
    chain_id: int,
    owner: str,
    spender: str,
    value: int,
    nonce: int,
    deadline: int = MAX_UINT256,
    version: str = "1",
) -> dict[str, Any]:
    """The EIP-2612 message that lets `spender` take `value` of `token` once."""
    domain = [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ]
    return {
        "types": {"EIP712Domain": domain, "Permit": PERMIT_TYPES},
        "primaryType": "Permit",
        "domain": {
            "name": token_name,
            "version": version,
            "chainId": chain_id,
            "verifyingContract": checksum(token),
        },
        "message": {
            "owner": checksum(owner),
            "spender": checksum(spender),
            "value": value,
            "nonce": nonce,
            "deadline": deadline,
        },
    }


def sign_permit(account: LocalAccount, typed_data: dict[str, Any]) -> tuple[int, bytes, bytes]:
    """(v, r, s) of a permit message, as the contracts take it."""
    signed = account.sign_message(encode_typed_data(full_message=typed_data))
    return signed.v, uint_word(signed.r), uint_word(signed.s)
