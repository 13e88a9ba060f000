"""Messages between the worker and its sandboxed child: a length-prefixed binary format, no pickles.

Both sides use it and neither trusts the other: every length is checked before memory is taken.

    u32 length of the JSON head, u32 number of arrays, u64 bytes of all arrays; the head (UTF-8 JSON object); then
    for each array
    u8 dtype code, u8 dimensions, u64 x dimensions, data (little-endian, row-major)
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = tuple(
    np.dtype(name)
    for name in ("<f4", "<i4", "<u4", "u1", "<f8", "<i8", "<u8", "?", "<f2", "<i2", "<u2", "i1")
)
MAX_HEAD = 1 << 16
MAX_BRACKETS = 2000  # json.loads can overflow the stack on deep nesting
MAX_ARRAYS = 256
MAX_DIMENSIONS = 8
PREFIX = struct.Struct("<IIQ")

Reader = Callable[[int], bytes]


class WireError(ValueError):
    """The other side sent something that is no message, or more than was agreed."""


def pack(head: dict[str, Any], arrays: Sequence[NDArray[Any]] = ()) -> list[bytes | memoryview]:
    """A message as pieces to write in order (array data is not copied)."""
    text = json.dumps(head, separators=(",", ":")).encode()
    body: list[bytes | memoryview] = []
    for array in arrays:
        flat = np.asarray(array, order="C")
        code = DTYPES.index(flat.dtype.newbyteorder("<") if flat.dtype.byteorder == ">" else flat.dtype)
        body.append(struct.pack(f"<BB{flat.ndim}Q", code, flat.ndim, *flat.shape))
        body.append(flat.astype(DTYPES[code], copy=False).reshape(-1).view(np.uint8).data)
    size = sum(len(piece) for piece in body)
    return [PREFIX.pack(len(text), len(arrays), size), text, *body]


def unpack(read: Reader, max_bytes: int) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """The next message; `read(n)` returns exactly n bytes or raises. Raises WireError beyond `max_bytes` of
    arrays."""
    head_size, count, size = PREFIX.unpack(read(PREFIX.size))
    if head_size > MAX_HEAD or count > MAX_ARRAYS or size > max_bytes:
        raise WireError(
            f"a message of {head_size} + {size} bytes and {count} arrays is over the limit of {max_bytes} bytes"
        )
    text = read(head_size)
    if text.count(b"[") + text.count(b"{") > MAX_BRACKETS:
        raise WireError(f"a message has a head with over {MAX_BRACKETS} brackets")
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a message has a head that is not JSON") from error
    if not isinstance(head, dict):
        raise WireError("a message has a head that is not an object")
    left = size
    arrays = []
    for _ in range(count):
        array, used = _read_array(read, left)
        arrays.append(array)
        left -= used
    if left:
        raise WireError("a message is longer than its arrays")
    return head, arrays


def _read_array(read: Reader, left: int) -> tuple[NDArray[Any], int]:
    if left < 2:
        raise WireError("a message is shorter than its arrays")
    code, dimensions = struct.unpack("<BB", read(2))
    if code >= len(DTYPES) or dimensions > MAX_DIMENSIONS or left < 2 + 8 * dimensions:
        raise WireError("a message holds an array of unknown type or too many dimensions")
    shape = struct.unpack(f"<{dimensions}Q", read(8 * dimensions))
    size = math.prod(shape) * DTYPES[code].itemsize
    used = 2 + 8 * dimensions + size
    if used > left:
        raise WireError("a message is shorter than its arrays")
    return np.frombuffer(read(size), DTYPES[code]).reshape(shape), used
