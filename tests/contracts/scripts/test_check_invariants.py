"""The script fails when either side misses the other."""

from pathlib import Path

import pytest

from contracts.scripts.check_invariants import findings, main

README = "| INV-01 | solvent | x |\n| INV-02 | adds up | x |\n"


def folder(tmp_path: Path, *names: str) -> tuple[Path, Path]:
    readme, tests = tmp_path / "README.md", tmp_path / "tests"
    readme.write_text(README)
    tests.mkdir()
    (tests / "test_one.py").write_text("".join(f"def {name}() -> None: ...\n" for name in names))
    return readme, tests


def test_main__this_repository__agrees() -> None:
    assert main() == 0


def test_findings__both_sides_agree__nothing(tmp_path: Path) -> None:
    assert findings(*folder(tmp_path, "test_inv_01_inv_02__any_play__holds")) == []


def test_findings__invariant_without_a_test__is_named(tmp_path: Path) -> None:
    assert findings(*folder(tmp_path, "test_inv_01__x__y")) == ["INV-02 has no test with inv_02 in its name"]


def test_findings__test_of_an_unknown_invariant__is_named(tmp_path: Path) -> None:
    found = findings(*folder(tmp_path, "test_inv_01__x__y", "test_inv_02__x__y", "test_inv_99__x__y"))
    assert found == ["a test names INV-99, which README.md does not state"]


def test_findings__nothing_to_compare__fails_closed(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        findings(*folder(tmp_path, "test_nothing"))
