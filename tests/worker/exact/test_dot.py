"""The exact dot by every route against Python integers, at its bounds, and through JAX's transformations."""

import subprocess
import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.exact import dot
from assay.exact.dot import (
    ExactDotError,
    evaluate,
    exact_dot,
    exact_dot_p,
    legal_routes,
    max_terms,
    selection,
)
from assay.exact.dot.routes import NATIVE, UNITS, Route, blocks_of, route_named

KINDS = ("int8", "int16", "int32", "int64")


def model(a: np.ndarray, b: np.ndarray, p_a: int, p_b: int) -> np.ndarray:
    """The written definition in Python integers."""
    low, high = (1 << (p_a - 1)) - 1, (1 << (p_b - 1)) - 1
    left = np.clip(a.astype(object), -low, low)
    right = np.clip(b.astype(object), -high, high)
    return np.matmul(left, np.swapaxes(right, 1, 2))


def run(a: np.ndarray, b: np.ndarray, p_a: int, p_b: int, out: str, route: str = "auto") -> np.ndarray:
    with jax.enable_x64(True):
        found = exact_dot(a, b, p_a=p_a, p_b=p_b, out=out, route=route)
        assert found.dtype == out
        return np.asarray(found)


def extremes(kind: str, shape: tuple[int, ...], width: int) -> list[np.ndarray]:
    """Operands that drive sums to their bounds: the dtype's ends, the width's ends, and their alternation."""
    info = np.iinfo(kind)
    limit = min((1 << (width - 1)) - 1, info.max)
    index = np.arange(np.prod(shape)).reshape(shape)
    fills = [np.full(shape, value, kind) for value in (info.min, info.max, limit, -limit, 0)]
    return [*fills, np.where(index % 2 == 0, limit, -limit).astype(kind)]


@pytest.mark.parametrize("p_a, p_b, out, terms", [
    (8, 8, "int32", 1040), (8, 8, "int64", 9_000), (2, 2, "int32", 97), (8, 20, "int64", 300), (16, 16, "int64", 129),
    (20, 20, "int64", 257), (24, 24, "int64", 300), (32, 8, "int64", 200), (32, 32, "int64", 1), (9, 9, "int32", 600),
    (31, 20, "int64", 130), (15, 8, "int32", 500), (12, 12, "int32", 500),
])  # fmt: skip
def test_exact_dot__every_legal_route__equals_integers(p_a: int, p_b: int, out: str, terms: int) -> None:
    random = np.random.default_rng(p_a * 100 + p_b)
    shapes = (2, 2, terms), (2, 3, terms)
    info = np.iinfo("int32")
    pairs = [tuple(random.integers(info.min, info.max + 1, shape).astype("int32") for shape in shapes)]
    small = [(1 << (p - 1)) for p in (p_a, p_b)]
    pairs.append(
        tuple(
            random.integers(-s, s + 1, shape).clip(info.min, info.max).astype("int32")
            for s, shape in zip(small, shapes, strict=True)
        )
    )
    ends = [extremes("int32", shape, p) for shape, p in zip(shapes, (p_a, p_b), strict=True)]
    pairs += [(ends[0][i], ends[1][j]) for i, j in ((0, 0), (0, 1), (1, 1), (2, 3), (5, 5), (5, 0), (4, 2))]
    routes = legal_routes(p_a, p_b, terms)
    assert len(routes) >= 2 or p_a + p_b > 62
    expected = [model(a, b, p_a, p_b) for a, b in pairs]
    for route in routes:
        for (a, b), wanted in zip(pairs, expected, strict=True):
            assert np.array_equal(run(a, b, p_a, p_b, out, route.name).astype(object), wanted), route


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [2, 8, 9, 32])
def test_exact_dot__ends_of_each_dtype__saturate(kind: str, width: int) -> None:
    other = min(width, 20)
    for a in extremes(kind, (1, 2, 70), width):
        for b in extremes(kind, (1, 3, 70), other):
            expected = model(a, b, width, other)
            assert np.array_equal(run(a, b, width, other, "int64").astype(object), expected)


