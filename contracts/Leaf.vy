# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The leaf of a dispute: recomputes one element of an elementwise operation or of an index map
@notice Called by DisputeGame with the frame that the game agreed on, by challengers who try their evidence first, and by anyone
        who checks a ruling. The descriptor is proven in the frame's body root, every operand in its node trace root; which
        operand, page and place is needed follows from the descriptor by arithmetic, so nothing the prover states is trusted.
        It answers a malformed program by a code (for the defender), and malformed evidence by a revert (nobody has moved).
        TermLeaf does the same for sums, maxima and minima, RootLeaf for values that are some other value.
@custom:kill Not stopped and not worth stopping: it holds no money, no state and no role.
"""

from contracts.interfaces import ILeaf
from contracts.modules import element_rules
from contracts.modules import frame_proof
from contracts.modules import gather_rules
from contracts.modules import leaf_codes
from contracts.modules import merkle_row
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops
from contracts.modules import question
from contracts.modules import scalar_ops
from contracts.modules import tensor_proof

implements: ILeaf


@pure
@internal
def _where(
    node: node_descriptor.Node, asked: question.Question, head: operand_proof.Head, dtype: uint256
) -> (uint256, uint256):
    """
    @notice (code, element of the operand) by the rule of the op; `dtype` is that of the operand before.
    """
    if node.op <= program_ops.CLZ:
        return element_rules._elementwise(node, asked, head, dtype)
    if node.op == program_ops.VIEW:
        return element_rules._view(node, asked, head)
    if node.op == program_ops.PAD:
        return element_rules._pad(node, asked, head)
    if node.op == program_ops.CONCAT:
        return element_rules._concat(node, asked, head)
    if node.op == program_ops.TAKE:
        return gather_rules._take(node, asked, head)
    return gather_rules._part(node, asked, head)


@pure
@internal
def _walk(
    node: node_descriptor.Node,
    index: uint256,
    operands: Bytes[operand_proof.MAX_BYTES],
    siblings: DynArray[bytes32, merkle_row.MAX_SIBLINGS],
    begun: operand_proof.Reading,
) -> (uint256, int256, operand_proof.Reading):
    """
    @notice Opens what the element needs, operand by operand: (code, value, what was opened).
    """
    asked: question.Question = question._ask(node, index, 0)
    reading: operand_proof.Reading = begun
    head: operand_proof.Head = empty(operand_proof.Head)
    value: int256 = 0
    opened: uint256 = 0
    pages: uint256 = question._pages(node.op, 0)
    for _: uint256 in range(question.MAX_STEPS):
        if opened == pages:
            break
        dtype: uint256 = head.dtype
        head = operand_proof._head(operands, reading.at)
        code: uint256 = leaf_codes.OK
        source: uint256 = 0
        code, source = self._where(node, asked, head, dtype)
        if code != leaf_codes.OK:
            source = question.NOWHERE
        page: Bytes[tensor_proof.PAGE_BYTES] = b""
        input: uint256 = node.inputs[question._input(node.op, asked)]
        page, reading = operand_proof._open(operands, siblings, reading, input, head, source)
        if code != leaf_codes.OK:
            return code, 0, reading
        if len(page) > 0:
            value = operand_proof._element(page, head.dtype, source)
            asked.seen[opened] = value
            opened += 1
            if opened == 1 and gather_rules._has_start(node.op):
                for axis: uint256 in range(1, 8):
                    asked.seen[axis] = tensor_proof._number(page, tensor_proof.I64, axis)
        elif node.op == program_ops.CONCAT:
            asked.place[node.parameters[0]] -= head.dims[node.parameters[0]]
        asked.step += 1
    if node.op > program_ops.CLZ or node.op == program_ops.SELECT:
        return leaf_codes.OK, value, reading
    if node.arity == 1:
        return leaf_codes.OK, scalar_ops._unary(node.op, node.dtype, value), reading
    return leaf_codes.OK, scalar_ops._binary(node.op, head.dtype, asked.seen[0], value), reading


@pure
@external
def element(
    frame: ILeaf.Frame, node: uint256, element_index: uint256, evidence: ILeaf.Evidence
) -> (uint256, int256):
    """
    @notice (code, value) of one element of ops 2, 16–33, 48–51, 64–66.
    """
    code: uint256 = leaf_codes.OK
    found: node_descriptor.Node = empty(node_descriptor.Node)
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    code, found, reading = frame_proof._proven(frame.body_root, node, evidence)
    if code == leaf_codes.OK:
        code = element_rules._judge(found)
    if code != leaf_codes.OK:
        return code, 0
    assert question._has_elements(found.op), "leaf: this op is not judged by elements"
    assert element_index < found.size, "leaf: no such element"
    value: int256 = 0
    if found.arity == 0:
        value = element_rules._made(found, element_index)
    else:
        code, value, reading = self._walk(found, element_index, evidence.operands, evidence.siblings, reading)
    operand_proof._finish(
        frame.trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading
    )
    return code, value
