# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The leaf of a dispute over a sum, maximum or minimum: recomputes one term
@notice Called like Leaf, once a dispute has come down to one term of one element: a product of a dot, a comparison of a rank,
        an update of a scatter, an element of a reduction. It also says how many terms an element has and how they join, which
        the segments of a dispute are cut by. Nothing the prover states is trusted; codes and reverts are as in Leaf.
@custom:kill Not stopped and not worth stopping: it holds no money, no state and no role.
"""

from contracts.interfaces import ILeaf
from contracts.interfaces import ITermLeaf
from contracts.modules import frame_proof
from contracts.modules import leaf_codes
from contracts.modules import merkle_row
from contracts.modules import node_descriptor
from contracts.modules import operand_proof
from contracts.modules import program_ops
from contracts.modules import question
from contracts.modules import tensor_proof
from contracts.modules import term_rules

implements: ITermLeaf


@pure
@internal
def _judged(code: uint256, node: node_descriptor.Node) -> uint256:
    if code != leaf_codes.OK:
        return code
    assert node.op >= program_ops.SUM, "leaf: this op has no terms"
    return term_rules._judge(node)


@pure
@internal
def _walk(
    node: node_descriptor.Node,
    index: uint256,
    term_index: uint256,
    operands: Bytes[operand_proof.MAX_BYTES],
    siblings: DynArray[bytes32, merkle_row.MAX_SIBLINGS],
    begun: operand_proof.Reading,
) -> (uint256, int256, operand_proof.Reading):
    """
    @notice Opens what the term needs, operand by operand: (code, value, what was opened).
    """
    asked: question.Question = question._ask(node, index, term_index)
    reading: operand_proof.Reading = begun
    terms: uint256 = 0
    for _: uint256 in range(2):
        if asked.step == question._pages(node.op, term_index):
            break
        head: operand_proof.Head = operand_proof._head(operands, reading.at)
        code: uint256 = leaf_codes.OK
        source: uint256 = 0
        code, source, terms = term_rules._where(node, asked, head, terms)
        if code != leaf_codes.OK:
            source = question.NOWHERE
        page: Bytes[tensor_proof.PAGE_BYTES] = b""
        input: uint256 = node.inputs[question._input(node.op, asked)]
        page, reading = operand_proof._open(operands, siblings, reading, input, head, source)
        if code != leaf_codes.OK:
            return code, 0, reading
        asked.seen[asked.step] = operand_proof._element(page, head.dtype, source)
        asked.step += 1
        if term_rules._misses(node, asked):
            break
    return leaf_codes.OK, term_rules._value(node, asked), reading


@pure
@external
def terms(
    frame: ILeaf.Frame, node: uint256, evidence: ILeaf.Evidence
) -> (uint256, uint256, uint256, uint256):
    """
    @notice (code, number of terms of each element, how they join, dtype).
    """
    code: uint256 = leaf_codes.OK
    found: node_descriptor.Node = empty(node_descriptor.Node)
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    code, found, reading = frame_proof._proven(frame.body_root, node, evidence)
    code = self._judged(code, found)
    if code != leaf_codes.OK:
        return code, 0, 0, 0
    count: uint256 = 0
    if found.op == program_ops.RANK:
        count = found.dims[found.rank - 1]
    else:
        input: uint256 = 1 if found.op == program_ops.SCATTER else 0
        head: operand_proof.Head = operand_proof._head(evidence.operands, 0)
        code, count = term_rules._count(found, head, 0)
        page: Bytes[tensor_proof.PAGE_BYTES] = b""
        page, reading = operand_proof._open(
            evidence.operands, evidence.siblings, reading, found.inputs[input], head, question.NOWHERE
        )
    operand_proof._finish(
        frame.trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading
    )
    return code, count, term_rules._join_of(found), found.dtype


@pure
@external
def term(
    frame: ILeaf.Frame, node: uint256, element_index: uint256, term_index: uint256, evidence: ILeaf.Evidence
) -> (uint256, int256):
    """
    @notice (code, value) of one term of one element.
    """
    code: uint256 = leaf_codes.OK
    found: node_descriptor.Node = empty(node_descriptor.Node)
    reading: operand_proof.Reading = empty(operand_proof.Reading)
    code, found, reading = frame_proof._proven(frame.body_root, node, evidence)
    code = self._judged(code, found)
    if code != leaf_codes.OK:
        return code, 0
    assert element_index < found.size, "leaf: no such element"
    value: int256 = 0
    code, value, reading = self._walk(
        found, element_index, term_index, evidence.operands, evidence.siblings, reading
    )
    operand_proof._finish(
        frame.trace_root, evidence.nodes, len(evidence.operands), evidence.siblings, reading
    )
    return code, value
