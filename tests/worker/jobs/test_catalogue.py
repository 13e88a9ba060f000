"""The committed programs are what the sources give, byte for byte, wherever they are built."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import assay
from assay.commitment.artifact import artifact_id
from assay.jobs import catalogue_index
from assay.jobs.render.tables import BUCKETS

WORKER = Path(assay.__file__).parent.parent


def test_index__each_entry__states_its_file_truly() -> None:
    assert [entry.bucket["triangles"] for entry in catalogue_index.entries()] == list(BUCKETS)
    for entry in catalogue_index.entries():
        data = entry.read()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry.size, entry.sha256)
        assert "0x" + artifact_id(data).hex() == entry.artifact_id
        assert catalogue_index.by_id(entry.artifact_id) == entry == catalogue_index.by_name(entry.name)
        assert set(entry.platforms) == {"cpu", "cuda", "tpu"}
        assert entry.outputs == [{"dtype": "float32", "shape": [32, 32, 4]}]
    assert catalogue_index.by_id("0x" + "00" * 32) is None


def test_folder__whole_catalogue__small_and_free_of_paths() -> None:
    files = list(catalogue_index.FOLDER.iterdir())
    assert sum(path.stat().st_size for path in files) <= 2 * 2**20
    for path in files:
        data = path.read_bytes()
        for trace in (b".py", b"/home", b"/root", b"site-packages", b"assay/jobs"):
            assert trace not in data, path.name


def test_build__from_another_folder_with_another_comment__same_bytes(tmp_path: Path) -> None:
    shutil.copytree(
        WORKER / "assay", tmp_path / "elsewhere" / "assay", ignore=shutil.ignore_patterns("__pycache__")
    )
    traced = tmp_path / "elsewhere" / "assay" / "jobs" / "render" / "tracer" / "integrate.py"
    traced.write_text("# A comment that moves every line.\n\n" + traced.read_text())
    code = "import sys; from assay.jobs.catalogue import main; sys.exit(main(['check']))"
    environment = {
        "PYTHONPATH": str(tmp_path / "elsewhere"),
        "JAX_PLATFORMS": "cpu",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(catalogue_index.INDEX.read_text())["format"] == 1
