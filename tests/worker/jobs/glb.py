"""Small glTF files for tests, valid and damaged."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

QUAD = np.array([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]], np.float32)
QUAD_INDICES = np.array([0, 1, 2, 0, 2, 3], np.uint16)


def document(
    positions: np.ndarray = QUAD, indices: np.ndarray = QUAD_INDICES, **more: Any
) -> tuple[dict[str, Any], bytes]:
    """(JSON object, binary chunk) of one mesh at one node; `more` replaces top-level entries."""
    first, second = positions.astype("<f4").tobytes(), indices.tobytes()
    component = {1: 5121, 2: 5123, 4: 5125}[indices.dtype.itemsize]
    binary = first + second
    root: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(positions), "type": "VEC3"},
            {"bufferView": 1, "componentType": component, "count": len(indices), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(first)},
            {"buffer": 0, "byteOffset": len(first), "byteLength": len(second)},
        ],
        "buffers": [{"byteLength": len(binary)}],
    }
    return root | more, binary


def glb(root: dict[str, Any], binary: bytes) -> bytes:
    """The .glb bytes."""
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    length = 28 + len(text) + len(binary)
    head = struct.pack("<IIIII", 0x46546C67, 2, length, len(text), 0x4E4F534A)
    return head + text + struct.pack("<II", len(binary), 0x004E4942) + binary


def simple(**more: Any) -> bytes:
    """A .glb of one quad on the floor."""
    return glb(*document(**more))
