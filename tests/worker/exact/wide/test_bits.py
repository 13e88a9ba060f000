"""The same bits however a function is run, only total integer operations, and no trace on JAX's settings."""

import inspect
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.exact import wide
from tests.worker.exact.wide.numbers import assert_normal

WORDS = (
    "add sub mul div rem neg abs sign max min and or not xor shift_left shift_right_arithmetic shift_right_logical clz "
    "eq ne lt le gt ge select_n clamp convert_element_type broadcast_in_dim reshape squeeze transpose iota "
    "reduce_sum reduce_max reduce_min jit pjit"
)
ALLOWED = frozenset(WORDS.split())
# made of other public functions, which are tested one equation at a time
COMPOSED = {
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "cosh",
    "sinh",
    "clamp",
    "integer_pow",
    "resize",
    "square",
}
STATIC: dict[str, dict[str, Any]] = {"integer_pow": {"y": -5}, "reduce_sum": {"axes": (0,)}} | {
    name: {"axes": (0,)} for name in ("reduce_max", "reduce_min")
}
HOST = {"encode", "decode"}


def functions() -> list[str]:
    """Every public function that takes numbers."""
    public = (name for name in wide.__all__ if inspect.isfunction(getattr(wide, name)))
    return sorted(set(public) - HOST)


def arguments(name: str, patterns: wide.Wide) -> list[Any]:
    """As many operands as the function takes, all made of `patterns`."""
    kinds = inspect.signature(getattr(wide, name)).parameters.values()
    rolled: list[Any] = []
    for k, parameter in enumerate(p for p in kinds if p.kind is not p.KEYWORD_ONLY):
        x = wide.Wide(np.roll(patterns.m, 7 * k), np.roll(patterns.e, 7 * k))
        special = {
            ("from_int", "x"): x.m,
            ("from_order_key", "key"): x.m.astype(np.int64) * 911,
            ("select", "condition"): x.m > 0,
        }
        rolled.append(special.get((name, parameter.name), x))
    return rolled


def any_patterns(seed: int, count: int) -> wide.Wide:
    """Numbers, and a third of bits that are no numbers: every extreme of both halves among them."""
    random = np.random.default_rng(seed)
    good = wide.encode(random.standard_normal(count) * 2.0 ** random.integers(-30, 30, count))
    m = random.integers(-(2**31), 2**31, count).astype(np.int32)
    e = random.integers(-(2**15), 2**15, count).astype(np.int16)
    edge_m = [0, 1, -1, 2**31 - 1, -(2**31), 2**23, -(2**24), 2**24]
    edge_e = [0, -1, 2**15 - 1, -(2**15), wide.E_MIN, wide.E_INF, wide.E_HIGH, -24]
    m[:64], e[:64] = np.repeat(edge_m, 8), np.tile(edge_e, 8)
    numbers = np.arange(count) % 3 > 0
    numbers[:64] = False
    return wide.Wide(
        np.where(numbers, good.m, m).astype(np.int32), np.where(numbers, good.e, e).astype(np.int16)
    )


