"""`exact(fn)`: a JAX function as a function of integers, the same bits on every device.

Any JAX function can be given, the output of `jax.grad` and of optax updates included; derivatives are taken on the
float side, before. What the caller passes in may hold things that are not arrays (an Equinox module's functions): they
are constants of the function.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr

from assay.exact.errors import ArgumentMismatch, PrecisionError, UnfinishedLoop
from assay.exact.hosting import host_array, host_value
from assay.exact.interpret import Setting, evaluate_watched
from assay.exact.precision import DEFAULT, Precision, Precisions, by_region
from assay.exact.values import Keys, Value, is_float, is_key, type_spec
from assay.exact.wide import Wide

if TYPE_CHECKING:
    from assay.exact.report import Report

NUMBERS = (Wide, Keys)
_UNFINISHED = (
    "a while loop of {} stopped at its max_trips though its condition still held, so its result is not the end of the "
    "loop: raise max_trips (report() names the line), or take the flag as a result by exact(..., live=True)"
)


def _is_number(x: Any) -> bool:
    return isinstance(x, NUMBERS)


def _is_array(leaf: Any) -> bool:
    return isinstance(leaf, (jax.Array, np.ndarray, np.generic, bool, int, float, complex, *NUMBERS))


@dataclass(frozen=True)
class Traced:
    """One function at one signature: its float jaxpr, and how results are put together again.

    outs: for each result leaf its JAX type, or the constant it is. live: whether results are a pair with the flag.
    """

    closed: ClosedJaxpr
    ins: tuple[Any, ...]
    out_tree: Any
    outs: tuple[Any, ...]
    setting: Setting
    live: bool

    @cached_property
    def compiled(self) -> Callable[..., Any]:
        return jax.jit(self.evaluate)

    def evaluate(self, *values: Value) -> tuple[list[Value], list[Any]]:
        """The jaxpr on numbers, as JAX arrays; and, where it has a `while`, whether one stopped unfinished."""
        found, stopped = evaluate_watched(self.closed, values, self.setting)
        flags = [] if stopped is None else [stopped]
        return jax.tree.map(jnp.asarray, found), flags

    def assemble(self, results: list[Any], flags: list[Any]) -> Any:
        """Results in the structure the function returns, constants in their places."""
        remaining = iter(results)
        leaves = [entry.value if isinstance(entry, Constant) else next(remaining) for entry in self.outs]
        whole = jax.tree.unflatten(self.out_tree, leaves)
        return (whole, flags[0] if flags else np.zeros((), bool)) if self.live else whole


@dataclass(frozen=True)
class Constant:
    """A leaf that is not an array."""

    value: Any


class ExactFunction:
    """What `exact(fn)` returns; call it with the arguments of `fn`.

    A call encodes on the host, runs integers, decodes on the host. A loop of training steps that should lose no bit
    keeps its state encoded: state = f.encode(state); state = f.integers(*state) …; f.decode(state).
    """

    def __init__(
        self, fn: Callable[..., Any], precisions: dict[str, Precision], trips: dict[str, int], live: bool
    ) -> None:
        self.fn = fn
        self.live = live
        self.precisions = precisions
        self._setting = Setting(precisions, trips)
        self._traces: dict[Any, Traced] = {}
        self.__name__ = getattr(fn, "__name__", type(fn).__name__)
        self.__doc__ = getattr(fn, "__doc__", None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's result: NumPy arrays of the dtypes it would have returned.

        Warns UnfinishedLoop when a `while` stopped at max_trips though its condition still held.
        """
        traced, values = self._encoded(args, kwargs)
        with jax.enable_x64(True):
            found, flags = traced.compiled(*values)
        flags = [np.asarray(flag) for flag in flags]
        if any(flags) and not self.live:
            warnings.warn(UnfinishedLoop(_UNFINISHED.format(self.__name__)), stacklevel=2)
        return traced.assemble(self._decoded(traced, found), flags)

    def encode(self, *args: Any) -> tuple[Any, ...]:
        """The arguments with each float array as a Wide (NumPy) and each typed key as its words; remembers dtypes."""
        leaves, tree = jax.tree.flatten((args, {}), is_leaf=_is_number)
        _, values = self._encoded(args, {})
        fresh = iter(values)
        encoded, _ = jax.tree.unflatten(tree, [next(fresh) if _is_array(leaf) else leaf for leaf in leaves])
        return tuple(encoded)

    def decode(self, results: Any) -> Any:
        """Numbers in any structure as NumPy float32 arrays (what `integers` returns, or a part of it)."""
        return jax.tree.map(
            lambda x: host_array(x, type_spec(x.shape, np.float32)) if _is_number(x) else x,
            results,
            is_leaf=_is_number,
        )

    def integers(self, *encoded: Any) -> Any:
        """The integer function: encoded arguments to encoded results. Only integer operations; may be jitted or traced.

        Floats must have been encoded; a signature not met by `encode` or a call before is traced as float32.
        """
        dynamic, tree, key = self._signature((encoded, {}))
        traced = self._traces.get(key)
        if traced is None:
            traced = self._trace(key, tree, [_type_of(v) for v in dynamic])
        with jax.enable_x64(True):
            run = traced.evaluate if any(map(_traced_by_jax, dynamic)) else traced.compiled
            return traced.assemble(*run(*dynamic))

    def jaxpr(self, *args: Any) -> ClosedJaxpr:
        """The integer jaxpr of a call with these arguments (numbers or floats)."""
        traced, values = self._encoded(args, {})
        with jax.enable_x64(True):
            return jax.make_jaxpr(lambda *numbers: traced.evaluate(*numbers)[0])(*values)

    def report(self, *args: Any) -> "Report":
        """Error against float64 by primitive and source line, saturations and cost, on these calibration inputs."""
        from assay.exact.report import make_report

        traced, values = self._encoded(args, {})
        return make_report(traced.closed, values, self._setting)

    def _encoded(self, args: Any, kwargs: Any) -> tuple[Traced, list[Value]]:
        dynamic, tree, key = self._signature((args, kwargs))
        traced = self._traces.get(key)
        types = [_type_of(leaf) for leaf in dynamic]
        if traced is None or [(t.shape, t.dtype) for t in traced.ins] != [(t.shape, t.dtype) for t in types]:
            traced = self._trace(key, tree, types)
        width = self._setting.precision.wide
        return traced, [
            leaf if _is_number(leaf) else host_value(leaf, aval, width)
            for leaf, aval in zip(dynamic, traced.ins, strict=True)
        ]

    def _signature(self, arguments: Any) -> tuple[list[Any], Any, Any]:
        """Array leaves, the structure with constants in it, and what a trace is remembered by."""
        leaves, tree = jax.tree.flatten(arguments, is_leaf=_is_number)
        arrays = [_is_array(leaf) for leaf in leaves]
        dynamic = [leaf for leaf, array in zip(leaves, arrays, strict=True) if array]
        static = tuple(None if array else Constant(leaf) for leaf, array in zip(leaves, arrays, strict=True))
        kinds = tuple(_kind(leaf) for leaf in dynamic)
        return dynamic, (tree, static), (tree, static, kinds)

    def _trace(self, key: Any, structure: Any, types: list[Any]) -> Traced:
        tree, static = structure
        outs: list[Any] = []
        out_tree: list[Any] = []

        def flat(*dynamic: Any) -> list[Any]:
            fresh = iter(dynamic)
            leaves = [entry.value if entry is not None else next(fresh) for entry in static]
            args, kwargs = jax.tree.unflatten(tree, leaves)
            found, found_tree = jax.tree.flatten(self.fn(*args, **kwargs))
            outs[:] = [None if _is_array(leaf) else Constant(leaf) for leaf in found]
            out_tree[:] = [found_tree]
            return [leaf for leaf in found if _is_array(leaf)]

        closed = jax.make_jaxpr(flat)(*types)
        traced = Traced(closed, tuple(types), out_tree[0], tuple(outs), self._setting, self.live)
        self._traces[key] = traced
        return traced

    @staticmethod
    def _decoded(traced: Traced, found: list[Value]) -> list[Any]:
        return [host_array(v, a) for v, a in zip(found, traced.closed.out_avals, strict=True)]


