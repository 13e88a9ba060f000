"""Shapes of the gallery scene as indexed triangles (NumPy only).

Used by `make_gallery`. Every coordinate is rounded to 1/4096 so that the last bit of a sine, which differs between
processors, never reaches the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
GRID = 4096.0


@dataclass(frozen=True)
class Shape:
    """vertices float32 [n, 3], triangles uint16 [m, 3], normals float32 [n, 3] or None for flat faces."""

    vertices: NDArray[np.float32]
    triangles: NDArray[np.uint16]
    normals: NDArray[np.float32] | None = None


def rounded(values: Points) -> NDArray[np.float32]:
    """`values` on the grid, as float32 (exact up to 4096 units)."""
    return (np.round(values * GRID) / GRID).astype(np.float32)


def surface(
    point: Callable[[Points, Points], Points], rows: int, columns: int, *, closed_rows: bool = False
) -> Shape:
    """The smooth surface point(u, v) → [..., 3], u over rows (closed when told), v over columns (always closed)."""
    count = rows if closed_rows else rows + 1
    u = np.arange(count)[:, None] / rows + np.zeros((1, columns))
    v = np.arange(columns)[None, :] / columns + np.zeros((count, 1))
    step = 1e-4
    along_u = point(u + step, v) - point(u - step, v)
    along_v = point(u, v + step) - point(u, v - step)
    normals = np.cross(along_u, along_v)
    length = np.sqrt((normals**2).sum(axis=2, keepdims=True))
    normals = np.where(length > 1e-12, normals / np.where(length > 1e-12, length, 1.0), 0.0)
    i, j = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    a, b = i * columns + j, i * columns + (j + 1) % columns
    c, d = (i + 1) % count * columns + j, (i + 1) % count * columns + (j + 1) % columns
    triangles = np.stack([np.stack([a, c, b], -1), np.stack([b, c, d], -1)], 2).reshape(-1, 3)
    vertices = rounded(point(u, v)).reshape(-1, 3)
    corners = vertices[triangles]
    solid = (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) != 0).any(axis=1)
    return Shape(vertices, triangles[solid].astype(np.uint16), rounded(normals).reshape(-1, 3))


def torus_knot(  # noqa: PLR0917
    p: int, q: int, scale: float, thickness: float, rows: int, columns: int
) -> Shape:
    """A (p, q) torus knot standing upright around the origin."""

    def centre(u: Points) -> Points:
        angle = 2 * np.pi * u
        radius = 2 + np.cos(q * angle)
        return np.stack([radius * np.cos(p * angle), radius * np.sin(p * angle), np.sin(q * angle)], -1) * (
            scale / 3
        )

    def point(u: Points, v: Points) -> Points:
        here, step = centre(u), 1e-3
        tangent = centre(u + step) - centre(u - step)
        tangent = tangent / np.sqrt((tangent**2).sum(-1, keepdims=True))
        outward = centre(u + step) + centre(u - step)
        side = np.cross(tangent, outward)
        side = side / np.sqrt((side**2).sum(-1, keepdims=True))
        other = np.cross(side, tangent)
        angle = 2 * np.pi * v[..., None]
        skin: Points = here + thickness * (np.cos(angle) * side + np.sin(angle) * other)
        return skin

    return surface(point, rows, columns, closed_rows=True)


def rippled_sphere(radius: float, depth: float, rows: int, columns: int) -> Shape:
    """A sphere whose skin follows a gyroid, `depth` in parts of the radius."""

    def point(u: Points, v: Points) -> Points:
        polar, turn = np.pi * np.clip(u, 0, 1), 2 * np.pi * v
        unit = np.stack([np.sin(polar) * np.cos(turn), -np.cos(polar), np.sin(polar) * np.sin(turn)], -1)
        x, y, z = (unit[..., k] * 5.0 + 0.7 * k for k in range(3))
        wave = np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x)
        skin: Points = unit * (radius * (1 + depth * wave))[..., None]
        return skin

    return surface(point, rows, columns)


def revolution(profile: list[tuple[float, float]], rows: int, columns: int) -> Shape:
    """The profile (radius, height) pairs, smoothed by Catmull-Rom, turned around the y axis."""
    knots = np.array([profile[0], *profile, profile[-1]])

    def point(u: Points, v: Points) -> Points:
        at = np.clip(u, 0, 1) * (len(profile) - 1)
        k = np.minimum(at.astype(int), len(profile) - 2)
        f = (at - k)[..., None]
        a, b, c, d = knots[k], knots[k + 1], knots[k + 2], knots[k + 3]
        curve = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))
        turn = 2 * np.pi * v
        return np.stack([curve[..., 0] * np.cos(turn), curve[..., 1], -curve[..., 0] * np.sin(turn)], -1)

    return surface(point, rows, columns)


def ring(radius: float, thickness: float, rows: int, columns: int) -> Shape:
    """A torus in the xy plane."""

    def point(u: Points, v: Points) -> Points:
        turn, angle = 2 * np.pi * u, 2 * np.pi * v
        out = radius + thickness * np.cos(angle)
        return np.stack([out * np.cos(turn), out * np.sin(turn), thickness * np.sin(angle)], -1)

    return surface(point, rows, columns, closed_rows=True)


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Shape:
    """An axis-aligned box, flat faces."""
    corners = np.array([[(low, high)[k >> axis & 1][axis] for axis in range(3)] for k in range(8)])
    quads = [(0, 1, 3, 2), (5, 4, 6, 7), (4, 0, 2, 6), (1, 5, 7, 3), (2, 3, 7, 6), (4, 5, 1, 0)]
    return quads_shape([[tuple(corners[k]) for k in quad] for quad in quads])


def quads_shape(quads: list[list[tuple[float, float, float]]]) -> Shape:
    """Flat quadrilaterals, four corners each."""
    vertices = np.array(quads, np.float64).reshape(-1, 3)
    first = np.arange(len(quads))[:, None] * 4
    triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])], axis=1).reshape(
        -1, 3
    )
    return Shape(rounded(vertices), triangles.astype(np.uint16))


def merged(shapes: list[Shape]) -> Shape:
    """Flat shapes in one."""
    offsets = np.cumsum([0] + [len(shape.vertices) for shape in shapes])
    triangles = [shape.triangles + np.uint16(offset) for shape, offset in zip(shapes, offsets, strict=False)]
    return Shape(np.concatenate([shape.vertices for shape in shapes]), np.concatenate(triangles))