@settings(max_examples=25)
@given(
    p_a=st.integers(2, 32), p_b=st.integers(2, 32), batch=st.integers(1, 3), rows=st.integers(1, 9),
    columns=st.integers(1, 9), terms=st.integers(1, 200),
    kinds=st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)),
    out=st.sampled_from(["int32", "int64"]), seed=st.integers(0, 2**32 - 1), pick=st.integers(0, 99),
)  # fmt: skip
def test_exact_dot__any_operands__equal_integers_or_refused(
    p_a, p_b, batch, rows, columns, terms, kinds, out, seed, pick
) -> None:
    random = np.random.default_rng(seed)
    a, b = (
        random.integers(np.iinfo(kind).min, np.iinfo(kind).max, shape, dtype=kind, endpoint=True)
        for kind, shape in zip(kinds, ((batch, rows, terms), (batch, columns, terms)), strict=True)
    )
    if terms > max_terms(p_a, p_b, out):
        with pytest.raises(ExactDotError, match=f"K = {terms} .*p_a = {p_a} .*p_b = {p_b} .*the limit is K"):
            run(a, b, p_a, p_b, out)
        return
    routes = legal_routes(p_a, p_b, terms)
    expected = model(a, b, p_a, p_b)
    for name in ("auto", routes[pick % len(routes)].name):
        assert np.array_equal(run(a, b, p_a, p_b, out, name).astype(object), expected)


@pytest.mark.parametrize(
    "p_a, p_b, out", [(8, 8, "int32"), (12, 9, "int32"), (28, 25, "int64"), (32, 21, "int64")]
)
def test_exact_dot__terms_at_the_bound__exact_and_one_more_refused(p_a: int, p_b: int, out: str) -> None:
    most = max_terms(p_a, p_b, out)
    bits = 31 if out == "int32" else 63
    assert most * 2 ** (p_a + p_b - 2) < 2**bits <= (most + 1) * 2 ** (p_a + p_b - 2)
    a = np.full((1, 1, most), np.iinfo("int32").min, "int32")
    for b in (a, -1 - a):
        assert np.array_equal(run(a, b, p_a, p_b, out).astype(object), model(a, b, p_a, p_b))
    a = np.full((1, 1, most + 1), 1, "int32")
    with pytest.raises(
        ExactDotError, match=rf"K = {most + 1} .*p_a = {p_a} .*p_b = {p_b} .*{out}.*K = {most}\b"
    ):
        run(a, a, p_a, p_b, out)


def test_exact_dot__more_digit_sums_than_are_held_at_once__same_bits(monkeypatch) -> None:
    monkeypatch.setattr(evaluate, "STACKED_SUMS", 4)
    random = np.random.default_rng(5)
    a, b = (random.integers(-(2**31), 2**31, shape).astype("int32") for shape in ((2, 3, 130), (2, 5, 130)))
    for name in ("bf16:3x3", "int8:4x3", "f32:3x3"):
        with jax.enable_x64(True):
            route = route_named(name, 24, 23, 130)
            found = evaluate.evaluate(
                jnp.asarray(a), jnp.asarray(b), p_a=24, p_b=23, out="int64", route=route
            )
        assert np.array_equal(np.asarray(found).astype(object), model(a, b, 24, 23))


def test_legal_routes__all_widths_and_lengths__sums_of_a_block_stay_exact() -> None:
    for p_a in range(2, 33):
        for p_b in range(2, 33):
            for terms in (1, 63, 64, 1000, 1 << 20):
                for route in legal_routes(p_a, p_b, terms):
                    if route.unit == NATIVE:
                        continue
                    unit = UNITS[route.unit]
                    assert route.width_a * route.digits_a >= p_a and route.width_b * route.digits_b >= p_b
                    assert max(route.width_a, route.width_b) <= unit.width
                    assert route.block << (route.width_a + route.width_b - 2) <= 1 << unit.exact_bits
                    assert blocks_of(route, terms) * route.block >= terms


