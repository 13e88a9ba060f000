"""Loops that end when a condition says so: as JAX has them, and never silent about stopping before that."""

import warnings
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from assay.exact import UnfinishedLoop, UnsupportedPrimitive, exact
from assay.program import reference, trace


def halved(x: Any) -> Any:
    """x halved until it is at most 1, and how often."""
    return lax.while_loop(lambda s: s[0] > 1, lambda s: (s[0] / 2, s[1] + 1), (x, 0))


def in_scan(x: Any) -> Any:
    return lax.scan(lambda c, _: (c + halved(x + c)[0], None), x, None, length=2)[0]


def in_while(x: Any) -> Any:
    return lax.while_loop(lambda s: s < x + 2, lambda s: s + halved(s + 3)[0], x)


def in_branch(x: Any) -> Any:
    return lax.cond(x > 5, lambda x: halved(x)[0], lambda x: x, x)


def test_while__enough_steps__as_jax_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert exact(halved, max_trips=7)(np.float32(100)) == (100 / 128, 7)


def test_while__stopped_at_its_maximum__warns_and_is_counted() -> None:
    f = exact(halved, max_trips=3)
    with pytest.warns(UnfinishedLoop, match="max_trips"):
        assert f(np.float32(100))[1] == 3
    report = f.report(np.float32(100))
    (line,) = [line for line in report.lines if line.unfinished]
    assert report.unfinished == report.as_dict()["unfinished"] == 1
    assert "test_loops.py" in line.where and "UNFINISHED" in str(report)
    assert exact(halved, max_trips=7).report(np.float32(100)).unfinished == 0


@pytest.mark.parametrize("fn", [halved, in_scan, in_while, in_branch, jax.vmap(halved)])
def test_while__live_flag__is_a_result_of_function_and_program(fn: Any) -> None:
    x = np.float32(40) if fn in (halved, in_scan, in_while, in_branch) else np.array([40, 0.5], np.float32)
    for trips, stopped in ((2, True), (9, False)):
        f = exact(fn, max_trips=trips, live=True)
        found, flag = f(x)
        assert bool(flag) is stopped is bool(f.report(x).unfinished)
        program = trace(f, x)
        *_, proved = reference.run(program, [np.asarray(v) for v in jax.tree.leaves(f.encode(x))])
        assert bool(proved) is stopped
        if not stopped:
            for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(fn(jnp.asarray(x))), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6)


def test_while__no_maximum__refused_with_the_way_out() -> None:
    with pytest.raises(UnsupportedPrimitive, match=r"max_trips=1000.*") as caught:
        exact(lambda x: halved(x)[0])(np.float32(9))
    assert "test_loops.py" in str(caught.value)


def test_while__inside_a_solver_of_jax__runs() -> None:
    def fn(a: Any) -> Any:
        return jax.scipy.sparse.linalg.cg(lambda v: a @ a.T @ v + v, a[0])[0]

    a = np.arange(9, dtype=np.float32).reshape(3, 3) / 5
    np.testing.assert_allclose(exact(fn, max_trips=8)(a), fn(jnp.asarray(a)), rtol=1e-3, atol=1e-5)


def test_live__a_function_without_a_loop__is_false() -> None:
    found, flag = exact(lambda x: x * 2, live=True)(np.float32(3))
    assert found == 6 and not flag
