"""Sums, maxima and minima over axes."""

from fractions import Fraction

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.exact import wide
from tests.worker.exact.wide.numbers import assert_normal, exact, spread


@given(seed=st.integers(0, 2**32), terms=st.sampled_from([1, 2, 3, 100, 4096]))
@settings(max_examples=20)
def test_reduce_sum__terms_of_all_sizes__stays_within_its_stated_error(seed: int, terms: int) -> None:
    x = wide.encode(spread(seed, terms, -30, 30))
    result = wide.reduce_sum(x, axes=(0,))
    assert_normal(result)
    values = exact(x)
    largest = Fraction(2) ** int(np.asarray(x.e).max())
    guard = 62 - 24 - (terms - 1).bit_length()
    bound = Fraction(2) ** int(result.e) / 2 + terms * largest / 2**guard
    assert abs(exact(result)[0] - sum(values)) <= bound


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_reduce_sum__any_order__has_the_same_bits(seed: int) -> None:
    random = np.random.default_rng(seed)
    x = wide.encode(spread(seed, 1000, -60, 60))
    order = random.permutation(1000)
    one = wide.reduce_sum(x, axes=(0,))
    other = wide.reduce_sum(wide.Wide(x.m[order].reshape(8, 125), x.e[order].reshape(8, 125)), axes=(0, 1))
    assert int(one.m) == int(other.m) and int(one.e) == int(other.e)


@pytest.mark.parametrize("axes", [(0,), (1,), (-1,), (0, 2), (2, 0, 1), ()])
def test_reductions__axes__are_numpy_s(axes: tuple[int, ...]) -> None:
    values = np.random.default_rng(5).integers(-50, 50, (3, 4, 5)).astype(np.float64) / 8
    x = wide.encode(values)
    assert np.array_equal(wide.decode(wide.reduce_sum(x, axes=axes)), values.sum(axis=axes))
    assert np.array_equal(wide.decode(wide.reduce_max(x, axes=axes)), values.max(axis=axes))
    assert np.array_equal(wide.decode(wide.reduce_min(x, axes=axes)), values.min(axis=axes))


def test_reductions__infinities__dominate() -> None:
    values = np.array(
        [[1.0, -np.inf, 2.0], [np.inf, 3.0, 4.0], [-np.inf, -np.inf, -np.inf], [np.inf, -np.inf, 5.0]]
    )
    x = wide.encode(values)
    assert wide.decode(wide.reduce_sum(x, axes=(1,))).tolist() == [-np.inf, np.inf, -np.inf, 0.0]
    assert wide.decode(wide.reduce_max(x, axes=(1,))).tolist() == [2.0, np.inf, -np.inf, np.inf]
    assert wide.decode(wide.reduce_min(x, axes=(1,))).tolist() == [-np.inf, 3.0, -np.inf, -np.inf]


def test_reductions__nothing_to_reduce__sum_is_zero_and_a_maximum_is_refused() -> None:
    nothing = wide.encode(np.zeros((2, 0)))
    assert wide.decode(wide.reduce_sum(nothing, axes=(1,))).tolist() == [0.0, 0.0]
    assert wide.reduce_sum(nothing, axes=(0,)).shape == (0,)
    with pytest.raises(ValueError, match="maximum of no numbers"):
        wide.reduce_max(nothing, axes=(1,))


def test_reduce_sum__too_many_terms__is_refused_with_the_way_out() -> None:
    abstract = jax.ShapeDtypeStruct((1 << 36,), np.int32), jax.ShapeDtypeStruct((1 << 36,), np.int16)
    with pytest.raises(ValueError, match="sum it in two steps"):
        jax.eval_shape(lambda m, e: wide.reduce_sum(wide.Wide(m, e), axes=(0,), width=28), *abstract)
