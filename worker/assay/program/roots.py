"""Roots of bodies and programs, and tensors as bytes (FORMAT.md, "Values and roots").

Roots of tensors are `assay.commitment.tensor`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from assay.commitment.row import Row, leaf_hash
from assay.commitment.tensor import tensor_root
from assay.program.dtypes import DType, TensorSpec

__all__ = ["body_root", "program_root", "tensor_array", "tensor_bytes", "tensor_root"]

BODY_DOMAIN = b"assay/body/1"
PROGRAM_DOMAIN = b"assay/program/1"


def _top(leaves: Iterable[bytes | memoryview]) -> bytes:
    row = Row()
    for data in leaves:
        row.push(leaf_hash(data))
    return row.finish()[0]


def u64(value: int) -> bytes:
    """Eight big-endian bytes."""
    return value.to_bytes(8, "big")


def tensor_bytes(array: Any) -> bytes:
    """Elements in row-major order, little-endian; a bool is a byte 0 or 1."""
    values = np.asarray(array)
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()


def tensor_array(spec: TensorSpec, data: bytes) -> np.ndarray[Any, Any]:
    """The array of a spec's row-major little-endian bytes. Raises ValueError when the length does not fit."""
    if len(data) != spec.nbytes:
        raise ValueError(f"{spec} has {spec.nbytes} bytes, {len(data)} came")
    if spec.dtype is DType.BOOL:
        flags: np.ndarray[Any, Any] = np.frombuffer(data, np.uint8).reshape(spec.dims) != 0
        return flags
    stored = np.frombuffer(data, spec.dtype.numpy.newbyteorder("<")).reshape(spec.dims)
    made: np.ndarray[Any, Any] = stored.astype(spec.dtype.numpy)
    return made


def body_root(descriptors: Sequence[bytes]) -> bytes:
    """Root of a body from its nodes' descriptors, in order."""
    lengths = u64(len(descriptors)) + u64(sum(map(len, descriptors)))
    return sha256(b"\x02" + BODY_DOMAIN + lengths + _top(descriptors)).digest()


def program_root(inputs: int, main: bytes) -> bytes:
    """Root of a program from its number of inputs and its main body's root."""
    return sha256(b"\x02" + PROGRAM_DOMAIN + u64(inputs) + main).digest()
