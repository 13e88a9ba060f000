"""Checks of a program inside the child, before anything of it is deserialized by JAX or run.

The artifact is a jax.export flatbuffer around a StableHLO module. Both are read by the parsers that JAX itself
uses, in a process that holds nothing; a crash of a parser ends the child, and the parent reports it.
"""

from __future__ import annotations

import math
import re
from typing import Any

from assay.sandbox.allowed_ops import ALLOWED_OPS

MAX_PROGRAM_BYTES = 4 * 2**20
MAX_OPS = 20_000
MAX_TENSOR_BYTES = 1 << 30
MAX_ARGUMENT_BYTES = 1 << 30
MAX_ARGUMENTS = 128
PLATFORMS = frozenset({"cpu", "cuda", "rocm", "tpu"})
TENSOR = re.compile(r"^tensor<((?:\d+x)*)([a-z]+)(\d+)?(?:E\w+)?>$")


class Refused(ValueError):
    """The program is not run; the text says which rule it breaks."""


def check(data: bytes, platform: str) -> None:
    """Raises Refused unless `data` is a program that may be deserialized and run on `platform`."""
    if len(data) > MAX_PROGRAM_BYTES:
        raise Refused(f"the program has {len(data)} bytes; the limit is {MAX_PROGRAM_BYTES}")
    module_bytes = _check_envelope(data, platform)
    _check_module(module_bytes)


def _check_envelope(data: bytes, platform: str) -> bytes:
    """The flatbuffer's claims about itself; returns the module's bytes."""
    from jax._src.export import serialization_generated as flat

    try:
        root = flat.Exported.GetRootAsExported(bytearray(data), 0)  # type: ignore[no-untyped-call]
        platforms = [root.Platforms(i).decode() for i in range(_count(root.PlatformsLength()))]
        disabled = _count(root.DisabledChecksLength())
        effects = _count(root.OrderedEffectsLength()) + _count(root.UnorderedEffectsLength())
        devices = root.NrDevices() or root.NrDevicesShort()
        has_gradient = root.Vjp() is not None
        length = root.MlirModuleSerializedLength()
        module_bytes = bytes(root.MlirModuleSerializedAsNumpy()) if length else b""
    except Refused:
        raise
    except Exception as error:
        raise Refused(
            f"the program is not a jax.export artifact ({type(error).__name__} while reading it)"
        ) from error
    if not platforms or not set(platforms) <= PLATFORMS:
        raise Refused(f"the program is for the platforms {platforms[:8]}; known are {sorted(PLATFORMS)}")
    if platform not in platforms:
        raise Refused(f"the program is for {platforms}, this worker runs on {platform}")
    if disabled:
        raise Refused("the program disables safety checks of jax.export")
    if effects:
        raise Refused("the program has side effects")
    if devices != 1:
        raise Refused(f"the program wants {devices} devices; one is given")
    if has_gradient:
        raise Refused("the program carries a gradient program, which nothing here would check")
    return module_bytes


def _count(length: int) -> int:
    if not 0 <= length <= MAX_ARGUMENTS:
        raise Refused(f"the program declares a list of {length} entries; the limit is {MAX_ARGUMENTS}")
    return length


def _check_module(module_bytes: bytes) -> None:
    from jax._src.interpreters import mlir as jax_mlir
    from jaxlib.mlir import ir
    from jaxlib.mlir.dialects import stablehlo

    context = jax_mlir.make_ir_context()
    context.allow_unregistered_dialects = False
    try:
        with context, ir.Location.unknown():
            module = stablehlo.deserialize_portable_artifact(context, module_bytes)
            if isinstance(module, (str, bytes)):
                module = ir.Module.parse(module)
    except Exception as error:
        raise Refused(f"the program's module does not parse ({type(error).__name__})") from error
    seen = 0
    pending: list[Any] = [module.operation]
    while pending:
        operation = pending.pop()
        seen += 1
        if seen > MAX_OPS:
            raise Refused(f"the program has over {MAX_OPS} operations")
        _check_operation(operation)
        pending += [child.operation for region in operation.regions for block in region for child in block]
    _check_arguments(module)


def _check_operation(operation: Any) -> None:
    if operation.name not in ALLOWED_OPS:
        raise Refused(f"the program uses {operation.name}, which is not an allowed operation")
    for result in operation.results:
        _tensor_bytes(str(result.type))


def _check_arguments(module: Any) -> None:
    names, total, arguments = set(), 0, 0
    for operation in module.body.operations:
        if operation.operation.name != "func.func":
            raise Refused(f"the program holds {operation.operation.name} beside its functions")
        names.add(str(operation.attributes["sym_name"]).strip('"'))
        for block in operation.regions[0]:
            sizes = [_tensor_bytes(str(argument.type)) for argument in block.arguments]
            total, arguments = max(total, sum(sizes)), max(arguments, len(sizes))
    if "main" not in names:
        raise Refused("the program has no function main")
    if total > MAX_ARGUMENT_BYTES or arguments > MAX_ARGUMENTS:
        raise Refused(
            f"the program takes {arguments} arguments of {total} bytes; the limits are {MAX_ARGUMENTS}"
            f" and {MAX_ARGUMENT_BYTES}"
        )


def _tensor_bytes(kind: str) -> int:
    """Bytes of a static tensor type; raises Refused for any other type and above the limit."""
    if kind.startswith("tuple<"):
        return 0  # its members are results of other operations, counted there
    match = TENSOR.match(kind)
    if match is None:
        raise Refused(f"the program has a value of type {kind[:60]}; only tensors of fixed shape are allowed")
    sizes = [int(size) for size in match.group(1).split("x") if size]
    total = math.prod(sizes) * max(int(match.group(3) or 8) // 8, 1)
    if total > MAX_TENSOR_BYTES:
        raise Refused(f"the program has a value of {total} bytes; the limit is {MAX_TENSOR_BYTES}")
    return total
