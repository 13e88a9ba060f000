# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The leaf of a dispute over a value that is some other value: compares roots
@notice Called like Leaf, for params, constants, parts, entries of a pack, and for what a loop begins with. It also reads a
        node's descriptor, by which DisputeGame decides how to go on. Codes and reverts are as in Leaf.
@custom:kill Not stopped and not worth stopping: it holds no money, no state and no role.
"""

from contracts.interfaces import ILeaf
from contracts.interfaces import IRootLeaf
from contracts.modules import frame_proof
from contracts.modules import leaf_codes
from contracts.modules import merkle_row
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops
from contracts.modules import root_rules
from contracts.modules import tensor_proof

implements: IRootLeaf

CARRY: constant(uint256) = 0
INVARIANTS: constant(uint256) = 1
STEP: constant(uint256) = 2
MAX_TRIPS: constant(uint256) = 2**63 - 1


@pure
@internal
def _judged(code: uint256, node: node_descriptor.Node, index: uint256) -> uint256:
    """
    @notice What the descriptor alone gets wrong, beyond node_descriptor._decode.
    """
    if code != leaf_codes.OK:
        return code
    parameter: uint256 = node.parameters[0]
    if node.op == program_ops.PACK and parameter + node.size != index:
        return leaf_codes.BAD_PARAMETER
    if node.op == program_ops.LOOP and (node.parameters[4] == 0 or node.parameters[4] > MAX_TRIPS):
        return leaf_codes.BAD_PARAMETER
    if node.op == program_ops.PARAM and parameter >> 16 >= STEP:
        if parameter != STEP << 16:
            return leaf_codes.BAD_PARAMETER
        if node.dtype != tensor_proof.I64:
            return leaf_codes.BAD_TYPE
        if node.rank != 0:
            return leaf_codes.BAD_SHAPE
    return leaf_codes.OK


@pure
@internal
def _of_tuple(
    frame: ILeaf.Frame, node: node_descriptor.Node, operands: Bytes[operand_proof.MAX_BYTES], siblings: DynArray[bytes32, merkle_row.MAX_SIBLINGS], begun: operand_proof.Reading
) -> (bytes32, operand_proof.Reading):
    """
    @notice The tensor that a param or a part names, in the tuple that it names.
    """
    reading: operand_proof.Reading = begun
    root: bytes32 = empty(bytes32)
    whole: bytes32 = empty(bytes32)
    reading.at = 36
    root, whole, reading.next = root_rules._tuple_root(
        node.parameters[0] & 65_535, operands, siblings, begun.next
    )
    if node.op == program_ops.PART:
        return root, operand_proof._noted(reading, node.inputs[0], whole)
    expected: bytes32 = frame.carry_root if node.parameters[0] >> 16 == CARRY else frame.invariants_root
    assert whole == expected, "leaf: not in the frame's tuple"
    return root, reading


@pure
@external
def node_of(
    frame: ILeaf.Frame, node: uint256, evidence: ILeaf.Evidence
) -> (uint256, uint256, uint256, DynArray[uint256, 8]):
    """
    @notice (code, op, dtype, dimensions) of a node.
    """
    code: uint256 = leaf_codes.OK
    found: node_descriptor.Node = empty(node_descriptor.Node)
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    code, found, reading = frame_proof._proven(frame.body_root, node, evidence)
    code = self._judged(code, found, node)
    operand_proof._finish(
        frame.trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading
    )
    dims: DynArray[uint256, 8] = []
    for axis: uint256 in range(min(found.rank, 8), bound=8):
        dims.append(found.dims[axis])
    return code, found.op, found.dtype, dims


@pure
@external
def value_root(
    frame: ILeaf.Frame, node: uint256, entry: uint256, evidence: ILeaf.Evidence
) -> (uint256, bytes32):
    """
    @notice (code, root) of a param, const or part, or of one entry of a pack.
    """
    code: uint256 = leaf_codes.OK
    found: node_descriptor.Node = empty(node_descriptor.Node)
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    code, found, reading = frame_proof._proven(frame.body_root, node, evidence)
    code = self._judged(code, found, node)
    if code != leaf_codes.OK:
        return code, empty(bytes32)
    root: bytes32 = empty(bytes32)
    if found.op == program_ops.PACK:
        assert entry < found.size, "leaf: no such entry"
        root = root_rules._shown(evidence.operands, 0)
        reading.at = 32
        reading = operand_proof._noted(reading, found.parameters[0] + entry, root)
    else:
        assert entry == 0, "leaf: no such entry"
        assert found.op <= program_ops.PART and found.op != program_ops.FILL, "leaf: this op is not judged by roots"
        if found.op == program_ops.CONST:
            root = node_descriptor._hash(found)
        elif found.op == program_ops.PARAM and found.parameters[0] >> 16 == STEP:
            root = tensor_proof._step_root(frame.step)
        else:
            root, reading = self._of_tuple(frame, found, evidence.operands, evidence.siblings, reading)
    operand_proof._finish(
        frame.trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading
    )
    return code, root


@pure
@external
def loop_of(
    frame: ILeaf.Frame, node: uint256, evidence: ILeaf.Evidence
) -> (uint256, bytes32, uint256, uint256, bytes32, bytes32):
    """
    @notice (code, body root, trips, stride, root of the carry at step 0, root of the invariants or empty).
    """
    code: uint256 = leaf_codes.OK
    found: node_descriptor.Node = empty(node_descriptor.Node)
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    code, found, reading = frame_proof._proven(frame.body_root, node, evidence)
    code = self._judged(code, found, node)
    if code != leaf_codes.OK:
        return code, empty(bytes32), 0, 0, empty(bytes32), empty(bytes32)
    assert found.op == program_ops.LOOP, "leaf: not a loop"
    roots: bytes32[2] = empty(bytes32[2])
    for k: uint256 in range(found.arity, bound=2):
        roots[k] = root_rules._shown(evidence.operands, 32 * k)
        reading = operand_proof._noted(reading, found.inputs[k], roots[k])
        reading.at += 32
    operand_proof._finish(
        frame.trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading
    )
    body: bytes32 = node_descriptor._hash(found)
    return code, body, found.parameters[4], found.parameters[5], roots[0], roots[1]
