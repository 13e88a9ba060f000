"""Which route a device uses: only units that passed a test on this very device, then the least estimated time.

A unit is tested and timed once a process and device kind, at its first use (`self_test` does all at once). A unit that
differs from integer arithmetic anywhere is never used, and `self_test` reports it. A device whose native integer dot
fails runs no exact work at all. Choosing by time cannot change a result: every route gives the same integers.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import numpy as np

from assay.exact.dot.evaluate import evaluate
from assay.exact.dot.routes import NATIVE, UNITS, Route, blocks_of, legal_routes

_TIMED = (1, 128, 256, 512)
# Vector units differ most on large products: those are timed apart, when the first one is asked for.
_TIMED_LARGE = (1, 512, 512, 512)
_LARGE_MACS = 1 << 26
# (B, M, N, K): odd sizes, a batch, and sizes that reach a device's tiled kernels
_TESTED = ((1, 3, 5, 70), (2, 33, 17, 130), (1, 128, 256, 512))
_LOCK = threading.RLock()


class DeviceUnfit(RuntimeError):
    """A device computes integers wrongly: it may not take exact jobs."""


@dataclass(frozen=True, slots=True)
class UnitReport:
    """What the test of a unit on a device found. `macs_per_second` is 0 when it failed."""

    device: str
    unit: str
    passed: bool
    detail: str
    macs_per_second: float
    elements_per_second: float


_REPORTS: dict[tuple[str, str, str], UnitReport] = {}
_LARGE_RATES: dict[tuple[str, str, str], float] = {}


def unit_report(device: jax.Device, unit: str) -> UnitReport:
    """Tests and times a unit on a device at the first call of the process."""
    key = (device.platform, str(device.device_kind), unit)
    with _LOCK:
        if key not in _REPORTS:
            with jax.ensure_compile_time_eval(), jax.enable_x64(True), jax.default_device(device):
                _REPORTS[key] = _examine(device, unit)
        return _REPORTS[key]


def self_test(device: jax.Device | None = None) -> tuple[UnitReport, ...]:
    """Reports of every unit on `device` (default: the first one). Raises DeviceUnfit if native integers are wrong."""
    chosen = jax.devices()[0] if device is None else device
    reports = tuple(unit_report(chosen, unit) for unit in (NATIVE, *UNITS))
    _require_native(chosen)
    return reports


def choose(shape: Sequence[int], p_a: int, p_b: int, platforms: Sequence[str]) -> Route:
    """The fastest tested route for (B, M, N, K) on the one platform lowered for.

    Lowering for several platforms, or for one this machine has no device of, gives the native integer dot: a unit
    that cannot be tested here is not used.
    """
    batch, rows, columns, terms = shape
    if 0 in (batch, rows, columns, terms) or len(platforms) != 1:
        return Route(NATIVE)
    try:
        device = jax.local_devices(backend=platforms[0])[0]
    except RuntimeError:
        return Route(NATIVE)
    _require_native(device)
    usable = [
        route
        for route in legal_routes(p_a, p_b, terms)
        if route.unit == NATIVE or unit_report(device, route.unit).passed
    ]
    return min(usable, key=lambda route: _seconds(route, device, shape))


def _require_native(device: jax.Device) -> None:
    report = unit_report(device, NATIVE)
    if not report.passed:
        raise DeviceUnfit(
            f"device {report.device} computes integer dots wrongly ({report.detail}): it may not take exact jobs"
        )


def _seconds(route: Route, device: jax.Device, shape: Sequence[int]) -> float:
    """Estimated time: products, the digits made, the block sums converted and added."""
    batch, rows, columns, terms = shape
    report = unit_report(device, route.unit)
    macs = route.products * batch * rows * columns * terms
    large = macs >= _LARGE_MACS and route.unit != NATIVE
    products = macs / (_large_rate(device, route.unit) if large else report.macs_per_second)
    cut = (route.digits_a * rows + route.digits_b * columns) * batch * terms
    added = route.products * blocks_of(route, terms) * batch * rows * columns
    return products + (cut + added) / report.elements_per_second


def _large_rate(device: jax.Device, unit: str) -> float:
    """Multiply-accumulates a second of a unit that passed its test, on large products."""
    key = (device.platform, str(device.device_kind), unit)
    with _LOCK:
        if key not in _LARGE_RATES:
            with jax.ensure_compile_time_eval(), jax.enable_x64(True), jax.default_device(device):
                route, width = _probe(unit)
                seconds = _time_as_used(route, width, _TIMED_LARGE)
            _LARGE_RATES[key] = math.prod(_TIMED_LARGE) / seconds
        return _LARGE_RATES[key]


def _probe(unit: str) -> tuple[Route, int]:
    """The route that shows a unit at its limits, with the operand width it is tested at."""
    if unit == NATIVE:
        return Route(NATIVE), 31
    width = {"int8": 8, "bf16": 8, "f32": 8, "f64": 22}[unit]
    spare = UNITS[unit].exact_bits - (2 * width - 2)
    return Route(unit, 1, 1, width, width, 1 << spare), width


def _examine(device: jax.Device, unit: str) -> UnitReport:
    route, width = _probe(unit)
    name = f"{device.platform}:{device.device_kind}"
    run = jax.jit(partial(evaluate, p_a=width, p_b=width, out="int64", route=route))
    seconds = 0.0
    try:
        for shape in _TESTED:
            for case, (a, b) in _operands(shape, width):
                found = np.asarray(run(a, b))
                limit = (1 << (width - 1)) - 1
                left, right = np.clip(a, -limit, limit), np.clip(b, -limit, limit)
                if not np.array_equal(found, _expected(left, right)):
                    return UnitReport(name, unit, False, f"wrong at {shape}, {case}", 0.0, 0.0)
        seconds = _time_as_used(route, width, _TIMED)
    except Exception as error:  # a device without this unit says so in its own way
        return UnitReport(name, unit, False, f"{type(error).__name__}: {error}"[:300], 0.0, 0.0)
    return UnitReport(name, unit, True, "", math.prod(_TIMED) / seconds, _elements_per_second(unit))


def _expected(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The dot in NumPy's int64, without BLAS: integer matmul never rounds."""
    found: np.ndarray = np.matmul(a.astype(np.int64), np.swapaxes(b, 1, 2).astype(np.int64))
    return found


