"""glTF to arrays: what is read, and that hostile files end in a sentence."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.jobs.render import gltf
from assay.jobs.render.errors import SceneError
from assay.jobs.render.prepare import prepare, scene_stats
from assay.jobs.render.scene import Scene
from assay.jobs.render.scenes import GALLERY, make_gallery
from tests.worker.jobs.glb import QUAD, QUAD_INDICES, document, glb, simple

LAMP = {
    "emissiveFactor": [1, 0.5, 0],
    "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 4}},
}


def test_gallery__committed_file__is_what_the_script_writes() -> None:
    assert GALLERY.read_bytes() == make_gallery.gallery()
    assert GALLERY.stat().st_size <= 2**20


def test_prepare__gallery__has_triangles_lights_and_camera() -> None:
    data = GALLERY.read_bytes()
    scene = prepare(data)
    assert scene.triangles == scene_stats(data).triangles >= 5_000
    assert len(scene.lights) > 100
    assert scene.warnings == ()
    assert scene.camera[:3] == pytest.approx([0, 1.62, 6.9])
    assert prepare(data).to_bytes() == scene.to_bytes()


def test_prepare__node_hierarchy__transforms_multiply() -> None:
    half = np.sqrt(0.5)
    nodes = [
        {"children": [1], "translation": [10, 0, 0], "scale": [2, 2, 2]},
        {"children": [2], "rotation": [0, 0, half, half]},
        {"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 3, 0, 1]},
    ]
    scene = prepare(simple(nodes=nodes))
    # (x, y, z) → turned by 90° about z → doubled → moved.
    expected = {(10 - 2 * 3.0, 2 * float(x), 2 * float(z)) for x, _, z in QUAD}
    found = {tuple(np.round(corner, 4).tolist()) for corner in scene.positions.reshape(-1, 3)}
    assert found == expected


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32])
def test_prepare__each_index_type__same_triangles(kind: Any) -> None:
    scene = prepare(simple(indices=QUAD_INDICES.astype(kind)))
    assert scene.triangles == 2


@pytest.mark.parametrize(("mode", "triangles"), [(4, 2), (5, 4), (6, 4)])
def test_prepare__strips_and_fans__expand(mode: int, triangles: int) -> None:
    root, binary = document()
    root["meshes"][0]["primitives"][0]["mode"] = mode
    # Some of a strip's triangles repeat a vertex; those have no area and are dropped.
    assert scene_stats(glb(root, binary)).triangles == triangles
    assert prepare(glb(root, binary)).triangles <= triangles


def test_prepare__strided_view__is_followed() -> None:
    wide = np.zeros((4, 5), np.float32)
    wide[:, :3] = QUAD
    root, _ = document()
    root["bufferViews"][0] |= {"byteLength": 80, "byteStride": 20}
    root["bufferViews"][1]["byteOffset"] = 80
    root["buffers"] = [{"byteLength": 92}]
    scene = prepare(glb(root, wide.tobytes() + QUAD_INDICES.tobytes()))
    assert np.array_equal(np.unique(scene.positions.reshape(-1, 3), axis=0), np.unique(QUAD, axis=0))


def test_prepare__json_with_data_uri__same_as_glb() -> None:
    root, binary = document()
    root["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    assert prepare(json.dumps(root).encode()).to_bytes() == prepare(simple()).to_bytes()


def test_prepare__emissive_material__becomes_a_light() -> None:
    root, binary = document(materials=[LAMP])
    root["meshes"][0]["primitives"][0]["material"] = 0
    scene = prepare(glb(root, binary))
    assert np.allclose(scene.materials[0, 5:8], [4, 2, 0])
    assert len(scene.lights) == 2
    assert scene.light_pdf == pytest.approx([0.25, 0.25])  # two triangles of area 2, half the power each


@pytest.mark.parametrize(("kind", "code"), [("point", 1), ("directional", 2), ("spot", 3)])
def test_prepare__punctual_light__gets_a_row(kind: str, code: int) -> None:
    extension = {"KHR_lights_punctual": {"lights": [{"type": kind, "intensity": 5, "color": [1, 0, 0]}]}}
    nodes = [{"mesh": 0}, {"extensions": {"KHR_lights_punctual": {"light": 0}}, "translation": [0, 2, 0]}]
    scene = prepare(simple(extensions=extension, nodes=nodes, scenes=[{"nodes": [0, 1]}]))
    assert scene.lights[0, 15] == code
    assert scene.lights[0, 9:12] == pytest.approx([5, 0, 0])
    assert scene.camera[13:16] == pytest.approx([0, 0, 0])


def test_prepare__no_light_and_no_camera__sky_and_framing_with_a_warning() -> None:
    scene = prepare(simple())
    assert scene.camera[13:16] == pytest.approx([1, 1, 1])
    assert any("camera" in warning for warning in scene.warnings)


def test_prepare__textures_skins_alpha__warned_about() -> None:
    material = {
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
        "alphaMode": "BLEND",
        "name": "glass",
    }
    text = " ".join(prepare(simple(materials=[material], skins=[{}], animations=[{}])).warnings)
    for word in ("textures", "opaque", "skins", "animations", "glass"):
        assert word in text


def change(path: str, value: Any) -> bytes:
    """A simple file with one entry replaced; path as in 'accessors.0.count'."""
    root, binary = document()
    at: Any = root
    *parents, last = path.split(".")
    for key in parents:
        at = at[int(key)] if key.isdigit() else at[key]
    at[int(last) if last.isdigit() else last] = value
    return glb(root, binary)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("accessors.0.count", 5, "beyond its buffer view"),
        ("accessors.0.count", 2**40, "count"),
        ("accessors.0.count", -1, "count"),
        ("accessors.0.count", 0, "count"),
        ("accessors.0.byteOffset", 8, "beyond"),
        ("accessors.0.componentType", 5124, "component type"),
        ("accessors.0.type", "VEC2", "VEC3"),
        ("accessors.0.sparse", {}, "sparse"),
        ("accessors.1.componentType", 5126, "beyond"),
        ("accessors.1.count", 2**31, "triangles"),
        ("bufferViews.0.byteLength", 10**6, "beyond buffer"),
        ("bufferViews.0.buffer", 3, "buffer"),
        ("bufferViews.0.byteStride", -4, "byteStride"),
        ("buffers.0.byteLength", 10**7, "truncated"),
        ("buffers.0.byteLength", 10**12, "byteLength"),
        ("buffers.0.uri", "scene.bin", "external"),
        ("buffers.0.uri", "data:;base64,@@@", "base64"),
        ("asset.version", "1.0", "glTF 2"),
        ("nodes.0.mesh", 7, "mesh"),
        ("nodes.0.mesh", "0", "mesh"),
        ("nodes.0.children", [0], "cycle"),
        ("nodes.0.scale", [1, 2], "scale"),
        ("nodes.0.rotation", [0, 0, 0, 0], "quaternion"),
        ("nodes.0.scale", [0, 0, 0], "zero area"),
        ("nodes.0.translation", [1e29, 0, 0], "1e15"),
        ("nodes.0.translation", ["x", 0, 0], "translation"),
        ("scenes.0.nodes", [], "no triangles"),
        ("meshes.0.primitives.0.mode", 1, "no triangles"),
        ("meshes.0.primitives.0.material", 0, "material"),
        ("meshes.0.primitives", {}, "primitives"),
        ("extensionsRequired", ["KHR_draco_mesh_compression"], "KHR_draco_mesh_compression"),
        ("nodes", 5, "nodes"),
        ("materials", [{"emissiveFactor": [-1, 0, 0]}], "emits"),
    ],
)
def test_prepare__hostile_entry__a_sentence(path: str, value: Any, says: str) -> None:
    with pytest.raises(SceneError, match=says):
        prepare(change(path, value))


def test_prepare__index_beyond_the_vertices__refused() -> None:
    with pytest.raises(SceneError, match="vertex 9 of only 4"):
        prepare(simple(indices=np.array([0, 1, 9], np.uint16)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_prepare__not_a_number__refused(bad: float) -> None:
    positions = QUAD.copy()
    positions[2, 1] = bad
    with pytest.raises(SceneError, match="NaN or infinity"):
        prepare(simple(positions=positions))


def test_prepare__deep_hierarchy__refused() -> None:
    nodes: list[dict[str, Any]] = [{"children": [i + 1]} for i in range(100)] + [{"mesh": 0}]
    with pytest.raises(SceneError, match="deeper than 64"):
        prepare(simple(nodes=nodes))


def test_prepare__mesh_instanced_a_thousandfold__counted_before_it_is_built() -> None:
    indices = np.tile(QUAD_INDICES, 300)
    nodes = [{"mesh": 0} for _ in range(1000)]
    with pytest.raises(SceneError, match="600000 triangles; the limit is 262144"):
        prepare(simple(indices=indices, nodes=nodes, scenes=[{"nodes": list(range(1000))}]))


def test_parse__file_over_the_limit__refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gltf, "MAX_FILE_BYTES", 100)
    with pytest.raises(SceneError, match="the limit is 100"):
        prepare(simple())


@pytest.mark.parametrize(
    "data", [b"", b"glTF", b"{}", b"[]", b"null", b"\xff\xfe", b'{"asset": NaN}', b"[" * 100_000]
)
def test_prepare__no_gltf_at_all__refused(data: bytes) -> None:
    with pytest.raises(SceneError):
        prepare(data)


def test_prepare__every_truncation__refused() -> None:
    data = simple()
    for length in range(0, len(data), 7):
        with pytest.raises(SceneError):
            prepare(data[:length])


@settings(max_examples=150)
@given(st.data())
def test_prepare__random_damage__scene_or_scene_error(data: st.DataObject) -> None:
    file = bytearray(simple(materials=[LAMP]))
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    struct.pack_into("<I", file, 8, len(file))
    try:
        scene = prepare(bytes(file))
    except SceneError:
        return
    assert np.isfinite(scene.positions).all()


def test_scene_bytes__round_trip__equal() -> None:
    scene = prepare(GALLERY.read_bytes())
    data = scene.to_bytes()
    again = Scene.from_bytes(data)
    assert again.to_bytes() == data
    assert np.array_equal(again.positions, scene.positions)


def test_scene_bytes__truncated_or_extended__refused() -> None:
    data = prepare(simple()).to_bytes()
    for length in range(0, len(data), 11):
        with pytest.raises(SceneError):
            Scene.from_bytes(data[:length])
    with pytest.raises(SceneError, match="trailing"):
        Scene.from_bytes(data + b"\0")


@settings(max_examples=150)
@given(st.data())
def test_scene_bytes__random_damage__scene_or_scene_error(data: st.DataObject) -> None:
    stored = bytearray(prepare(simple()).to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        stored[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))
    try:
        scene = Scene.from_bytes(bytes(stored))
    except SceneError:
        return
    assert scene.node_child.max() < len(scene.node_child)
