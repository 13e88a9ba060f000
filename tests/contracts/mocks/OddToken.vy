# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A token that misbehaves as told: keeps a fee, refuses, calls back
"""

balanceOf: public(HashMap[address, uint256])  # account => units
allowance: public(HashMap[address, HashMap[address, uint256]])  # owner => spender => units
fee: public(uint256)
refuses: public(bool)
callback_target: public(address)
callback_data: public(Bytes[1024])
callback_worked: public(bool)
callback_tried: public(bool)


@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount


@external
def set_fee(fee: uint256):
    self.fee = fee


@external
def set_refuses(refuses: bool):
    self.refuses = refuses


@external
def set_callback(target: address, data: Bytes[1024]):
    self.callback_target = target
    self.callback_data = data


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    return True


@external
def transfer(to: address, amount: uint256) -> bool:
    return self._move(msg.sender, to, amount)


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    self.allowance[owner][msg.sender] -= amount
    return self._move(owner, to, amount)


@internal
def _move(owner: address, to: address, amount: uint256) -> bool:
    if self.refuses:
        return False
    if self.callback_target != empty(address):
        self.callback_tried = True
        self.callback_worked = raw_call(self.callback_target, self.callback_data, revert_on_failure=False)
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount - self.fee
    return True
