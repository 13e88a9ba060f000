"""The transformation's promises: same bits everywhere, widths by region, refusals that help, encoded state."""

import os
import subprocess
import sys
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax import lax

from assay.exact import ArgumentMismatch, Precision, PrecisionError, UnsupportedPrimitive, Wide, exact, region
from assay.exact.interpret import integer_only
from tests.worker.exact import models

PARAMETERS = models.dense_parameters((64, 16, 10))
OPTIMIZER = optax.sgd(1e-2, momentum=0.9)
STEP = models.training_step(models.mlp_loss, OPTIMIZER)


def leaves_equal(a: Any, b: Any) -> bool:
    return all(
        np.array_equal(np.asarray(x), np.asarray(y))
        for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    )


@lru_cache(maxsize=1)
def digest() -> str:
    """A hash of the bits after two training steps and a sampler step; run in subprocesses too."""
    import hashlib

    f = exact(STEP)
    x, y = next(models.batches(16, 1))
    state = f.encode(PARAMETERS, OPTIMIZER.init(PARAMETERS), x, y)
    for _ in range(2):
        *carried, _ = f.integers(*state)
        state = (*carried, *state[2:])
    drawn = exact(lambda k: jnp.exp(jax.random.uniform(k, (33,))))
    bits = [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves((state, drawn(jax.random.key(3))))]
    return hashlib.sha256(b"".join(bits)).hexdigest()


def test_exact__jit_or_not__same_bits() -> None:
    def fn(x: Any, w: Any) -> Any:
        return (jnp.maximum(x @ w, 0) / 3).sum(0), jnp.argmax(x, 1)

    f = exact(fn)
    x, w = (np.random.default_rng(i).standard_normal((8, 8)).astype(np.float32) for i in range(2))
    encoded = f.encode(x, w)
    with jax.disable_jit():
        plain = f.integers(*encoded)
    assert leaves_equal(plain, f.integers(*encoded))
    assert leaves_equal(plain, jax.jit(f.integers)(*encoded))


def test_exact__other_compiler_flags_and_threads__same_bits() -> None:
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
        "from tests.worker.exact.test_transform import digest; print(digest())"
    )
    flags = (
        "--xla_cpu_multi_thread_eigen=false --xla_cpu_enable_fast_math=true --xla_cpu_max_isa=AVX2 "
        "--xla_backend_optimization_level=1"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "XLA_FLAGS": flags, "PYTHONPATH": os.pathsep.join((".", "worker"))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.strip() == digest()


def test_exact__some_rows_alone__their_bits_in_the_whole() -> None:
    x, _ = models.digits()
    whole = exact(models.mlp_logits)
    a, b = whole.encode(PARAMETERS, x[:24]), whole.encode(PARAMETERS, x[7:12])
    full, part = whole.integers(*a), whole.integers(*b)
    assert np.array_equal(np.asarray(full.m)[7:12], np.asarray(part.m))
    assert np.array_equal(np.asarray(full.e)[7:12], np.asarray(part.e))


def test_exact__jaxpr__has_no_float() -> None:
    x, y = next(models.batches(8, 1))
    assert integer_only(exact(STEP).jaxpr(PARAMETERS, OPTIMIZER.init(PARAMETERS), x, y)) == []


def test_exact__importing_and_calling__leaves_jax_settings() -> None:
    config: Any = jax.config
    before = config.jax_enable_x64
    assert exact(lambda x: x * 2)(np.float32(3)) == 6
    assert config.jax_enable_x64 == before


@pytest.mark.parametrize(
    "draw",
    [
        lambda k: jax.random.uniform(k, (50,), minval=-2, maxval=3),
        lambda k: jax.random.bits(k, (7,), np.uint8),
        lambda k: jax.random.randint(k, (40,), 0, 9),
        lambda k: jax.random.bernoulli(k, 0.3, (60,)),
        lambda k: jax.random.permutation(k, 20),
        lambda k: jax.random.split(jax.random.fold_in(k, 5), 3),
        lambda k: jax.random.categorical(k, jnp.log(jnp.array([0.2, 0.5, 0.3])), shape=(30,)),
        lambda k: jax.vmap(lambda one: jax.random.bits(one, (3,)))(jax.random.split(k, 4)),
        lambda k: jax.random.choice(k, 10, (4,), replace=False),
        lambda k: jax.random.truncated_normal(k, -1.0, 2.0, (5,)).round(4),
    ],
)
def test_random__draws__as_jax_random(draw: Any) -> None:
    check_draw(draw, jax.random.key(42))


def test_random__a_key_of_plain_words__as_jax_random() -> None:
    check_draw(lambda k: jax.random.uniform(jax.random.split(k)[0], (50,)), jax.random.PRNGKey(42))


def check_draw(draw: Any, key: Any) -> None:
    wanted, found = draw(key), exact(draw)(key)
    if jnp.issubdtype(wanted.dtype, jax.dtypes.prng_key):
        wanted, found = jax.random.key_data(wanted), jax.random.key_data(found)
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-6, atol=1e-6)


