"""Programs: a list of integer tensor operations, stated for every bit pattern (FORMAT.md is normative).

Pure: no I/O, no network. JAX is imported only by `executor` and `tracing`, when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.program.builder import BodyBuilder, Ref
from assay.program.canonical import build
from assay.program.cost import Cost
from assay.program.dtypes import DType, TensorSpec, spec_of
from assay.program.errors import InputMismatch, LimitExceeded, Malformed, ProgramError, Untraceable
from assay.program.limits import Limits
from assay.program.node import Body, Node
from assay.program.ops import Op, Source
from assay.program.program import Program
from assay.program.roots import tensor_array, tensor_bytes, tensor_root

if TYPE_CHECKING:
    from assay.program.tracing import trace


def __getattr__(name: str) -> Any:
    if name == "trace":  # found when it is asked for: tracing imports JAX
        from assay.program.tracing import trace

        return trace
    raise AttributeError(name)


__all__ = [
    "Body",
    "BodyBuilder",
    "Cost",
    "DType",
    "InputMismatch",
    "LimitExceeded",
    "Limits",
    "Malformed",
    "Node",
    "Op",
    "Program",
    "ProgramError",
    "Ref",
    "Source",
    "TensorSpec",
    "Untraceable",
    "build",
    "spec_of",
    "tensor_array",
    "tensor_bytes",
    "tensor_root",
    "trace",
]
