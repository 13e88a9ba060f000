"""Arrays as objects of a store, and back. Pure, no JAX."""

from __future__ import annotations

from typing import Any

import numpy as np

from assay.commitment.errors import CommitmentError
from assay.commitment.tensor_object import MAX_HEAD_BYTES, head_bytes, read_head
from assay.commitment.tensor_spec import TensorSpec as Described
from assay.program import DType, TensorSpec, spec_of, tensor_array, tensor_bytes

__all__ = ["MAX_HEAD_BYTES", "array_of", "object_of"]

Array = np.ndarray[Any, Any]


def object_of(array: Array) -> bytes:
    """The object of an array; its id is the array's tensor root. Raises TypeError for element types of no program."""
    spec = spec_of(array)
    return head_bytes(Described(spec.dtype, spec.dims)) + tensor_bytes(array)


def array_of(data: bytes) -> Array:
    """The array of an object. Raises CommitmentError when it is malformed, or not as a run would write it."""
    found = read_head(data)
    if found is None:
        raise CommitmentError("the object ends before its tensor does")
    described, size = found
    spec = TensorSpec(DType(described.dtype), described.dims)
    body = data[size:]
    if spec.dtype is DType.BOOL and body.strip(b"\x00\x01"):
        raise CommitmentError("a bool of the tensor is neither 0 nor 1")
    try:
        return tensor_array(spec, body)
    except ValueError as error:
        raise CommitmentError(str(error)) from error
