# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Who holds which seat
@notice Views over a seed and an award list: workers, indexers and pages recompute an assignment with the same code that
        the market uses. Nothing is stored and nobody is trusted.
@custom:kill Not stopped and not worth stopping: it holds no money, no state and no role.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IDraw
from contracts.modules import block_seed
from contracts.modules import ring

implements: IDraw

MAX_WIDTH: constant(uint256) = 16


@pure
@internal
def _ring(seed: bytes32, units: DynArray[uint32, 20], lots: uint32, width: uint8, lot: uint32) -> ring.Ring:
    assert lot < lots, "draw: no such lot"
    assert width > 0 and convert(width, uint256) <= MAX_WIDTH, "draw: width out of range"
    order: DynArray[uint256, 20] = ring._permutation(seed, len(units))
    table: ring.Ring = ring._layout(seed, order, units, convert(lots, uint256), convert(width, uint256))
    filled: uint256 = 0
    for end: uint256 in table.ends:
        assert end - filled <= table.lots, "draw: a block is longer than the lots"
        filled = end
    assert filled == table.total, "draw: units do not fill the ring"
    return table


@pure
@external
def seat_of(
    seed: bytes32, units: DynArray[uint32, 20], lots: uint32, width: uint8, lot: uint32, place: uint8
) -> uint256:
    """
    @notice Index into the award list of the holder of one place.
    """
    assert place < width, "draw: no such place"
    table: ring.Ring = self._ring(seed, units, lots, width, lot)
    return ring._owner(table, convert(lot, uint256), convert(place, uint256))


@pure
@external
def places_of(
    seed: bytes32, units: DynArray[uint32, 20], lots: uint32, width: uint8, lot: uint32
) -> DynArray[uint256, MAX_WIDTH]:
    """
    @notice Holders of all places of one lot, seats first.
    """
    return self._places(seed, units, lots, width, lot)


@pure
@external
def holders_of(
    seed: bytes32,
    award_hash: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lots: uint32,
    width: uint8,
    lot: uint32,
) -> DynArray[uint256, MAX_WIDTH]:
    """
    @notice The same from an award list; reverts when the list has another hash.
    """
    listed: bytes32 = keccak256(abi_encode(awardees))
    assert listed == award_hash, "draw: another award list"
    units: DynArray[uint32, 20] = []
    for awardee: IAuction.Awardee in awardees:
        units.append(awardee.units)
    return self._places(seed, units, lots, width, lot)


@pure
@internal
def _places(
    seed: bytes32, units: DynArray[uint32, 20], lots: uint32, width: uint8, lot: uint32
) -> DynArray[uint256, MAX_WIDTH]:
    table: ring.Ring = self._ring(seed, units, lots, width, lot)
    holders: DynArray[uint256, MAX_WIDTH] = []
    for place: uint256 in range(convert(width, uint256), bound=MAX_WIDTH):
        holder: uint256 = ring._owner(table, convert(lot, uint256), place)
        holders.append(holder)
    return holders


@pure
@external
def permutation(seed: bytes32, count: uint256) -> DynArray[uint256, 20]:
    """
    @notice Order of the awardees on the ring.
    """
    assert count <= ring.MAX_AWARDEES, "draw: too many awardees"
    return ring._permutation(seed, count)


@view
@external
def block_hash(number: uint256) -> bytes32:
    """
    @notice What a seed is made of; empty when the block is not past or out of reach.
    """
    return block_seed._hash_of(number)
