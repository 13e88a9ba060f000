"""Generated ABI and types: up to date, complete, and faithful to what the compiler says."""

import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from eth_utils.abi import event_abi_to_log_topic

from assay.protocol.generated import CONTRACTS, events, load_abi, structs
from contracts.scripts import export_abi
from contracts.scripts.catalogue import ABI_DIR, GENERATED_DIR, ROOT, SOURCES


def test_check__committed_files__are_up_to_date() -> None:
    assert export_abi.main(["--check"]) == 0


def test_check__changed_or_forgotten_file__is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = export_abi.generate()
    moved = {tmp_path / path.relative_to(ROOT): text for path, text in files.items()}
    monkeypatch.setattr(export_abi, "generate", lambda: moved)
    monkeypatch.setattr(export_abi, "ROOT", tmp_path)
    abi_dir = tmp_path / ABI_DIR.relative_to(ROOT)
    monkeypatch.setattr(export_abi, "ABI_DIR", abi_dir)
    monkeypatch.setattr(export_abi, "GENERATED_DIR", tmp_path / GENERATED_DIR.relative_to(ROOT))
    assert export_abi.main(["--check"]) == 1
    assert export_abi.main([]) == 0
    assert export_abi.main(["--check"]) == 0
    abi = abi_dir / "Draw.json"
    abi.write_text(abi.read_text() + " ")
    shutil.copy(abi, abi_dir / "Gone.json")
    capsys.readouterr()
    assert export_abi.main(["--check"]) == 1
    assert {"Draw.json", "Gone.json"} == {
        line.rsplit("/", 1)[1] for line in capsys.readouterr().err.splitlines() if "out of date" in line
    }
    assert export_abi.main([]) == 0
    assert not (abi_dir / "Gone.json").exists()


def test_load_abi__every_contract__has_functions() -> None:
    assert set(CONTRACTS) == set(SOURCES)
    for name in CONTRACTS:
        assert any(item["type"] == "function" for item in load_abi(name))


def test_load_abi__unknown__names_the_known() -> None:
    with pytest.raises(KeyError, match="JobMarket"):
        load_abi("Jobmarket")


@pytest.mark.parametrize(("contract", "names"), [
    ("DeviceShare", {"transfer", "permit", "claim", "sync_income", "decimals", "eip712Domain"}),
    ("DeviceRegistry", {"ownerOf", "safeTransferFrom", "register_device", "permit", "supportsInterface"}),
    ("TestUSD", {"mint", "permit", "decimals"}),
])  # fmt: skip
def test_load_abi__standards__are_in_it(contract: str, names: set[str]) -> None:
    assert names <= {item.get("name") for item in load_abi(contract)}


@pytest.mark.parametrize("event", events.EVENTS, ids=lambda event: event.__name__)
def test_events__each__agrees_with_the_abi(event: type[events.Event]) -> None:
    abi: Any
    (abi,) = (
        item for item in load_abi(event.CONTRACT) if item["type"] == "event" and item["name"] == event.NAME
    )
    assert event_abi_to_log_topic(abi) == event.TOPIC0
    assert events.BY_TOPIC[event.CONTRACT, event.TOPIC0] is event
    members: Any = event
    assert [field.name for field in fields(members)] == [item["name"] for item in abi["inputs"]]
    indexed = [item["name"] for item in abi["inputs"] if item["indexed"]]
    assert [name for name, _ in event.INDEXED] == indexed
    assert len(event.INDEXED) + len(event.PLAIN) == len(abi["inputs"])


def test_structs__terms__have_the_abi_of_post_job() -> None:
    (post,) = (item for item in load_abi("JobBoard") if item.get("name") == "post_job")
    components = post["inputs"][0]["components"]
    assert tuple((item["name"], item["type"]) for item in components) == structs.Terms.FIELDS
    assert "(" + ",".join(item["type"] for item in components) + ")" == structs.Terms.ABI_TYPE
