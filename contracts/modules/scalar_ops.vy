# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title One scalar operation of the program format, total: it has a value for every bit pattern and never reverts
@notice Operands and results are int256 in the range of their dtype. No intermediate leaves int256: the largest is a product
        of two u64.
"""

from contracts.modules import program_ops
from contracts.modules import tensor_proof


@pure
@internal
def _bits(dtype: uint256) -> uint256:
    return 8 * tensor_proof._width(dtype)


@pure
@internal
def _wrap(dtype: uint256, x: int256) -> int256:
    """
    @notice Modulo 2**bits into the dtype's range; as a bool: whether it is not 0.
    """
    if dtype == tensor_proof.BOOL:
        return 0 if x == 0 else 1
    bits: uint256 = self._bits(dtype)
    modulus: int256 = 1 << bits
    wrapped: int256 = x & (modulus - 1)
    if tensor_proof._is_signed(dtype) and wrapped >= modulus >> 1:
        wrapped -= modulus
    return wrapped


@pure
@internal
def _saturate(x: int256, precision: uint256) -> int256:
    """
    @notice Into ±(2**(precision − 1) − 1); 2 ≤ precision ≤ 32.
    """
    limit: int256 = (1 << (precision - 1)) - 1
    return max(min(x, limit), -limit)


@pure
@internal
def _clz(dtype: uint256, x: int256) -> int256:
    bits: int256 = convert(self._bits(dtype), int256)
    rest: int256 = x
    if rest < 0:
        return 0
    used: int256 = 0
    for _: uint256 in range(64):
        if rest == 0:
            break
        rest >>= 1
        used += 1
    return bits - used


@pure
@internal
def _unary(op: uint256, dtype: uint256, x: int256) -> int256:
    """
    @notice CONVERT and CLZ; dtype is the output's.
    """
    if op == program_ops.CLZ:
        return self._clz(dtype, x)
    return self._wrap(dtype, x)


@pure
@internal
def _binary(op: uint256, dtype: uint256, a: int256, b: int256) -> int256:
    """
    @notice Ops 16..30; dtype is the operands'. SHR of an unsigned value is logical because it is not negative.
    """
    if op == program_ops.ADD:
        return self._wrap(dtype, a + b)
    if op == program_ops.SUB:
        return self._wrap(dtype, a - b)
    if op == program_ops.MUL:
        return self._wrap(dtype, a * b)
    if op == program_ops.DIV:
        return 0 if b == 0 else self._wrap(dtype, a // b)
    if op == program_ops.REM:
        return 0 if b == 0 else a % b
    if op == program_ops.MIN:
        return min(a, b)
    if op == program_ops.MAX:
        return max(a, b)
    if op == program_ops.BIT_AND:
        return a & b
    if op == program_ops.BIT_OR:
        return a | b
    if op == program_ops.BIT_XOR:
        return a ^ b
    if op == program_ops.EQ:
        return 1 if a == b else 0
    if op == program_ops.LT:
        return 1 if a < b else 0
    if op == program_ops.LE:
        return 1 if a <= b else 0
    bits: uint256 = self._bits(dtype)
    by: uint256 = convert(max(min(b, convert(bits, int256)), 0), uint256)
    if op == program_ops.SHL:
        return self._wrap(dtype, a << by)
    return a >> by


@pure
@internal
def _join(kind: uint256, dtype: uint256, a: int256, b: int256) -> int256:
    """
    @notice Two partial sums, maxima or minima as one; kind is program_ops.JOIN_….
    """
    if kind == program_ops.JOIN_ADD:
        return self._wrap(dtype, a + b)
    if kind == program_ops.JOIN_MAX:
        return max(a, b)
    return min(a, b)


@pure
@internal
def _nothing(kind: uint256, dtype: uint256) -> int256:
    """
    @notice What changes no partial sum, maximum or minimum.
    """
    if kind == program_ops.JOIN_ADD:
        return 0
    if dtype == tensor_proof.BOOL:
        return 0 if kind == program_ops.JOIN_MAX else 1
    bits: uint256 = self._bits(dtype)
    if tensor_proof._is_signed(dtype):
        least: int256 = -(1 << (bits - 1))
        return least if kind == program_ops.JOIN_MAX else -1 - least
    return 0 if kind == program_ops.JOIN_MAX else (1 << bits) - 1
