# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The hash of a past block: 256 blocks by opcode, 8,191 by the history contract of EIP-2935
@notice An unknown hash is empty; the caller then fixes a new block. A block producer can withhold a block and so re-roll
        the draw at the cost of its reward: accepted at these values, and said to the buyer.
"""

HISTORY: constant(address) = 0x0000F90827F1C53a10cb7A02335B175320002935
OPCODE_REACH: constant(uint256) = 256
HISTORY_REACH: constant(uint256) = 8_191


@view
@internal
def _hash_of(number: uint256) -> bytes32:
    """
    @notice Empty when the block is in the future or out of reach.
    """
    if number >= block.number:
        return empty(bytes32)
    age: uint256 = block.number - number
    if age <= OPCODE_REACH:
        recent: bytes32 = blockhash(number)
        if recent != empty(bytes32):
            return recent
    if age > HISTORY_REACH:
        return empty(bytes32)
    # reverts inside the history contract mean "unknown", never a stuck draw
    ok: bool = False
    answer: Bytes[32] = b""
    ok, answer = raw_call(
        HISTORY, abi_encode(number), max_outsize=32, is_static_call=True, revert_on_failure=False
    )
    if not ok or len(answer) != 32:
        return empty(bytes32)
    return convert(answer, bytes32)
