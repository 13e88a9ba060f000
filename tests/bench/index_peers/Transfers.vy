# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
"""
@title Logs ERC-20 transfers by the dozen, for the bench of the indexer; holds nothing
"""

ACCOUNTS: constant(uint256) = 5_000
PER_CALL: constant(uint256) = 50

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256


# account k has the address 2**96 + k, so that none is the zero address
@pure
@internal
def _account(index: uint256) -> address:
    return convert(convert(2**96 + index % ACCOUNTS, uint160), address)


# 50 accounts, from `first` on, get 10**24 each
@external
def mint(first: uint256):
    for k: uint256 in range(PER_CALL):
        log Transfer(sender=empty(address), receiver=self._account(first + k), value=10**24)


@external
def move(seed: uint256):
    draw: uint256 = convert(keccak256(abi_encode(seed)), uint256)
    for k: uint256 in range(PER_CALL):
        draw = convert(keccak256(abi_encode(draw)), uint256)
        log Transfer(sender=self._account(draw), receiver=self._account(draw >> 64), value=draw >> 236)
