"""Limit orders of ShareExchange: what a maker signs (EIP-712), its digest, its JSON. Twin of
contracts/modules/order_digest.vy over tests/vectors/share_orders.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay.protocol.abi import address_word, hex_bytes, uint_word
from assay.protocol.eip712 import SignatureInvalid
from assay.protocol.errors import BadInput
from assay.protocol.generated.structs import ShareOrder
from assay.protocol.ids import Address, checksum
from assay.protocol.keccak import keccak256

NAME = "Assay exchange"
VERSION = "1"
MAX_AMOUNT = 10**30  # the largest supply of a share
MAX_PRICE_USD6 = 10**30  # of a whole share
MAX_SIGNATURE_BYTES = 1_024
ORDER_TYPES = [{"name": name, "type": kind} for name, kind in ShareOrder.FIELDS]
_NUMBERS = ("amount", "price_usd6", "expiry", "epoch", "salt")
_HALF_CURVE = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_DOMAIN_HASH = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_ORDER_HASH = keccak256(
    f"ShareOrder({','.join(f'{kind} {name}' for name, kind in ShareOrder.FIELDS)})".encode()
)


class OrderInvalid(BadInput):
    """An order that no chain could ever fill."""


def order_typed_data(chain_id: int, exchange: str, order: ShareOrder) -> dict[str, Any]:
    """The full EIP-712 message, for any wallet."""
    domain = [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ]
    return {
        "types": {"EIP712Domain": domain, "ShareOrder": ORDER_TYPES},
        "primaryType": "ShareOrder",
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": chain_id,
            "verifyingContract": checksum(exchange),
        },
        "message": {name: getattr(order, name) for name, _ in ShareOrder.FIELDS},
    }


def order_digest(chain_id: int, exchange: str, order: ShareOrder) -> bytes:
    """The 32 bytes that are signed, by hand: equal to hashing order_typed_data."""
    names = keccak256(NAME.encode()) + keccak256(VERSION.encode())
    domain = keccak256(_DOMAIN_HASH + names + uint_word(chain_id) + address_word(exchange))
    words = b"".join(
        address_word(getattr(order, name)) if kind == "address" else uint_word(int(getattr(order, name)))
        for name, kind in ShareOrder.FIELDS
    )
    return keccak256(b"\x19\x01" + domain + keccak256(_ORDER_HASH + words))


def sign_order(account: LocalAccount, *, chain_id: int, exchange: str, order: ShareOrder) -> str:
    """65-byte signature of an order as 0x text."""
    digest = order_digest(chain_id, exchange, order)
    return "0x" + bytes(account.unsafe_sign_hash(cast(Any, digest)).signature).hex()


def recover_order(digest: bytes, signature: bytes) -> Address:
    """The account whose key signed, by the contract's rules. Raises SignatureInvalid."""
    if len(signature) != 65:
        raise SignatureInvalid("The signature of a key has 65 bytes.")
    if int.from_bytes(signature[32:64], "big") > _HALF_CURVE:
        raise SignatureInvalid("The signature is the malleable twin of another (its s is too large).")
    if signature[64] not in (27, 28):
        raise SignatureInvalid("The last byte of the signature is 27 or 28.")
    try:
        recover = cast(Any, Account)._recover_hash
        return checksum(str(recover(digest, signature=signature)))
    except Exception as error:
        raise SignatureInvalid(f"The order's signature is malformed: {error}.") from error


def check_order(order: ShareOrder) -> None:
    """Bounds that hold at any time. Raises OrderInvalid naming the field."""
    if not 0 < order.amount <= MAX_AMOUNT:
        raise OrderInvalid(f"amount is {order.amount}; it is 1 to 10^30 (10^18 is one share).")
    if not 0 < order.price_usd6 <= MAX_PRICE_USD6:
        raise OrderInvalid(f"price_usd6 is {order.price_usd6}; it is 1 to 10^30 for a whole share.")
    if order.taker.lower() == order.maker.lower():
        raise OrderInvalid("taker is the maker itself; leave it empty (the zero address) for anyone.")


def order_json(order: ShareOrder) -> dict[str, Any]:
    """JSON form: numbers as decimal text."""
    return {
        name: str(getattr(order, name)) if name in _NUMBERS else getattr(order, name)
        for name, _ in ShareOrder.FIELDS
    }


def order_of(values: Mapping[str, Any]) -> ShareOrder:
    """The order of its JSON form, addresses checksummed. Raises BadInput naming the field."""
    unknown = sorted(set(values) - {name for name, _ in ShareOrder.FIELDS})
    if unknown:
        raise OrderInvalid(f"An order has no field {unknown[0]!r}.")
    found: dict[str, Any] = {}
    for name, kind in ShareOrder.FIELDS:
        if name not in values:
            raise OrderInvalid(f"The order lacks {name}.")
        found[name] = _field(name, kind, values[name])
    return ShareOrder(**found)


def _field(name: str, kind: str, value: Any) -> Any:
    if kind == "address":
        if hex_bytes(value, 20) is None:
            raise OrderInvalid(f"{name} is {str(value)[:80]!r}; it is an address: 0x and 40 hex digits.")
        return checksum(value)
    if kind == "bool":
        if not isinstance(value, bool):
            raise OrderInvalid(f"{name} is {str(value)[:80]!r}; it is true or false.")
        return value
    digits = value if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 78) or int(digits) >= 1 << 256:
        raise OrderInvalid(
            f"{name} is {str(value)[:80]!r}; it is a whole number below 2^256 as decimal text."
        )
    return int(digits)
