"""The caller's function is traced with 64-bit types as the caller has them, whatever assay computes with."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.exact import exact
from assay.program.tracing import trace


def rows(x: jax.Array, t: jax.Array) -> jax.Array:
    """A literal beside an int32 in a primitive that promotes nothing: an error where literals are 64-bit."""
    first = lax.rem(t, x.shape[0] // 2) * 2
    return jnp.sum(lax.dynamic_slice_in_dim(x, first, 2))


def test_trace__of_an_exact_function_without_x64__does_not_turn_it_on_for_the_function() -> None:
    arguments = (np.arange(6, dtype=np.float32).reshape(6, 1), np.int32(1))
    with jax.enable_x64(False):
        chosen = exact(rows)
        program = trace(chosen, *arguments)
        inputs = [np.asarray(leaf) for leaf in jax.tree.leaves(chosen.encode(*arguments))]
        wanted = [np.asarray(leaf) for leaf in jax.tree.leaves(chosen.integers(*chosen.encode(*arguments)))]
    for found, expected in zip(program.run(inputs), wanted, strict=True):
        np.testing.assert_array_equal(found, expected)
