"""Programs for sandbox tests, honest and hostile, as exported bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import flatbuffers
import jax
import jax.export
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax._src.export import serialization_generated as flat

VECTOR = jax.ShapeDtypeStruct((8,), jnp.float32)


def exported(function: Callable[..., Any], *shapes: Any, **options: Any) -> bytes:
    """The bytes of `function` exported for all platforms."""
    export = jax.export.export(jax.jit(function), platforms=("cpu", "cuda", "tpu"), **options)
    return bytes(export(*(shapes or (VECTOR,))).serialize(vjp_order=0))


def double() -> bytes:
    return exported(lambda x: x * 2 + 1)


def add(count: int = 2) -> bytes:
    return exported(lambda *xs: sum(xs), *[VECTOR] * count)


CALLBACK = "xla_ffi_python_cpu_callback"


def callback(*, admit: bool = True) -> bytes:
    """Calls back into Python through XLA's callback target; the artifact itself switches the safety check off.

    admit False: the same module in an artifact that hides its disabled check.
    """

    def run(x: Any) -> Any:
        return jax.ffi.ffi_call(CALLBACK, VECTOR)(x, index=np.uint64(0))

    checks = [jax.export.DisabledSafetyCheck.custom_call(CALLBACK)]
    export = jax.export.export(jax.jit(run), platforms=("cpu",), disabled_checks=checks)(VECTOR)
    if not admit:
        export = dataclasses.replace(export, disabled_safety_checks=())
    return bytes(export.serialize(vjp_order=0))


def custom_call() -> bytes:
    """A linear-algebra custom call, which jax.export itself considers stable."""
    square = jax.ShapeDtypeStruct((4, 4), jnp.float32)
    return bytes(
        jax.export.export(jax.jit(lambda a: jnp.linalg.qr(a)[0]), platforms=("cpu",))(square).serialize()
    )


def endless() -> bytes:
    """Counts for ever."""
    return exported(lambda x: lax.while_loop(lambda c: c[0] > -1.0, lambda c: jnp.abs(c) + 1e-30, x))


def memory_bomb() -> bytes:
    """Each value is within the limit for one tensor; together they are not within memory."""

    def run(x: Any) -> Any:
        big = [jnp.sin(jnp.broadcast_to(x[i % 8] * (i + 1), (2**27,)) * jnp.arange(2**27)) for i in range(24)]
        return sum(lax.sort(part)[:: 2**24] for part in big)

    return exported(run)


def huge_value() -> bytes:
    return exported(lambda x: jnp.sum(jnp.broadcast_to(x[0], (2**30, 8))))


def for_platform(platform: str) -> bytes:
    return bytes(jax.export.export(jax.jit(lambda x: x + 1), platforms=(platform,))(VECTOR).serialize())


def with_gradient() -> bytes:
    return bytes(jax.export.export(jax.jit(lambda x: x * x))(VECTOR).serialize(vjp_order=1))


def with_effect() -> bytes:
    """An artifact that claims a side effect: the effect list of an honest one, replaced."""
    honest = flat.Exported.GetRootAsExported(bytearray(double()), 0)
    builder = flatbuffers.Builder(1024)
    module = builder.CreateByteVector(bytes(honest.MlirModuleSerializedAsNumpy()))
    platform = builder.CreateString("cpu")
    name = builder.CreateString("x")
    flat.EffectStart(builder)
    flat.EffectAddTypeName(builder, name)
    effect = flat.EffectEnd(builder)
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(platform)
    platforms = builder.EndVector()
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(effect)
    effects = builder.EndVector()
    flat.ExportedStart(builder)
    flat.ExportedAddMlirModuleSerialized(builder, module)
    flat.ExportedAddPlatforms(builder, platforms)
    flat.ExportedAddUnorderedEffects(builder, effects)
    flat.ExportedAddNrDevices(builder, 1)
    builder.Finish(flat.ExportedEnd(builder))
    return bytes(builder.Output())
