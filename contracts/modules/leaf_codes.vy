# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What the leaf answers. Anything but OK rules for the defender: the program itself is malformed, which no defender can mend
@notice Stable for ever; the same in Python.
"""

OK: constant(uint256) = 0
UNKNOWN_OP: constant(uint256) = 1
BAD_LENGTH: constant(uint256) = 2     # the descriptor is shorter or longer than its op, rank and inputs say
BAD_TYPE: constant(uint256) = 3       # a dtype that does not exist or that the op does not take
BAD_SHAPE: constant(uint256) = 4      # a rank, dimension or size that the op or its operands do not allow
BAD_INPUT: constant(uint256) = 5      # an input that does not stand before the node, or a wrong number of them
BAD_PARAMETER: constant(uint256) = 6  # a parameter outside its range, or one that leads outside a tensor
