"""Reference, executor and elements on random programs: the same bits, without a NumPy warning."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from assay.program import Program, executor, reference
from assay.program.ops import Op
from tests.worker.program.agreement import assert_same, check_elements
from tests.worker.program.random_programs import programs

LONG = settings.get_profile("long").max_examples == settings().max_examples


@contextmanager
def warnings_are_errors() -> Iterator[None]:
    """Around the reference alone: JAX may warn of what is not ours (a slow compilation, a process that forked)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@settings(max_examples=10_000 if LONG else 300)
@given(programs(), st.integers(0, 2**63 - 1))
def test_elements__random_programs__are_the_reference(case: tuple[Program, list[Any]], index: int) -> None:
    program, inputs = case
    with warnings_are_errors():
        check_elements(program, inputs, index)


@settings(max_examples=2_000 if LONG else 60)
@given(programs(20), st.sampled_from((0, 1, 2**40, 2**63 - 1)))
def test_executor__random_programs__are_the_reference(case: tuple[Program, list[Any]], index: int) -> None:
    program, inputs = case
    with warnings_are_errors():
        wanted = reference.run(program, inputs, index)
    assert_same(executor.run(program, inputs, index), wanted)


@settings(max_examples=300 if LONG else 10)
@given(programs(20))
def test_node_values__random_programs__are_the_reference(case: tuple[Program, list[Any]]) -> None:
    program, inputs = case
    found = executor.node_values(program, program.main.root, inputs, (), 7)
    wanted = reference.run_body(program, program.main, tuple(inputs), (), 7)
    for a, b in zip(found, wanted, strict=True):
        assert_same(a if isinstance(a, tuple) else [a], b if isinstance(b, tuple) else [b])


@settings(max_examples=100 if LONG else 8)
@given(programs(20))
def test_advance__a_loop_in_two_pieces__is_the_loop(case: tuple[Program, list[Any]]) -> None:
    program, inputs = case
    values = reference.run_body(program, program.main, tuple(inputs), (), 0)
    for i, node in enumerate(program.main.nodes):
        if node.op is not Op.LOOP:
            continue
        carry, invariants = values[node.inputs[0]], values[node.inputs[1]] if len(node.inputs) > 1 else ()
        trips = node.param("trips")
        middle = executor.advance(program, node.root("body"), carry, invariants, first=0, steps=trips // 2)
        end = executor.advance(
            program, node.root("body"), middle, invariants, first=trips // 2, steps=trips - trips // 2
        )
        wanted = values[i]
        assert isinstance(wanted, tuple)
        assert_same(end, wanted)


def test_run__importing_and_running__leaves_jax_settings_alone() -> None:
    import jax
    import jax.numpy as jnp

    from assay.program import BodyBuilder, DType, TensorSpec, build

    body = BodyBuilder()
    body.returns(body.op(Op.ADD, body.carry(0, TensorSpec(DType.I64, ())), body.step()))
    assert build(body, 1).run([np.int64(2**40)], 3) == [2**40 + 3]
    assert not jax.config.jax_enable_x64
    assert jnp.arange(3).dtype == jnp.int32
