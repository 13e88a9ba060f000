"""The outer shell of glTF 2.0: container, JSON, buffers and accessors, read from untrusted bytes.

Called by `meshes` and `nodes`. Nothing is allocated before the file's own numbers have been checked against
`LIMITS` and against the bytes that are really there. External files are refused: a scene travels as one artifact.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.errors import SceneError

MAX_FILE_BYTES = 64 * 2**20
MAX_JSON_BYTES = 16 * 2**20
MAX_ELEMENTS = 2**22  # of one accessor
MAX_NESTING = 64
MAX_OBJECTS = 100_000  # of one JSON list: nodes, meshes, accessors, materials…

GLB_MAGIC, CHUNK_JSON, CHUNK_BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
SUPPORTED_EXTENSIONS = frozenset(
    {"KHR_lights_punctual", "KHR_materials_emissive_strength", "KHR_mesh_quantization"}
)


@dataclass(frozen=True)
class Document:
    """A parsed file: the JSON object and the bytes of each buffer."""

    root: dict[str, Any]
    buffers: list[bytes]

    def items(self, name: str) -> list[dict[str, Any]]:
        """The top-level list `name` (empty when absent), each entry an object."""
        return objects(self.root, name)


def parse(data: bytes) -> Document:
    """Read a .glb or .gltf file; raises SceneError."""
    if len(data) > MAX_FILE_BYTES:
        raise SceneError(
            f"the scene has {len(data)} bytes; the limit is {MAX_FILE_BYTES}: simplify it or drop textures"
        )
    if len(data) >= 4 and struct.unpack_from("<I", data)[0] == GLB_MAGIC:
        text, binary = _split_glb(data)
    else:
        text, binary = data, None
    root = _parse_json(text)
    version = str(obj(root, "asset").get("version", ""))
    if not version.startswith("2."):
        raise SceneError(
            f"asset.version is {version[:16]!r}; only glTF 2.x is read: export the scene as glTF 2.0"
        )
    required = root.get("extensionsRequired", [])
    unknown = (
        sorted({str(name)[:64] for name in required} - SUPPORTED_EXTENSIONS)
        if isinstance(required, list)
        else ["?"]
    )
    if unknown:
        raise SceneError(
            f"the scene requires extensions that are not supported: {', '.join(unknown[:5])}; export without them"
        )
    document = Document(root, [])
    for index, buffer in enumerate(document.items("buffers")):
        document.buffers.append(_buffer_bytes(buffer, index, binary))
    return document


def _split_glb(data: bytes) -> tuple[bytes, bytes | None]:
    if len(data) < 20:
        raise SceneError("the .glb file is truncated: it has no complete header")
    _, version, length = struct.unpack_from("<III", data)
    if version != 2:
        raise SceneError(f"the .glb container has version {version}; only version 2 is read")
    if length != len(data):
        raise SceneError(
            f"the .glb header says {length} bytes, the file has {len(data)}: it is truncated or damaged"
        )
    chunks: list[tuple[int, bytes]] = []
    at = 12
    while at < length:
        if at + 8 > length:
            raise SceneError("the .glb file ends inside a chunk header")
        size, kind = struct.unpack_from("<II", data, at)
        if size > length - at - 8:
            raise SceneError(f"a .glb chunk claims {size} bytes, only {length - at - 8} are left")
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if chunks[0][0] != CHUNK_JSON:
        raise SceneError("the first chunk of the .glb file is not JSON")
    binary = chunks[1][1] if len(chunks) > 1 and chunks[1][0] == CHUNK_BIN else None
    return chunks[0][1], binary


def _parse_json(text: bytes) -> dict[str, Any]:
    if len(text) > MAX_JSON_BYTES and b'"data:' not in text:
        raise SceneError(
            f"the scene's JSON has {len(text)} bytes; the limit is {MAX_JSON_BYTES}: export as .glb"
        )
    if _nesting(text) > MAX_NESTING:
        raise SceneError(f"the scene's JSON is nested deeper than {MAX_NESTING} levels")
    try:
        root = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SceneError("the file is neither .glb nor glTF JSON (it does not parse)") from error
    if not isinstance(root, dict):
        raise SceneError("the file is JSON but not a glTF object")
    return root


def _nesting(text: bytes) -> int:
    """How deep brackets nest in JSON text. Python's parser overflows its stack on deep input where a library has raised
    the recursion limit, and that ends the process."""
    marks = np.frombuffer(re.sub(rb'"[^"\\]*(?:\\.[^"\\]*)*"', b"", text, flags=re.DOTALL), np.uint8)
    opens = (marks == ord("[")) | (marks == ord("{"))
    closes = (marks == ord("]")) | (marks == ord("}"))
    depth = np.cumsum(opens.astype(np.int64) - closes)
    return int(depth.max(initial=0))


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _buffer_bytes(buffer: dict[str, Any], index: int, binary: bytes | None) -> bytes:
    length = integer(buffer, "byteLength", low=0, high=MAX_FILE_BYTES)
    uri = buffer.get("uri")
    if uri is None:
        if index != 0 or binary is None:
            raise SceneError(f"buffer {index} has no data: only buffer 0 of a .glb may omit its uri")
        data = binary
    elif isinstance(uri, str) and uri.startswith("data:"):
        head, _, payload = uri.partition(",")
        if not head.endswith(";base64"):
            raise SceneError(f"buffer {index} is a data URI that is not base64")
        try:
            data = base64.b64decode(payload, validate=True)
        except (binascii.Error, ValueError) as error:
            raise SceneError(f"buffer {index} holds damaged base64") from error
    else:
        raise SceneError(f"buffer {index} is an external file: export one self-contained .glb")
    if len(data) < length:
        raise SceneError(f"buffer {index} says {length} bytes and has {len(data)}: the file is truncated")
    return data[:length]


def obj(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """The object parent[key], empty when absent."""
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise SceneError(f"{key} is not an object")
    return value


def objects(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The list of objects parent[key], empty when absent."""
    value = parent.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise SceneError(f"{key} is not a list of objects")
    if len(value) > MAX_OBJECTS:
        raise SceneError(
            f"{key} has {len(value)} entries; the limit is {MAX_OBJECTS}: merge them before export"
        )
    return value


