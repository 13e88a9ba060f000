"""Files: round trips, every byte changed, truncated, hostile."""

import os
import random
import subprocess
import sys
import time
import tracemalloc
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from assay.program import BodyBuilder, DType, Limits, Malformed, Op, Program, ProgramError, TensorSpec, build
from assay.program.canonical import build as build_program
from assay.program.descriptor import decode_node, encode_node
from assay.program.limits import DEFAULT
from assay.program.node import Node
from assay.program.program import body_of
from tests.worker.program.random_programs import programs, write_program

SCALAR = TensorSpec(DType.I64, ())


def small_program() -> Program:
    """A loop in a loop, a constant, several operations: about 2,000 bytes."""
    return write_program(random.Random(2), 8)[0]


@settings(max_examples=200)
@given(programs(20))
def test_decode__encoded_program__is_the_program(case: tuple[Program, list[Any]]) -> None:
    program, _ = case
    again = Program.decode(program.encode())
    assert (again.root, again.encode(), again.inputs, again.outputs) == (
        program.root, program.encode(), program.inputs, program.outputs
    )  # fmt: skip
    assert list(again.bodies) == list(program.bodies)
    for body in program.bodies.values():
        for node in body.nodes:
            assert decode_node(encode_node(node)) == node


def refused_or_itself(data: bytes) -> bool:
    """Whether the bytes are refused; those that are not must be the file of their program."""
    try:
        program = Program.decode(data)
    except ProgramError:
        return True
    assert program.encode() == data
    return False


def test_decode__each_byte_changed__is_refused_or_another_program() -> None:
    program = small_program()
    data = program.encode()
    refused = 0
    for at in range(len(data)):
        for bit in (0x01, 0x80):
            changed = bytearray(data)
            changed[at] ^= bit
            refused += refused_or_itself(bytes(changed))
    assert refused > len(data)  # most changes break a shape, an order or a hash


def test_decode__each_truncation_and_extension__is_refused() -> None:
    data = small_program().encode()
    for length in range(len(data)):
        with pytest.raises(ProgramError):
            Program.decode(data[:length])
    for more in (b"\0", data, b"\0" * 32):
        with pytest.raises(ProgramError):
            Program.decode(data + more)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_decode__random_bytes__are_refused(noise: bytes) -> None:
    with pytest.raises(ProgramError):
        Program.decode(noise)
    with pytest.raises(ProgramError):
        Program.decode(small_program().encode()[:16] + noise)


@settings(max_examples=150)
@given(programs(12), st.randoms(use_true_random=False))
def test_decode__fields_replaced__is_refused_or_another_program(
    case: tuple[Program, list[Any]], rng: random.Random
) -> None:
    data = bytearray(case[0].encode())
    for _ in range(rng.randint(1, 3)):
        at, width = rng.randrange(len(data)), rng.choice((1, 2, 4, 8))
        value = rng.choice((0, 1, 2**31, 2**63, 2**64 - 1, rng.getrandbits(64)))
        data[at : at + width] = (value % (1 << (8 * width))).to_bytes(width, "big")
    refused_or_itself(bytes(data))


def node_bytes(node: Node) -> bytes:
    descriptor = encode_node(node)
    return len(descriptor).to_bytes(2, "big") + descriptor


def file_of(*bodies: list[Node], inputs: int = 1) -> bytes:
    """A file of these bodies, written without any check."""
    parts = [b"ASSAYPRG", (1).to_bytes(2, "big"), inputs.to_bytes(2, "big"), len(bodies).to_bytes(4, "big")]
    for body in bodies:
        parts += [len(body).to_bytes(4, "big"), *map(node_bytes, body)]
    return b"".join([*parts, (0).to_bytes(4, "big")])


def returning(dims: tuple[int, ...], *before: Node) -> list[Node]:
    """Nodes, then a pack of the last one."""
    strides = TensorSpec(DType.I64, dims).strides
    copy = Node(Op.VIEW, DType.I64, dims, (len(before) - 1,), (0, *strides))
    return [*before, copy, Node(Op.PACK, None, (1,), (), (len(before),))]


def doubling(depth: int, trips: int) -> bytes:
    """Loops in loops: `trips` to the power `depth` steps."""
    body = BodyBuilder()
    body.returns(body.op(Op.ADD, body.carry(0, SCALAR), body.step()))
    for _ in range(depth):
        outer = BodyBuilder()
        outer.returns(*outer.loop(body, [outer.carry(0, SCALAR)], trips=trips))
        body = outer
    roomy = Limits(operations=1 << 9000, loop_depth=1000, memory_bytes=1 << 60)
    return build_program(body, 1, roomy).encode()


