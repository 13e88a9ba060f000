# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What StakeVault asks of Escrow: it notes what a slash brought and checks that it has arrived
"""

from ethereum.ercs import IERC20

usd: IERC20
accepted: public(HashMap[bytes32, uint256])  # job_id => usd6
total: public(uint256)


@deploy
def __init__(usd: address):
    self.usd = IERC20(usd)


@external
def accept_slash(job_id: bytes32, amount_usd6: uint256):
    self.accepted[job_id] += amount_usd6
    self.total += amount_usd6
    balance: uint256 = staticcall self.usd.balanceOf(self)
    assert balance >= self.total, "mock: slash announced before it arrived"
