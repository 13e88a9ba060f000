"""The stack's folder: one supervisor at a time, damaged chain state mended from its copy, reset forgets all."""

import json
from pathlib import Path

import pytest

from assay.protocol.errors import AssayError
from assay.stack.anvil import Anvil
from assay.stack.paths import StackPaths, chain_state_is_whole
from assay.stack.ports import Ports
from assay.stack.services import Services
from assay.stack.supervisor import only_one, remove_state

WHOLE = json.dumps({"block": {"number": "0x5"}, "accounts": {}})


@pytest.fixture
def paths(tmp_path: Path) -> StackPaths:
    made = StackPaths(tmp_path / "run")
    made.create()
    return made


def test_only_one__second_supervisor__told_who_runs(paths: StackPaths) -> None:
    with only_one(paths), pytest.raises(AssayError, match="already up"), only_one(paths):
        pass


def test_only_one__after_the_first_ended__free_again(paths: StackPaths) -> None:
    with only_one(paths):
        pass
    with only_one(paths):
        pass


def test_reset__while_up__refused(paths: StackPaths) -> None:
    with only_one(paths), pytest.raises(AssayError, match="already up"):
        remove_state(paths)
    assert paths.chain_state.parent.exists()


def test_reset__stopped__state_gone_and_tools_kept(paths: StackPaths) -> None:
    tools = paths.root / "tools"
    tools.mkdir()
    paths.chain_state.write_text(WHOLE)
    remove_state(paths)
    assert tools.exists() and not paths.chain_state.parent.exists()


@pytest.mark.parametrize("damage", ["", "{", WHOLE[:-3], "[]", "null", "{}"])
def test_mend_chain_state__half_written__last_whole_copy(paths: StackPaths, damage: str) -> None:
    paths.chain_state.write_text(damage)
    paths.chain_backup.write_text(WHOLE)
    Services(paths, Ports())._mend_chain_state()
    assert paths.chain_state.read_text() == WHOLE


def test_mend_chain_state__no_copy__names_the_way_out(paths: StackPaths) -> None:
    paths.chain_state.write_text("{")
    with pytest.raises(AssayError, match="make reset"):
        Services(paths, Ports())._mend_chain_state()


def test_back_up_chain__damaged_state__copy_is_kept(paths: StackPaths) -> None:
    services = Services(paths, Ports())
    paths.chain_state.write_text(WHOLE)
    services._back_up_chain()
    paths.chain_state.write_text("{")
    services._back_up_chain()
    assert paths.chain_backup.read_text() == WHOLE


def test_chain_state__real_node_killed__restarts_with_its_blocks(paths: StackPaths) -> None:
    with Anvil(state=paths.chain_state) as chain:
        chain.mine(7)
        genesis = chain.rpc("eth_getBlockByNumber", "0x0", False)["hash"]
    assert chain_state_is_whole(paths.chain_state)
    with Anvil(state=paths.chain_state) as again:
        assert int(again.rpc("eth_blockNumber"), 16) == 7
        assert again.rpc("eth_getBlockByNumber", "0x0", False)["hash"] == genesis


def test_create__keys_lie_in_private_folders(paths: StackPaths) -> None:
    assert (paths.root / "workers").stat().st_mode & 0o077 == 0
    assert (paths.root / "buyer").stat().st_mode & 0o077 == 0


def test_services_env__no_secret_in_any_child(paths: StackPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_DEPLOYER_KEY", "0x" + "11" * 32)
    monkeypatch.setenv("MY_TOKEN", "secret")
    services = Services(paths, Ports())
    for child in (services.api(), services.indexer(), services.worker("north", 0), services.chain()):
        assert "11" * 32 not in str(child.env) and "secret" not in child.env.values()
