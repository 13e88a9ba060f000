"""Each primitive against JAX itself in float64, through the transformation."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.custom_derivatives import linear_call

from assay.exact import exact

Case = tuple[str, Callable[..., Any], tuple[Any, ...], float]


def normal(*shape: int, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32)


A, B = normal(4, 5, seed=1), normal(4, 5, seed=2)
V = normal(7, seed=3)
POSITIVE = np.abs(A) + np.float32(0.1)
UNIT = np.clip(A / 3, -0.95, 0.95).astype(np.float32)
HEAVY = (normal(6, 8, seed=4) * np.exp(normal(6, 8, seed=5) * 6)).astype(np.float32)
INTS = np.arange(-6, 6, dtype=np.int32).reshape(3, 4)
IDX = np.array([2, 0, 1, 2, 5], np.int32)

ELEMENTWISE: list[Case] = [
    ("add", lambda a, b: a + b, (A, B), 1e-6),
    ("sub_scalar", lambda a: 1.5 - a, (A,), 1e-6),
    ("mul", lambda a, b: a * b, (A, B), 1e-6),
    ("div", lambda a, b: a / b, (A, B), 1e-6),
    ("rem", lambda a, b: lax.rem(a * 10, b), (A, B), 1e-5),
    ("neg_abs_sign", lambda a: -jnp.abs(a) + jnp.sign(a), (A,), 1e-6),
    ("floor_ceil", lambda a: jnp.floor(a * 3) + jnp.ceil(a), (A,), 1e-6),
    ("round_even", lambda a: jnp.round(a * 3), (A,), 1e-6),
    ("round_away", lambda a: lax.round(a * 4, lax.RoundingMethod.AWAY_FROM_ZERO), (A,), 1e-6),
    ("max_min", lambda a, b: jnp.maximum(a, b) - jnp.minimum(a, 0.2), (A, B), 1e-6),
    ("clamp", lambda a: jnp.clip(a, -0.5, 0.5), (A,), 1e-6),
    ("select_n", lambda a, b: jnp.where(a > b, a, b * 2), (A, B), 1e-6),
    (
        "select_of_three",
        lambda i, a: lax.select_n(i % 3, a[:3, :4], a[1:, 1:], a[:3, 1:]),
        (abs(INTS), A),
        1e-6,
    ),
    ("comparisons", lambda a, b: (a < b, a <= b, a > b, a >= b, a == b, a != b), (A, B), 0.0),
    ("integer_pow", lambda a: a**3 + a**-2, (A,), 1e-5),
    ("pow", lambda a, b: a**b, (POSITIVE, B), 1e-5),
    ("square", jnp.square, (A,), 1e-6),
    ("sqrt_rsqrt_cbrt", lambda a: jnp.sqrt(a) + lax.rsqrt(a) + jnp.cbrt(a), (POSITIVE,), 1e-5),
    ("exp", lambda a: jnp.exp(a * 5), (A,), 1e-5),
    ("exp2_expm1", lambda a: jnp.exp2(a) + jnp.expm1(a / 100), (A,), 1e-5),
    ("log", jnp.log, (POSITIVE,), 1e-5),
    ("log1p", lambda a: jnp.log1p(a / 10), (POSITIVE,), 1e-5),
    ("tanh_logistic", lambda a: jnp.tanh(a) + jax.nn.sigmoid(a * 3), (A,), 1e-5),
    ("erf", lambda a: lax.erf(a) + lax.erfc(a), (A,), 1e-5),
    ("erf_inv", lax.erf_inv, (UNIT,), 1e-4),
    ("sin_cos_tan", lambda a: jnp.sin(a * 9) + jnp.cos(a * 9) + jnp.tan(a / 2), (A,), 1e-5),
    ("atan2", jnp.arctan2, (A, B), 1e-5),
    ("inverse_trigonometry", lambda a: jnp.arcsin(a) + jnp.arccos(a) + jnp.arctan(a * 4), (UNIT,), 1e-5),
    ("hyperbolics", lambda a: jnp.sinh(a) + jnp.cosh(a) + jnp.arcsinh(a), (A,), 1e-5),
    ("inverse_hyperbolics", lambda a, b: jnp.arccosh(a + 1) + jnp.arctanh(b), (POSITIVE, UNIT), 1e-4),
    (
        "sign_bits",
        lambda a, b: (jnp.copysign(a, b), jnp.signbit(a), jnp.frexp(a), jnp.ldexp(a, 3)),
        (A, B),
        1e-6,
    ),
    ("is_finite", lambda a: jnp.isfinite(jnp.where(a > 0, a, -jnp.inf)), (A,), 0.0),
    ("float_to_int", lambda a: ((a * 100).astype(jnp.int32), (a * 3).astype(jnp.int8)), (A,), 0.0),
    ("int_to_float", lambda i: i.astype(jnp.float32) / 4 + (i > 0).astype(jnp.float32), (INTS,), 1e-6),
    ("float_to_bool", lambda a: jnp.maximum(a, 0).astype(bool), (A,), 0.0),
    ("bfloat16_passes_through", lambda a: a.astype(jnp.bfloat16).astype(jnp.float32) * 0, (A,), 1e-6),
    ("bitcast_of_ints", lambda i: lax.bitcast_convert_type(i, jnp.uint32), (INTS,), 0.0),
    ("bitcast_from_uint", lambda u: lax.bitcast_convert_type(u, jnp.float32), (A.view(np.uint32),), 1e-6),
    (
        "bitcast_half",
        lambda u: lax.bitcast_convert_type(u, jnp.float16),
        (A.astype(np.float16).view(np.uint16),),
        1e-6,
    ),
    (
        "bitcast_to_uint",
        lambda a: (
            lax.bitcast_convert_type(a, jnp.uint32),
            lax.bitcast_convert_type(a.astype(jnp.bfloat16), jnp.int16),
        ),
        (np.array([1, -2.5, 0, np.inf, -np.inf, 3e38, 1e-40, -1e-44, 65504], np.float32),),
        0.0,
    ),
    (
        "nextafter",
        lax.nextafter,
        (np.array([1, -1, 2.5, -4], np.float32), np.array([2, 0, -9, -4], np.float32)),
        0.0,
    ),
    ("reduce_precision", lambda a: lax.reduce_precision(a, 8, 10), (A,), 1e-3),
    ("softmax_of_masked", lambda a: jax.nn.softmax(jnp.where(a > 0, a, -jnp.inf), -1), (A,), 1e-5),
    ("softmax_of_minus_1e9", lambda a: jax.nn.softmax(jnp.where(a > 0, a, -1e9), -1), (A,), 1e-5),
    (
        "activations",
        lambda a: jax.nn.gelu(a) + jax.nn.silu(a) + jax.nn.elu(a) + jax.nn.softplus(a),
        (A,),
        1e-5,
    ),
]

STRUCTURE: list[Case] = [
    ("broadcast", lambda a, v: a[:, None, :] + v[:5], (A, V), 1e-6),
    ("reshape_transpose", lambda a: a.reshape(2, 10).T @ a.reshape(2, 10), (A,), 1e-5),
    ("rev_slice_pad", lambda a: jnp.pad(a[::-1, 1:4:2], ((1, 0), (0, 2)), constant_values=3.5), (A,), 1e-6),
    ("negative_interior_pad", lambda a: lax.pad(a, 0.5, ((-1, 1, 1), (0, -2, 0))), (A,), 1e-6),
    (
        "concatenate_stack_split",
        lambda a, b: jnp.concatenate(jnp.split(jnp.stack([a, b]), 2, 1), -1),
        (A, B),
        1e-6,
    ),
    ("unstack_tile", lambda a: (jnp.unstack(a, axis=1)[2], jnp.tile(a, (2, 1, 3))), (A,), 1e-6),
    ("unstack_tile_of_ints", lambda i: (jnp.unstack(i, axis=1)[2], jnp.tile(i, (2, 3))), (INTS,), 0.0),
    ("iota", lambda a: a * jnp.arange(5.0), (A,), 1e-6),
    ("dynamic_slice", lambda a, i: lax.dynamic_slice(a, (i[0], i[4]), (2, 3)), (A, IDX), 1e-6),
    (
        "dynamic_update_slice",
        lambda a, i: lax.dynamic_update_slice(a, a[:2, :2] * 3, (i[0], i[4])),
        (A, IDX),
        1e-6,
    ),
    ("gather_rows", lambda a, i: a[i[:4]], (A, IDX), 1e-6),
    ("gather_clip", lambda a, i: jnp.take(a, i, axis=0, mode="clip"), (A, IDX), 1e-6),
    ("gather_fill", lambda a, i: jnp.take(a, i, axis=0, mode="fill", fill_value=0), (A, IDX), 1e-6),
    ("gather_pairs", lambda a, i: a[i[:4], i[1:5] % 5], (A, IDX), 1e-6),
    ("take_along_axis", lambda a: jnp.take_along_axis(a, jnp.argsort(a, 1), 1), (A,), 1e-6),
    ("one_hot", lambda i: jax.nn.one_hot(i, 6) * 2, (IDX,), 1e-6),
    (
        "scatter_set",
        lambda a, i: a.at[i[:4], 1].set(a[:, 0] * 2),
        (A, np.array([2, 0, 1, 3, 5], np.int32)),
        1e-6,
    ),
    ("scatter_last_wins", lambda a: a.at[jnp.array([1, 1, 1])].set(a[:3] * 2), (A,), 1e-6),
    ("scatter_add_repeated", lambda a, i: a.at[i].add(jnp.ones((5, 5)) * a[0]), (A, IDX), 1e-6),
    ("scatter_drop", lambda a, i: a.at[i].set(7.0, mode="drop"), (A, IDX), 1e-6),
    ("scatter_extremes", lambda a, i: a.at[i].max(0.3).at[i, 2].min(-0.4), (A, IDX), 1e-6),
    ("scatter_mul", lambda a: a.at[jnp.array([0, 2])].mul(3.0, unique_indices=True), (A,), 1e-6),
    ("tril_where", lambda a: jnp.tril(a @ a.T), (A,), 1e-5),
]

REDUCTIONS: list[Case] = [
    ("sum", lambda a: (a.sum(), a.sum(0), a.mean(1), a.sum((0, 1))), (A,), 1e-6),
    ("sum_heavy_tails", lambda a: a.sum(1), (HEAVY,), 1e-6),
    ("prod", lambda a: (a.prod(1), a.prod()), (A,), 1e-5),
    ("max_min", lambda a: (a.max(0), a.min(), a.max((0, 1))), (A,), 1e-6),
    ("argmax_argmin", lambda a: (a.argmax(0), a.argmin(1), jnp.argmax(a)), (A,), 0.0),
    ("any_all", lambda a: ((a > 0).any(0), (a > -9).all()), (A,), 0.0),
    ("var_std", lambda a: (a.var(1), a.std()), (A,), 1e-5),
    ("logsumexp", lambda a: jax.nn.logsumexp(a * 20, 1), (A,), 1e-5),
    ("cumsum", lambda a: (jnp.cumsum(a, 1), lax.cumsum(a, 0, reverse=True)), (A,), 1e-6),
    ("cumsum_of_nothing", lambda a: (jnp.cumsum(a[:0], 0), a.sum()), (A,), 1e-6),
    ("covariance_picks_a_branch_by_platform", jnp.cov, (A,), 1e-5),
    ("cumprod", lambda a: jnp.cumprod(a, 1), (A,), 1e-5),
    ("cummax_cummin", lambda a: (lax.cummax(a, 1), lax.cummin(a, 0, reverse=True)), (A,), 1e-6),
    ("cumlogsumexp", lambda a: lax.cumlogsumexp(a, 1), (A,), 1e-5),
    ("sort", lambda a: (jnp.sort(a, 0), jnp.argsort(-a, 1)), (A,), 1e-6),
    ("sort_with_payload", lambda a, b: lax.sort((a, b), num_keys=1), (V, V[::-1].copy()), 1e-6),
    ("sort_int_key_float_payload", lambda i, v: lax.sort((i, v[:5]), num_keys=1), (IDX, V), 1e-6),
    ("top_k", lambda a: lax.top_k(a, 3), (A,), 1e-6),
    ("top_k_of_ints", lambda i: lax.top_k(i % 5, 2), (INTS,), 0.0),
    ("median", jnp.median, (V,), 1e-6),
    ("user_reduction", lambda a: lax.reduce(a, np.float32(1), lambda x, y: x * y, (1,)), (A,), 1e-5),
    ("user_reduction_of_ints", lambda i: lax.reduce(i, np.int32(1), lambda x, y: x * y, (1,)), (INTS,), 0.0),
    ("max_pool", lambda a: lax.reduce_window(a, -jnp.inf, lax.max, (2, 2), (2, 2), "SAME"), (A,), 1e-6),
    ("sum_pool", lambda a: lax.reduce_window(a, 0.0, lax.add, (2, 3), (1, 1), "SAME"), (A,), 1e-6),
    ("max_pool_grad", jax.grad(lambda a: (lax.reduce_window(a, -jnp.inf, lax.max, (2, 2), (1, 1), "VALID") ** 2).sum()),
     (A,), 1e-5),
]  # fmt: skip

DOTS: list[Case] = [
    ("matmul", lambda a, b: a @ b.T, (A, B), 1e-5),
    ("matrix_vector", lambda a, v: a @ v[:5], (A, V), 1e-5),
    ("inner", jnp.dot, (V, V), 1e-5),
    ("outer", jnp.outer, (V, V), 1e-5),
    (
        "batched",
        lambda x, y: jnp.einsum("bhqd,bhkd->bhqk", x, y),
        (normal(2, 3, 4, 5), normal(2, 3, 6, 5)),
        1e-5,
    ),
    ("odd_axes", lambda x, y: jnp.einsum("abc,dbca->db", x, y), (normal(3, 4, 5), normal(2, 4, 5, 3)), 1e-5),
    (
        "heavy_tails_by_row",
        lambda h: (h @ h.T) / jnp.outer(*[jnp.linalg.norm(h, axis=1)] * 2),
        (HEAVY,),
        2e-6,
    ),
    ("int_with_float", lambda i, a: i.astype(jnp.float32) @ a[:, :3], (INTS, A), 1e-5),
    ("integers", lambda i: i @ i.T, (INTS,), 0.0),
]


def conv(*args: Any, **options: Any) -> Callable[..., Any]:
    return lambda x, k: lax.conv_general_dilated(x, k, *args, **options)


BARRIER: Any = lax.optimization_barrier  # untyped in JAX
X, K = normal(2, 4, 9, 8), normal(6, 4, 3, 2, seed=9)
CONVOLUTIONS: list[Case] = [
    ("valid", conv((1, 1), "VALID"), (X, K), 1e-5),
    ("strided_same", conv((2, 3), "SAME"), (X, K), 1e-5),
    ("padded_dilated", conv((1, 2), ((2, 1), (0, 3)), rhs_dilation=(2, 3)), (X, K), 1e-5),
    ("transposed", conv((1, 1), ((2, 2), (1, 1)), lhs_dilation=(2, 3)), (X, K), 1e-5),
    ("negative_padding", conv((1, 1), ((-1, 0), (0, -2))), (X, K), 1e-5),
    ("grouped", conv((1, 1), "SAME", feature_group_count=2), (X, K[:, :2]), 1e-5),
    ("depthwise", conv((1, 1), "SAME", feature_group_count=4), (X, normal(8, 1, 3, 3)), 1e-5),
    ("batch_grouped", conv((1, 1), "SAME", batch_group_count=2), (X, K), 1e-5),
    ("nhwc", conv((1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")),
     (normal(2, 7, 6, 3), normal(3, 3, 3, 5)), 1e-5),
    ("one_dimension", conv((1,), "SAME"), (normal(2, 3, 11), normal(4, 3, 5)), 1e-5),
    ("three_dimensions", conv((1, 2, 1), "VALID"), (normal(1, 2, 4, 5, 4), normal(3, 2, 2, 2, 2)), 1e-5),
    ("gradients", jax.grad(lambda x, k: (conv((2, 1), "SAME")(x, k) ** 2).sum(), argnums=(0, 1)), (X, K), 5e-4),
    ("grouped_gradients", jax.grad(lambda x, k: (conv((1, 2), "SAME", feature_group_count=2)(x, k) ** 2).sum(),
                                   argnums=(0, 1)), (X, K[:, :2]), 5e-4),
]  # fmt: skip

CONTROL: list[Case] = [
    ("scan", lambda v: lax.scan(lambda c, x: (c * 0.5 + x, c), 0.0, v), (V,), 1e-5),
    ("scan_reversed", lambda v: lax.scan(lambda c, x: (c * 0.5 + x, c), 0.0, v, reverse=True), (V,), 1e-5),
    ("fori_loop", lambda a: lax.fori_loop(0, 5, lambda i, c: c * 0.9 + i, a), (A,), 1e-5),
    ("cond", lambda a: lax.cond(a[0, 0] > 0, lambda x: x * 2, lambda x: x - 1, a), (A,), 1e-6),
    (
        "switch",
        lambda a, i: lax.switch(i[1] + 1, [lambda x: x, lambda x: x * 3, lambda x: -x], a),
        (A, IDX),
        1e-6,
    ),
    (
        "jit_remat",
        jax.grad(lambda a: jax.checkpoint(jax.jit(lambda x: jnp.tanh(x) ** 2))(a).sum()),
        (A,),
        1e-5,
    ),
    ("vmap", jax.vmap(lambda a: a @ a), (A,), 1e-5),
    ("custom_jvp", jax.grad(lambda a: jax.nn.relu(a).sum() + jax.nn.silu(a).sum()), (A,), 1e-5),
    ("map", lambda a: lax.map(lambda r: r.sum() * r, a), (A,), 1e-5),
    ("associative_scan", lambda a: lax.associative_scan(jnp.maximum, a, axis=1), (A,), 1e-6),
    ("stop_gradient_barrier", lambda a: BARRIER(lax.stop_gradient(a)) + 1, (A,), 1e-6),
    ("scan_of_nothing", lambda a: lax.scan(lambda c, r: (c + r, c), a[0], a[:0]), (A,), 1e-6),
    (
        "linear_call",
        lambda a: linear_call(lambda _, x: x * 2, lambda _, x: x * 2, (), a),
        (A,),
        1e-6,
    ),
    ("composite", lax.composite(lambda a: a * 2, name="double.it"), (A,), 1e-6),
    ("forward_mode", lambda a: jax.jvp(lambda x: jnp.sin(x) * x, (a,), (a,)), (A,), 1e-5),
]


OWN_DTYPE = ("bitcast_from_uint", "bitcast_half", "bitcast_to_uint", "nextafter", "user_reduction")
"""Cases whose function names its float type: the reference is float32."""


def reference(fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The function in float64, its arguments exactly those of the exact run."""
    with jax.enable_x64(True):
        return fn(*(jnp.asarray(a, np.float64) if a.dtype == np.float32 else jnp.asarray(a) for a in args))


