"""Programs that read their item's index: an input becomes the index. Pure, no JAX.

A function is traced with the index as an argument; the program of a job reads it as the step of its main frame.
"""

from __future__ import annotations

from dataclasses import replace

from assay.program import DType, Node, Op, Program, Source
from assay.program.program import body_of


def with_index(program: Program, k: int) -> Program:
    """The program whose input k, an integer scalar, is the item's index; later inputs move up by one.

    Raises ValueError when input k is read as anything else than a scalar that is not bool.
    """
    spec = program.inputs[k]
    if spec is not None and (spec.dims or spec.dtype is DType.BOOL):
        raise ValueError(f"the item's index is read as {spec}; it is one integer")
    nodes: list[Node] = []
    moved: list[int] = []
    for node in program.main.nodes:
        if node.op is Op.PARAM and node.param("source") == Source.CARRY and node.param("k") == k:
            nodes.append(Node(Op.PARAM, DType.I64, (), (), (int(Source.STEP), 0)))
            if node.dtype is not DType.I64:
                nodes.append(Node(Op.CONVERT, node.dtype, (), (len(nodes) - 1,)))
        else:
            nodes.append(_moved(node, moved, k))
        moved.append(len(nodes) - 1)
    inner = [body for root, body in program.bodies.items() if root != program.main.root]
    return Program.of(program.input_count - 1, [*inner, body_of(nodes)], program.constants)


def _moved(node: Node, moved: list[int], k: int) -> Node:
    inputs = tuple(moved[operand] for operand in node.inputs)
    if node.op is Op.PACK:
        return replace(node, params=(moved[node.param("first")],))
    if node.op is Op.PARAM and node.param("source") == Source.CARRY and node.param("k") > k:
        return replace(node, params=(node.param("source"), node.param("k") - 1))
    return replace(node, inputs=inputs)
