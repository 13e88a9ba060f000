# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Receives a deed, or refuses it, and tries to pass it on at once
"""

interface Registry:
    def transferFrom(owner: address, to: address, token_id: uint256): nonpayable


accepts: public(bool)
pass_to: public(address)


@deploy
def __init__(accepts: bool, pass_to: address):
    self.accepts = accepts
    self.pass_to = pass_to


@external
def onERC721Received(operator: address, sender: address, token_id: uint256, data: Bytes[1024]) -> bytes4:
    if self.pass_to != empty(address):
        extcall Registry(msg.sender).transferFrom(self, self.pass_to, token_id)
    if self.accepts:
        return 0x150B7A02
    return 0xFFFFFFFF
