# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a page request may ask for
"""

INPUT: constant(uint256) = 1
PROGRAM: constant(uint256) = 2
OUTPUT: constant(uint256) = 3