def test_random__64_bit_types_on__as_jax_random() -> None:
    def draw(key: Any) -> Any:
        return jax.random.bits(key, (3,), jnp.uint64), jax.random.randint(key, (3,), 0, 2**40)

    with jax.enable_x64(True):
        key = jax.random.PRNGKey(0)
        for found, wanted in zip(exact(draw)(key), draw(key), strict=True):
            assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


def test_random__normal__within_its_error() -> None:
    key = jax.random.key(1)
    found = exact(lambda k: jax.random.normal(k, (2000,)))(key)
    np.testing.assert_allclose(found, jax.random.normal(key, (2000,)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("fn", "hint"),
    [
        (lambda x: jnp.linalg.cholesky(x), "scan and matrix products"),
        (lambda x: jnp.fft.rfft(x[0]).real, "cosines"),
        (lambda x: jax.pure_callback(lambda v: v, x, x), "call back"),
        (lambda x: jax.scipy.special.gammaln(x), "polynomial"),
        (lambda x: x + jax.random.gamma(jax.random.key(0), 2.0), "rejection"),
    ],
)
def test_exact__unsupported__named_with_line_and_way_out(fn: Any, hint: str) -> None:
    with pytest.raises(UnsupportedPrimitive, match=hint) as caught:
        exact(fn)(np.eye(3, dtype=np.float32))
    assert "test_transform.py" in caught.value.where


def test_exact__other_generator__refused() -> None:
    with pytest.raises(UnsupportedPrimitive, match="threefry"):
        exact(lambda k: jax.random.uniform(k))(jax.random.key(0, impl="rbg"))


@pytest.mark.parametrize(
    ("argument", "error", "words"),
    [
        (np.array([1.0, np.nan], np.float32), ValueError, "NaN"),
        (np.complex64(1j), ArgumentMismatch, "complex"),
    ],
)
def test_exact__bad_arguments__said(argument: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        exact(lambda x: x * 2)(argument)


def test_exact__inside_jit__says_how_instead() -> None:
    with pytest.raises(ArgumentMismatch, match=r"exact\(jax.grad\(loss\)\)"):
        jax.jit(lambda x: exact(lambda y: y * 2)(x))(np.float32(1))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Precision(wide=7),
        lambda: Precision(wide=29),
        lambda: Precision(dot=(1, 8)),
        lambda: Precision(dot=(8, 33)),
        lambda: Precision(exponents="block"),  # type: ignore[arg-type]
        lambda: exact(lambda x: x, precision={"a": 8}),  # type: ignore[dict-item]
        lambda: exact(lambda x: x, max_trips=0),
        lambda: region("two words"),
    ],
)
def test_precision__outside_its_limits__refused(wrong: Any) -> None:
    with pytest.raises(PrecisionError):
        wrong()


def test_precision__of_a_region__only_there_and_in_its_derivative() -> None:
    def fn(x: Any, w: Any) -> Any:
        with region("coarse"):
            h = x @ w
        return (h * h).sum() + (x @ w.T).sum()

    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal((6, 6)).astype(np.float32) for _ in range(2))
    table = {"coarse": Precision(wide=16, dot=(8, 8))}
    text = str(exact(jax.grad(fn, argnums=(0, 1)), precision=table).jaxpr(x, w))
    assert text.count("p_a=8") == 3 and text.count("p_a=22") >= 1
    fine, coarse = exact(fn)(x, w), exact(fn, precision=table)(x, w)
    assert abs(float(fine) - float(fn(x, w))) < 1e-3
    assert 1e-4 < abs(float(coarse) - float(fn(x, w))) < 3


