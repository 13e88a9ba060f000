# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Node descriptors: proven in a body root, taken apart, judged
@notice u8 op ‖ u8 dtype ‖ u8 rank ‖ u8 inputs ‖ u64be dimension… ‖ u32be input… ‖ parameters (assay/program/FORMAT.md).
        What is judged here needs the descriptor alone; what needs the operands' shapes is judged where they are opened.
"""

from contracts.modules import leaf_codes
from contracts.modules import merkle_row
from contracts.modules import packed
from contracts.modules import program_ops
from contracts.modules import tensor_proof

BODY_DOMAIN: constant(Bytes[13]) = b"\x02assay/body/1"
MAX_NODES: constant(uint256) = 65_535
MAX_BYTES: constant(uint256) = 256  # four, eight dimensions, eight inputs, sixteen words of a pad: 228
MAX_RANK: constant(uint256) = 8
MAX_INPUTS: constant(uint256) = 8
MAX_PARAMETERS: constant(uint256) = 16
TUPLE: constant(uint256) = 255

# sets of ops, one bit each
ONE_INPUT: constant(uint256) = (
    2**program_ops.PART + 2**program_ops.CONVERT + 2**program_ops.CLZ + 2**program_ops.VIEW + 2**program_ops.SUM
    + 2**program_ops.MAX_OF + 2**program_ops.MIN_OF + 2**program_ops.RANK
)
TWO_INPUTS: constant(uint256) = (
    2**31 - 2**16 + 2**program_ops.PAD + 2**program_ops.TAKE + 2**program_ops.SLICE_AT + 2**program_ops.DOT
)
THREE_INPUTS: constant(uint256) = 2**program_ops.SELECT + 2**program_ops.UPDATE_AT + 2**program_ops.SCATTER
NO_INPUTS: constant(uint256) = 2**4 - 1 + 2**program_ops.IOTA
MANY_INPUTS: constant(uint256) = 2**program_ops.LOOP + 2**program_ops.CONCAT
NO_BOOL: constant(uint256) = (
    2**21 - 2**16 + 2**program_ops.SHL + 2**program_ops.SHR + 2**program_ops.CLZ + 2**program_ops.IOTA
    + 2**program_ops.SUM
)
COMPARISONS: constant(uint256) = 2**program_ops.EQ + 2**program_ops.LT + 2**program_ops.LE
# of ops 0 to 5, a byte each from the right, number of parameters ‖ their width: 13 48 18 14 12 68
LAYOUTS: constant(uint256) = (((((6 * 16 + 8) * 256 + 18) * 256 + 20) * 256 + 24) * 256 + 72) * 256 + 19
TUPLES: constant(uint256) = 2**program_ops.PACK + 2**program_ops.LOOP


struct Node:
    op: uint256
    dtype: uint256
    rank: uint256
    dims: uint256[MAX_RANK]
    size: uint256                        # elements
    arity: uint256
    inputs: uint256[MAX_INPUTS]
    parameters: uint256[MAX_PARAMETERS]  # in order; a hash as four words of eight bytes, source and k of a param as one


@pure
@internal
def _check(body_root: bytes32, nodes: uint256, descriptor_bytes: uint256, top: bytes32):
    """
    @notice Reverts unless a body of so many (≤ MAX_NODES) nodes, under this top of its row, is the one.
    """
    assert descriptor_bytes < 2**64, "node: no such node"
    sizes: Bytes[16] = slice(abi_encode(nodes * 2**64 + descriptor_bytes), 16, 16)
    root: bytes32 = sha256(concat(BODY_DOMAIN, sizes, top))
    assert root == body_root, "node: not in the body"


@pure
@internal
def _has(ops: uint256, op: uint256) -> bool:
    return (ops >> op) & 1 == 1


@pure
@internal
def _fits_arity(op: uint256, arity: uint256) -> bool:
    if self._has(MANY_INPUTS, op):
        most: uint256 = 2 if op == program_ops.LOOP else MAX_INPUTS
        return arity > 0 and arity <= most
    if self._has(NO_INPUTS, op):
        return arity == 0
    if self._has(ONE_INPUT, op):
        return arity == 1
    return arity == (2 if self._has(TWO_INPUTS, op) else 3)


@pure
@internal
def _layout(op: uint256, rank: uint256) -> (uint256, uint256):
    """
    @notice (number, width in bytes) of an op's parameters.
    """
    if op <= program_ops.LOOP:
        layout: uint256 = LAYOUTS >> (8 * op)
        return (layout >> 4) & 15, layout & 15
    if op == program_ops.VIEW:
        return 1 + rank, 8
    if op == program_ops.PAD:
        return 2 * rank, 8
    if op == program_ops.DOT:
        return 2, 1
    if op == program_ops.CONCAT or op == program_ops.IOTA or op == program_ops.SCATTER:
        return 1, 1
    return 0, 0


@pure
@internal
def _takes(op: uint256, dtype: uint256) -> bool:
    """
    @notice Whether an op can have an output of this dtype.
    """
    if self._has(TUPLES, op):
        return dtype == TUPLE
    if dtype > tensor_proof.U64 or self._has(COMPARISONS, op):
        return dtype == tensor_proof.BOOL
    if op == program_ops.DOT:
        return dtype == tensor_proof.I32 or dtype == tensor_proof.I64
    if op == program_ops.RANK:
        return dtype == tensor_proof.I32
    return dtype != tensor_proof.BOOL or not self._has(NO_BOOL, op)


@pure
@internal
def _decode(descriptor: Bytes[MAX_BYTES], index: uint256) -> (uint256, Node):
    """
    @notice What descriptor `index` says, or a code of leaf_codes when it says nothing that has a value.
    """
    node: Node = empty(Node)
    if len(descriptor) < 4:
        return leaf_codes.BAD_LENGTH, node
    # with a word behind it, so that every number is the beginning of a word
    data: Bytes[MAX_BYTES + 32] = concat(descriptor, empty(bytes32))
    start: uint256 = extract32(data, 0, output_type=uint256) >> 224
    node.op = start >> 24
    node.dtype = (start >> 16) & 255
    node.rank = (start >> 8) & 255
    node.arity = start & 255
    if not self._has(NO_INPUTS | ONE_INPUT | TWO_INPUTS | THREE_INPUTS | MANY_INPUTS, node.op):
        return leaf_codes.UNKNOWN_OP, node
    if node.rank > MAX_RANK:
        return leaf_codes.BAD_SHAPE, node
    if not self._fits_arity(node.op, node.arity):
        return leaf_codes.BAD_INPUT, node
    count: uint256 = 0
    width: uint256 = 0
    count, width = self._layout(node.op, node.rank)
    at: uint256 = 4
    if len(descriptor) != at + 8 * node.rank + 4 * node.arity + count * width:
        return leaf_codes.BAD_LENGTH, node
    if not self._takes(node.op, node.dtype):
        return leaf_codes.BAD_TYPE, node
    for k: uint256 in range(node.rank, bound=MAX_RANK):
        node.dims[k] = extract32(data, at, output_type=uint256) >> 192
        at += 8
    node.size = tensor_proof._size(node.rank, node.dims)
    if node.size == 0 or (node.dtype == TUPLE and (node.rank != 1 or node.size > MAX_NODES)):
        return leaf_codes.BAD_SHAPE, node
    for k: uint256 in range(node.arity, bound=MAX_INPUTS):
        node.inputs[k] = extract32(data, at, output_type=uint256) >> 224
        if node.inputs[k] >= index:
            return leaf_codes.BAD_INPUT, node
        at += 4
    for k: uint256 in range(count, bound=MAX_PARAMETERS):
        node.parameters[k] = extract32(data, at, output_type=uint256) >> (256 - 8 * width)
        at += width
    return leaf_codes.OK, node


@pure
@internal
def _i64(node: Node, k: uint256) -> int256:
    """
    @notice Parameter k, an i64.
    """
    word: int256 = convert(node.parameters[k], int256)
    return word - 2**64 if word >= 2**63 else word


@pure
@internal
def _hash(node: Node) -> bytes32:
    """
    @notice The hash that the first four parameters are.
    """
    words: uint256 = 0
    for k: uint256 in range(4):
        words = (words << 64) | node.parameters[k]
    return convert(words, bytes32)


@pure
@internal
def _head(descriptor: Bytes[MAX_BYTES]) -> Bytes[258]:
    """
    @notice dtype, rank and dimensions as a tensor root has them, of a descriptor that _decode found well-formed.
    """
    rank: uint256 = packed._uint(descriptor, 2, 1)
    return concat(slice(descriptor, 1, 2), slice(descriptor, 4, 8 * rank))
