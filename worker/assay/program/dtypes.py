"""The element types of tensors: codes, ranges and NumPy names. Read by every other file of the package."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

TUPLE = 255  # the dtype code of a tuple-valued node
MAX_RANK = 8


class DType(enum.IntEnum):
    """Element types with their codes in descriptors and tensor roots."""

    BOOL = 0
    I8 = 1
    I16 = 2
    I32 = 3
    I64 = 4
    U8 = 5
    U16 = 6
    U32 = 7
    U64 = 8

    @property
    def bytes(self) -> int:
        """Bytes of one element."""
        return _BYTES[self]

    @property
    def bits(self) -> int:
        """Bits of the pattern: what results wrap modulo 2^bits by. A bool counts as 1."""
        return 1 if self is DType.BOOL else 8 * _BYTES[self]

    @property
    def signed(self) -> bool:
        """Whether the pattern is two's complement."""
        return DType.I8 <= self <= DType.I64

    @property
    def least(self) -> int:
        """Least value."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def greatest(self) -> int:
        """Greatest value."""
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    @property
    def numpy(self) -> np.dtype[Any]:
        """The NumPy dtype of the same values."""
        return np.dtype(_NUMPY[self])

    def wrap(self, value: int) -> int:
        """`value` modulo 2^bits, in this type's own range; for bool: value is not 0."""
        if self is DType.BOOL:
            return int(value != 0)
        low = value & ((1 << self.bits) - 1)
        return low - (1 << self.bits) if self.signed and low >> (self.bits - 1) else low


_BYTES = (1, 1, 2, 4, 8, 1, 2, 4, 8)
_NUMPY = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_BY_NAME = {name: DType(code) for code, name in enumerate(_NUMPY)}


def dtype_of(dtype: Any) -> DType | None:
    """The element type of a NumPy or JAX dtype, None when it has none (floats, complex, keys, big-endian)."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        return None
    return _BY_NAME.get(found.name) if found.isnative else None


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Element type and dimensions of a tensor."""

    dtype: DType
    dims: tuple[int, ...]

    @property
    def size(self) -> int:
        """Elements."""
        return prod(self.dims)

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.size * self.dtype.bytes

    @property
    def strides(self) -> tuple[int, ...]:
        """Row-major strides in elements."""
        return row_major(self.dims)

    def __str__(self) -> str:
        return f"{self.dtype.name.lower()}[{', '.join(map(str, self.dims))}]"


def row_major(dims: tuple[int, ...]) -> tuple[int, ...]:
    """Row-major strides, in elements, of a tensor of these dimensions."""
    strides, step = [], 1
    for size in reversed(dims):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def spec_of(array: Any) -> TensorSpec:
    """The spec of a NumPy or JAX array. Raises TypeError for an element type that programs do not have."""
    dtype = dtype_of(array.dtype)
    if dtype is None:
        raise TypeError(f"programs have no {array.dtype} elements; they have {', '.join(_NUMPY)}")
    return TensorSpec(dtype, tuple(int(size) for size in array.shape))