def run(name: str, patterns: wide.Wide) -> list[np.ndarray]:
    result = getattr(wide, name)(*arguments(name, patterns), **STATIC.get(name, {}))
    return [np.asarray(leaf) for leaf in jax.tree.leaves(result)]


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return len(a) == len(b) and all(
        x.dtype == y.dtype and np.array_equal(x, y) for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize("name", ["add", "div", "exp", "lt", "order_key", "reduce_sum", "to_int"])
def test_function__jit_disabled__has_the_same_bits(name: str) -> None:
    patterns = any_patterns(3, 512)
    with jax.disable_jit():
        plain = run(name, patterns)
    assert same(plain, run(name, patterns))


@pytest.mark.parametrize("name", sorted(set(functions()) - {"reduce_sum", "reduce_max", "reduce_min"}))
def test_function__a_row_of_any_patterns__has_the_bits_it_has_within_the_whole(name: str) -> None:
    patterns = any_patterns(3, 512)
    expected = run(name, patterns)
    row = [jax.tree.map(lambda x: x.reshape(16, 32)[5], operand) for operand in arguments(name, patterns)]
    one = getattr(wide, name)(*row, **STATIC.get(name, {}))
    assert same([np.asarray(leaf) for leaf in jax.tree.leaves(one)], [x.reshape(16, 32)[5] for x in expected])


def equations(jaxpr: Any) -> Iterator[Any]:
    for equation in jaxpr.eqns:
        inner = equation.params.get("jaxpr")
        yield equation
        if inner is not None:
            yield from equations(inner.jaxpr)


@pytest.mark.parametrize("name", functions())
def test_function__traced__holds_only_the_listed_integer_operations(name: str) -> None:
    operands = arguments(name, any_patterns(1, 64))
    with jax.enable_x64(True):
        closed = jax.make_jaxpr(lambda *x: getattr(wide, name)(*x, **STATIC.get(name, {})))(*operands)
    used = list(equations(closed.jaxpr))
    assert {equation.primitive.name for equation in used} <= ALLOWED
    for equation in used:
        for variable in (*equation.invars, *equation.outvars):
            assert not jnp.issubdtype(variable.aval.dtype, jnp.inexact), equation


@pytest.mark.parametrize("name", sorted(set(functions()) - COMPOSED))
def test_function__any_patterns_one_equation_at_a_time__same_bits_and_shifts_within_the_word(
    name: str,
) -> None:
    """No operation is undefined: amounts are 0 … bits, divisors not 0; unfused, the bits are those of the whole."""
    patterns = any_patterns(3, 512)
    operands = arguments(name, patterns)
    flat, _ = jax.tree.flatten(operands)
    with jax.enable_x64(True):
        closed = jax.make_jaxpr(lambda *x: getattr(wide, name)(*x, **STATIC.get(name, {})))(*operands)

        def evaluate(jaxpr: Any, values: list[Any]) -> list[Any]:
            known = dict(zip(jaxpr.invars, values, strict=True))
            for equation in jaxpr.eqns:
                read = [v.val if hasattr(v, "val") else known[v] for v in equation.invars]
                inner = equation.params.get("jaxpr")
                if inner is not None:
                    written = evaluate(inner.jaxpr, read)
                else:
                    kind = equation.primitive.name
                    if kind.startswith("shift"):
                        amount = np.asarray(read[1])
                        bits = np.asarray(read[0]).dtype.itemsize * 8
                        assert amount.min() >= 0 and amount.max() <= bits, equation
                    if kind in ("div", "rem"):
                        assert (np.asarray(read[1]) != 0).all(), equation
                    bound = equation.primitive.bind(*read, **equation.params)
                    written = bound if equation.primitive.multiple_results else [bound]
                known.update(zip(equation.outvars, written, strict=True))
            return [v.val if hasattr(v, "val") else known[v] for v in jaxpr.outvars]

        result = evaluate(closed.jaxpr, [jnp.asarray(x) for x in flat])
    assert same([np.asarray(x) for x in result], run(name, patterns))


def test_operations__x64_off_as_users_have_it__give_the_same_bits_and_leave_it_off() -> None:
    patterns = any_patterns(5, 256)
    assert not jax.config.jax_enable_x64
    plain = run("mul", patterns)
    traced = jax.jit(wide.mul)(*arguments("mul", patterns))
    assert not jax.config.jax_enable_x64
    with jax.enable_x64(True):
        assert same(run("mul", patterns), plain)
    assert same([np.asarray(leaf) for leaf in traced], plain)


PROGRAM = """
import hashlib, jax, numpy as np
from assay.exact import wide
x = wide.encode(np.random.default_rng(2).standard_normal(40_000) * 3)
y = wide.encode(np.random.default_rng(3).standard_normal(40_000))
def chain(x, y):
    z = wide.add(wide.mul(wide.tanh(x), y), wide.exp(wide.div(x, y)))
    return z, wide.reduce_sum(z, axes=(0,)), wide.log(wide.abs(z)), wide.sin(x), wide.sqrt(wide.abs(y))
digest = hashlib.sha256()
for leaf in jax.tree.leaves(jax.jit(chain)(x, y)):
    digest.update(np.asarray(leaf).tobytes())
print(digest.hexdigest())
"""


def test_operations__other_thread_counts_and_flags__give_the_same_bits() -> None:
    digests = set()
    for flags in (
        "",
        "--xla_cpu_multi_thread_eigen=false --xla_backend_optimization_level=0 --xla_disable_hlo_passes=fusion",
    ):
        env = os.environ | {
            "XLA_FLAGS": flags,
            "JAX_PLATFORMS": "cpu",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1 and len(digests.pop()) == 64


def test_normalise__any_pattern__is_a_number_and_numbers_stay() -> None:
    patterns = any_patterns(9, 3000)
    result = wide.normalise(patterns)
    assert_normal(result)
    again = wide.normalise(result)
    assert np.array_equal(np.asarray(again.m), np.asarray(result.m))
    assert np.array_equal(np.asarray(again.e), np.asarray(result.e))


def test_speed__a_million_elements__is_printed_beside_float32(capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(1)
    floats = [jnp.asarray(random.standard_normal(1_000_000), jnp.float32) for _ in range(2)]
    numbers = [jax.tree.map(jnp.asarray, wide.encode(x)) for x in floats]

    def seconds(function: Callable[..., Any], operands: list[Any]) -> float:
        compiled = jax.jit(function)
        jax.block_until_ready(compiled(*operands))
        laps = []
        for _ in range(5):
            began = time.process_time()
            jax.block_until_ready(compiled(*operands))
            laps.append(time.process_time() - began)
        return min(laps)

    for name, plain, count in (("add", jnp.add, 2), ("mul", jnp.multiply, 2), ("exp", jnp.exp, 1)):
        exact, usual = seconds(getattr(wide, name), numbers[:count]), seconds(plain, floats[:count])
        with capsys.disabled():
            print(
                f"\n{name}: exact {exact * 1e3:.2f} ms, float32 {usual * 1e3:.2f} ms of processor time",
                end="",
            )
        assert exact > 0
