"""`assay exact` and `assay verify` used wrongly: a sentence and exit code 2, before anything is looked up."""

from pathlib import Path

import numpy as np
import pytest

from assay.cli.exact_sources import submission_from
from assay.cli.failures import Usage
from assay.cli.main import run
from assay.program import tensor_bytes
from tests.worker.disputes.programs import everything, inputs


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program file with its constants and inputs, as `assay prove --out` writes them."""
    monkeypatch.chdir(tmp_path)
    program = everything()
    (tmp_path / "program.assayprg").write_bytes(program.encode())
    (tmp_path / "constants").mkdir()
    for root, array in program.constants.items():
        (tmp_path / "constants" / root.hex()).write_bytes(tensor_bytes(array))
    np.savez(tmp_path / "inputs.npz", *inputs())
    return tmp_path


def from_file(name: str, **changes: object) -> object:
    options = {"wide": None, "dot": None, "stride": 0, "max_trips": None} | changes
    return submission_from(name, [Path("inputs.npz")], **options)  # type: ignore[arg-type]


def test_submission_from__a_program_file__whole_with_its_constants() -> None:
    found = submission_from(
        "program.assayprg", [Path("inputs.npz")], wide=None, dot=None, stride=0, max_trips=None
    )
    assert found.program.root == everything().root and not found.program.missing
    assert all(np.array_equal(a, b) for a, b in zip(found.inputs, inputs(), strict=True))


def test_submission_from__file_damaged_or_without_constants__said(folder: Path) -> None:
    with pytest.raises(Usage, match="are for functions"):
        from_file("program.assayprg", stride=3)
    data = (folder / "program.assayprg").read_bytes()
    (folder / "half.assayprg").write_bytes(data[: len(data) // 2])
    with pytest.raises(Usage, match="cannot be posted"):
        from_file("half.assayprg")
    (next((folder / "constants").iterdir())).unlink()
    with pytest.raises(Usage, match="a constant that is not there"):
        from_file("program.assayprg")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["exact", "post", "program.assayprg", "inputs.npz", "--grade", "gold"], "refereed"),
        (["exact", "post", "program.assayprg", "inputs.npz", "--items", "2", "--lots", "3"], "must be 1 to --items"),
        (["exact", "post", "program.assayprg", "inputs.npz", "--lots", "0"], "must be 1 to --items"),
        (["exact", "post", "program.assayprg", "nothing.npz"], "There is no file nothing.npz"),
        (["exact", "post", "nothing:here", "inputs.npz"], "There is no module"),
        (["exact", "post", "nothing", "inputs.npz"], "is not MODULE:FUNCTION"),
        (["exact", "demo", "--steps", "0"], "must be 1..100,000"),
        (["verify", "0x12"], "not an id"),
    ],
)  # fmt: skip
def test_commands__used_wrongly__a_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert words in capsys.readouterr().err