def run(fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The function exactly, compiled in a hurry: bits do not depend on XLA's optimisations, the test's time does."""
    f = exact(fn)
    encoded = f.encode(*map(jnp.asarray, args))
    quick = jax.jit(f.integers, compiler_options={"xla_backend_optimization_level": 0})
    return f.decode(jax.tree.map(np.asarray, quick(*encoded)))


def check(name: str, fn: Callable[..., Any], args: tuple[Any, ...], tolerance: float) -> None:
    found = jax.tree.leaves(run(fn, args))
    wanted = jax.tree.leaves(fn(*map(jnp.asarray, args)) if name in OWN_DTYPE else reference(fn, args))
    assert len(found) == len(wanted)
    for f, w in zip(found, map(np.asarray, wanted), strict=True):
        assert f.shape == w.shape
        if w.dtype.kind == "f":
            np.testing.assert_allclose(f, w, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(f, w)


@pytest.mark.parametrize(
    ("name", "fn", "args", "tolerance"),
    [
        pytest.param(*case, id=f"{family}-{case[0]}")
        for family, cases in (
            ("elementwise", ELEMENTWISE), ("structure", STRUCTURE), ("reductions", REDUCTIONS), ("dots", DOTS),
            ("convolutions", CONVOLUTIONS), ("control", CONTROL),
        )
        for case in cases
    ],
)  # fmt: skip
def test_exact__primitive__as_float64(
    name: str, fn: Callable[..., Any], args: tuple[Any, ...], tolerance: float
) -> None:
    check(name, fn, args, tolerance)
