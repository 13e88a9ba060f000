"""Writes `gallery.glb`, the scene of the demo: a small gallery at dusk, about 14,000 triangles.

Run `python -m assay.jobs.render.scenes.make_gallery`. The bytes are the same on every machine; a test compares them
with the committed file. Free of rights (CC0).
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from assay.jobs.render.scenes import GALLERY
from assay.jobs.render.scenes.shapes import (
    Shape,
    box,
    merged,
    quads_shape,
    revolution,
    ring,
    rippled_sphere,
    torus_knot,
)

Vector = tuple[float, float, float]
PALETTE: list[Vector] = [
    (0.85, 0.32, 0.12),
    (0.93, 0.66, 0.20),
    (0.11, 0.36, 0.44),
    (0.62, 0.10, 0.16),
    (0.88, 0.82, 0.70),
]
TILES = 14
VASE = [
    (0.0, 0.0),
    (0.26, 0.0),
    (0.30, 0.05),
    (0.42, 0.34),
    (0.40, 0.58),
    (0.19, 0.86),
    (0.15, 1.0),
    (0.24, 1.12),
    (0.21, 1.12),
    (0.12, 1.0),
]


class Glb:
    """Collects materials, meshes and nodes, and writes one binary glTF."""

    def __init__(self) -> None:
        self.binary = b""
        self.root: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "assay make_gallery", "copyright": "CC0"},
            "extensionsUsed": ["KHR_lights_punctual", "KHR_materials_emissive_strength"],
            "scene": 0, "scenes": [{"nodes": []}], "nodes": [], "meshes": [], "materials": [],
            "accessors": [], "bufferViews": [], "buffers": [],
        }  # fmt: skip

    def material(  # noqa: PLR0917
        self,
        name: str,
        base: Vector,
        metallic: float,
        roughness: float,
        glow: Vector | None = None,
        strength: float = 0,
    ) -> int:
        entry: dict[str, Any] = {
            "name": name,
            "pbrMetallicRoughness": {
                "baseColorFactor": [*base, 1],
                "metallicFactor": metallic,
                "roughnessFactor": roughness,
            },
        }
        if glow:
            entry["emissiveFactor"] = list(glow)
            entry["extensions"] = {"KHR_materials_emissive_strength": {"emissiveStrength": strength}}
        self.root["materials"].append(entry)
        return len(self.root["materials"]) - 1

    def add(self, name: str, shape: Shape, material: int, at: Vector = (0, 0, 0), **node: Any) -> None:
        """A node with one mesh; `node` may hold rotation or scale."""
        attributes = {"POSITION": self._accessor(shape.vertices, "VEC3", 5126)}
        if shape.normals is not None:
            attributes["NORMAL"] = self._accessor(shape.normals, "VEC3", 5126)
        indices = self._accessor(shape.triangles.reshape(-1), "SCALAR", 5123)
        self.root["meshes"].append(
            {"primitives": [{"attributes": attributes, "indices": indices, "material": material}]}
        )
        self.node({"name": name, "mesh": len(self.root["meshes"]) - 1, "translation": list(at), **node})

    def node(self, node: dict[str, Any]) -> None:
        self.root["nodes"].append(node)
        self.root["scenes"][0]["nodes"].append(len(self.root["nodes"]) - 1)

    def _accessor(self, array: np.ndarray, kind: str, component: int) -> int:
        data = array.tobytes()
        self.root["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        )
        self.binary += data + b"\0" * (-len(data) % 4)
        entry: dict[str, Any] = {
            "bufferView": len(self.root["bufferViews"]) - 1,
            "componentType": component,
            "count": len(array),
            "type": kind,
        }
        if kind == "VEC3":
            entry |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        self.root["accessors"].append(entry)
        return len(self.root["accessors"]) - 1

    def to_bytes(self) -> bytes:
        self.root["buffers"] = [{"byteLength": len(self.binary)}]
        text = json.dumps(self.root, separators=(",", ":"), sort_keys=True).encode()
        text += b" " * (-len(text) % 4)
        length = 28 + len(text) + len(self.binary)
        head = struct.pack("<IIIII", 0x46546C67, 2, length, len(text), 0x4E4F534A)
        return head + text + struct.pack("<II", len(self.binary), 0x004E4942) + self.binary


def gallery() -> bytes:
    """The bytes of the scene."""
    glb = Glb()
    _room(glb)
    _exhibits(glb)
    _lights(glb)
    glb.root["cameras"] = [
        {"type": "perspective", "perspective": {"yfov": 0.56, "aspectRatio": 16 / 9, "znear": 0.1}}
    ]
    # Looking slightly down: a rotation by -0.055 rad around x.
    glb.node(
        {"name": "camera", "camera": 0, "translation": [0, 1.62, 6.9], "rotation": [-0.0275, 0, 0, 0.99962]}
    )
    return glb.to_bytes()


def _room(glb: Glb) -> None:
    wall = glb.material("plaster", (0.62, 0.60, 0.57), 0, 0.9)
    left, right = (
        glb.material("teal wall", (0.08, 0.30, 0.34), 0, 0.8),
        glb.material("clay wall", (0.55, 0.20, 0.12), 0, 0.8),
    )
    pale, dark = (
        glb.material("pale marble", (0.72, 0.69, 0.63), 0, 0.16),
        glb.material("dark marble", (0.045, 0.05, 0.06), 0, 0.12),
    )
    x, back, front, top = 3.6, -3.2, 7.6, 3.6
    size = 2 * x / TILES
    tiles: list[list[Shape]] = [[], []]
    for i in range(TILES):
        for j in range(TILES + 6):
            a, b = -x + i * size, back + j * size
            tiles[(i + j) % 2].append(
                quads_shape([[(a, 0, b), (a, 0, b + size), (a + size, 0, b + size), (a + size, 0, b)]])
            )
    glb.add("pale tiles", merged(tiles[0]), pale)
    glb.add("dark tiles", merged(tiles[1]), dark)
    glb.add("back wall", quads_shape([[(-x, 0, back), (x, 0, back), (x, top, back), (-x, top, back)]]), wall)
    glb.add(
        "ceiling", quads_shape([[(-x, top, back), (x, top, back), (x, top, front), (-x, top, front)]]), wall
    )
    glb.add(
        "left wall", quads_shape([[(-x, 0, front), (-x, 0, back), (-x, top, back), (-x, top, front)]]), left
    )
    glb.add(
        "right wall", quads_shape([[(x, 0, back), (x, 0, front), (x, top, front), (x, top, back)]]), right
    )
    glb.add(
        "front wall", quads_shape([[(x, 0, front), (-x, 0, front), (-x, top, front), (x, top, front)]]), wall
    )
    _mosaic(glb, (-2.55, 1.0, back), 3)
    _mosaic(glb, (1.35, 1.0, back), 11)


def _mosaic(glb: Glb, at: Vector, seed: int) -> None:
    """A framed picture of 8 x 10 glazed squares, coloured by a small integer pattern."""
    frame = glb.material("walnut", (0.16, 0.075, 0.035), 0, 0.35)
    x, y, z = at
    glb.add("frame", box((x - 0.06, y - 0.06, z), (x + 1.26, y + 1.56, z + 0.06)), frame)
    squares: list[list[Shape]] = [[] for _ in PALETTE]
    for i in range(8):
        for j in range(10):
            a, b = x + i * 0.15, y + j * 0.15
            quad = [
                (a, b, z + 0.075),
                (a + 0.14, b, z + 0.075),
                (a + 0.14, b + 0.14, z + 0.075),
                (a, b + 0.14, z + 0.075),
            ]
            squares[(i * i + j * j + i * j * seed) % 7 % len(PALETTE)].append(quads_shape([quad]))
    for colour, shapes in zip(PALETTE, squares, strict=True):
        glb.add("mosaic", merged(shapes), glb.material("glaze", colour, 0, 0.3))


def _exhibits(glb: Glb) -> None:
    stone = glb.material("pedestal", (0.78, 0.76, 0.72), 0, 0.55)
    gold = glb.material("gold", (1.0, 0.71, 0.29), 1, 0.2)
    cobalt = glb.material("cobalt glaze", (0.03, 0.10, 0.42), 0, 0.14)
    celadon = glb.material("celadon", (0.36, 0.55, 0.40), 0, 0.2)
    chrome = glb.material("chrome", (0.92, 0.92, 0.93), 1, 0.05)
    copper = glb.material("copper", (0.95, 0.52, 0.38), 1, 0.28)
    for x, z, half, height in ((0.0, -0.6, 0.5, 0.62), (-1.75, 0.1, 0.45, 0.5), (1.75, 0.1, 0.42, 0.42)):
        glb.add("pedestal", box((x - half, 0.06, z - half), (x + half, height, z + half)), stone)
        glb.add(
            "plinth",
            box((x - half - 0.07, 0, z - half - 0.07), (x + half + 0.07, 0.06, z + half + 0.07)),
            stone,
        )
    glb.add("knot", torus_knot(2, 3, 0.84, 0.165, 160, 16), gold, (0, 1.62, -0.6))
    glb.add("ripple", rippled_sphere(0.5, 0.1, 36, 56), cobalt, (-1.75, 1.05, 0.1))
    glb.add("vase", revolution(VASE, 28, 48), celadon, (1.75, 0.42, 0.1))
    ball = rippled_sphere(0.3, 0.0, 16, 32)
    glb.add("mirror ball", ball, chrome, (0.78, 0.3, 1.15))
    glb.add("copper ball", ball, copper, (-0.72, 0.2, 1.35), scale=[0.667, 0.667, 0.667])


def _lights(glb: Glb) -> None:
    black = (0.0, 0.0, 0.0)
    warm = glb.material("warm panel", black, 0, 1, (1.0, 0.80, 0.58), 13)
    cool = glb.material("window", black, 0, 1, (0.62, 0.80, 1.0), 6)
    neon = glb.material("neon", black, 0, 1, (1.0, 0.22, 0.36), 9)
    for x in (-1.6, 1.6):
        glb.add(
            "panel",
            quads_shape(
                [[(x - 0.6, 3.55, -0.4), (x + 0.6, 3.55, -0.4), (x + 0.6, 3.55, 1.6), (x - 0.6, 3.55, 1.6)]]
            ),
            warm,
        )
    glb.add(
        "window",
        quads_shape([[(-3.55, 0.9, 4.6), (-3.55, 0.9, 1.4), (-3.55, 2.9, 1.4), (-3.55, 2.9, 4.6)]]),
        cool,
    )
    glb.add("neon ring", ring(1.12, 0.03, 48, 6), neon, (0, 1.72, -3.05))
    spot = {
        "type": "spot",
        "color": [1.0, 0.93, 0.82],
        "intensity": 22,
        "spot": {"innerConeAngle": 0.16, "outerConeAngle": 0.34},
    }
    glb.root["extensions"] = {"KHR_lights_punctual": {"lights": [spot]}}
    # Pointing from above the camera at the knot: -z turned by -0.40 rad around x.
    lamp = {"KHR_lights_punctual": {"light": 0}}
    glb.node(
        {
            "name": "spot",
            "extensions": lamp,
            "translation": [0, 3.4, 3.6],
            "rotation": [-0.1987, 0, 0, 0.98007],
        }
    )


def main() -> None:
    """Write the committed file."""
    GALLERY.write_bytes(gallery())


if __name__ == "__main__":
    main()