PARAM = Node(Op.PARAM, DType.I64, (), (), (0, 0))
HUGE = (1 << 31, 1 << 31)
HOSTILE = {
    "no bodies": b"ASSAYPRG" + (1).to_bytes(2, "big") + bytes(10),
    "another version": b"ASSAYPRG" + (2).to_bytes(2, "big") + small_program().encode()[10:],
    "more bodies than bytes": b"ASSAYPRG" + (1).to_bytes(2, "big") + bytes(2) + b"\xff" * 4,
    "more nodes than bytes": file_of(returning((), PARAM))[:16] + b"\0\0\xff\xff",
    "a huge fill": file_of(returning(HUGE, Node(Op.FILL, DType.I64, HUGE, (), (0,)))),
    "a huge view of one element": file_of(returning(HUGE, PARAM, Node(Op.VIEW, DType.I64, HUGE, (0,), (0, 0, 0)))),
    "a dimension of 0": file_of(returning((0,), Node(Op.FILL, DType.I64, (0,), (), (0,)))),
    "a cycle": file_of(returning((), Node(Op.ADD, DType.I64, (), (1, 1)), Node(Op.ADD, DType.I64, (), (0, 0)))),
    "itself as operand": file_of(returning((), Node(Op.ADD, DType.I64, (), (0, 0)))),
    "a view outside": file_of(returning((2,), PARAM, Node(Op.VIEW, DType.I64, (2,), (0,), (0, 1)))),
    "a negative view": file_of(returning((), PARAM, Node(Op.VIEW, DType.I64, (), (0,), (-1,)))),
    "no pack at the end": file_of([PARAM]),
    "a pack of what is no copy": file_of([PARAM, Node(Op.PACK, None, (1,), (), (0,))]),
    "a pack elsewhere": file_of([*returning((), PARAM)[:2], Node(Op.PACK, None, (1,), (), (0,))]),
    "an input that is not there": file_of(returning((), Node(Op.PARAM, DType.I64, (), (), (0, 7)))),
    "invariants of the main body": file_of(returning((), Node(Op.PARAM, DType.I64, (), (), (1, 0)))),
    "a step of another dtype": file_of(returning((), Node(Op.PARAM, DType.I64, (), (), (2, 1)))),
    "an unused body": file_of(returning((), PARAM), returning((), PARAM, Node(Op.ADD, DType.I64, (), (0, 0)))),
    "a body twice": file_of(returning((), PARAM), returning((), PARAM)),
    "an unknown body": file_of([
        *returning((), PARAM), Node(Op.LOOP, None, (1,), (2,), (b"\1" * 32, 3, 0)),
        Node(Op.PART, DType.I64, (), (3,), (0,)), Node(Op.VIEW, DType.I64, (), (4,), (0,)),
        Node(Op.PACK, None, (1,), (), (5,)),
    ]),
    "loops without end": doubling(6, 1 << 40),
    "loops too deep": doubling(17, 1),
    "a dot that overflows": file_of(returning((1, 1, 1),
        Node(Op.FILL, DType.I64, (1, 1, 4), (), (0,)), Node(Op.DOT, DType.I64, (1, 1, 1), (0, 0), (32, 32)))),
    "more than memory": file_of(returning((1 << 28,),
        *(Node(Op.IOTA, DType.I64, (1 << 28,), (), (0,)) for _ in range(9)),
        *(Node(Op.ADD, DType.I64, (1 << 28,), (n, 8 + n)) for n in range(1, 9)))),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_decode__hostile_file__is_refused_fast_in_little_memory(name: str) -> None:
    data = HOSTILE[name]
    tracemalloc.start()
    try:
        with pytest.raises(ProgramError) as refused:
            Program.decode(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20
    assert len(refused.value.message) > 20  # it says what is wrong


def test_decode__a_large_hostile_file__takes_time_in_proportion() -> None:
    body = [PARAM, *(Node(Op.ADD, DType.I64, (), (i, i)) for i in range(20_000))]
    data = file_of(returning((), *body))
    began = time.process_time()
    program = Program.decode(data)
    assert program.cost().operations == 20_001
    assert time.process_time() - began < 60  # 2 s where this was written; no quadratic walk
    assert program.cost().peak_bytes < 100


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("file_bytes", 100, "file"),
        ("nodes", 3, "nodes"),
        ("bodies", 1, "bodies"),
        ("loop_depth", 0, "loops"),
        ("tensor_bytes", 7, "bytes"),
        ("memory_bytes", 8, "memory"),
        ("operations", 1, "operations"),
        ("constants", 0, "constants"),
    ],
)
def test_limits__each_one__is_named_with_the_way_out(field: str, value: int, text: str) -> None:
    body, inner = BodyBuilder(), BodyBuilder()
    spec = TensorSpec(DType.I64, (2,))
    import numpy as np

    inner.returns(inner.op(Op.ADD, inner.carry(0, spec), inner.const(np.array([1, 2]))))
    body.returns(*body.loop(inner, [body.carry(0, spec)], trips=3))
    data = build(body, 1).encode()
    from dataclasses import replace

    with pytest.raises(ProgramError) as refused:
        Program.decode(data, replace(DEFAULT, **{field: value}))
    assert field in refused.value.message and str(value) in refused.value.message
    assert text in refused.value.message.lower() and refused.value.hint


def test_body__a_node_moved__is_another_body() -> None:
    nodes = returning((), PARAM, Node(Op.FILL, DType.I64, (), (), (1,)), Node(Op.ADD, DType.I64, (), (0, 1)))
    moved = [nodes[1], nodes[0], Node(Op.ADD, DType.I64, (), (1, 0)), *nodes[3:]]
    assert body_of(nodes).root != body_of(moved).root


def test_encode__numbers_that_do_not_fit__are_refused() -> None:
    for node in (
        Node(Op.VIEW, DType.I64, (), (0,), (1 << 63,)),
        Node(Op.PARAM, DType.I64, (), (), (0, 1 << 16)),
        Node(Op.PAD, DType.I64, (1,), (0, 0), (-1, 0)),
        Node(Op.CONST, DType.I64, (), (), (b"short",)),
        Node(Op.FILL, DType.I64, (), (), ()),
    ):
        with pytest.raises(Malformed):
            encode_node(node)


def test_decode__in_a_fresh_process__imports_no_jax() -> None:
    """The backend decodes programs; it must not load JAX for that."""
    code = (
        "import sys; from assay.program import Program; "
        f"p = Program.decode(bytes.fromhex('{small_program().encode().hex()}')); "
        "p.cost(); assert 'jax' not in sys.modules and 'jaxlib' not in sys.modules; print(p.root.hex())"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == small_program().root.hex()
