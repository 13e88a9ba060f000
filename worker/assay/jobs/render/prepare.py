"""glTF bytes → prepared scene. Deterministic, NumPy only, safe on hostile input.

Called by workers before a job and by the backend for quotes (`scene_stats`). PREPARE_VERSION changes whenever the
same file would give other arrays, because two providers must agree to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render import bvh
from assay.jobs.render.errors import SceneError
from assay.jobs.render.gltf import MAX_FILE_BYTES as MAX_FILE_BYTES  # noqa: PLC0414 - what a caller may refuse unread
from assay.jobs.render.gltf import Document, integer, obj, objects, parse
from assay.jobs.render.lights import light_table
from assay.jobs.render.meshes import MAX_TRIANGLES, Triangles, material_rows, mesh_triangles, triangle_count
from assay.jobs.render.nodes import (
    MAX_PUNCTUAL,
    Camera,
    Placed,
    Punctual,
    camera_of,
    framing_camera,
    punctual_of,
    walk,
)
from assay.jobs.render.scene import Scene

PREPARE_VERSION = 1
SKY = (1.0, 1.0, 1.0)  # background of a scene that has no light of its own


@dataclass(frozen=True)
class SceneStats:
    """What a plan needs to know of a scene: its triangles, and what the buyer should be told."""

    triangles: int
    warnings: tuple[str, ...] = ()


def prepare(scene_bytes: bytes) -> Scene:
    """The prepared scene of a .glb or .gltf file; raises SceneError with a sentence for the buyer."""
    document = parse(scene_bytes)
    placed = list(walk(document))
    _check_triangle_count(document, placed)
    materials, warnings = material_rows(document)
    parts = [
        part
        for node in placed
        if "mesh" in node.node
        for part in mesh_triangles(document, node, len(materials) - 1)
    ]
    triangles = _solid(parts)
    cameras = [camera for node in placed if "camera" in node.node if (camera := camera_of(document, node))]
    punctual = [light for node in placed if (light := punctual_of(document, node))]
    if len(punctual) > MAX_PUNCTUAL:
        raise SceneError(
            f"the scene has {len(punctual)} point, spot and directional lights; the limit is {MAX_PUNCTUAL}"
        )
    warnings += _ignored_features(document, placed)
    if not cameras:
        warnings.append("the scene has no perspective camera; one that sees everything is used")
    return _assemble(triangles, materials, punctual, cameras, tuple(warnings))


def scene_stats(scene_bytes: bytes) -> SceneStats:
    """Counts for a quote, without building the tree; raises SceneError like `prepare`."""
    document = parse(scene_bytes)
    placed = list(walk(document))
    total = _check_triangle_count(document, placed)
    _, warnings = material_rows(document)
    return SceneStats(total, tuple(warnings + _ignored_features(document, placed)))


def _check_triangle_count(document: Document, placed: list[Placed]) -> int:
    meshes = document.items("meshes")
    sizes: dict[int, int] = {}
    total = 0
    for node in placed:
        if "mesh" in node.node:
            index = integer(node.node, "mesh", low=0, high=len(meshes) - 1)
            if index not in sizes:
                sizes[index] = sum(
                    triangle_count(document, entry) for entry in objects(meshes[index], "primitives")
                )
            total += sizes[index]
    if total > MAX_TRIANGLES:
        raise SceneError(
            f"the scene has {total} triangles; the limit is {MAX_TRIANGLES}: simplify its meshes"
        )
    if total == 0:
        raise SceneError(
            "the scene has no triangles: check that meshes were exported and belong to the default scene"
        )
    return total


def _solid(parts: list[Triangles]) -> Triangles:
    """All parts in one, without triangles of zero area."""
    positions = np.concatenate([part.positions for part in parts])
    corner = positions[:, 0].astype(np.float64)
    normal = np.cross(positions[:, 1] - corner, positions[:, 2] - corner)
    keep = (normal != 0).any(axis=1)
    if not keep.any():
        raise SceneError("every triangle of the scene has zero area")
    normals = np.concatenate([part.normals for part in parts])
    material = np.concatenate([part.material for part in parts])
    return Triangles(positions[keep], normals[keep], material[keep])


def _ignored_features(document: Document, placed: list[Placed]) -> list[str]:
    warnings = []
    if document.items("skins"):
        warnings.append("skins are ignored: meshes are drawn in their rest pose")
    if document.items("animations"):
        warnings.append("animations are ignored: the scene is drawn at rest")
    meshes = document.items("meshes")
    if any("targets" in primitive for mesh in meshes for primitive in objects(mesh, "primitives")):
        warnings.append("morph targets are ignored")
    if any("EXT_mesh_gpu_instancing" in obj(node.node, "extensions") for node in placed):
        warnings.append("GPU instancing is ignored: each mesh is drawn once per node")
    return warnings


def _assemble(
    triangles: Triangles,
    materials: NDArray[np.float32],
    punctual: list[Punctual],
    cameras: list[Camera],
    warnings: tuple[str, ...],
) -> Scene:
    tree = bvh.build(triangles.positions)
    positions, normals = triangles.positions[tree.order], triangles.normals[tree.order]
    material = triangles.material[tree.order]
    low, high = tree.lower[0].astype(np.float64), tree.upper[0].astype(np.float64)
    radius = max(float(np.sqrt(((high - low) ** 2).sum())) / 2, 1e-9)
    lights, light_pdf = light_table(positions, materials[material, 5:8], punctual, radius)
    camera = cameras[0] if cameras else framing_camera(low, high)
    background = (0.0, 0.0, 0.0) if lights[:, 9:12].any() else SKY
    row = [
        *camera.position,
        *camera.right,
        *camera.up,
        *camera.forward,
        camera.tan_half_y,
        *background,
        radius,
        0,
        0,
        0,
    ]
    return Scene(
        positions, normals, material, materials, light_pdf, lights,
        tree.lower, tree.upper, tree.child, tree.axis, tree.first, tree.count, np.array(row, np.float32), warnings,
    )  # fmt: skip
