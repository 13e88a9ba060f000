"""The compile cache: hits while no source changed, misses when one did, survives a spoilt file."""

import json
from pathlib import Path

import pytest

from contracts.scripts import compiler


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiler, "BUILD_DIR", tmp_path)
    return tmp_path / "contracts" / "Draw.json"


def test_compiled__second_time__compiler_is_not_called(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiler.compiled("Draw")

    def fail(source: Path) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiler, "analyse", fail)
    assert compiler.compiled("Draw") == first


@pytest.mark.parametrize("spoil", ["source", "format", "version", "truncated"])
def test_compiled__stale_or_spoilt_cache__compiles_again(cache: Path, spoil: str) -> None:
    first = compiler.compiled("Draw")
    stored = json.loads(cache.read_text())
    if spoil == "source":
        name = next(iter(stored["artifact"]["sources"]))
        stored["artifact"]["sources"][name] = "0" * 64
        stored["artifact"]["initcode"] = "0x00"
    elif spoil == "format":
        stored["format"] = -1
    elif spoil == "version":
        stored["vyper"] = "0.4.2"
    text = json.dumps(stored)
    cache.write_text(text[: len(text) // 2] if spoil == "truncated" else text)
    assert compiler.compiled("Draw") == first
    assert json.loads(cache.read_text())["artifact"]["initcode"] == first.initcode


def test_compiled__sources__name_the_modules_it_imports(cache: Path) -> None:
    sources = compiler.compiled("DeviceShare").sources
    assert "contracts/modules/income_accumulator.vy" in sources
    assert "site-packages/snekmate/tokens/erc20.vy" in sources


def test_compiled__unknown_contract__key_error(cache: Path) -> None:
    with pytest.raises(KeyError):
        compiler.compiled("Nothing")


def test_compiled__a_source_is_edited_meanwhile__compiled_again_from_what_stands_there_now(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "Edited.vy"
    text = "# pragma version 0.4.3\n@external\ndef answer() -> uint256:\n    return {}\n"
    source.write_text(text.format(41))
    monkeypatch.setitem(compiler.SOURCES, "Edited", source)
    calm = compiler.analyse
    seen: list[str] = []

    def analyse(path: Path) -> compiler.CompilerOutput:
        output = calm(path)
        seen.append(output.bytecode.hex())
        if len(seen) == 1:  # the compiler has read 41; the editor saves 42 before its bytes are hashed
            source.write_text(text.format(42))
        return output

    monkeypatch.setattr(compiler, "analyse", analyse)
    artifact = compiler.compiled("Edited")
    assert len(seen) == 2
    assert artifact.initcode == "0x" + seen[1] != "0x" + seen[0]
    assert compiler.compiled("Edited") == artifact and len(seen) == 2


def test_compiled__a_source_that_never_rests__refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "Restless.vy"
    source.write_text("# pragma version 0.4.3\n")
    monkeypatch.setitem(compiler.SOURCES, "Restless", source)
    calm = compiler.analyse

    def analyse(path: Path) -> compiler.CompilerOutput:
        output = calm(path)
        assert output.bytecode
        source.write_text(source.read_text() + "#\n")
        return output

    monkeypatch.setattr(compiler, "analyse", analyse)
    with pytest.raises(SystemExit, match="edited faster than they compile"):
        compiler.compiled("Restless")
    assert not (cache.parent / "Restless.json").exists()
