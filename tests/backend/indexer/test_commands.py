"""The commands of the indexer, called as an operator calls them."""

import io
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assay.stack.anvil import Anvil
from backend.chain.lease import Lease
from backend.chain.models import Change, Cursor
from backend.devices.models import ShareBalance
from backend.market.models import Job, Seat
from tests.backend.indexer.market_life import Life
from tests.backend.indexer.process import manage, start
from tests.backend.indexer.test_reorg import everything

pytestmark = pytest.mark.django_db(transaction=True)


def said(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def assert_verified(*arguments: str) -> None:
    done = manage("verify_index", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "equal what" in done.stdout


def test_commands__index_reindex_verify__same_rows_and_no_difference(life: Life, settings: Any) -> None:
    settings.ASSAY_RPC_URL = life.anvil.url
    settings.ASSAY_DEPLOYMENT = str(life.deployment.path)
    life.set_up()
    life.disputed_job()
    said("index", "--once")
    before = everything()
    assert Seat.objects.count() == 3
    assert_verified()
    assert_verified("--from-chain")

    assert "Rebuilt" in said("reindex")
    assert everything() == before

    # a reorg right after a rebuild finds its undo records
    life.anvil.rpc("anvil_rollback", 3)
    said("index", "--once")
    assert_verified()

    Job.objects.update(paid_usd6=1, state=2)
    balance = ShareBalance.objects.first()
    assert balance is not None
    ShareBalance.objects.filter(pk=balance.pk).delete()
    found = manage("verify_index")
    assert found.returncode == 1
    assert "differs from its logs in 2 rows" in found.stderr
    assert "paid_usd6 is 1, logs say" in found.stdout
    assert f"{balance.pk}: missing from the index" in found.stdout

    said("reindex", "--from-chain")
    assert not Cursor.objects.exists() and not Job.objects.exists()
    said("index", "--once")
    assert_verified()


def test_index__killed_at_any_moment__goes_on_without_loss(life: Life, settings: Any) -> None:
    settings.ASSAY_RPC_URL = life.anvil.url
    settings.ASSAY_DEPLOYMENT = str(life.deployment.path)
    life.set_up()
    life.disputed_job()
    for delay in (0.0, 0.4, 0.8):
        running = start("index", "--poll", "0.01")
        assert running.stdout is not None
        running.stdout.readline()  # it has the lease and begins
        time.sleep(delay)
        life.send("buyer", "Escrow", "withdraw", life.who["buyer"])
        running.kill()
        running.communicate()
    said("index", "--once")
    assert_verified("--from-chain")


def test_index__node_away_and_back__waits_and_ends_cleanly_on_sigterm(life: Life, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.ASSAY_RPC_URL = f"http://127.0.0.1:{closed.getsockname()[1]}"
    settings.ASSAY_DEPLOYMENT = str(life.deployment.path)
    running = start("index", "--poll", "0.05")
    assert running.stdout is not None
    running.stdout.readline()
    waiting = json.loads(running.stdout.readline())
    assert waiting["event"] == "waiting" and "no answer from the node" in waiting["reason"]
    running.terminate()
    running.communicate(timeout=20)
    assert running.returncode == 0


def test_index__another_indexer_runs__refused_with_a_sentence(life: Life, settings: Any) -> None:
    settings.ASSAY_DEPLOYMENT = str(life.deployment.path)
    with Lease(), pytest.raises(CommandError, match="another indexer is writing this database"):
        said("index", "--once")


def test_index__no_deployment_file__says_what_to_do(settings: Any, tmp_path: Any) -> None:
    settings.ASSAY_DEPLOYMENT = str(tmp_path / "none.json")
    with pytest.raises(CommandError, match="no deployment file"):
        said("index", "--once")


def test_index__poll_of_zero__refused(settings: Any) -> None:
    with pytest.raises(CommandError, match="--poll is 0"):
        said("index", "--poll", "0")


def test_index__another_chain_at_the_same_address__names_make_reset(
    life: Life, index: Callable[..., Any], settings: Any
) -> None:
    index()
    # two chains started in the same second are the same
    with Anvil(extra=["--timestamp", "1700000000"]) as other:
        settings.ASSAY_RPC_URL = other.url
        settings.ASSAY_DEPLOYMENT = str(life.deployment.path)
        with pytest.raises(CommandError, match="make reset"):
            said("index", "--once")


def test_index__redeployed_contracts__names_the_way_out(
    life: Life, index: Callable[..., Any], settings: Any, tmp_path: Any
) -> None:
    index()
    other = json.loads(life.deployment.path.read_text())  # type: ignore[union-attr]
    other["contracts"]["Escrow"]["address"] = life.who["east"]
    (tmp_path / "other.json").write_text(json.dumps(other))
    settings.ASSAY_RPC_URL, settings.ASSAY_DEPLOYMENT = life.anvil.url, str(tmp_path / "other.json")
    with pytest.raises(CommandError, match="reindex --from-chain"):
        said("index", "--once")


def test_changes__job_near_the_head__clients_of_job_lot_and_account_are_told(
    life: Life, index: Callable[..., Any]
) -> None:
    life.set_up()
    index()
    last = Change.objects.latest("seq").seq
    job = life.post("told")
    life.draw(job)
    life.seal(job, 1, 0)
    index()
    told = {(c.kind, c.topic, c.ref) for c in Change.objects.filter(seq__gt=last)}
    key = "0x" + job.hex()
    assert {("job", f"job:{key}", key), ("job", "jobs", key), ("lot", f"job:{key}", f"{key}:1")} <= told
    assert ("account", f"account:{life.who['buyer']}", life.who["buyer"]) in told
    assert any(kind == "head" for kind, _, _ in told)