def integer(parent: dict[str, Any], key: str, *, low: int, high: int, default: int | None = None) -> int:
    """The integer parent[key] within [low, high]."""
    value = parent.get(key, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SceneError(f"{key} is {str(value)[:32]}; it must be a whole number from {low} to {high}")
    return value


def numbers(parent: dict[str, Any], key: str, default: tuple[float, ...]) -> NDArray[np.float64]:
    """The list of finite numbers parent[key], as long as `default`, float64."""
    value = parent.get(key, default)
    is_list = isinstance(value, list | tuple) and len(value) == len(default)
    if not is_list or not all(
        isinstance(x, int | float) and not isinstance(x, bool) and abs(x) < 1e30 for x in value
    ):
        raise SceneError(f"{key} must be a list of {len(default)} finite numbers")
    return np.array([float(x) for x in value], np.float64)


def number(parent: dict[str, Any], key: str, default: float) -> float:
    """The finite number parent[key]."""
    return float(numbers({key: [parent.get(key, default)]}, key, (default,))[0])


def accessor(document: Document, index: Any, *, width: str, name: str) -> NDArray[Any]:
    """The elements of accessor `index`, [count, width], in their stored type, or float64 when normalized.

    `width` is the expected glTF type ("VEC3"); `name` is used in errors. Strided views are followed, sparse ones
    refused.
    """
    accessors = document.items("accessors")
    entry = accessors[integer({name: index}, name, low=0, high=len(accessors) - 1)]
    if entry.get("type") != width:
        raise SceneError(f"the {name} accessor is {str(entry.get('type'))[:16]}; it must be {width}")
    code = integer(entry, "componentType", low=5120, high=5126)
    if code not in COMPONENTS:
        raise SceneError(f"the {name} accessor has the unknown component type {code}")
    if "sparse" in entry:
        raise SceneError(
            f"the {name} accessor is sparse, which is not supported: export without sparse accessors"
        )
    dtype, columns = np.dtype(COMPONENTS[code]), WIDTHS[width]
    count = integer(entry, "count", low=1, high=MAX_ELEMENTS)
    if "bufferView" not in entry:
        return np.zeros((count, columns), dtype)
    data, stride = _view(document, entry["bufferView"], dtype.itemsize * columns, name)
    begin = integer(entry, "byteOffset", low=0, high=MAX_FILE_BYTES, default=0)
    if begin + (count - 1) * stride + dtype.itemsize * columns > len(data):
        raise SceneError(f"the {name} accessor reads beyond its buffer view: the file is damaged")
    strided = np.ndarray((count, columns), dtype, data, begin, (stride, dtype.itemsize))
    values = np.ascontiguousarray(strided)
    if dtype.kind == "f" and not np.isfinite(values).all():
        raise SceneError(f"the {name} accessor holds NaN or infinity")
    if entry.get("normalized") and dtype.kind in "iu":
        return np.maximum(values.astype(np.float64) / np.iinfo(dtype).max, -1.0)
    return values


def _view(document: Document, index: Any, element_bytes: int, name: str) -> tuple[bytes, int]:
    views = document.items("bufferViews")
    view = views[integer({"bufferView": index}, "bufferView", low=0, high=len(views) - 1)]
    number_of = integer(view, "buffer", low=0, high=len(document.buffers) - 1)
    offset = integer(view, "byteOffset", low=0, high=MAX_FILE_BYTES, default=0)
    length = integer(view, "byteLength", low=0, high=MAX_FILE_BYTES)
    if offset + length > len(document.buffers[number_of]):
        raise SceneError(f"the buffer view of {name} reaches beyond buffer {number_of}: the file is damaged")
    stride = integer(view, "byteStride", low=0, high=4096, default=element_bytes) or element_bytes
    return document.buffers[number_of][offset : offset + length], stride
