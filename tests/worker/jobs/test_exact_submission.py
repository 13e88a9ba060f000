"""From functions to what is posted: inputs in order, names of results, the item's index."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from assay.exact import exact
from assay.jobs.exact.assemble import named, wide_values
from assay.jobs.exact.indexing import with_index
from assay.jobs.exact.spec import Output
from assay.jobs.exact.submission import submission_of
from assay.program import BodyBuilder, DType, Program, TensorSpec, build
from assay.program.ops import Op
from assay.program.traced import run_traced

SCALAR = TensorSpec(DType.I64, ())


def affine(weights: Any, x: Any, item: Any, flags: Any) -> Any:
    return {"y": x @ weights["w"] + weights["b"] + item, "picked": jnp.argmax(flags), "item": item}


ARGUMENTS: list[Any] = [
    {"w": np.array([[0.5, -2.0], [1.25, 3.0]], np.float32), "b": np.array([0.125, -7.0], np.float32)},
    np.array([[1.5, 2.0]], np.float32),
    np.int32(0),
    np.array([False, True, False]),
]


def test_submission_of__function_with_an_index__each_item_reads_its_own() -> None:
    found = submission_of(affine, ARGUMENTS, index=2)
    assert [output.name for output in found.outputs] == ["item", "picked", "y"]
    assert [output.form for output in found.outputs] == ["tensor", "tensor", "wide"]
    assert len(found.inputs) == found.program.input_count == 7
    for item in (0, 3, 1_000_000):
        made = named(run_traced(found.program, found.inputs, item).outputs, found.outputs)
        expected = exact(affine)(*ARGUMENTS[:2], np.int32(item), ARGUMENTS[3])
        assert made["item"] == item and made["picked"] == 1
        assert np.array_equal(made["y"], expected["y"]) and made["y"].dtype == np.float32


def test_submission_of__without_an_index__all_arguments_are_inputs() -> None:
    found = submission_of(affine, ARGUMENTS)
    assert found.program.input_count == 8
    made = named(run_traced(found.program, found.inputs, 5).outputs, found.outputs)
    assert made["item"] == 0


def test_submission_of__stride__loops_commit_to_their_states() -> None:
    def grow(x: Any) -> Any:
        return lax.fori_loop(0, 10, lambda _, y: y * 3 + 1, x)

    found = submission_of(grow, [np.arange(3, dtype=np.int32)], stride=4)
    assert len(found.program.strided_loops) == 1
    assert found.outputs == (Output("output"),)
    assert len(run_traced(found.program, found.inputs).traces) == 1


def test_with_index__input_that_is_not_read__dropped_and_the_others_move_up() -> None:
    main = BodyBuilder()
    main.returns(main.op(Op.SUB, main.carry(0, SCALAR), main.carry(2, SCALAR)))
    program = with_index(build(main, 3), 1)
    assert program.input_count == 2
    assert program.run([np.int64(9), np.int64(4)], 77)[0] == 5
    assert Program.decode(program.encode()).root == program.root


@pytest.mark.parametrize("spec", [TensorSpec(DType.I32, (2,)), TensorSpec(DType.BOOL, ())], ids=str)
def test_with_index__no_integer_scalar__refused(spec: TensorSpec) -> None:
    main = BodyBuilder()
    main.returns(main.carry(0, spec))
    with pytest.raises(ValueError, match="one integer"):
        with_index(build(main, 1), 0)


def test_wide_values__every_kind_of_number__as_the_library_decodes_them() -> None:
    from assay.exact import wide

    values = [0.0, -0.0, 1.0, -1.5, 3.4e38, 1e-38, 1e-45, np.inf, -np.inf, np.pi, -(2.0**-126)]
    encoded = wide.encode(np.array(values, np.float32))
    extreme = wide.Wide(
        np.array([2**23, -(2**23), 2**23], np.int32), np.array([4096, 10000, -4096], np.int16)
    )
    for number in (encoded, extreme):
        m, e = np.asarray(number.m), np.asarray(number.e)
        assert np.array_equal(wide_values(m, e), np.asarray(wide.decode(number, dtype=np.dtype(np.float32))))


def test_named__names_that_do_not_fit__refused() -> None:
    with pytest.raises(ValueError, match="other outputs than the 1"):
        named([np.zeros(2)], [Output("x", "wide")])
    with pytest.raises(ValueError, match="exponents"):
        named([np.zeros(2, np.int32), np.zeros(3, np.int16)], [Output("x", "wide")])
    assert list(named([np.zeros(2), np.ones(1)], [])) == ["output_0", "output_1"]
