# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The draw: a seed permutes the awardees, whose units lie as blocks on a ring
@notice Written once, used by Draw (for everyone) and by JobMarket (the lookup). The rule is in IDraw.vyi.
"""

MAX_AWARDEES: constant(uint256) = 20


struct Ring:
    order: DynArray[uint256, MAX_AWARDEES]  # award indices as they lie on the ring
    ends: DynArray[uint256, MAX_AWARDEES]   # end of each block, in the same order
    offset: uint256
    total: uint256                          # lots * width
    lots: uint256


@pure
@internal
def _permutation(seed: bytes32, count: uint256) -> DynArray[uint256, MAX_AWARDEES]:
    """
    @notice Fisher-Yates from the end. The modulo bias is below 2**-250.
    """
    order: DynArray[uint256, MAX_AWARDEES] = []
    for k: uint256 in range(count, bound=MAX_AWARDEES):
        order.append(k)
    if count == 0:
        return order
    for step: uint256 in range(1, count, bound=MAX_AWARDEES):
        k: uint256 = count - step
        pick: uint256 = convert(keccak256(abi_encode(seed, k)), uint256) % (k + 1)
        kept: uint256 = order[k]
        order[k] = order[pick]
        order[pick] = kept
    return order


@pure
@internal
def _layout(
    seed: bytes32,
    order: DynArray[uint256, MAX_AWARDEES],
    units: DynArray[uint32, MAX_AWARDEES],
    lots: uint256,
    width: uint256,
) -> Ring:
    ends: DynArray[uint256, MAX_AWARDEES] = []
    end: uint256 = 0
    for k: uint256 in order:
        end += convert(units[k], uint256)
        ends.append(end)
    total: uint256 = lots * width
    offset: uint256 = convert(keccak256(abi_encode(seed, max_value(uint256))), uint256) % total
    return Ring(order=order, ends=ends, offset=offset, total=total, lots=lots)


@pure
@internal
def _owner(ring: Ring, lot: uint256, place: uint256) -> uint256:
    """
    @notice Award index of the holder of a place; reverts when the blocks do not fill the ring.
    """
    unit: uint256 = (lot + place * ring.lots + ring.offset) % ring.total
    k: uint256 = 0
    for end: uint256 in ring.ends:
        if unit < end:
            break
        k += 1
    return ring.order[k]
