# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What StakeVault asks of JobMarket and is told by JobBoard, under a test's control
"""

from contracts.interfaces import IStakeVault

is_closed: public(HashMap[bytes32, bool])  # job_id => closed


@external
def set_closed(job_id: bytes32, closed: bool):
    self.is_closed[job_id] = closed


@external
def lock(vault: address, provider: address, job_id: bytes32, amount_usd6: uint256):
    extcall IStakeVault(vault).lock(provider, job_id, amount_usd6)


@external
def slash(vault: address, provider: address, job_id: bytes32, amount_usd6: uint256, reason: uint8) -> uint256:
    return extcall IStakeVault(vault).slash(provider, job_id, amount_usd6, reason)
