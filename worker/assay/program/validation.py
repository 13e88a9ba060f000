"""Whether nodes are a program: operands before their use, shapes by the rules, loops that fit their bodies.

Sizes are checked on the declared dimensions; nothing of those sizes is allocated here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assay.program.dtypes import MAX_RANK, TensorSpec
from assay.program.errors import LimitExceeded, Malformed
from assay.program.limits import DEFAULT, MAX_BODY_NODES, MAX_TRIPS, MAX_TUPLE, Limits
from assay.program.node import Body, Node
from assay.program.ops import Op, Source

NodeType = TensorSpec | tuple[TensorSpec, ...]


def tensor_type(types: Sequence[NodeType], node: int) -> TensorSpec:
    """The spec of a node that makes a tensor. Raises Malformed for a tuple."""
    found = types[node]
    if not isinstance(found, TensorSpec):
        raise Malformed(f"node {node} is a tuple where a tensor is asked for")
    return found


def tuple_type(types: Sequence[NodeType], node: int) -> tuple[TensorSpec, ...]:
    """The specs of a node that makes a tuple. Raises Malformed for a tensor."""
    found = types[node]
    if isinstance(found, TensorSpec):
        raise Malformed(f"node {node} is a tensor where a tuple is asked for")
    return found


def check_body(
    nodes: Sequence[Node], bodies: Mapping[bytes, Body], *, main: bool, limits: Limits = DEFAULT
) -> tuple[NodeType, ...]:
    """The type of every node. Raises Malformed or LimitExceeded, naming the node.

    bodies: the bodies that loops may name, already checked. main: whether this is the main body, which has
    no invariants and alone may commit loop states.
    """
    if not 1 <= len(nodes) <= MAX_BODY_NODES:
        raise Malformed(f"a body has 1..{MAX_BODY_NODES} nodes, not {len(nodes)}")
    check = _BodyCheck(nodes, bodies, main, limits)
    for i, node in enumerate(nodes):
        try:
            check.types.append(check.node(i, node))
        except (Malformed, LimitExceeded) as error:
            raise type(error)(f"node {i} ({node.info.name}): {error.message}", error.hint) from None
    if nodes[-1].op is not Op.PACK:
        raise Malformed(f"the last node is {nodes[-1].info.name}, not the pack that the body returns")
    return tuple(check.types)


@dataclass
class _BodyCheck:
    """A body half checked: the types of the nodes so far."""

    nodes: Sequence[Node]
    bodies: Mapping[bytes, Body]
    main: bool
    limits: Limits
    types: list[NodeType] = field(default_factory=list)

    def node(self, i: int, node: Node) -> NodeType:
        """The type of node i."""
        low, high = node.info.inputs
        if not low <= len(node.inputs) <= high:
            raise Malformed(f"{len(node.inputs)} inputs; it takes {low}..{high}")
        if any(not 0 <= operand < i for operand in node.inputs):
            raise Malformed(f"inputs {list(node.inputs)}; only nodes before it may be used")
        if len(node.dims) > MAX_RANK or any(not 1 <= size < 1 << 64 for size in node.dims):
            raise Malformed(f"dimensions {list(node.dims)}; at most {MAX_RANK}, each 1 or more")
        if len(node.params) != len(node.info.layout(len(node.dims))):
            raise Malformed(f"{len(node.params)} parameters")
        if node.dtype is None:
            return self.tuple_node(i, node)
        stated = node.spec
        self.limits.check("tensor_bytes", stated.nbytes, f"{stated} in bytes", "Split it, or tile the job.")
        made = _check_tensor(node, stated, self.types, self.main)
        if made != stated:
            raise Malformed(f"it is stated as {stated} and makes {made}")
        return made

    def tuple_node(self, i: int, node: Node) -> tuple[TensorSpec, ...]:
        """The type of node i, a tuple."""
        if len(node.dims) != 1 or node.dims[0] > MAX_TUPLE:
            raise Malformed(f"a tuple of dimensions {list(node.dims)}; it has one, up to {MAX_TUPLE}")
        if node.op is Op.PACK:
            return _check_pack(i, node, self.nodes, self.types)
        if node.op is not Op.LOOP:
            raise Malformed("it makes a tensor, yet a tuple is stated")
        carry = tuple_type(self.types, node.inputs[0])
        invariants = tuple_type(self.types, node.inputs[1]) if len(node.inputs) > 1 else ()
        body = self.bodies.get(node.root("body"))
        if body is None:
            raise Malformed("its body is not among the bodies before this one")
        if not 1 <= node.param("trips") <= MAX_TRIPS:
            raise Malformed(f"{node.param('trips')} trips; a loop makes 1..{MAX_TRIPS}")
        if node.param("stride") and not self.main:
            raise Malformed("only loops of the main body commit their states; the stride here is 0")
        if node.dims[0] != len(carry):
            raise Malformed(f"{node.dims[0]} tensors stated, {len(carry)} carried")
        _check_loop_body(body, carry, invariants)
        return carry


def _check_tensor(node: Node, stated: TensorSpec, types: Sequence[NodeType], main: bool) -> TensorSpec:
    if node.op is Op.PART:
        parts = tuple_type(types, node.inputs[0])
        if node.param("k") >= len(parts):
            raise Malformed(f"part {node.param('k')} of {len(parts)} tensors")
        return parts[node.param("k")]
    if node.info.rule is None:
        raise Malformed("it makes a tuple, yet a tensor is stated")
    if node.op is Op.PARAM:
        _check_param(node, stated, main)
    operands = [tensor_type(types, operand) for operand in node.inputs]
    numbers = () if node.op is Op.CONST else node.numbers
    return node.info.rule(stated, operands, numbers)


def _check_param(node: Node, stated: TensorSpec, main: bool) -> None:
    source, k = node.numbers
    if source not in tuple(Source):
        raise Malformed(f"source {source}; it is 0 (carry), 1 (invariants) or 2 (step)")
    if main and source == Source.INVARIANT:
        raise Malformed("the main body has no invariants")
    if source == Source.STEP and (k != 0 or str(stated) != "i64[]"):
        raise Malformed(f"the step index is an i64 scalar with k = 0, not {stated} with k = {k}")


def _check_loop_body(body: Body, carry: tuple[TensorSpec, ...], invariants: tuple[TensorSpec, ...]) -> None:
    if body.returned != carry:
        raise Malformed(f"the carry is {_listed(carry)}, the body returns {_listed(body.returned)}")
    for inner in body.nodes:
        if inner.op is Op.PARAM and inner.param("source") != Source.STEP:
            given = carry if inner.param("source") == Source.CARRY else invariants
            k = inner.param("k")
            if k >= len(given) or given[k] != inner.spec:
                name = "carry" if inner.param("source") == Source.CARRY else "invariants"
                raise Malformed(f"the body reads {inner.spec} as tensor {k} of the {name} {_listed(given)}")


def _listed(specs: Sequence[TensorSpec]) -> str:
    shown = ", ".join(map(str, specs[:6]))
    return f"({shown}{', …' if len(specs) > 6 else ''})"


def _check_pack(
    i: int, node: Node, nodes: Sequence[Node], types: Sequence[NodeType]
) -> tuple[TensorSpec, ...]:
    first, count = node.param("first"), node.dims[0]
    if first + count != i:
        raise Malformed(f"it holds {count} nodes from {first} on, which do not end directly before it")
    specs = []
    for entry in range(first, i):
        made = nodes[entry]
        identity = made.op is Op.VIEW and made.numbers == (0, *made.spec.strides)
        if not identity or tensor_type(types, made.inputs[0]) != made.spec:
            raise Malformed(f"node {entry} before it is not an identity view made for it")
        specs.append(made.spec)
    return tuple(specs)
