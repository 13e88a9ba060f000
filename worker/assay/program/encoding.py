"""The program file: bytes to program and back. A file that is not the encoding of its program is refused."""

from __future__ import annotations

from assay.program.descriptor import MAX_DESCRIPTOR_BYTES, decode_node, encode_node
from assay.program.errors import LimitExceeded, Malformed
from assay.program.limits import DEFAULT, MAX_BODY_NODES, Limits
from assay.program.node import Body, Node
from assay.program.ops import Op
from assay.program.program import Program, body_of

MAGIC = b"ASSAYPRG"
VERSION = 1


def encode_program(program: Program) -> bytes:
    """The file of a program."""
    parts = [MAGIC, VERSION.to_bytes(2, "big"), program.input_count.to_bytes(2, "big")]
    bodies = [program.bodies[root] for root in first_use(program)]
    parts.append(len(bodies).to_bytes(4, "big"))
    for body in bodies:
        parts.append(len(body.nodes).to_bytes(4, "big"))
        for node in body.nodes:
            descriptor = encode_node(node)
            parts += (len(descriptor).to_bytes(2, "big"), descriptor)
    constants = program.constant_specs
    parts.append(len(constants).to_bytes(4, "big"))
    parts += constants
    return b"".join(parts)


def first_use(program: Program) -> list[bytes]:
    """Body roots as a depth-first walk from the main body leaves them: inner before outer, main last."""
    order: dict[bytes, None] = {}
    stack = [(program.main.root, iter(_loops(program.main)))]
    while stack:
        root, inner = stack[-1]
        following = next((found for found in inner if found not in order), None)
        if following is None:
            order[root] = None
            stack.pop()
        else:
            stack.append((following, iter(_loops(program.bodies[following]))))
    return list(order)


def _loops(body: Body) -> list[bytes]:
    return [node.root("body") for node in body.nodes if node.op is Op.LOOP]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int, what: str) -> bytes:
        if count > len(self.data) - self.at:
            raise Malformed(f"the file ends at byte {len(self.data)}, inside {what}")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int, what: str) -> int:
        return int.from_bytes(self.take(width, what), "big")


def decode_program(data: bytes, limits: Limits = DEFAULT) -> Program:
    """The program of a file. Raises Malformed or LimitExceeded; work is bounded by the file's length."""
    limits.check("file_bytes", len(data), "The length of the program file", "Write repeated work as loops.")
    reader = _Reader(bytes(data))
    if reader.take(len(MAGIC), "the magic") != MAGIC:
        raise Malformed("this is not a program file: it does not begin with ASSAYPRG")
    version = reader.number(2, "the version")
    if version != VERSION:
        raise Malformed(f"program format {version}; this reader knows {VERSION}", "Update assay.")
    inputs = reader.number(2, "the number of inputs")
    count = reader.number(4, "the number of bodies")
    limits.check("bodies", count, "The number of bodies", "Write repeated work as one loop.")
    total, bodies = 0, []
    for number in range(count):
        body = _read_body(reader, number)
        total += len(body.nodes)
        limits.check("nodes", total, "The number of nodes", "Write repeated work as a loop.")
        bodies.append(body)
    listed = reader.number(4, "the number of constants")
    limits.check("constants", listed, "The number of constants", "Pass tensors as inputs, or join them.")
    reader.take(32 * listed, "the constants")
    program = Program.of(inputs, bodies, limits=limits)
    if program.encode() != data:
        raise Malformed(
            "the file is not the encoding of its program: bodies or constants are unused, out of order or "
            "repeated, or bytes follow the end"
        )
    return program


def _read_body(reader: _Reader, number: int) -> Body:
    count = reader.number(4, "the number of nodes")
    if not 1 <= count <= MAX_BODY_NODES:
        raise Malformed(f"body {number} has {count} nodes; a body has 1..{MAX_BODY_NODES}")
    nodes: list[Node] = []
    for i in range(count):
        length = reader.number(2, f"body {number}, node {i}")
        if length > MAX_DESCRIPTOR_BYTES:
            raise Malformed(f"body {number}, node {i}: a descriptor has at most {MAX_DESCRIPTOR_BYTES} bytes")
        try:
            nodes.append(decode_node(reader.take(length, f"body {number}, node {i}")))
        except (Malformed, LimitExceeded) as error:
            raise type(error)(f"body {number}, node {i}: {error.message}", error.hint) from None
    return body_of(nodes)
