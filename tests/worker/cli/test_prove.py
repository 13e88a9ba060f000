"""`assay prove` on a small function: roots that another run and a decoded file give again, and refusals in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.cli.main import run
from assay.program import Program, reference

SOURCE = """
import jax.numpy as jnp
def fit(params, x):
    return jnp.maximum(x @ params["w"] + params["b"][0], 0.0)
def prefix(x):
    return jnp.fft.rfft(x).real
def doubled(x):
    from jax import lax
    return lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * 2), (0, x))[1]
NUMBER = 3
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "little_model.py").write_text(SOURCE)
    arrays = {"params/w": np.eye(3, dtype="f4"), "params/b/0": np.float32(0.5), "x": np.ones((2, 3), "f4")}
    np.savez(tmp_path / "inputs.npz", **arrays)
    return tmp_path


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["prove", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_prove__small_function__file_and_inputs_give_the_same_outputs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = called(capsys, "little_model:fit", "inputs.npz", "--out", "proof", "--json")
    assert code == 0, err
    summary: dict[str, Any] = json.loads(out)
    program = Program.decode((folder / "proof" / "program.assayprg").read_bytes())
    assert summary["program"] == "0x" + program.root.hex()
    files = [(folder / "proof" / "constants" / root.hex()).read_bytes() for root in program.missing]
    specs = [program.constant_specs[root] for root in program.missing]
    from assay.program import tensor_array

    program = program.with_constants(
        tensor_array(data, spec) for data, spec in zip(files, specs, strict=True)
    )
    inputs = list(np.load(folder / "proof" / "inputs.npz").values())
    outputs = list(np.load(folder / "proof" / "outputs.npz").values())
    for got, expected in zip(reference.run(program, inputs), outputs, strict=True):
        np.testing.assert_array_equal(got, expected)
    assert summary["operations"] > 0
    assert max(line["worst"] for line in summary["report"]["lines"]) < 1e-6
    assert summary["report"]["saturations"] == 0


def test_prove__other_inputs__same_program_other_outputs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays = dict(np.load(folder / "inputs.npz").items())
    np.savez(folder / "others.npz", **{**arrays, "x": np.full((2, 3), 2, "f4")})
    found = []
    for name in ("inputs.npz", "others.npz"):
        code, out, err = called(capsys, "little_model:fit", name, "--no-calibrate", "--json")
        assert code == 0, err
        found.append(json.loads(out))
    assert found[0]["program"] == found[1]["program"]
    assert found[0]["outputs"] != found[1]["outputs"]
    assert found[0]["report"] is None


def test_prove__while_loop__needs_and_takes_the_most_steps(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(folder / "x.npy", np.ones(3, "f4"))
    code, _, err = called(capsys, "little_model:doubled", "x.npy", "--no-calibrate")
    assert code == 2
    assert "--max-trips" in err
    code, out, err = called(
        capsys, "little_model:doubled", "x.npy", "--no-calibrate", "--max-trips", "5", "--json"
    )
    assert code == 0, err
    assert json.loads(out)["operations"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["little_model", "inputs.npz"], "is not MODULE:FUNCTION"),
        (["no_such_module_here:fit", "inputs.npz"], "no module 'no_such_module_here'"),
        (["little_model:NUMBER", "inputs.npz"], "no function 'NUMBER'"),
        (["little_model:fit", "absent.npz"], "no file absent.npz"),
        (["little_model:fit", "little_model.py"], "no .npy or .npz file"),
        (["little_model:prefix", "inputs.npz"], "has no argument params"),
        (["little_model:fit", "inputs.npz", "--dot", "22"], "Widths cannot be used"),
        (["little_model:fit", "inputs.npz", "--wide", "99"], "wide=99"),
        (["little_model:prefix", "x.npy"], "fft"),
    ],
)
def test_prove__unusable__says_what_and_how(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    np.save(folder / "x.npy", np.ones(3, "f4"))
    code, _, err = called(capsys, *arguments)
    assert code == 2
    assert message in err
    assert "Traceback" not in err