def _operands(shape: Sequence[int], width: int) -> list[tuple[str, tuple[np.ndarray, np.ndarray]]]:
    """Random operands, and the extremes: all of one sign, opposite signs, and values that saturate."""
    batch, rows, columns, terms = shape
    kind = np.dtype(f"int{8 if width <= 8 else 32}")
    info, limit = np.iinfo(kind), (1 << (width - 1)) - 1
    random = np.random.default_rng(7)
    a_shape, b_shape = (batch, rows, terms), (batch, columns, terms)

    def some(size: tuple[int, ...]) -> np.ndarray:
        return random.integers(-limit, limit + 1, size, dtype=kind)

    def full(size: tuple[int, ...], value: int) -> np.ndarray:
        return np.full(size, value, kind)

    return [
        ("random", (some(a_shape), some(b_shape))),
        ("largest", (full(a_shape, limit), full(b_shape, limit))),
        ("opposite", (full(a_shape, limit), full(b_shape, -limit))),
        ("saturating", (full(a_shape, info.min), full(b_shape, info.min))),
    ]


def _time_as_used(route: Route, width: int, shape: Sequence[int]) -> float:
    """Seconds of a product whose right operand comes K first, as the weights of x @ w do.

    Compilers fold the transposition into the product, and not every unit has a fast kernel for what comes out.
    """

    def run(a: jax.Array, b: jax.Array) -> jax.Array:
        return evaluate(a, b.swapaxes(1, 2), p_a=width, p_b=width, out="int64", route=route)

    a, b = _operands(shape, width)[0][1]
    return _time(jax.jit(run), a, np.ascontiguousarray(np.swapaxes(b, 1, 2)))


def _time(run: Callable[..., jax.Array], *operands: np.ndarray) -> float:
    """The least of five runs, seconds."""
    placed = [jax.device_put(x) for x in operands]
    run(*placed).block_until_ready()
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        run(*placed).block_until_ready()
        best = min(best, time.perf_counter() - began)
    return max(best, 1e-9)


def _elements_per_second(unit: str) -> float:
    """Rate of converting the unit's accumulator and adding it to an integer."""
    source = np.ones((1 << 18,), "int64" if unit == NATIVE else UNITS[unit].accumulator)
    total = np.ones((1 << 18,), "int64")
    run = jax.jit(lambda x, y: x.astype("int64") + y)
    return source.size / _time(run, source, total)
