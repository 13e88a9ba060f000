# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Big-endian numbers inside packed bytes
"""

MAX_BYTES: constant(uint256) = 1_024


@pure
@internal
def _uint(data: Bytes[MAX_BYTES], at: uint256, width: uint256) -> uint256:
    """
    @notice The number in `width` (1..32) bytes from `at` on.
    """
    assert at + width <= len(data), "packed: too short"
    # the bytes end where the word read here ends, whatever stands before them
    word: uint256 = extract32(concat(empty(bytes32), data), at + width, output_type=uint256)
    if width == 32:
        return word
    return word & ((1 << (8 * width)) - 1)
