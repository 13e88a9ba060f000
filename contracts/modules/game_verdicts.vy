# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title How a game ends. Stable for ever; twin of assay.disputes.states.Verdict
"""

from contracts.modules import leaf_codes

GOES_ON: constant(uint256) = 0
CONVICTED_LEAF: constant(uint256) = 1    # recomputed, and another
CONVICTED_CLOCK: constant(uint256) = 2   # the defender was silent, or could not answer
DEFENDED_CLOCK: constant(uint256) = 3    # the challenger was silent, or had nothing to name
DEFENDED_PROGRAM: constant(uint256) = 4  # the program itself is malformed here
CLOSED: constant(uint256) = 5            # convicted in another game


@pure
@internal
def _ruled(code: uint256, differs: bool) -> uint256:
    """
    @notice What a leaf's answer means. Reverts when it found the contested value right: then nobody has moved.
    """
    if code != leaf_codes.OK:
        return DEFENDED_PROGRAM
    assert differs, "game: the contested value is right"
    return CONVICTED_LEAF