@pytest.mark.parametrize("bits", [(8, 8), (12, 16), (20, 20), (24, 28), (32, 31)])
@pytest.mark.parametrize("exponents", ["axis", "tensor"])
def test_precision__of_dots__error_as_the_widths_say(bits: tuple[int, int], exponents: Any) -> None:
    rng = np.random.default_rng(1)
    x, w = (rng.standard_normal((5, 40)).astype(np.float32) for _ in range(2))
    found = exact(lambda x, w: x @ w.T, precision=Precision(wide=28, dot=bits, exponents=exponents))(x, w)
    wanted = x.astype(np.float64) @ w.T.astype(np.float64)
    largest = [np.abs(t).max() for t in (x, w)]
    per_term = largest[0] * largest[1] * (2.0 ** (1 - bits[0]) + 2.0 ** (1 - bits[1]))
    assert np.abs(found - wanted).max() <= 40 * per_term + 2e-7 * np.abs(wanted).max()


def test_integers__state_kept_encoded__equals_calls_that_decode_at_full_width() -> None:
    f = exact(STEP)
    x, y = next(models.batches(8, 1))
    encoded = f.encode(PARAMETERS, OPTIMIZER.init(PARAMETERS), x, y)
    assert isinstance(encoded[0][0][0], Wide)
    found = f.decode(f.integers(*encoded))
    called = f(PARAMETERS, OPTIMIZER.init(PARAMETERS), x, y)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(called), strict=True):
        np.testing.assert_array_equal(a, b)


def test_exact__keyword_arguments_structures_and_constants__kept() -> None:
    def fn(p: Any, *, scale: Any) -> Any:
        return {"y": p["x"] * scale, "name": p["name"], "n": p["n"] + 1}

    found = exact(fn)({"x": np.ones(3, np.float32), "name": "a", "n": 4}, scale=2.5)
    assert found["name"] == "a" and found["n"] == 5 and np.array_equal(found["y"], [2.5, 2.5, 2.5])


def test_scatter__updates_of_very_different_size__none_lost() -> None:
    values = np.array([1e-20, 3e-20, 1e20, 5.0], np.float32)
    found = exact(lambda v: jnp.zeros(3).at[jnp.array([0, 0, 1, 2])].add(v))(values)
    np.testing.assert_allclose(found, [4e-20, 1e20, 5.0], rtol=1e-6)


def test_integers_of_the_user__edges__as_the_program_format_says() -> None:
    low = np.iinfo(np.int32).min
    x, y = np.array([7, -7, low, 5], np.int32), np.array([2, 2, -1, 0], np.int32)
    quotient, rest = exact(lambda x, y: (lax.div(x, y), lax.rem(x, y)))(x, y)
    assert quotient.tolist() == [3, -3, low, 0] and rest.tolist() == [1, -1, 0, 0]
    shifted = exact(lambda x, y: lax.shift_right_arithmetic(x, y))(x, np.array([1, 40, 31, -3], np.int32))
    assert shifted.tolist() == [3, -1, -1, 5]


def test_report__training_step__names_lines_errors_and_cost() -> None:
    def fn(x: Any) -> Any:
        with region("dot"):
            y = x @ x
        total, _ = lax.scan(lambda c, r: (c + r.sum(), None), jnp.zeros(()), jnp.exp(y))
        return total + jnp.exp(x * 1e5).max()

    x = np.random.default_rng(0).standard_normal((4, 4)).astype(np.float32)
    report = exact(fn, precision={"dot": Precision(dot=(8, 8))}).report(x)
    worst = report.worst
    assert worst is not None and worst.primitive == "dot_general" and worst.region == "dot"
    assert "test_transform.py" in worst.where and 1e-4 < worst.worst < 0.1
    by_name = {line.primitive: line for line in report.lines}
    assert by_name["reduce_sum"].calls == 4
    assert report.saturations > 0 and by_name["exp"].saturations > 0
    assert report.operations > 4 * 4 * 4 * 2 and report.bytes > 0
    text = str(report)
    assert "dot_general" in text and "integer operations" in text
    assert report.as_dict()["lines"][0]["primitive"]


def test_report__what_float64_has_no_value_for__is_counted() -> None:
    x = np.array([1.0, 2.0, -3.0], np.float32)
    report = exact(lambda x: jax.nn.softmax(jnp.where(x > 9, x, -jnp.inf))).report(x)
    assert {line.primitive: line.undefined for line in report.lines}["sub"] == 3
    assert report.as_dict()["undefined"] == 3 and report.unfinished == 0


def test_report__windows_by_a_function_of_the_users__is_made() -> None:
    x = np.arange(1, 10, dtype=np.float32).reshape(3, 3)
    report = exact(lambda x: lax.reduce_window(x, 1.0, lax.mul, (2, 2), (1, 1), "VALID")).report(x)
    assert report.worst is not None and report.worst.worst < 1e-6
