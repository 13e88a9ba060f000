"""ops.json and program.json: what operations give on edge operands, and whole programs with bytes and results.

Tensors are {dtype, dims, bytes}: bytes row-major and little-endian, as a tensor's pages hold them. Results come from
the NumPy reference; tests hold the executor, the plain-integer elements and the Vyper leaf to the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np

from assay.program import BodyBuilder, DType, Op, Program, Ref, TensorSpec, build, reference
from assay.program.descriptor import encode_node
from assay.program.node import Node
from assay.program.ops import TABLE
from assay.program.roots import tensor_bytes, tensor_root

INTEGERS = [dtype for dtype in DType if dtype is not DType.BOOL]
BINARY = (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.REM, Op.MIN, Op.MAX, Op.AND, Op.OR, Op.XOR, Op.SHL, Op.SHR)
COMPARE = (Op.EQ, Op.LT, Op.LE)


def edges(dtype: DType) -> list[int]:
    """Values at which implementations differ: 0, +-1, the range's ends, and shift amounts around n."""
    bits = dtype.bits
    found = {0, 1, -1, 2, -2, bits - 1, bits, bits + 1, dtype.least, dtype.least + 1, dtype.greatest}
    found |= {dtype.greatest - 1, dtype.greatest // 2 + 1, 0x5A}
    return sorted(value for value in found if dtype.least <= value <= dtype.greatest)


def array(dtype: DType, values: Iterable[int], dims: Sequence[int] | None = None) -> Any:
    """An array of these values."""
    flat = np.array([dtype.wrap(value) for value in values], dtype.numpy)
    return flat if dims is None else flat.reshape(tuple(dims))


def tensor(values: Any) -> dict[str, Any]:
    """The JSON form of an array."""
    made = np.asarray(values)
    return {"dtype": made.dtype.name, "dims": list(made.shape), "bytes": tensor_bytes(made)}


def case(
    op: Op,
    operands: Sequence[Any],
    dtype: DType,
    dims: Sequence[int] | None = None,
    params: Sequence[int] = (),
) -> dict[str, Any]:
    """One node on its operands; `dims` states the result where the operation leaves it open."""
    specs = [TensorSpec(DType[_name(one)], one.shape) for one in operands]
    stated = TensorSpec(dtype, tuple(dims) if dims is not None else specs[0].dims)
    made = TABLE[op].rule
    assert made is not None
    spec = made(stated, specs, tuple(params))
    node = Node(op, spec.dtype, spec.dims, tuple(range(len(specs))), tuple(params))
    result = reference.evaluate(node, list(operands))
    return {
        "op": op.name.lower(),
        "descriptor": encode_node(node),
        "operands": [tensor(one) for one in operands],
        "result": tensor(result),
    }


def _name(values: Any) -> str:
    return {"bool": "BOOL"}.get(values.dtype.name) or {"i": "I", "u": "U"}[values.dtype.kind] + str(
        8 * values.dtype.itemsize
    )


def _pairs(dtype: DType) -> tuple[Any, Any]:
    left, right = zip(*product(edges(dtype), repeat=2), strict=True)
    return array(dtype, left), array(dtype, right)


def _elementwise() -> list[dict[str, Any]]:
    cases = []
    for dtype in DType:
        a, b = _pairs(dtype)
        boolean = dtype is DType.BOOL
        for op in (Op.AND, Op.OR, Op.XOR, Op.MIN, Op.MAX) if boolean else BINARY:
            cases.append(case(op, (a, b), dtype))
        cases += [case(op, (a, b), dtype) for op in COMPARE]
        flags = array(DType.BOOL, [index % 3 == 0 for index in range(len(a))])
        cases.append(case(Op.SELECT, (flags, a, b), dtype))
        every = array(dtype, edges(dtype))
        cases += [case(Op.CONVERT, (every,), other) for other in DType]
        if not boolean:
            cases.append(case(Op.CLZ, (every,), dtype))
        cases += [case(Op.FILL, (), dtype, (2,), (value,)) for value in (0, 1, -1, 2**63 - 1, -(2**63), 300)]
    return cases


def _index_maps() -> list[dict[str, Any]]:
    cases = []
    x = array(DType.I16, range(-12, 12), (2, 3, 4))
    views = (
        ((4, 3, 2), 0, (1, 4, 12)), ((24,), 23, (-1,)), ((), 7, ()), ((2, 2, 2), 0, (0, 0, 5)),
        ((3, 2, 2), 0, (4, 4, 1)), ((1, 5), 3, (99, 4)), ((2, 3), 1, (12, -0)), ((8,) * 0, 23, ()),
    )  # fmt: skip
    cases += [case(Op.VIEW, (x,), DType.I16, dims, (offset, *strides)) for dims, offset, strides in views]
    row, filler = array(DType.U8, range(1, 6)), array(DType.U8, [77], ())
    far = 2**64 - 1
    for params in ((0, 0), (2, 0), (0, 1), (1, 2), (far, 0), (0, far), (far, far), (2**63, 2**63)):
        cases.append(case(Op.PAD, (row, filler), DType.U8, (9,), params))
    cases.append(case(Op.PAD, (row, filler), DType.U8, (3,), (1, 0)))
    grid = array(DType.U8, range(6), (2, 3))
    cases.append(case(Op.PAD, (grid, filler), DType.U8, (4, 7), (1, 0, 1, 1)))
    for axis in (0, 1):
        cases.append(case(Op.CONCAT, (grid, grid[::-1], grid), DType.U8, params=(axis,)))
    cases += [
        case(Op.IOTA, (), dtype, (2, 300), (axis,))
        for dtype in (DType.I8, DType.U8, DType.I32)
        for axis in (0, 1)
    ]
    table = array(DType.I64, [-(2**63), 5, 2**63 - 1, 0, -1, 9], (3, 2))
    for dtype in INTEGERS:
        cases.append(case(Op.TAKE, (table, array(dtype, edges(dtype))), DType.I64))
    long = array(DType.U16, range(300), (300, 1))
    cases.append(case(Op.TAKE, (long, array(DType.I8, edges(DType.I8))), DType.U16))
    cube = array(DType.I32, range(24), (2, 3, 4))
    for start in ((0, 0, 0), (1, 1, 1), (-1, 2**63 - 1, -(2**63)), (1, 2, 3), (0, -5, 2)):
        begin = array(DType.I64, start)
        cases.append(case(Op.SLICE_AT, (cube, begin), DType.I32, (1, 2, 3)))
        update = array(DType.I32, range(-6, 0), (1, 2, 3))
        cases.append(case(Op.UPDATE_AT, (cube, update, begin), DType.I32))
    return cases


def _reductions() -> list[dict[str, Any]]:
    cases = []
    for dtype in DType:
        values = edges(dtype)
        rows = array(dtype, values + values[::-1], (2, len(values)))
        ops = (
            (Op.MAX_OF, Op.MIN_OF, Op.RANK)
            if dtype is DType.BOOL
            else (Op.SUM, Op.MAX_OF, Op.MIN_OF, Op.RANK)
        )
        cases += [case(op, (rows,), dtype, rows.shape) for op in ops]
        table = array(dtype, (values * 8)[:8], (4, 2))
        updates = array(dtype, [dtype.greatest, dtype.least, 1, 0, dtype.greatest, dtype.least] * 2, (6, 2))
        for kind in (1, 2) if dtype is DType.BOOL else (0, 1, 2):
            for index in (DType.I64, DType.U64, DType.I8):
                names = array(index, [0, 3, 0, 4, -1, 2])
                cases.append(case(Op.SCATTER, (table, names, updates), dtype, params=(kind,)))
    return cases


def _dots() -> list[dict[str, Any]]:
    cases = []
    for kind_a, kind_b, p_a, p_b, out in (
        (DType.I8, DType.I8, 8, 8, DType.I32), (DType.I8, DType.I8, 9, 9, DType.I32),
        (DType.I8, DType.I16, 2, 16, DType.I32), (DType.I16, DType.I16, 17, 17, DType.I64),
        (DType.I32, DType.I32, 20, 20, DType.I64), (DType.I32, DType.I64, 31, 30, DType.I64),
        (DType.I64, DType.I64, 2, 2, DType.I32), (DType.I64, DType.I32, 28, 32, DType.I64),
    ):  # fmt: skip
        a, b = edges(kind_a)[:6] + edges(kind_a)[-6:], edges(kind_b)[::-1][:6] + edges(kind_b)[:6]
        left, right = array(kind_a, a, (2, 2, 3)), array(kind_b, b, (2, 2, 3))
        cases.append(case(Op.DOT, (left, right), out, params=(p_a, p_b)))
    one, other = array(DType.I32, [-(2**31)], (1, 1, 1)), array(DType.I32, [2**31 - 1], (1, 1, 1))
    cases.append(case(Op.DOT, (one, other), DType.I64, params=(32, 32)))
    return cases


def ops() -> dict[str, Any]:
    """Every operation on edge operands."""
    rule = "tensors: row-major, little-endian; a node's inputs are its operands in order"
    return {"rule": rule, "cases": [*_elementwise(), *_index_maps(), *_reductions(), *_dots()]}


def _axpy() -> tuple[BodyBuilder, list[Any]]:
    body, spec = BodyBuilder(), TensorSpec(DType.I32, (5,))
    x, y = body.carry(0, spec), body.carry(1, spec)
    body.returns(body.op(Op.ADD, body.op(Op.MUL, x, body.fill(3, spec)), y))
    return body, [array(DType.I32, range(5)), array(DType.I32, [2**31 - 1, -1, 0, 1, -(2**31)])]


def _nested_loops() -> tuple[BodyBuilder, list[Any]]:
    body, spec = BodyBuilder(), TensorSpec(DType.I64, (3,))
    outer, inner = BodyBuilder(), BodyBuilder()

    def step(one: BodyBuilder) -> Ref:
        return one.broadcast(one.step(), (3,))

    inner.returns(
        inner.op(Op.ADD, inner.op(Op.MUL, inner.carry(0, spec), inner.invariant(0, spec)), step(inner))
    )
    found = outer.loop(inner, [outer.carry(0, spec)], [outer.invariant(0, spec)], trips=3)
    outer.returns(outer.op(Op.XOR, found[0], step(outer)), outer.op(Op.SUB, outer.carry(1, spec), found[0]))
    x = body.carry(0, spec)
    end = body.loop(outer, [x, x], [body.const(array(DType.I64, [3, -7, 2**40]))], trips=5, stride=2)
    body.returns(*end, body.step())
    return body, [array(DType.I64, [1, -2, 2**62])]


def _reductions_program() -> tuple[BodyBuilder, list[Any]]:
    body = BodyBuilder()
    a, b = body.carry(0, TensorSpec(DType.I8, (2, 3, 4))), body.carry(1, TensorSpec(DType.I8, (2, 2, 4)))
    product_ = body.op(Op.DOT, a, b, dtype=DType.I32, params=(8, 8))
    rows = body.reshape(product_, (6, 2))
    ranks = body.op(Op.RANK, body.view(rows, 0, (1, 2), (2, 6)))
    index = body.reshape(body.view(ranks, 0, (1,), (6,)), (6,))
    sorted_ = body.op(Op.SCATTER, body.fill(0, rows.spec), index, rows, params=(0,))
    body.returns(
        body.op(Op.SUM, sorted_), body.op(Op.MAX_OF, sorted_), body.op(Op.TAKE, sorted_, index), ranks
    )
    rng = np.random.Generator(np.random.PCG64(3))
    return body, [rng.integers(-128, 128, (2, 3, 4), np.int8), rng.integers(-128, 128, (2, 2, 4), np.int8)]


def _moves() -> tuple[BodyBuilder, list[Any]]:
    body = BodyBuilder()
    x, start = body.carry(0, TensorSpec(DType.U16, (4, 5))), body.carry(1, TensorSpec(DType.I64, (2,)))
    part = body.op(Op.SLICE_AT, x, start, dims=(2, 3))
    window = body.view(x, 0, (5, 1, 5, 1), (3, 3, 2, 3))
    padded = body.op(Op.PAD, part, body.fill(9, TensorSpec(DType.U16, ())), dims=(4, 5), params=(1, 0, 0, 1))
    changed = body.op(Op.UPDATE_AT, padded, part, start)
    flags = body.op(Op.LT, changed, x)
    body.returns(
        body.op(Op.CONCAT, x, changed, params=(0,)), window, body.op(Op.SELECT, flags, x, changed, dtype=DType.U16),
        body.op(Op.CONVERT, flags, dtype=DType.I8),
    )  # fmt: skip
    return body, [array(DType.U16, range(65_520, 65_540), (4, 5)), array(DType.I64, [1, 2**63 - 1])]


def programs() -> dict[str, Any]:
    """Whole programs: the file, roots, inputs, outputs of item 5."""
    rows = []
    for name, make, inputs in (
        ("multiply and add", _axpy, 2), ("nested loops", _nested_loops, 1),
        ("products and sorting", _reductions_program, 2), ("moves", _moves, 2),
    ):  # fmt: skip
        body, arrays = make()
        rows.append({"name": name, **program_row(build(body, inputs), arrays, 5)})
    return {"programs": rows}


def program_row(program: Program, inputs: Sequence[Any], index: int) -> dict[str, Any]:
    """One program with what it gives as item `index`."""
    values = reference.run_body(program, program.main, tuple(inputs), (), index)
    cost = program.cost()
    return {
        "file": program.encode(),
        "root": program.root,
        "bodies": [
            {"root": body.root, "descriptors": [encode_node(node) for node in body.nodes]}
            for body in program.bodies.values()
        ],
        "constants": [tensor(values) for values in program.constants.values()],
        "inputs": [tensor(one) for one in inputs],
        "input_roots": [tensor_root(one) for one in inputs],
        "index": index,
        "outputs": [tensor(one) for one in values[-1]],
        "output_roots": [tensor_root(one) for one in values[-1]],
        "node_roots": [
            [tensor_root(one) for one in value] if isinstance(value, tuple) else tensor_root(value)
            for value in values
        ],
        "cost": {
            "operations": cost.operations,
            "bytes_moved": cost.bytes_moved,
            "peak_bytes": cost.peak_bytes,
        },
    }
