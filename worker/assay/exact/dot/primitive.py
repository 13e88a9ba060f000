"""`exact_dot` as a JAX primitive: it survives in jaxprs, so that a program records the dot and not its route."""

from functools import lru_cache, partial
from typing import Any

import jax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import batching, mlir

from assay.exact.dot.bounds import ExactDotError, check_shapes, check_terms, check_widths
from assay.exact.dot.evaluate import evaluate
from assay.exact.dot.routes import Route, route_named
from assay.exact.dot.selection import choose

exact_dot_p: Any = Primitive("exact_dot")  # untyped in JAX


def exact_dot(a: Any, b: Any, *, p_a: int, p_b: int, out: Any, route: str = "auto") -> jax.Array:
    """sum over k of sat(a[b, m, k], p_a) * sat(b[b, n, k], p_b): the program format's `dot`, to the bit.

    a: signed integers [B, M, K]; b: signed integers [B, N, K]; out: int32 or int64, the dtype of the result [B, M, N].
    sat(x, p) clamps to +-(2^(p-1) - 1). int64 needs x64 in the caller's context (`with jax.enable_x64(True)`).
    route: "auto" takes the fastest that passed this device's self-test; a name forces one (tests, benches).
    Raises ExactDotError on other dtypes, shapes, widths, and on a K that could overflow the accumulator.
    """
    dtype = jax.numpy.dtype(out).name
    check_widths(p_a, p_b, dtype)
    left, right = jax.numpy.asarray(a), jax.numpy.asarray(b)
    if dtype == "int64" and not _x64_here():
        raise ExactDotError(
            "an exact dot into int64 needs 64-bit types, which JAX has switched off here.",
            "Call it under `with jax.enable_x64(True):`, or use out=int32.",
        )
    found: jax.Array = exact_dot_p.bind(left, right, p_a=p_a, p_b=p_b, out=dtype, route=route)
    return found


def _x64_here() -> bool:
    config: Any = jax.config
    return bool(config.jax_enable_x64)


def _shape_of(a: Any, b: Any) -> tuple[int, int, int, int]:
    return check_shapes(a.shape, b.shape, a.dtype.name, b.dtype.name)


def _route_of(a: Any, b: Any, *, p_a: int, p_b: int, route: str, platforms: tuple[str, ...]) -> Route:
    shape = _shape_of(a, b)
    if route == "auto":
        return choose(shape, p_a, p_b, platforms)
    return route_named(route, p_a, p_b, shape[3])


def _abstract(a: Any, b: Any, *, p_a: int, p_b: int, out: str, route: str) -> ShapedArray:
    batch, rows, columns, terms = _shape_of(a, b)
    check_widths(p_a, p_b, out)
    check_terms(terms, p_a, p_b, out)
    if route != "auto":
        route_named(route, p_a, p_b, terms)
    return ShapedArray((batch, rows, columns), jax.numpy.dtype(out))


@lru_cache(maxsize=4096)
def _compiled(p_a: int, p_b: int, out: str, route: Route) -> Any:
    return jax.jit(partial(evaluate, p_a=p_a, p_b=p_b, out=out, route=route))


def _impl(a: Any, b: Any, *, p_a: int, p_b: int, out: str, route: str) -> jax.Array:
    _abstract(a, b, p_a=p_a, p_b=p_b, out=out, route=route)
    (device, *_) = a.devices()
    chosen = _route_of(a, b, p_a=p_a, p_b=p_b, route=route, platforms=(device.platform,))
    with jax.enable_x64(True):
        found: jax.Array = _compiled(p_a, p_b, out, chosen)(a, b)
        return found


def _lower(ctx: Any, a: Any, b: Any, *, p_a: int, p_b: int, out: str, route: str) -> Any:
    platforms = tuple(ctx.module_context.platforms)
    chosen = _route_of(*ctx.avals_in, p_a=p_a, p_b=p_b, route=route, platforms=platforms)
    run = partial(evaluate, p_a=p_a, p_b=p_b, out=out, route=chosen)
    with jax.enable_x64(True):
        return mlir.lower_fun(run, multiple_results=False)(ctx, a, b)


def _batch(operands: Any, dims: Any, **params: Any) -> tuple[jax.Array, int]:
    """vmap: an axis on both operands joins B; an axis on one joins its rows, so that nothing is copied."""
    (a, b), (a_dim, b_dim) = operands, dims
    if a_dim is not None and b_dim is not None:
        a, b = jax.numpy.moveaxis(a, a_dim, 0), jax.numpy.moveaxis(b, b_dim, 0)
        count, batch = a.shape[:2]
        merged = exact_dot_p.bind(
            a.reshape(count * batch, *a.shape[2:]), b.reshape(count * batch, *b.shape[2:]), **params
        )
        return merged.reshape(count, batch, *merged.shape[1:]), 0
    if a_dim is not None:
        a = jax.numpy.moveaxis(a, a_dim, 1)
        batch, count, rows, terms = a.shape
        merged = exact_dot_p.bind(a.reshape(batch, count * rows, terms), b, **params)
        return merged.reshape(batch, count, rows, b.shape[1]), 1
    b = jax.numpy.moveaxis(b, b_dim, 1)
    batch, count, columns, terms = b.shape
    merged = exact_dot_p.bind(a, b.reshape(batch, count * columns, terms), **params)
    return merged.reshape(batch, a.shape[1], count, columns), 2


exact_dot_p.def_abstract_eval(_abstract)
exact_dot_p.def_impl(_impl)
mlir.register_lowering(exact_dot_p, _lower)
batching.primitive_batchers[exact_dot_p] = _batch
