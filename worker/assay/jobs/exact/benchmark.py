"""How fast this machine runs exact programs, and whether it may: for device documents and `assay doctor`."""

from __future__ import annotations

import time

import numpy as np

from assay.jobs.exact.loading import LIMITS
from assay.program import BodyBuilder, DType, Op, Program, TensorSpec, build
from assay.sandbox.exact import ExactChildProcess, SandboxedExact, UnitFinding

ROWS, WIDTH, STEPS = 64, 128, 100
VALUES = TensorSpec(DType.I32, (ROWS, WIDTH))
WEIGHTS = TensorSpec(DType.I32, (WIDTH, WIDTH))
PASSES = 6  # elementwise passes after a product: about what renormalising takes


def benchmark_program() -> Program:
    """Steps of a product of 20-bit numbers and elementwise passes over it, as training has them."""
    body = BodyBuilder()
    x, weights = body.carry(0, VALUES), body.invariant(0, WEIGHTS)
    rows, columns = body.reshape(x, (1, ROWS, WIDTH)), body.reshape(weights, (1, WIDTH, WIDTH))
    product = body.op(Op.DOT, rows, columns, dtype=DType.I64, dims=(1, ROWS, WIDTH), params=(20, 20))
    made = body.reshape(product, (ROWS, WIDTH))
    wide = TensorSpec(DType.I64, made.dims)
    for k in range(PASSES):
        shifted = body.op(Op.SHR, made, body.fill(3, wide))
        mixed = body.op(Op.XOR, shifted, body.fill(k + 1, wide))
        kept = body.op(Op.LT, mixed, body.fill(1 << 18, wide))
        made = body.op(Op.SELECT, kept, mixed, body.op(Op.SUB, made, mixed))
    body.returns(body.op(Op.CONVERT, made, dtype=DType.I32))
    main = BodyBuilder()
    loop = main.loop(body, [main.carry(0, VALUES)], [main.carry(1, WEIGHTS)], trips=STEPS, stride=STEPS // 4)
    main.returns(*loop)
    return build(main, 2)


def benchmark(seconds: float = 2.0, *, threads: int | None = None) -> float:
    """Scalar operations a second of this machine, compilation apart; runs for about `seconds`. Raises SandboxError."""
    program = benchmark_program()
    random = np.random.default_rng(1)
    inputs = [random.integers(-(2**19), 2**19, spec.dims).astype(np.int32) for spec in (VALUES, WEIGHTS)]
    with SandboxedExact(program, inputs, decode_limits=LIMITS, threads=threads) as child:
        child.run_item(0)
        done, begin = 0, time.monotonic()
        while done == 0 or time.monotonic() - begin < seconds:
            child.run_item(done)
            done += 1
        elapsed = time.monotonic() - begin
    return done * program.cost().operations / elapsed


def examined_units() -> tuple[UnitFinding, ...]:
    """The arithmetic units of this device, tested against integers; raises SandboxError, with stage `device` when its
    integers are wrong and it may take no exact jobs."""
    with ExactChildProcess() as child:
        return child.units
