# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a job is called; twin of assay.protocol.ids.job_id_of
@notice Bound to chain, market, buyer and terms: the same order twice is the same job, and a reorg cannot re-point a seal.
"""

from contracts.interfaces import IJobBoard


@view
@internal
def _job_id(market: address, buyer: address, client_salt: bytes32, terms: IJobBoard.Terms) -> bytes32:
    return keccak256(abi_encode(chain.id, market, buyer, client_salt, keccak256(abi_encode(terms))))
