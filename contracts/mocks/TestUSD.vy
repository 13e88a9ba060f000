# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Test dollar with an open faucet: 6 decimals, ERC-20 + EIP-2612 permit
@notice For devnets only: anyone mints. It stands in for a real stablecoin, whose address replaces it in production.
@custom:kill Not stopped and not worth stopping: the token has no value. Its constructor gives no role to anyone.
"""

from ethereum.ercs import IERC20
from snekmate.auth import ownable
from snekmate.tokens import erc20

implements: IERC20

initializes: ownable
initializes: erc20[ownable := ownable]

exports: (
    erc20.IERC20,
    erc20.IERC20Detailed,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
)

# a slip of the finger in a script should not make balances unreadable; more is minted by calling again
MINT_LIMIT_USD6: public(constant(uint256)) = 1_000_000 * 10**6


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("Assay test dollar", "tUSD", 6, "Assay test dollar", "1")
    # the module makes the deployer owner and minter; neither role has a function here, drop the owner all the same
    ownable._transfer_ownership(empty(address))


@external
def mint(to: address, amount_usd6: uint256):
    assert amount_usd6 <= MINT_LIMIT_USD6, "usd: above the faucet's limit per call"
    erc20._mint(to, amount_usd6)
