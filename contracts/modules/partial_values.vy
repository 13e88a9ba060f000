# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Partial values of an element's terms, as a defender shows them; twin of assay.disputes.values
@notice Eight bytes each, big-endian, in two's complement where the dtype is signed: no value of a program is longer.
"""

from contracts.modules import program_ops
from contracts.modules import scalar_ops
from contracts.modules import tensor_proof

MAX_BYTES: constant(uint256) = 256
WORDS: constant(uint256) = 8
U64: constant(uint256) = 2**64 - 1


@pure
@internal
def _signed(dtype: uint256, bits: uint256) -> int256:
    """
    @notice What 64 bits stand for.
    """
    value: int256 = convert(bits, int256)
    if tensor_proof._is_signed(dtype) and bits >> 63 == 1:
        value -= 2**64
    return value


@pure
@internal
def _partial(dtype: uint256, partials: Bytes[MAX_BYTES], index: uint256) -> int256:
    """
    @notice The value at an index below their number.
    """
    # with a word behind them, so that every one is the beginning of a word
    data: Bytes[MAX_BYTES + 32] = concat(partials, empty(bytes32))
    return self._signed(dtype, extract32(data, 8 * index, output_type=uint256) >> 192)


@pure
@internal
def _joined(kind: uint256, dtype: uint256, partials: Bytes[MAX_BYTES]) -> int256:
    """
    @notice All of them (at least one) as one. Sums wrap only once: what wraps modulo 2^64 wraps modulo less.
    """
    data: Bytes[MAX_BYTES + 32] = concat(partials, empty(bytes32))
    if kind == program_ops.JOIN_ADD:
        sum: uint256 = 0
        for k: uint256 in range(WORDS):
            if 32 * k >= len(partials):
                break
            # behind the last one there are zeros
            word: uint256 = extract32(data, 32 * k, output_type=uint256)
            sum += (word >> 192) + ((word >> 128) & U64) + ((word >> 64) & U64) + (word & U64)
        return scalar_ops._wrap(dtype, convert(sum, int256))
    best: int256 = self._signed(dtype, extract32(data, 0, output_type=uint256) >> 192)
    for k: uint256 in range(1, len(partials) // 8, bound=4 * WORDS):
        value: int256 = self._signed(dtype, extract32(data, 8 * k, output_type=uint256) >> 192)
        best = max(best, value) if kind == program_ops.JOIN_MAX else min(best, value)
    return best
