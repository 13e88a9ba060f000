"""A prepared scene: named arrays, and their canonical bytes.

Made by `prepare`, read by `tables`. The bytes are a header-first little-endian container:

    "ASSAYSCN", u32 version, u32 number of arrays, then for each array in the order of FIELDS:
    u8 name length, name (ascii), u8 dtype (0 float32, 1 int32), u8 dimensions, u64 x dimensions, data.

`from_bytes` trusts nothing: names, types, shapes and lengths must be exactly what a scene has.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.errors import SceneError

MAGIC = b"ASSAYSCN"
VERSION = 1
MAX_SCENE_BYTES = 256 * 2**20
FLOAT, INT = 0, 1
DTYPES = (np.dtype("<f4"), np.dtype("<i4"))

# name: (dtype, shape; a letter is a free length, equal letters are equal lengths)
FIELDS: dict[str, tuple[int, tuple[str | int, ...]]] = {
    "positions": (FLOAT, ("t", 3, 3)),  # world space, in leaf order
    "normals": (FLOAT, ("t", 3, 3)),
    "material": (INT, ("t",)),
    "materials": (FLOAT, ("m", 8)),  # base RGB, metallic, roughness, emitted RGB
    "light_pdf": (FLOAT, ("t",)),  # chance of picking this triangle as a light, per unit of area
    "lights": (FLOAT, ("l", 16)),  # rows of `lights.py`; one dark row when the scene has none
    "node_lower": (FLOAT, ("n", 3)),
    "node_upper": (FLOAT, ("n", 3)),
    "node_child": (INT, ("n",)),
    "node_axis": (INT, ("n",)),
    "node_first": (INT, ("n",)),
    "node_count": (INT, ("n",)),
    "camera": (
        FLOAT,
        (20,),
    ),  # position, right, up, forward, tan(half fov y), background RGB, size of the scene, 3 zeros
}


@dataclass(frozen=True)
class Scene:
    """The arrays of FIELDS; `warnings` are sentences for the buyer and no part of the bytes."""

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    material: NDArray[np.int32]
    materials: NDArray[np.float32]
    light_pdf: NDArray[np.float32]
    lights: NDArray[np.float32]
    node_lower: NDArray[np.float32]
    node_upper: NDArray[np.float32]
    node_child: NDArray[np.int32]
    node_axis: NDArray[np.int32]
    node_first: NDArray[np.int32]
    node_count: NDArray[np.int32]
    camera: NDArray[np.float32]
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def triangles(self) -> int:
        return len(self.positions)

    def to_bytes(self) -> bytes:
        """The canonical bytes; equal scenes give equal bytes."""
        parts = [MAGIC, struct.pack("<II", VERSION, len(FIELDS))]
        for name, (code, _) in FIELDS.items():
            array = np.ascontiguousarray(getattr(self, name), DTYPES[code])
            parts.append(struct.pack("<B", len(name)) + name.encode("ascii"))
            parts.append(struct.pack(f"<BB{array.ndim}Q", code, array.ndim, *array.shape))
            parts.append(array.tobytes())
        return b"".join(parts)

    @staticmethod
    def from_bytes(data: bytes) -> Scene:
        """The scene in `data`; raises SceneError when it is not one."""
        if len(data) > MAX_SCENE_BYTES or data[:8] != MAGIC:
            raise SceneError("the bytes are not a prepared scene, or are over its size limit")
        reader = _Reader(data, 8)
        if reader.take("<II") != (VERSION, len(FIELDS)):
            raise SceneError("the prepared scene has another version")
        lengths: dict[str, int] = {}
        arrays: dict[str, Any] = {
            name: _read_field(reader, name, code, shape, lengths) for name, (code, shape) in FIELDS.items()
        }
        if reader.at != len(data):
            raise SceneError("the prepared scene has trailing bytes")
        _check_links(arrays)
        return Scene(**arrays)


@dataclass
class _Reader:
    data: bytes
    at: int

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize(layout)
        return struct.unpack(layout, self.bytes(size))

    def bytes(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise SceneError("the prepared scene is truncated")
        self.at += size
        return self.data[self.at - size : self.at]


def _read_field(
    reader: _Reader, name: str, code: int, shape: tuple[str | int, ...], lengths: dict[str, int]
) -> NDArray[Any]:
    (size,) = reader.take("<B")
    if reader.bytes(size) != name.encode("ascii") or reader.take("<BB") != (code, len(shape)):
        raise SceneError(f"the prepared scene does not hold {name} where it should")
    dims = reader.take(f"<{len(shape)}Q")
    for have, want in zip(dims, shape, strict=True):
        expected = lengths.setdefault(want, have) if isinstance(want, str) else want
        if have != expected or have == 0:
            raise SceneError(f"the prepared scene's {name} has the shape {dims}")
    data = reader.bytes(math.prod(dims) * 4)
    array = np.frombuffer(data, DTYPES[code]).reshape(dims)
    if code == FLOAT and not np.isfinite(array).all():
        raise SceneError(f"the prepared scene's {name} holds NaN or infinity")
    return array


def _check_links(arrays: dict[str, NDArray[Any]]) -> None:
    nodes, triangles = len(arrays["node_child"]), len(arrays["positions"])
    child, first, count = arrays["node_child"], arrays["node_first"], arrays["node_count"]
    inner = child > 0
    later = (child > np.arange(nodes)) & (child + 1 < nodes)
    leaf = (first >= 0) & (count >= 1) & (count <= triangles) & (first <= triangles - count)
    axes = (arrays["node_axis"] >= 0) & (arrays["node_axis"] < 3)
    material = arrays["material"]
    if not (np.where(inner, later, leaf).all() and axes.all() and (child >= 0).all()):
        raise SceneError("the prepared scene's tree has links outside itself")
    if material.min() < 0 or material.max() >= len(arrays["materials"]):
        raise SceneError("the prepared scene names a material that it lacks")