@pytest.mark.parametrize(
    "transformed", ["jit", "none", "disabled", "grad of a float around it", "vmap", "scan"]
)
def test_exact_dot__under_a_transformation__same_bits(transformed: str) -> None:
    random = np.random.default_rng(3)
    a, b = (random.integers(-128, 128, shape).astype("int8") for shape in ((2, 5, 300), (2, 7, 300)))
    f = partial(exact_dot, p_a=8, p_b=8, out=jnp.int32)
    expected = model(a, b, 8, 8)
    if transformed == "jit":
        found = jax.jit(f)(a, b)
    elif transformed == "disabled":
        with jax.disable_jit():
            found = f(a, b)
    elif transformed == "vmap":
        for axes in ((0, 0), (0, None), (None, 0), (2, 1), (1, None), (None, 2)):
            x = a if axes[0] is None else np.stack([a, -a, a // 2], axes[0])
            y = b if axes[1] is None else np.stack([b, -b, b // 2], axes[1])
            got = jax.vmap(f, in_axes=axes)(x, y)
            for i in range(3):
                left = x if axes[0] is None else np.take(x, i, axes[0])
                right = y if axes[1] is None else np.take(y, i, axes[1])
                assert np.array_equal(np.asarray(got[i]).astype(object), model(left, right, 8, 8)), axes
        found = jax.jit(jax.vmap(jax.vmap(f)))(a[None, :, None], b[None, :, None])[0, :, 0]
    elif transformed == "scan":
        found = jax.lax.scan(
            lambda total, x: (total + f(x, b), None), jnp.zeros((2, 5, 7), jnp.int32), a[None]
        )[0]
    elif transformed == "none":
        found = f(a, b)
    else:
        found = jax.grad(lambda x: (x * f(a, b).astype(x.dtype).sum(), f(a, b))[0])(1.0)
        expected = expected.sum()
    assert np.array_equal(np.asarray(found).astype(object), expected)


def test_exact_dot__traced__is_one_equation_with_its_parameters() -> None:
    a = np.zeros((1, 2, 3), "int16")
    (equation,) = jax.make_jaxpr(partial(exact_dot, p_a=9, p_b=7, out="int32"))(a, a).eqns
    assert equation.primitive is exact_dot_p
    assert equation.params == {"p_a": 9, "p_b": 7, "out": "int32", "route": "auto"}


def test_exact_dot__without_x64__int64_is_refused_and_int32_uses_any_unit() -> None:
    with jax.enable_x64(False):
        a = np.full((1, 2, 100), 2**15, "int32")
        with pytest.raises(ExactDotError, match="enable_x64"):
            exact_dot(a, a, p_a=20, p_b=20, out=jnp.int64)
        for route in legal_routes(13, 12, 100):
            f = partial(exact_dot, p_a=13, p_b=12, out=jnp.int32, route=route.name)
            for found in (f(a, -a), jax.jit(f)(a, -a)):
                assert np.array_equal(np.asarray(found).astype(object), model(a, -a, 13, 12))


@pytest.mark.parametrize(
    "a, b, words, said",
    [
        (np.zeros((1, 2, 3), "uint8"), None, {}, "operand a is uint8"),
        (np.zeros((1, 2, 3), "float32"), None, {}, "operand a is float32"),
        (np.zeros((2, 3), "int8"), None, {}, r"a\[B, M, K\]"),
        (np.zeros((1, 2, 3), "int8"), np.zeros((1, 3, 2), "int8"), {}, "differ in B or K"),
        (np.zeros((1, 2, 3), "int8"), np.zeros((2, 2, 3), "int8"), {}, "differ in B or K"),
        (np.zeros((1, 2, 3), "int8"), None, {"p_a": 1}, "p_a is 1"),
        (np.zeros((1, 2, 3), "int8"), None, {"p_b": 33}, "p_b is 33"),
        (np.zeros((1, 2, 3), "int8"), None, {"p_b": True}, "p_b is True"),
        (np.zeros((1, 2, 3), "int8"), None, {"out": "int16"}, "int32 or int64, not int16"),
    ],
)
def test_exact_dot__operands_outside_its_definition__named(a, b, words, said) -> None:
    with pytest.raises(ExactDotError, match=said):
        exact_dot(a, a if b is None else b, **({"p_a": 8, "p_b": 8, "out": "int32"} | words))


def test_exact_dot__unknown_route__names_the_legal_ones() -> None:
    a = np.zeros((1, 2, 3), "int8")
    with pytest.raises(ValueError, match=r"'f16' is not legal.*native"):
        exact_dot(a, a, p_a=8, p_b=8, out="int32", route="f16")
    with pytest.raises(ValueError, match="not legal"):
        route_named("int8", 9, 8, 100)


@pytest.mark.parametrize("shape", [(0, 2, 2, 3), (1, 0, 2, 3), (1, 2, 0, 3), (1, 2, 2, 0)])
def test_exact_dot__an_empty_axis__gives_zeros(shape: tuple[int, int, int, int]) -> None:
    batch, rows, columns, terms = shape
    found = run(
        np.ones((batch, rows, terms), "int8"), np.ones((batch, columns, terms), "int8"), 8, 8, "int32"
    )
    assert found.shape == (batch, rows, columns) and not found.any()


def test_self_test__this_device__every_unit_is_reported() -> None:
    reports = dot.self_test()
    assert [report.unit for report in reports] == [NATIVE, *UNITS]
    assert all(report.macs_per_second > 0 for report in reports if report.passed)
    assert all(report.detail for report in reports if not report.passed)


def _spoiled(unit: str):
    """A device whose unit loses the lowest bit of large sums."""
    evaluate = selection.evaluate

    def wrong(a, b, *, p_a, p_b, out, route):
        found = evaluate(a, b, p_a=p_a, p_b=p_b, out=out, route=route)
        return jnp.where(jnp.abs(found) > 1 << 18, found & ~1, found) if route.unit == unit else found

    return wrong


def test_choose__a_unit_that_fails_its_test__is_reported_and_never_used(monkeypatch) -> None:
    monkeypatch.setattr(selection, "_REPORTS", {})
    monkeypatch.setattr(selection, "evaluate", _spoiled("int8"))
    device = jax.devices()[0]
    report = selection.unit_report(device, "int8")
    assert not report.passed and "wrong at" in report.detail
    for terms in (70, 4096):
        assert selection.choose((1, 512, 512, terms), 8, 8, ("cpu",)).unit != "int8"


def test_choose__a_device_that_multiplies_integers_wrongly__is_unfit(monkeypatch) -> None:
    monkeypatch.setattr(selection, "_REPORTS", {})
    monkeypatch.setattr(selection, "evaluate", _spoiled(NATIVE))
    with pytest.raises(dot.DeviceUnfit, match="may not take exact jobs"):
        selection.choose((1, 8, 8, 70), 8, 8, ("cpu",))
    with pytest.raises(dot.DeviceUnfit):
        dot.self_test()


def test_choose__a_platform_that_cannot_be_tested_here__takes_native_integers() -> None:
    for platforms in (("tpu",), ("cpu", "cuda")):
        assert selection.choose((1, 512, 512, 512), 8, 8, platforms) == Route(NATIVE)
    a = np.zeros((1, 8, 64), "int8")
    exported = jax.export.export(jax.jit(partial(exact_dot, p_a=8, p_b=8, out="int32")), platforms=["tpu"])(
        a, a
    )
    assert "bf16" not in exported.mlir_module()


SCRIPT = """
import hashlib, jax, numpy as np
from assay.exact.dot import exact_dot
before = jax.config.jax_enable_x64
random = np.random.default_rng(1)
a, b = (random.integers(-2**31, 2**31, s).astype("int32") for s in ((2, 70, 513), (2, 65, 513)))
digests = {}
with jax.enable_x64(True):
    for route in ("auto", "f64", "int8:3x3", "bf16:3x2"):
        found = exact_dot(a, b, p_a=20, p_b=18, out="int64", route=route)
        digests[route] = hashlib.sha256(np.asarray(found)).hexdigest()
assert len(set(digests.values())) == 1, digests
assert jax.config.jax_enable_x64 == before
print(digests['auto'])
"""


def test_exact_dot__threads_and_compiler_flags__same_bits() -> None:
    flags = [
        "",
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 --xla_cpu_enable_fast_math=true",
    ]
    digests = set()
    for flag in flags:
        environment = {
            "PYTHONPATH": "worker",
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": flag,
            "PATH": "/usr/bin:/bin",
        }
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)
    assert len(digests) == 1


@pytest.mark.parametrize(
    "name, value",
    [
        ("numpy_rank_promotion", "raise"),
        ("numpy_dtype_promotion", "strict"),
        ("default_matmul_precision", "bfloat16"),
        ("debug_nans", True),
    ],
)
def test_exact_dot__under_a_callers_settings__same_bits(name: str, value: object) -> None:
    random = np.random.default_rng(9)
    a, b = (random.integers(-(2**31), 2**31, shape).astype("int32") for shape in ((2, 5, 130), (2, 3, 130)))
    with getattr(jax, name)(value):
        for route in ("auto", "f64", "f32:2x2", "bf16:3x3"):
            assert np.array_equal(run(a, b, 20, 20, "int64", route).astype(object), model(a, b, 20, 20))


SHARDED = """
import jax, numpy as np
from jax.sharding import NamedSharding, PartitionSpec
from assay.commitment.device import device_tensor_root
from assay.commitment.tensor import tensor_root
from assay.exact.dot import exact_dot
random = np.random.default_rng(2)
a, b = (random.integers(-127, 128, shape).astype("int8") for shape in ((4, 6, 64), (4, 4, 64)))
expected = np.matmul(a.astype("int64"), np.swapaxes(b, 1, 2).astype("int64"))
f = lambda x, y: exact_dot(x, y, p_a=8, p_b=8, out="int32")
mesh, spec = jax.make_mesh((2,), ("x",)), PartitionSpec("x")
x, y = (jax.device_put(value, NamedSharding(mesh, spec)) for value in (a, b))
mapped = jax.shard_map(f, mesh=mesh, in_specs=(spec, spec), out_specs=spec)
for found in (f(x, y), jax.jit(f)(x, y), mapped(x, y)):
    assert np.array_equal(np.asarray(found), expected)
assert device_tensor_root(x) == tensor_root(a)
"""


def test_exact_dot__operands_spread_over_two_devices__same_bits() -> None:
    flag = "--xla_force_host_platform_device_count=2"
    environment = {"PYTHONPATH": "worker", "JAX_PLATFORMS": "cpu", "XLA_FLAGS": flag, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", SHARDED], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
