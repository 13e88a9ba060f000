"""The node hierarchy of a glTF scene: world matrices, cameras and punctual lights.

Called by `prepare`. Matrix products are written out elementwise, because a BLAS product may round differently on
another machine and prepared scenes must be equal to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.errors import SceneError
from assay.jobs.render.gltf import Document, integer, number, numbers, obj, objects

Matrix = NDArray[np.float64]
MAX_DEPTH = 64
MAX_PUNCTUAL = 64
IDENTITY = tuple(float(i % 5 == 0) for i in range(16))
POINT, DIRECTIONAL, SPOT = 1, 2, 3


@dataclass(frozen=True)
class Placed:
    """A node with its world matrix (float64 [4, 4], column vectors)."""

    node: dict[str, Any]
    world: Matrix


@dataclass(frozen=True)
class Camera:
    """A pinhole: position, unit right, up and forward (float64 [3]), and the tangent of half the vertical field of
    view."""

    position: NDArray[np.float64]
    right: NDArray[np.float64]
    up: NDArray[np.float64]
    forward: NDArray[np.float64]
    tan_half_y: float


@dataclass(frozen=True)
class Punctual:
    """A light without area: kind POINT, DIRECTIONAL or SPOT, intensity in candela (lux when directional), linear
    RGB."""

    kind: int
    position: NDArray[np.float64]
    direction: NDArray[np.float64]
    intensity: NDArray[np.float64]
    cos_inner: float
    cos_outer: float


def walk(document: Document) -> Iterator[Placed]:
    """Each node of the default scene once, parents before children, in file order; raises SceneError on cycles."""
    nodes = document.items("nodes")
    scenes = document.items("scenes")
    if scenes:
        roots = scenes[integer(document.root, "scene", low=0, high=len(scenes) - 1, default=0)].get(
            "nodes", []
        )
    else:
        roots = list(range(len(nodes)))
    seen: set[int] = set()
    pending = [(index, np.eye(4), 0) for index in reversed(_indices(roots, len(nodes)))]
    while pending:
        index, parent, depth = pending.pop()
        if index in seen:
            if not scenes:
                continue
            raise SceneError(
                f"node {index} is reached twice: the hierarchy has a cycle or a node with two parents"
            )
        if depth > MAX_DEPTH:
            raise SceneError(f"the node hierarchy is deeper than {MAX_DEPTH}: flatten it before export")
        seen.add(index)
        world = multiply(parent, _local(nodes[index]))
        if not np.isfinite(world).all():
            raise SceneError(f"the transform of node {index} overflows")
        yield Placed(nodes[index], world)
        children = _indices(nodes[index].get("children", []), len(nodes))
        pending += [(child, world, depth + 1) for child in reversed(children)]


def _indices(values: Any, count: int) -> list[int]:
    if not isinstance(values, list):
        raise SceneError("a list of nodes is not a list")
    return [integer({"node": value}, "node", low=0, high=count - 1) for value in values]


def _local(node: dict[str, Any]) -> Matrix:
    if "matrix" in node:
        return numbers(node, "matrix", IDENTITY).reshape(4, 4).T
    x, y, z, w = numbers(node, "rotation", (0.0, 0.0, 0.0, 1.0))
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if norm < 1e-12:
        raise SceneError("a node's rotation is the zero quaternion")
    x, y, z, w = x / norm, y / norm, z / norm, w / norm
    rotation = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    local = np.eye(4)
    local[:3, :3] = rotation * numbers(node, "scale", (1.0, 1.0, 1.0))[None, :]
    local[:3, 3] = numbers(node, "translation", (0.0, 0.0, 0.0))
    return local


def multiply(a: Matrix, b: Matrix) -> Matrix:
    """a·b of two 4x4 matrices, summed left to right."""
    product: Matrix = a[:, 0, None] * b[0][None]
    for k in range(1, 4):
        product = product + a[:, k, None] * b[k][None]
    return product


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """`vector` [3] at length 1; raises SceneError when it has none."""
    length = math.sqrt(float(vector[0]) ** 2 + float(vector[1]) ** 2 + float(vector[2]) ** 2)
    if not 1e-20 < length < 1e20:
        raise SceneError("a transform squeezes a camera, light or normal to nothing")
    scaled: NDArray[np.float64] = vector / length
    return scaled


def camera_of(document: Document, placed: Placed) -> Camera | None:
    """The perspective camera at a node; None when it is orthographic."""
    cameras = document.items("cameras")
    entry = cameras[integer(placed.node, "camera", low=0, high=len(cameras) - 1)]
    if entry.get("type") != "perspective":
        return None
    yfov = number(obj(entry, "perspective"), "yfov", 0.8)
    if not 0.001 < yfov < 3.1:
        raise SceneError(f"the camera's yfov is {yfov:g}; it must be between 0.001 and 3.1 radians")
    forward = unit(-placed.world[:3, 2])
    right = unit(np.cross(forward, unit(placed.world[:3, 1])))
    return Camera(placed.world[:3, 3], right, np.cross(right, forward), forward, math.tan(yfov / 2))


def framing_camera(low: NDArray[np.float64], high: NDArray[np.float64]) -> Camera:
    """A camera that sees the whole box from the front, right and above; used when the file has none."""
    centre = (low + high) / 2
    radius = max(float(np.sqrt(((high - low) ** 2).sum())) / 2, 1e-6)
    forward = unit(np.array([-0.5, -0.35, -1.0]))
    right = unit(np.cross(forward, np.array([0.0, 1.0, 0.0])))
    tan_half_y = 0.41421356
    distance = radius / tan_half_y * 1.1
    return Camera(centre - forward * distance, right, np.cross(right, forward), forward, tan_half_y)


def punctual_of(document: Document, placed: Placed) -> Punctual | None:
    """The KHR_lights_punctual light at a node, None when it has none or is dark."""
    extension = obj(obj(placed.node, "extensions"), "KHR_lights_punctual")
    if "light" not in extension:
        return None
    lights = objects(obj(obj(document.root, "extensions"), "KHR_lights_punctual"), "lights")
    entry = lights[integer(extension, "light", low=0, high=len(lights) - 1)]
    kinds = {"point": POINT, "directional": DIRECTIONAL, "spot": SPOT}
    kind = kinds.get(str(entry.get("type")))
    if kind is None:
        raise SceneError(f"a light has the unknown type {str(entry.get('type'))[:16]!r}")
    intensity = numbers(entry, "color", (1.0, 1.0, 1.0)) * number(entry, "intensity", 1.0)
    if (intensity < 0).any():
        raise SceneError("a light has a negative colour or intensity")
    spot = obj(entry, "spot")
    inner, outer = number(spot, "innerConeAngle", 0.0), number(spot, "outerConeAngle", math.pi / 4)
    if not 0 <= inner < outer <= math.pi / 2 + 1e-6:
        raise SceneError("a spot light needs 0 ≤ innerConeAngle < outerConeAngle ≤ π/2")
    if not intensity.any():
        return None
    direction = unit(-placed.world[:3, 2])
    return Punctual(kind, placed.world[:3, 3], direction, intensity, math.cos(inner), math.cos(outer))
