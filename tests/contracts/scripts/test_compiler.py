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
