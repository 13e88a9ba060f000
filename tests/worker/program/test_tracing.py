"""Integer JAX functions as programs: the program gives what JAX gives, on the executor and on the reference."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from assay.program import Program, reference
from assay.program.tracing import trace
from tests.worker.program.agreement import assert_same

RNG = np.random.default_rng(7)
I8 = RNG.integers(-128, 128, (3, 5), np.int8)
I32 = RNG.integers(-(2**31), 2**31, (3, 5), np.int32)
U32 = RNG.integers(0, 2**32, (3, 5), np.uint32)
SMALL = RNG.integers(-9, 10, (3, 5), np.int32)
LINE = RNG.integers(-9, 10, (12,), np.int32)
CUBE = RNG.integers(-99, 100, (2, 3, 4), np.int32)
FLAGS = RNG.integers(0, 2, (3, 5)) > 0
U8 = RNG.integers(0, 256, (4, 6), np.uint8)
I16 = RNG.integers(-(2**15), 2**15, (4, 6), np.int16)


def _scan(x: Any) -> Any:
    return lax.scan(lambda c, row: (c * 3 + row, (c, row.sum())), x[0], x)


def _reversed_scan(x: Any) -> Any:
    return lax.scan(lambda c, row: (c ^ row, c & 7), x[0], x, reverse=True)


def _collatz(x: Any) -> Any:
    def step(state: Any) -> Any:
        n, count = state
        return jnp.where(n % 2 == 0, n // 2, 3 * n + 1), count + 1

    return lax.while_loop(lambda state: state[0] > 1, step, (x, 0))


def _branches(x: Any) -> Any:
    return lax.switch(x[0] % 4, [lambda v: v + 1, lambda v: v * 2, lambda v: -v], x)


def _scatters(x: Any) -> Any:
    at = jnp.array([0, 2, 2, -1, 7, 0])
    u = jnp.arange(6, dtype=x.dtype) * 11
    return (
        x.at[at].set(u), x.at[at].add(u), x.at[at].max(u), x.at[at].min(u), x.at[at].set(u, mode="drop"),
        x.at[at].add(u, mode="clip"), x.at[2:5].set(7),
    )  # fmt: skip


def _windows(x: Any) -> Any:
    at = jnp.array([[0, 1], [2, 3], [1, 4], [-3, 9]])
    numbers = lax.GatherDimensionNumbers(offset_dims=(1, 2), collapsed_slice_dims=(), start_index_map=(0, 1))
    wide = lax.GatherDimensionNumbers(offset_dims=(0,), collapsed_slice_dims=(0,), start_index_map=(1, 0))
    scatter = lax.ScatterDimensionNumbers(
        update_window_dims=(1, 2), inserted_window_dims=(), scatter_dims_to_operand_dims=(0, 1)
    )
    u = jnp.arange(16, dtype=x.dtype).reshape(4, 2, 2)
    return [
        lax.gather(x, at, numbers, (2, 2), mode=mode) for mode in ("clip", "fill")
    ] + [
        lax.gather(x, at, wide, (1, 3), mode="clip"),
        lax.gather(x, at, wide, (1, 3), mode="fill", fill_value=5),
        lax.scatter_add(x, at, u, scatter, mode="clip"),
        lax.scatter_add(x, at, u, scatter, mode="drop"),
        lax.scatter(x, at[:2], u[:2], scatter, mode="drop"),
        lax.scatter_max(x, at, u, scatter, mode="clip"),
    ]  # fmt: skip


def _folds(x: Any) -> Any:
    starts = (jnp.int32(3), jnp.int32(1))
    return (
        lax.reduce(x, jnp.int32(-5), lax.max, (0, 2)),
        lax.reduce(x, jnp.int32(0), lax.add, (1,)),
        lax.reduce((x, x), starts, lambda a, b: (a[0] + b[0], jnp.maximum(a[1], b[1])), (1,)),
        lax.reduce_window(x, 0, lax.add, (1, 2, 3), (1, 1, 2), "SAME"),
        lax.reduce_window(x, jnp.int32(-(2**31)), lax.max, (2, 2, 1), (1, 2, 1), "VALID"),
    )


def _batched_gather(x: Any) -> Any:
    at = jnp.array([[0, 2], [3, 1]])
    return (
        jax.vmap(lambda row, i: row[i])(x, at),
        jax.vmap(lambda row, i: row.at[i].add(5))(x, at),
        jnp.take_along_axis(x, jnp.array([[[1], [0], [3]], [[2], [2], [0]]]), axis=2),
    )


def _random(x: Any) -> Any:
    key = jax.random.wrap_key_data(x)
    one, two = jax.random.split(key)
    return jax.random.bits(one, (3, 2), jnp.uint32), jax.random.bits(
        jax.random.fold_in(two, 5), (4,), jnp.uint8
    )


CASES: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
    ("arithmetic", lambda a, b: (a + b, a - b, a * b, a & b, a | b, a ^ b, ~a, -a, abs(a)), (I32, SMALL)),
    ("division", lambda a, b: (lax.div(a, b), lax.rem(a, b), a // b, a % b), (I32, np.abs(SMALL) + 1)),
    ("narrow", lambda a: (a + a, a * a, jnp.sign(a), a**3, jnp.square(a), jnp.clip(a, -3, 5)), (I8,)),
    ("comparisons", lambda a, b: (a < b, a <= b, a > b, a >= b, a == b, a != b), (I32, SMALL)),
    (
        "flags",
        lambda a, f: (jnp.where(f, a, 0), f & ~f, f != (a > 0), f ^ f, jnp.any(f, 0), jnp.all(f)),
        (I32, FLAGS),
    ),
    (
        "shifts",
        lambda a: (a << 3, a >> 7, lax.shift_right_logical(a, jnp.int32(9)), a >> jnp.abs(a % 32)),
        (I32,),
    ),
    (
        "unsigned shifts",
        lambda a: (a >> 7, lax.shift_right_arithmetic(a, jnp.uint32(9)), a << (a % 32)),
        (U32,),
    ),
    ("bits", lambda a, b, c: (lax.clz(a), *(lax.population_count(v) for v in (a, b, c))), (I32, U8, I16)),
    ("unsigned", lambda a: (jnp.sign(a), abs(a), -a, a // 3, jnp.max(a, 0), jnp.minimum(a, 9)), (U32,)),
    (
        "conversions",
        lambda a, f: (a.astype(jnp.int8), a.astype(bool), f.astype(jnp.int16), a.view(jnp.uint32)),
        (I32, FLAGS),
    ),
    (
        "shapes",
        lambda a: (a.T, a.reshape(5, 3), a[::-1, ::2], a[1], a[:, None], jnp.broadcast_to(a[:, :1], (3, 4))),
        (I32,),
    ),
    (
        "joins",
        lambda a: (
            jnp.concatenate([a, a[:1]]),
            jnp.stack([a] * 11),
            jnp.split(a, [2, 2], 1)[0],
            jnp.tile(a, (2, 1)),
        ),
        (I32,),
    ),
    (
        "padding",
        lambda a: (jnp.pad(a, 1), lax.pad(a, jnp.int32(7), [(-1, 2, 1), (1, -2, 0)]), jnp.roll(a, 2, 1)),
        (I32,),
    ),
    (
        "sums",
        lambda a: (
            a.sum(),
            a.sum(0),
            a.sum((0, 2)),
            a.max(1),
            a.min(),
            a.prod(1),
            jnp.bitwise_or.reduce(a, 1),
        ),
        (CUBE,),
    ),
    ("folds", _folds, (CUBE,)),
    ("positions", lambda a: (jnp.argmax(a, 1), jnp.argmin(a), jnp.argmax(a % 3, 0)), (CUBE,)),
    (
        "cumulative",
        lambda a: (
            jnp.cumsum(a, 1),
            lax.cumsum(a, 1, reverse=True),
            lax.cummax(a),
            lax.cummin(a, 1),
            jnp.cumprod(a, 0),
        ),
        (SMALL,),
    ),
    (
        "bitwise reductions",
        lambda a: (lax.reduce_and(a, (1,)), lax.reduce_xor(a, (0,)), lax.reduce_or(a, (0, 1))),
        (I32,),
    ),
    ("products", lambda a: (a @ a.T, jnp.einsum("ij,kj->ki", a, a), jnp.vdot(a, a)), (I32,)),
    (
        "narrow products",
        lambda a, b: (lax.dot(a, b.T, preferred_element_type=jnp.int32), a @ b.T),
        (U8, U8[::-1]),
    ),
    ("batched products", lambda a: jnp.einsum("bij,bkj->bik", a, a), (CUBE,)),
    ("mixed products", lambda a: (lax.dot(a, a.T, preferred_element_type=jnp.int32), a @ a.T), (I16,)),
    ("sort", lambda a: (jnp.sort(a, 1), jnp.sort(a, 0), jnp.argsort(a, 1), lax.top_k(a, 3)), (SMALL,)),
    ("sort by keys", lambda a, b: lax.sort((a % 3, b % 3, a), dimension=1, num_keys=2), (SMALL, I32)),
    (
        "descending",
        lambda a: (
            jnp.sort(a, descending=True),
            jnp.unique(a, size=8, fill_value=0),
            jnp.searchsorted(jnp.sort(a), a),
        ),
        (LINE,),
    ),
    (
        "indexing",
        lambda a: (
            a[jnp.array([0, -1, 9])],
            a[a % 12],
            jnp.take(a, a, mode="clip"),
            jnp.take(a, a),
            a[a[0] % 12],
        ),
        (LINE,),
    ),
    ("scatter", _scatters, (LINE,)),
    ("windows", _windows, (SMALL,)),
    ("batched gather", _batched_gather, (CUBE,)),
    (
        "dynamic",
        lambda a, i: (
            lax.dynamic_slice(a, (i[0], i[1]), (2, 3)),
            lax.dynamic_update_slice(a, a[:1, :2], (i[1], i[0])),
        ),
        (SMALL, np.array([1, 9], np.int32)),
    ),
    ("scan", _scan, (SMALL,)),
    ("reversed scan", _reversed_scan, (SMALL,)),
    ("fori", lambda a: lax.fori_loop(2, 9, lambda i, c: c * 3 + i, a), (SMALL,)),
    ("while", _collatz, (np.int32(27),)),
    ("switch", _branches, (LINE,)),
    ("cond", lambda a: lax.cond(a[0] > 0, lambda v: v * 2, lambda v: v - 1, a), (LINE,)),
    ("random", _random, (np.array([3, 9], np.uint32),)),
    (
        "without elements",
        lambda a: (jnp.concatenate([a[:0], a]), a[:0].sum(), a.at[jnp.zeros((0,), int)].add(1)),
        (LINE,),
    ),
    ("scan without carry", lambda a: lax.map(lambda row: row.sum() + row, a), (SMALL,)),
    (
        "nested",
        jax.vmap(lambda r: lax.scan(lambda c, v: (c + v, lax.fori_loop(0, 3, lambda i, s: s + c, v)), 0, r)),
        (SMALL,),
    ),
    ("constants", lambda a: (a + np.arange(5, dtype=np.int32), jnp.eye(5, dtype=jnp.int32) @ a.T), (SMALL,)),
]


@pytest.mark.parametrize(("fn", "args"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_trace__integer_functions__give_what_jax_gives(fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
    program = trace(fn, *args, max_trips=120)
    wanted = [np.asarray(leaf) for leaf in jax.tree.leaves(jax.jit(fn)(*args))]
    inputs = jax.tree.leaves(args)
    assert_same(reference.run(program, inputs), wanted)
    assert_same(program.run(inputs), wanted)
    again = Program.decode(program.encode()).with_constants(program.constants.values())
    assert again.root == program.root
    assert_same(again.run(inputs), wanted)
