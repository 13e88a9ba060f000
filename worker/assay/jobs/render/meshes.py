"""Triangles and materials of a glTF scene, in world space.

Called by `prepare`. Surfaces are two-sided. Textures are not sampled: the material's factor is used and a warning
says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.errors import SceneError
from assay.jobs.render.gltf import Document, accessor, integer, number, numbers, obj, objects
from assay.jobs.render.nodes import Placed

MAX_TRIANGLES = 262_144
TRIANGLES, STRIP, FAN = 4, 5, 6
MIN_ROUGHNESS = 0.03  # sharper highlights than this are noise at any sample count we sell
DEFAULT_MATERIAL: dict[str, Any] = {}


@dataclass(frozen=True)
class Triangles:
    """positions, normals: float32 [n, 3, 3] in world space; material: int32 [n]."""

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    material: NDArray[np.int32]


def triangle_count(document: Document, primitive: dict[str, Any]) -> int:
    """How many triangles a primitive will give, from its declared counts alone (0 for points and lines)."""
    mode = integer(primitive, "mode", low=0, high=6, default=TRIANGLES)
    if mode < TRIANGLES:
        return 0
    accessors = document.items("accessors")
    source = primitive.get("indices", obj(primitive, "attributes").get("POSITION"))
    entry = accessors[integer({"accessor": source}, "accessor", low=0, high=len(accessors) - 1)]
    count = integer(entry, "count", low=1, high=2**32)
    return count // 3 if mode == TRIANGLES else max(count - 2, 0)


def mesh_triangles(document: Document, placed: Placed, materials: int) -> list[Triangles]:
    """The triangles of the mesh at a node; `materials` is the number of declared ones (index `materials` =
    default)."""
    meshes = document.items("meshes")
    mesh = meshes[integer(placed.node, "mesh", low=0, high=len(meshes) - 1)]
    parts = []
    for primitive in objects(mesh, "primitives"):
        if triangle_count(document, primitive) == 0:
            continue
        material = (
            integer(primitive, "material", low=0, high=materials - 1)
            if "material" in primitive
            else materials
        )
        positions, normals = _corners(document, primitive, placed)
        parts.append(Triangles(positions, normals, np.full(len(positions), material, np.int32)))
    return parts


def _corners(
    document: Document, primitive: dict[str, Any], placed: Placed
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    attributes = obj(primitive, "attributes")
    vertices = accessor(document, attributes.get("POSITION"), width="VEC3", name="POSITION").astype(
        np.float64
    )
    indices = _indices(document, primitive, len(vertices))
    world = _transform(placed.world, vertices)
    if not (np.abs(world) < 1e15).all():
        raise SceneError("the scene has coordinates beyond 1e15 units: scale it down")
    positions = world[indices].astype(np.float32)
    edge_a, edge_b = positions[:, 1] - positions[:, 0], positions[:, 2] - positions[:, 0]
    facing = _normalized(np.cross(edge_a.astype(np.float64), edge_b.astype(np.float64)))
    normals = np.repeat(facing[:, None], 3, axis=1)
    if "NORMAL" in attributes:
        given = accessor(document, attributes["NORMAL"], width="VEC3", name="NORMAL").astype(np.float64)
        if len(given) != len(vertices):
            raise SceneError(f"a mesh has {len(vertices)} positions and {len(given)} normals")
        smooth = _normalized(_rotate(_cofactors(placed.world), given))[indices]
        # Normals that were lost (zero) or that point behind their own triangle fall back to the flat one.
        turned = (smooth * facing[:, None]).sum(axis=2, keepdims=True)
        normals = np.where(turned < 0, -smooth, smooth)
        normals = np.where(turned == 0, np.repeat(facing[:, None], 3, axis=1), normals)
    return positions, normals.astype(np.float32)


def _indices(document: Document, primitive: dict[str, Any], vertices: int) -> NDArray[np.int64]:
    if "indices" in primitive:
        flat = accessor(document, primitive["indices"], width="SCALAR", name="indices")[:, 0]
        if flat.dtype.kind != "u":
            raise SceneError("the indices of a mesh must be unsigned integers")
        flat = flat.astype(np.int64)
    else:
        flat = np.arange(vertices)
    if flat.max() >= vertices:
        raise SceneError(f"a mesh uses vertex {int(flat.max())} of only {vertices}: the file is damaged")
    mode = primitive.get("mode", TRIANGLES)
    if mode == TRIANGLES:
        return flat[: len(flat) // 3 * 3].reshape(-1, 3)
    if mode == STRIP:
        return np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    return np.stack([np.broadcast_to(flat[0], len(flat) - 2), flat[1:-1], flat[2:]], axis=1)


def _transform(world: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return _rotate(world[:3, :3], points) + world[:3, 3]


def _rotate(matrix: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """matrix · v for each row, written out: the same rounding on every machine."""
    out = vectors[:, 0, None] * matrix[:3, 0]
    return out + vectors[:, 1, None] * matrix[:3, 1] + vectors[:, 2, None] * matrix[:3, 2]


def _cofactors(world: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix that turns normals (inverse transpose up to scale)."""
    a, b, c = world[:3, 0], world[:3, 1], world[:3, 2]
    return np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)


def _normalized(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.sqrt(vectors[..., 0] ** 2 + vectors[..., 1] ** 2 + vectors[..., 2] ** 2)[..., None]
    return np.where(length > 1e-30, vectors / np.where(length > 1e-30, length, 1.0), 0.0)


def material_rows(document: Document) -> tuple[NDArray[np.float32], list[str]]:
    """float32 [materials + 1, 8]: base RGB, metallic, roughness, emitted RGB (the last row: glTF's default
    material)."""
    rows, warnings = [], []
    entries = document.items("materials")
    for index, entry in enumerate([*entries, DEFAULT_MATERIAL]):
        surface = obj(entry, "pbrMetallicRoughness")
        base = np.clip(numbers(surface, "baseColorFactor", (1.0, 1.0, 1.0, 1.0))[:3], 0.0, 1.0)
        metallic = min(max(number(surface, "metallicFactor", 1.0 if entry else 0.0), 0.0), 1.0)
        roughness = min(max(number(surface, "roughnessFactor", 1.0), MIN_ROUGHNESS), 1.0)
        strength = number(
            obj(obj(entry, "extensions"), "KHR_materials_emissive_strength"), "emissiveStrength", 1.0
        )
        emitted = numbers(entry, "emissiveFactor", (0.0, 0.0, 0.0)) * strength
        if (emitted < 0).any() or (emitted > 1e9).any():
            raise SceneError(f"material {index} emits {emitted.max():g}; it must be between 0 and 1e9")
        rows.append([*base, metallic, roughness, *emitted])
        if (
            "baseColorTexture" in surface
            or "metallicRoughnessTexture" in surface
            or "emissiveTexture" in entry
        ):
            warnings.append(
                f"material {index} ({str(entry.get('name', 'unnamed'))[:40]}) has textures; only its factors are used"
            )
        if entry.get("alphaMode", "OPAQUE") != "OPAQUE":
            warnings.append(f"material {index} ({str(entry.get('name', 'unnamed'))[:40]}) is drawn opaque")
    return np.array(rows, np.float32), warnings
