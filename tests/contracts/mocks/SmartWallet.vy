# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A contract wallet (ERC-1271) whose check behaves as told
"""

MAGIC: constant(bytes4) = 0x1626ba7e
owner: public(address)
mode: public(uint256)  # 0 asks the owner's key, 1 says yes, 2 says no, 3 reverts, 4 burns all gas, 5 yes if its call worked
target: address
data: Bytes[4096]


@deploy
def __init__(owner: address):
    self.owner = owner


@external
def set_mode(mode: uint256, target: address, data: Bytes[4096]):
    self.mode = mode
    self.target = target
    self.data = data


@external
def execute(target: address, data: Bytes[4096]):
    raw_call(target, data)


@external
def isValidSignature(digest: bytes32, signature: Bytes[1024]) -> bytes4:
    if self.mode == 1:
        return MAGIC
    if self.mode == 2:
        return 0x00000001
    if self.mode == 3:
        raise "wallet: no"
    if self.mode == 4:
        x: uint256 = 0
        for k: uint256 in range(1_000_000_000):
            x += k
    if self.mode == 5:
        # once: what it calls asks this wallet again
        self.mode = 1
        worked: bool = raw_call(self.target, self.data, revert_on_failure=False)
        return MAGIC if worked else 0x00000001
    if len(signature) != 65:
        return 0x00000001
    r: uint256 = extract32(signature, 0, output_type=uint256)
    s: uint256 = extract32(signature, 32, output_type=uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    signer: address = ecrecover(digest, v, r, s)
    return MAGIC if signer == self.owner and signer != empty(address) else 0x00000001
