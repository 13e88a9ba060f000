"""A program: bodies by root, the main one last, and the constants they name.

Made by `builder.build` or `tracing.trace`, read by `Program.decode`; immutable and validated in all cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assay.program.descriptor import encode_node
from assay.program.dtypes import TensorSpec, spec_of
from assay.program.errors import InputMismatch, LimitExceeded, Malformed
from assay.program.limits import DEFAULT, MAX_PROGRAM_INPUTS, Limits
from assay.program.node import Body, Node
from assay.program.ops import Op, Source
from assay.program.roots import body_root, program_root, tensor_root
from assay.program.validation import NodeType, check_body

if TYPE_CHECKING:
    from assay.program.cost import Cost


def body_of(nodes: Iterable[Node]) -> Body:
    """The body of these nodes, with its root."""
    listed = tuple(nodes)
    return Body(listed, body_root([encode_node(node) for node in listed]))


@dataclass(frozen=True)
class Program:
    """`bodies` by root: inner before outer, in the order of first use, the main body last.

    `constants`: the arrays that are known, by tensor root; `types`: per body the type of each node.
    """

    input_count: int
    bodies: dict[bytes, Body]
    types: Mapping[bytes, tuple[NodeType, ...]] = field(repr=False)
    constants: Mapping[bytes, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        input_count: int,
        bodies: Sequence[Body],
        constants: Mapping[bytes, Any] | None = None,
        limits: Limits = DEFAULT,
    ) -> Program:
        """Validates bodies (inner before outer, main last). Raises Malformed or LimitExceeded."""
        if not 0 <= input_count <= MAX_PROGRAM_INPUTS:
            raise Malformed(f"{input_count} inputs; a program has 0..{MAX_PROGRAM_INPUTS}")
        if not bodies:
            raise Malformed("a program has at least its main body")
        limits.check("bodies", len(bodies), "The number of bodies", "Write repeated work as one loop.")
        total = sum(len(body.nodes) for body in bodies)
        limits.check("nodes", total, "The number of nodes", "Write repeated work as a loop.")
        known: dict[bytes, Body] = {}
        types: dict[bytes, tuple[NodeType, ...]] = {}
        depth: dict[bytes, int] = {}
        for number, body in enumerate(bodies):
            main = number == len(bodies) - 1
            if body.root in known:
                raise Malformed(f"body {number} stands twice; each body stands once")
            try:
                types[body.root] = check_body(body.nodes, known, main=main, limits=limits)
            except (Malformed, LimitExceeded) as error:
                raise type(error)(f"body {number}, {error.message}", error.hint) from None
            inner = [depth[node.root("body")] for node in body.nodes if node.op is Op.LOOP]
            depth[body.root] = 1 + max(inner, default=-1)
            limits.check("loop_depth", depth[body.root], "The depth of loops", "Join nested loops into one.")
            known[body.root] = body
        program = cls(input_count, known, types, dict(constants or {}))
        program._check_inputs()
        roots = program.constant_specs
        limits.check(
            "constants", len(roots), "The number of constants", "Pass tensors as inputs, or join them."
        )
        program.cost().check(limits)
        return program

    def _check_inputs(self) -> None:
        for k, spec in self._params():
            if k >= self.input_count:
                raise Malformed(f"the main body reads input {k} of {self.input_count}")
            if self.inputs[k] != spec:
                raise Malformed(f"input {k} is read as {self.inputs[k]} and as {spec}")

    def _params(self) -> list[tuple[int, TensorSpec]]:
        nodes = self.main.nodes
        return [
            (node.param("k"), node.spec)
            for node in nodes
            if node.op is Op.PARAM and node.param("source") == Source.CARRY
        ]

    @cached_property
    def main(self) -> Body:
        """The body that runs once an item."""
        return next(reversed(self.bodies.values()))

    @cached_property
    def root(self) -> bytes:
        """The 32-byte program root."""
        return program_root(self.input_count, self.main.root)

    @cached_property
    def inputs(self) -> tuple[TensorSpec | None, ...]:
        """Specs of the inputs; None for one that the program never reads."""
        found: list[TensorSpec | None] = [None] * self.input_count
        for k, spec in reversed(self._params()):
            if k < self.input_count:
                found[k] = spec
        return tuple(found)

    @cached_property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Specs of the outputs."""
        return self.main.returned

    @cached_property
    def strided_loops(self) -> tuple[int, ...]:
        """Nodes of the main body that are loops whose states an item commits to."""
        nodes = self.main.nodes
        return tuple(k for k, node in enumerate(nodes) if node.op is Op.LOOP and node.param("stride") > 0)

    @cached_property
    def constant_specs(self) -> dict[bytes, TensorSpec]:
        """Spec of each constant by root, in the order of first use."""
        found: dict[bytes, TensorSpec] = {}
        for body in self.bodies.values():
            for node in body.nodes:
                if node.op is Op.CONST and found.setdefault(node.root("root"), node.spec) != node.spec:
                    raise Malformed(f"constant 0x{node.root('root').hex()} is read with two shapes")
        return found

    @property
    def missing(self) -> tuple[bytes, ...]:
        """Roots of the constants whose arrays are not known yet: fetch them by root from the store."""
        return tuple(root for root in self.constant_specs if root not in self.constants)

    def with_constants(self, arrays: Iterable[Any]) -> Program:
        """The same program knowing these arrays. Raises InputMismatch for one that it does not name."""
        known = dict(self.constants)
        for array in arrays:
            root = tensor_root(array)
            if root not in self.constant_specs:
                raise InputMismatch(
                    f"{spec_of(array)} with root 0x{root.hex()} is no constant of this program."
                )
            known[root] = array
        return replace(self, constants=known)

    def encode(self) -> bytes:
        """The file (FORMAT.md)."""
        from assay.program.encoding import encode_program

        return encode_program(self)

    @staticmethod
    def decode(data: bytes, limits: Limits = DEFAULT) -> Program:
        """The program of a file. Raises Malformed or LimitExceeded."""
        from assay.program.encoding import decode_program

        return decode_program(data, limits)

    def cost(self) -> Cost:
        """Operations and bytes of one item."""
        from assay.program.cost import cost_of

        return cost_of(self)

    def run(self, inputs: Sequence[Any], index: int = 0) -> list[Any]:
        """The outputs for these inputs as item `index` of its job, on JAX's default device, as NumPy arrays."""
        from assay.program.executor import run

        return list(run(self, inputs, index))
