"""The exact dot against the same device's native float matmul, and what each operand width costs."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact.dot import exact_dot
from assay.exact.dot.selection import choose
from tests.bench.exact_paired import paired, ratio_row

SIZE = 2048
TRAINING = (1, 512, 2048, 2048)
_LAST_AXES = (((2,), (2,)), ((0,), (0,)))


def _native() -> tuple[str, str]:
    """(dtype, its name) of the float matmul that is native to this machine's device."""
    return ("float32", "f32") if jax.default_backend() == "cpu" else ("bfloat16", "bf16")


def _ratio(shape: tuple[int, int, int, int], bits: int, kind: str, goal: float | None) -> dict[str, Any]:
    batch, rows, columns, terms = shape
    random = np.random.default_rng(1)
    limit = (1 << (bits - 1)) - 1
    dtype, short = _native()
    out = "int32" if terms << (2 * bits - 2) < 1 << 31 else "int64"
    with jax.enable_x64(True):
        a, b = (
            jnp.asarray(random.integers(-limit, limit + 1, size, dtype=kind))
            for size in ((batch, rows, terms), (batch, columns, terms))
        )
        x, y = a.astype(dtype), b.astype(dtype)
        ours = jax.jit(partial(exact_dot, p_a=bits, p_b=bits, out=out))
        theirs = jax.jit(partial(lax.dot_general, dimension_numbers=_LAST_AXES))
        ratios, _, _ = paired(lambda: ours(a, b), lambda: theirs(x, y))
    route = choose(shape, bits, bits, (jax.default_backend(),)).name
    size = "x".join(str(side) for side in shape[1:])
    name = f"exact dot, {bits}-bit {kind}, {size}, route {route} / native {short} matmul"
    return ratio_row(name, ratios, goal, f"jax {short} dot")


def int8_square() -> dict[str, Any]:
    """2048 cubed, int8: the row with a goal."""
    return _ratio((1, SIZE, SIZE, SIZE), 8, "int8", 1.0)


def training_16() -> dict[str, Any]:
    """A layer of a training step, 16-bit operands."""
    return _ratio(TRAINING, 16, "int16", None)


def training_22() -> dict[str, Any]:
    """The same at 22 bits, what `exact` takes by default."""
    return _ratio(TRAINING, 22, "int32", None)


ROWS = (int8_square, training_16, training_22)
