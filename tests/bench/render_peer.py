"""The peer side of the render bench: Mitsuba 3, variant scalar_rgb, on our prepared scene.

Run in an environment of its own with mitsuba and numpy:
`python render_peer.py scene.npz width height samples reference out.npz`.

Imports nothing of this project. Writes `image`, `reference` (linear RGB) and `seconds` of the timed render.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mitsuba as mi
import numpy as np

mi.set_variant("scalar_rgb")


def write_ply(path: Path, positions: np.ndarray, normals: np.ndarray) -> None:
    """A binary PLY of separate triangles with vertex normals."""
    count = len(positions)
    head = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {3 * count}\n"
        + "".join(f"property float {name}\n" for name in ("x", "y", "z", "nx", "ny", "nz"))
        + f"element face {count}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    vertices = np.concatenate([positions.reshape(-1, 3), normals.reshape(-1, 3)], axis=1).astype("<f4")
    faces = np.zeros(count, np.dtype([("n", "u1"), ("v", "<i4", 3)]))
    faces["n"] = 3
    faces["v"] = np.arange(3 * count).reshape(-1, 3)
    path.write_bytes(head.encode() + vertices.tobytes() + faces.tobytes())


def scene_of(data: Any, width: int, height: int, folder: Path) -> Any:
    """The same triangles, materials, lights and camera as a Mitsuba scene."""
    camera = data["camera"]
    position, up, forward = camera[0:3], camera[6:9], camera[9:12]
    scene: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "path", "max_depth": 7, "rr_depth": 3},
        "sensor": {
            "type": "perspective",
            "fov_axis": "y",
            "fov": float(np.degrees(2 * np.arctan(camera[12]))),
            "to_world": mi.ScalarTransform4f().look_at(
                origin=position.tolist(), target=(position + forward).tolist(), up=up.tolist()
            ),
            "film": {"type": "hdrfilm", "width": width, "height": height, "rfilter": {"type": "box"}},
            "sampler": {"type": "independent"},
        },
    }
    for index, row in enumerate(data["materials"]):
        mine = data["material"] == index
        if not mine.any():
            continue
        path = folder / f"{index}.ply"
        write_ply(path, data["positions"][mine], data["normals"][mine])
        shape: dict[str, Any] = {"type": "ply", "filename": str(path)}
        bsdf = {
            "type": "principled",
            "base_color": {"type": "rgb", "value": row[0:3].tolist()},
            "metallic": float(row[3]),
            "roughness": float(row[4]),
            "specular": 0.5,
        }
        shape["bsdf"] = {"type": "twosided", "nested": bsdf}
        if row[5:8].any():
            shape["emitter"] = {"type": "area", "radiance": {"type": "rgb", "value": row[5:8].tolist()}}
        scene[f"shape{index}"] = shape
    for index, row in enumerate(data["lights"]):
        if row[15] == 3:
            outer = float(np.degrees(np.arccos(row[6])))
            inner = float(np.degrees(np.arccos(min(1.0, row[6] + 1 / row[7]))))
            scene[f"spot{index}"] = {
                "type": "spot",
                "cutoff_angle": outer,
                "beam_width": inner,
                "intensity": {"type": "rgb", "value": row[9:12].tolist()},
                "to_world": mi.ScalarTransform4f().look_at(
                    origin=row[0:3].tolist(), target=(row[0:3] + row[3:6]).tolist(), up=[0, 0, 1]
                ),
            }
    return mi.load_dict(scene)


def main(arguments: list[str]) -> None:
    """See the module docstring."""
    source, width, height, samples, reference, out = arguments
    with tempfile.TemporaryDirectory() as folder:
        scene = scene_of(np.load(source), int(width), int(height), Path(folder))
    mi.render(scene, spp=1, seed=5)
    seconds = []
    for seed in range(3):
        began = time.perf_counter()
        image = np.array(mi.render(scene, spp=int(samples), seed=seed))
        seconds.append(time.perf_counter() - began)
    best = np.array(mi.render(scene, spp=int(reference), seed=99))
    np.savez(out, image=image[..., :3], reference=best[..., :3], seconds=sorted(seconds)[1])


if __name__ == "__main__":
    main(sys.argv[1:])
