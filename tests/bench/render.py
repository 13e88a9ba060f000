"""Path-traced samples per second against Mitsuba 3 `scalar_rgb`, same scene, same size, at matched error.

Both use all cores. The error of each is the mean squared difference to its own picture of many samples, with light
capped at CAP so that one bright speck does not decide; at equal samples the rates are compared as samples a second
divided by that error. Ours is timed as a worker runs it: through the sandbox, compilation apart.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from assay.jobs.render.assemble import assemble
from assay.jobs.render.prepare import prepare
from assay.jobs.render.scenes import GALLERY
from assay.jobs.render.session import RenderSession
from assay.jobs.runner import JobRunner, open_gallery

ROOT = Path(__file__).parents[2]
PEER_FOLDER = ROOT / ".run" / "bench" / "mitsuba"
UV = ROOT / ".run" / "tools" / "uv" / "bin" / "uv"
PEER = "mitsuba==3.9.1"
WIDTH, HEIGHT, SAMPLES, REFERENCE = 160, 90, 64, 512
CAP = 4.0
COMMAND = "python -m tests.bench render --json"


def run(args: list[str]) -> list[dict[str, Any]]:
    """Rows: our rate, the peer's, the ratio at equal samples and at matched error."""
    python = _peer_python()
    theirs, their_error = _measure_peer(python)
    ours, our_error, compile_seconds = _measure_ours()
    matched = (ours / our_error) / (theirs / their_error)
    return [
        _row("render, samples a second", ours, "samples/s", None),
        _row("render, mitsuba scalar_rgb, samples a second", theirs, "samples/s", None),
        _row("render, rate / mitsuba scalar_rgb at equal samples", ours / theirs, "ratio", None),
        _row("render, rate / mitsuba scalar_rgb at matched error", matched, "ratio", 1.0),
        _row("render, compilation of the program", compile_seconds, "s", None),
    ]


def _row(name: str, value: float, unit: str, goal: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "goal": goal,
        "holds": None if goal is None else value >= goal,
        "peer": PEER,
        "command": COMMAND,
    }


def _peer_python() -> Path:
    """The interpreter of the peer's own environment, made on first use."""
    python = PEER_FOLDER / "bin" / "python"
    if not (PEER_FOLDER / "installed").exists():
        subprocess.run([str(UV), "venv", "--clear", "--python", "3.11", str(PEER_FOLDER)], check=True)
        subprocess.run([str(UV), "pip", "install", "--python", str(python), PEER, "numpy"], check=True)
        (PEER_FOLDER / "installed").touch()
    return python


def _measure_peer(python: Path) -> tuple[float, float]:
    """(samples a second, mean squared error) of Mitsuba."""
    scene = prepare(GALLERY.read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "scene.npz", Path(folder) / "out.npz"
        names = ("positions", "normals", "material", "materials", "lights", "camera")
        np.savez(source, **{name: getattr(scene, name) for name in names})
        script = Path(__file__).with_name("render_peer.py")
        numbers = [str(value) for value in (WIDTH, HEIGHT, SAMPLES, REFERENCE)]
        subprocess.run([str(python), str(script), str(source), *numbers, str(out)], check=True)
        found = np.load(out)
        error = _error(found["image"], found["reference"])
        return WIDTH * HEIGHT * SAMPLES / float(found["seconds"]), error


def _measure_ours() -> tuple[float, float, float]:
    """(samples a second, mean squared error, seconds of compilation) of this project, median of three."""
    with JobRunner() as runner:
        session = open_gallery(runner, (WIDTH, HEIGHT, SAMPLES))
        _picture(session)
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            image = _picture(session)
            seconds.append(time.perf_counter() - began)
        reference = _picture(open_gallery(runner, (WIDTH, HEIGHT, SAMPLES + REFERENCE)))
        # The reference's first samples are the picture's own: take them out.
        rest = (reference * (SAMPLES + REFERENCE) - image * SAMPLES) / REFERENCE
        return WIDTH * HEIGHT * SAMPLES / sorted(seconds)[1], _error(image, rest), session.compile_seconds


def _picture(session: RenderSession) -> np.ndarray:
    results = session.run_items(list(range(session.plan.items)))
    return assemble(session.plan, dict(enumerate(results))).linear


def _error(image: np.ndarray, reference: np.ndarray) -> float:
    return float(np.mean((np.minimum(image, CAP) - np.minimum(reference, CAP)) ** 2))