def _traced_by_jax(value: Value) -> bool:
    return any(isinstance(part, jax.core.Tracer) for part in jax.tree.leaves(value))


def _type_of(leaf: Any) -> Any:
    """JAX's type of an argument under the caller's own setting; of a number that came encoded, float32."""
    if isinstance(leaf, Wide):
        return type_spec(leaf.shape, np.float32)
    if isinstance(leaf, Keys):
        return type_spec(leaf.shape, jax.random.key(0).dtype)
    found = jax.typeof(leaf)
    if jnp.issubdtype(found.dtype, np.complexfloating):
        raise ArgumentMismatch("a complex argument has no exact form: pass real and imaginary parts apart")
    return type_spec(found.shape, found.dtype, weak_type=getattr(found, "weak_type", False))


def _kind(leaf: Any) -> Any:
    """Shape and kind, so that a float and its encoding are one signature."""
    if isinstance(leaf, NUMBERS):
        return ("float" if isinstance(leaf, Wide) else "key", tuple(leaf.shape))
    kind = leaf if isinstance(leaf, jax.Array) else jax.typeof(leaf)
    name = "float" if is_float(kind) else "key" if is_key(kind) else str(kind.dtype)
    return (name, tuple(kind.shape))


def exact(
    fn: Callable[..., Any],
    *,
    precision: Precisions | None = None,
    max_trips: int | Mapping[str, int] | None = None,
    live: bool = False,
) -> ExactFunction:
    """`fn` in exact integer arithmetic.

    fn: any JAX function of pytrees. precision: a Precision, or one for each region name ("default" for the rest).
    max_trips: the most steps a `while` loop may take, one number or by region; other loops need none.
    live: results become (result, flag): whether some `while` stopped at max_trips unfinished. A program traced from it
    has the flag among its outputs, so that it is proved with them. Without it a call warns, and `report` counts.
    Raises UnsupportedPrimitive at the first call or trace, naming the source line, for what has no exact form.
    """
    if not callable(fn):
        raise ArgumentMismatch(f"exact(fn) takes a function, not {type(fn).__name__}")
    trips = (
        {} if max_trips is None else {DEFAULT: max_trips} if isinstance(max_trips, int) else dict(max_trips)
    )
    for name, count in trips.items():
        if not isinstance(count, int) or count < 1:
            raise PrecisionError(f"max_trips of {name!r} is {count!r}: a positive whole number is needed")
    return ExactFunction(fn, by_region(precision), trips, live)
