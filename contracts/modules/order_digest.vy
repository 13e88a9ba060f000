# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a maker signs, and whether it did
@notice The domain is built anew when the chain's id has changed since deployment, so that after a fork an order holds on the
        chain it was signed for and on no other.
"""

from snekmate.utils import eip712_domain_separator as eip712

from contracts.interfaces import IShareExchange

initializes: eip712

exports: eip712.eip712Domain

DOMAIN_NAME: constant(String[50]) = "Assay exchange"
DOMAIN_VERSION: constant(String[20]) = "1"
ORDER_TYPE: constant(bytes32) = keccak256(
    "ShareOrder(address maker,address share,bool sell,uint256 amount,uint256 price_usd6,address taker,uint256 expiry,uint256 epoch,uint256 salt)"
)
MAX_SIGNATURE: constant(uint256) = 1_024  # bytes
# half the order of the curve: each signature has a twin with the other s, and one of the two is refused
MAX_S: constant(uint256) = 57896044618658097711785492504343953926418782139537452191302581570759080747168
ERC1271_MAGIC: constant(bytes4) = 0x1626ba7e


@deploy
def __init__():
    eip712.__init__(DOMAIN_NAME, DOMAIN_VERSION)


@view
@internal
def _digest(order: IShareExchange.ShareOrder) -> bytes32:
    return eip712._hash_typed_data_v4(keccak256(abi_encode(ORDER_TYPE, order)))


@view
@internal
def _is_signed(maker: address, digest: bytes32, signature: Bytes[MAX_SIGNATURE]) -> bool:
    """
    @notice By the maker's key (65 bytes: r, s, v), or else by the contract at its address (ERC-1271).
    @dev The call to that contract is static: it can change nothing, here or elsewhere.
    """
    if len(signature) == 65:
        r: uint256 = extract32(signature, 0, output_type=uint256)
        s: uint256 = extract32(signature, 32, output_type=uint256)
        v: uint256 = convert(slice(signature, 64, 1), uint256)
        if s <= MAX_S:
            signer: address = ecrecover(digest, v, r, s)
            if signer != empty(address) and signer == maker:
                return True
    if not maker.is_contract:
        return False
    answered: bool = False
    answer: Bytes[32] = b""
    answered, answer = raw_call(
        maker,
        abi_encode(digest, signature, method_id=method_id("isValidSignature(bytes32,bytes)")),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    return answered and len(answer) == 32 and convert(answer, bytes32) == convert(ERC1271_MAGIC, bytes32)
