# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Steps of a loop: the states at its split points, kept and named; twin of assay.disputes.moves and naming_frames
@notice States are kept as the hash of the hashes of groups, which overlap by one: two neighbours stand in one group, and a naming
        shows that group alone.
"""

from contracts.modules import game_position
from contracts.modules import game_rows
from contracts.modules import game_states

GROUP: constant(uint256) = 8



@pure
@internal
def _states_digest(data: Bytes[1056]) -> uint256:
    """
    @notice What is kept of the states at the split points (at least one), ABI-encoded.
    """
    size: uint256 = len(data)
    groups: DynArray[bytes32, 4] = []
    for k: uint256 in range(4):
        start: uint256 = 64 + 32 * GROUP * k
        if start >= size:
            break
        groups.append(keccak256(slice(data, start, min(32 * (GROUP + 1), size - start))))
    return game_rows._digest(keccak256(abi_encode(groups)))


@pure
@internal
def _group_digest(
    group: DynArray[bytes32, 9], others: DynArray[bytes32, 3], place: uint256
) -> uint256:
    """
    @notice The same, from the group at a place and the hashes of the others in their order.
    """
    assert place <= len(others), "game: no such group"
    groups: DynArray[bytes32, 4] = []
    data: Bytes[352] = abi_encode(group)
    own: bytes32 = keccak256(slice(data, 64, len(data) - 64))
    for other: bytes32 in others:
        if len(groups) == place:
            groups.append(own)
        groups.append(other)
    if len(groups) == place:
        groups.append(own)
    return game_rows._digest(keccak256(abi_encode(groups)))


@pure
@internal
def _number(steps: game_position.Position) -> uint256:
    """
    @notice How many segments these steps are split into.
    """
    assert steps.state == game_states.LOOP, "game: another move is due"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(steps.first, steps.last)
    return number


@pure
@internal
def _named(
    steps: game_position.Position, index: uint256, group: DynArray[bytes32, 9], others: DynArray[bytes32, 3]
) -> (game_position.Position, uint256):
    """
    @notice The steps that lead to a revealed state from the one before, and the digest that the answer must have.
    """
    named: game_position.Position = steps
    assert named.state == game_states.LOOP, "game: another naming is due"
    width: uint256 = 0
    number: uint256 = 0
    width, number = game_rows._segments(named.first, named.last)
    assert index < number, "game: no such state"
    place: uint256 = (max(index, 1) - 1) // GROUP
    if index > 0:
        named.agreed = group[index - 1 - place * GROUP]
    if index < number - 1:
        named.root = group[index - place * GROUP]
    named.first += index * width
    named.last = min(named.first + width, named.last)
    if named.last - named.first == 1:
        named.state = game_states.STEP
        named.last = 0
    return named, self._group_digest(group, others, place)
