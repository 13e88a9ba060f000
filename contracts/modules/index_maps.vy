# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Index arithmetic over row-major tensors
@notice All sizes are below 2**60, all strides and offsets i64, so nothing here overflows. Dimensions from `rank` on are 0.
"""

MAX_RANK: constant(uint256) = 8


@pure
@internal
def _coordinates(index: uint256, rank: uint256, dims: uint256[MAX_RANK]) -> uint256[MAX_RANK]:
    coordinates: uint256[MAX_RANK] = dims
    rest: uint256 = index
    for step: uint256 in range(rank, bound=MAX_RANK):
        axis: uint256 = rank - 1 - step
        coordinates[axis] = rest % dims[axis]
        rest //= dims[axis]
    return coordinates


@pure
@internal
def _flat(coordinates: uint256[MAX_RANK], rank: uint256, dims: uint256[MAX_RANK]) -> uint256:
    index: uint256 = 0
    for axis: uint256 in range(rank, bound=MAX_RANK):
        index = index * dims[axis] + coordinates[axis]
    return index


@pure
@internal
def _clamped(start: int256, whole: uint256, part: uint256) -> uint256:
    """
    @notice Where a part begins that shall begin at `start` and must stay inside the whole; part ≤ whole.
    """
    return convert(max(min(start, convert(whole - part, int256)), 0), uint256)
