"""Builds and checks the catalogue of native programs. Run `python -m assay.jobs.catalogue build|check`. Imports
JAX.

Each program is exported once for all platforms, without source locations, so that its bytes depend on what it
computes and on the JAX version alone: not on the folder, comments or line numbers. `check` rebuilds everything and
compares.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import jax
import jax.export

from assay.commitment.artifact import artifact_id
from assay.jobs.catalogue_index import FOLDER
from assay.jobs.render import program as render_program
from assay.jobs.render.plan import program_name
from assay.jobs.render.tables import BUCKETS

PLATFORMS = ("cpu", "cuda", "tpu")
MAX_BYTES = 2 * 2**20


def export_render(bucket: int) -> bytes:
    """The canonical bytes of the render program for scenes of at most `bucket` triangles."""
    function, inputs = render_program.build(bucket)
    with jax.enable_x64(False):
        exported = jax.export.export(jax.jit(function), platforms=PLATFORMS)(*inputs)
    return bytes(exported.serialize(vjp_order=0))


def build() -> dict[str, bytes]:
    """File name → bytes of the whole catalogue, `catalogue.json` included."""
    jax.config.update("jax_traceback_in_locations_limit", 0)  # type: ignore[no-untyped-call]
    files: dict[str, bytes] = {}
    programs: list[dict[str, Any]] = []
    for bucket in BUCKETS:
        data = export_render(bucket)
        name = program_name(bucket)
        files[f"{name}.stablehlo"] = data
        programs.append(_entry(name, "render", {"triangles": bucket}, data))
    index = {"format": 1, "programs": programs}
    files["catalogue.json"] = (json.dumps(index, indent=2) + "\n").encode()
    if sum(map(len, files.values())) > MAX_BYTES:
        raise RuntimeError(f"the catalogue is over its limit of {MAX_BYTES} bytes")
    return files


def _entry(name: str, kind: str, bucket: dict[str, int], data: bytes) -> dict[str, Any]:
    exported = jax.export.deserialize(bytearray(data))
    return {
        "name": name,
        "kind": kind,
        "file": f"{name}.stablehlo",
        "artifact_id": "0x" + artifact_id(data).hex(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "bucket": bucket,
        "inputs": [{"dtype": str(aval.dtype), "shape": list(aval.shape)} for aval in exported.in_avals],
        "outputs": [{"dtype": str(aval.dtype), "shape": list(aval.shape)} for aval in exported.out_avals],
        "platforms": list(exported.platforms),
        "jax_version": jax.__version__,
    }


def differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """Names of files that are missing in `folder`, differ, or should not be there."""
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    changed = [
        name for name, data in files.items() if name not in there or (folder / name).read_bytes() != data
    ]
    return sorted(changed + list(there - set(files)))


def main(arguments: list[str]) -> int:
    """`build` writes the files; `check` says which differ and returns 1 when any does."""
    if arguments not in (["build"], ["check"]):
        sys.stderr.write("usage: python -m assay.jobs.catalogue build|check\n")
        return 2
    files = build()
    if arguments == ["check"]:
        wrong = differences(files, FOLDER)
        sys.stdout.write(f"out of date: {', '.join(wrong)}\n" if wrong else "the catalogue is up to date\n")
        return 1 if wrong else 0
    FOLDER.mkdir(exist_ok=True)
    for name in differences({}, FOLDER):
        (FOLDER / name).unlink()
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
