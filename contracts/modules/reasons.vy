# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Why a lot or a job ended. Stable numbers; gaps belong to grades that are not offered
"""

SETTLED_QUIET: constant(uint256) = 1
SETTLED_AGREED: constant(uint256) = 2
CANCELLED_BUYER: constant(uint256) = 4
FAILED_NO_SEAL: constant(uint256) = 6
FAILED_NO_REVEAL: constant(uint256) = 7
FAILED_NO_AGREEMENT: constant(uint256) = 8
FAILED_NO_SPARE: constant(uint256) = 9
CONVICTED_WITHHELD: constant(uint256) = 12
INPUTS_UNAVAILABLE: constant(uint256) = 13
