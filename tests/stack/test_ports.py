"""Ports of the local stack: taken ones are stepped over, and said so."""

import json
import socket
from pathlib import Path

import pytest

from assay.protocol.errors import AssayError
from assay.stack import ports
from assay.stack.anvil import free_port


@pytest.fixture
def listener() -> socket.socket:
    """A port another program has."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    yield taken
    taken.close()


def test_choose__port_taken__next_one_and_a_sentence(tmp_path: Path, listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    remembered = tmp_path / "ports.json"
    remembered.write_text(json.dumps({"dashboard": taken}))
    said: list[str] = []
    chosen = ports.choose(remembered, workers=3, random=False, say=said.append)
    assert chosen.dashboard != taken
    assert any(
        f"port {taken} (dashboard) is taken" in line and str(chosen.dashboard) in line for line in said
    )
    assert json.loads(remembered.read_text())["dashboard"] == chosen.dashboard


def test_choose__second_run__same_ports(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    remembered.write_text(json.dumps({"dashboard": free_port(), "chain": free_port()}))
    first = ports.choose(remembered, workers=3, random=False, say=lambda _: None)
    second = ports.choose(remembered, workers=3, random=False, say=lambda _: None)
    assert first == second


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"dashboard": "x"}', '{"dashboard": 1}', '{"chain": 99999999}']
)
def test_choose__remembered_file_damaged__usual_ports(tmp_path: Path, content: str) -> None:
    remembered = tmp_path / "ports.json"
    remembered.write_text(content)
    chosen = ports.choose(remembered, workers=1, random=False, say=lambda _: None)
    assert 8000 <= chosen.dashboard < 8100


def test_choose__random__all_distinct_and_remembered(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    chosen = ports.choose(remembered, workers=3, random=True, say=lambda _: None)
    values = [chosen.dashboard, chosen.stream, chosen.chain, chosen.broker, chosen.metrics]
    assert len(set(values)) == len(values)
    assert json.loads(remembered.read_text())["chain"] == chosen.chain


def test_choose__everything_taken__clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with pytest.raises(AssayError, match="all taken"):
        ports.choose(tmp_path / "ports.json", workers=1, random=False, say=lambda _: None)
