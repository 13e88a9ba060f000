"""Exact functions of floats as programs: the program, the exact function and the reference give the same bits."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from assay.exact import exact
from assay.program import Program, Untraceable, reference, trace
from tests.worker.program.agreement import assert_same

X = np.linspace(-2, 3, 20, dtype=np.float32).reshape(4, 5)


def check(fn: Any, *args: Any) -> Program:
    """Asserts that program, exact function and reference agree; returns the program."""
    made = exact(fn)
    program = trace(made, *args)
    encoded = made.encode(*args)
    with jax.enable_x64(True):
        wanted = [np.asarray(leaf) for leaf in jax.tree.leaves(made.integers(*encoded))]
    inputs = [np.asarray(leaf) for leaf in jax.tree.leaves(encoded)]
    assert_same(reference.run(program, inputs), wanted)
    assert_same(program.run(inputs), wanted)
    return program


def test_trace__a_training_step__is_the_exact_step() -> None:
    def loss(params: Any, x: Any, y: Any) -> Any:
        return jnp.mean((x @ params["w"] - y) ** 2)

    def step(params: Any, x: Any, y: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(params, x, y)
        return value, jax.tree.map(lambda a, b: a - 0.1 * b, params, grads)

    program = check(step, {"w": X.T[:, :3] * 0.3}, X, X[:, :3])
    assert program.cost().operations > 1_000


def test_trace__a_scan_of_floats__is_the_exact_scan() -> None:
    program = check(lambda x: lax.scan(lambda c, row: (c * 0.5 + row, c.sum()), x[0], x), X)
    assert len(program.bodies) == 2


def test_root__an_exact_function_traced_twice__is_one() -> None:
    roots = {trace(exact(lambda x: (x * x).sum(0)), X).root for _ in range(2)}
    assert len(roots) == 1


def test_trace__what_a_program_cannot_hold__names_the_users_line() -> None:
    with pytest.raises(Untraceable, match=r"test_exact_programs.py.*9 dimensions"):
        trace(exact(lambda x: x.reshape((1,) * 7 + (4, 5)) * 2), X)
