# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A factory and a share in one, whose sync_income misbehaves as told
"""

mode: public(uint256)  # 0 burns all gas, 1 reverts, 2 answers too little, 3 calls the escrow back
escrow: public(address)


@external
def set_mode(mode: uint256, escrow: address):
    self.mode = mode
    self.escrow = escrow


@view
@external
def is_share(account: address) -> bool:
    return account == self


@external
def sync_income() -> uint256:
    if self.mode == 1:
        raise "no"
    if self.mode == 2:
        return 0
    if self.mode == 3:
        raw_call(self.escrow, abi_encode(self, method_id=method_id("withdraw(address)")))
        return max_value(uint256)
    x: uint256 = 0
    for k: uint256 in range(1_000_000_000):
        x += k
    return x
