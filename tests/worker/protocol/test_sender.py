"""TxSender on a real chain: each intent happens exactly once, whatever is killed, dropped, stolen or taken
back.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from assay.protocol import chain, courier
from assay.protocol.call import Call
from assay.protocol.ids import Address, checksum
from assay.protocol.keylock import KeyInUse
from assay.protocol.outbox import OutboxError, TxState
from assay.protocol.rpc import NodeUnreachable, request
from assay.protocol.sender import IntentConflict, Policy, TxRefused, TxReverted, TxSender, TxTimeout
from assay.stack.anvil import Anvil

# runtime code of a counter of calls: slot 0 += 1; with calldata it reverts with Error("market: no")
PLAIN_COUNTER = "0x60016000540160005500"
COUNTER = (
    "0x36600e57600054600101600055005b"
    + ("7f08c379a0" + "00" * 28 + "600052" + "6020600452" + "600a602452")
    + ("7f" + b"market: no".ljust(32, b"\0").hex() + "604452" + "60646000fd")
)
TARGET = checksum("0x" + "c0" * 20)
COUNT = Call(TARGET, b"", label="Counter.count")
REFUSED = Call(TARGET, b"x", label="Counter.refuse")


class Crash(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def sender(anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path) -> Iterator[TxSender]:
    anvil.rpc("anvil_setCode", TARGET, COUNTER)
    with make(anvil, accounts["north"], tmp_path) as made:
        yield made


def make(anvil: Anvil, account: LocalAccount, folder: Path, **options: Any) -> TxSender:
    return TxSender(chain.connect(anvil.url), account, folder / "outbox.db", **options)


def count(anvil: Anvil) -> int:
    """How often the target was called."""
    return int(anvil.rpc("eth_getStorageAt", TARGET, "0x0", "latest"), 16)


def settle(sender: TxSender, anvil: Anvil, rounds: int = 8) -> None:
    """Blocks and ticks in turn, until everything is final."""
    for _ in range(rounds):
        anvil.mine()
        sender.tick()


def test_send__simple_call__mined_then_final(sender: TxSender, anvil: Anvil) -> None:
    record = sender.send("one", COUNT)
    assert record.done and record.state is TxState.MINED and record.gas_used
    settle(sender, anvil)
    final = sender.get("one")
    assert final is not None and final.state is TxState.FINAL
    assert count(anvil) == 1
    assert sender.totals() == (1, record.gas_used)


def test_submit__same_intent_again__same_transaction(sender: TxSender, anvil: Anvil) -> None:
    first = sender.submit("one", COUNT)
    assert sender.submit("one", COUNT).tx_hash == first.tx_hash
    sender.wait("one")
    assert sender.submit("one", COUNT).tx_hash == first.tx_hash
    settle(sender, anvil)
    assert count(anvil) == 1


def test_submit__same_intent_other_call__refused(sender: TxSender) -> None:
    sender.submit("one", COUNT)
    with pytest.raises(IntentConflict, match="'one'"):
        sender.submit("one", Call(TARGET, b"other"))


def test_submit__contract_refuses__plain_reason_and_may_be_tried_again(
    sender: TxSender, anvil: Anvil
) -> None:
    with pytest.raises(TxRefused, match="market: no"):
        sender.submit("one", REFUSED)
    anvil.rpc("anvil_setCode", TARGET, PLAIN_COUNTER)
    assert sender.send("one", REFUSED).done
    assert count(anvil) == 1


def test_submit__account_without_coin__refused_with_the_account(
    anvil: Anvil, tmp_path: Path, sender: TxSender
) -> None:
    from eth_account import Account

    poor = Account.create()
    with make(anvil, poor, tmp_path / "poor") as other, pytest.raises(TxRefused, match="has 0 wei"):
        other.submit("one", COUNT)


def test_wait__mined_but_reverted__plain_reason(sender: TxSender, anvil: Anvil) -> None:
    anvil.rpc("evm_setAutomine", False)
    anvil.rpc("anvil_setCode", TARGET, PLAIN_COUNTER)
    sender.submit("one", REFUSED)
    anvil.rpc("anvil_setCode", TARGET, COUNTER)
    anvil.mine(2)
    with pytest.raises(TxReverted, match="market: no"):
        sender.wait("one", timeout=5)
    record = sender.get("one")
    assert record is not None and record.failed and record.on_chain


def test_wait__no_block__times_out_and_comes_later(sender: TxSender, anvil: Anvil) -> None:
    anvil.rpc("evm_setAutomine", False)
    sender.submit("one", COUNT)
    with pytest.raises(TxTimeout, match="stays in the outbox"):
        sender.wait("one", timeout=0.3)
    settle(sender, anvil)
    assert count(anvil) == 1


def test_submit__many_threads_and_intents__each_once(sender: TxSender, anvil: Anvil) -> None:
    threads = [
        threading.Thread(target=sender.submit, args=(f"intent {index % 8}", COUNT)) for index in range(24)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(sender, anvil)
    assert count(anvil) == 8


def test_tick__stuck_under_a_risen_base_fee__replaced_and_done_once(sender: TxSender, anvil: Anvil) -> None:
    anvil.rpc("evm_setAutomine", False)
    first = sender.submit("one", COUNT)
    anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(500 * 10**9))
    settle(sender, anvil)
    record = sender.get("one")
    assert record is not None and record.state is TxState.FINAL
    assert record.tx_hash != first.tx_hash
    assert record.gas_price is not None and count(anvil) == 1


def test_tick__fees_past_the_cap__waits_and_says_so(
    anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path, sender: TxSender
) -> None:
    with make(anvil, accounts["south"], tmp_path / "s", policy=Policy(cap_wei=3 * 10**9)) as other:
        anvil.rpc("evm_setAutomine", False)
        other.submit("one", COUNT)
        anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(500 * 10**9))
        settle(other, anvil, rounds=5)
        record = other.get("one")
        assert record is not None and not record.on_chain and "cap" in record.reason


def test_tick__dropped_by_the_node__sent_again(sender: TxSender, anvil: Anvil) -> None:
    anvil.rpc("evm_setAutomine", False)
    first = sender.submit("one", COUNT)
    assert first.tx_hash is not None
    anvil.rpc("anvil_dropTransaction", "0x" + first.tx_hash.hex())
    settle(sender, anvil)
    assert count(anvil) == 1


def test_tick__reorganised_away__back_to_pending_and_done_once(sender: TxSender, anvil: Anvil) -> None:
    snapshot = anvil.rpc("evm_snapshot")
    sender.send("one", COUNT)
    sender.send("two", COUNT)
    anvil.rpc("evm_revert", snapshot)
    assert count(anvil) == 0
    sender.tick()
    settle(sender, anvil)
    records = [sender.get("one"), sender.get("two")]
    assert [record and record.state for record in records] == [TxState.FINAL, TxState.FINAL]
    assert count(anvil) == 2


def test_tick__chain_loses_final_blocks__done_again_once(sender: TxSender, anvil: Anvil) -> None:
    snapshot = anvil.rpc("evm_snapshot")
    sender.send("one", COUNT)
    settle(sender, anvil)
    anvil.rpc("evm_revert", snapshot)
    settle(sender, anvil)
    assert count(anvil) == 1


def test_tick__reorg_of_the_last_blocks__follows_the_new_chain(sender: TxSender, anvil: Anvil) -> None:
    anvil.mine(3)
    sender.send("one", COUNT)
    anvil.mine()
    anvil.rpc("anvil_reorg", 2, [])
    settle(sender, anvil)
    assert count(anvil) == 1


def test_tick__nonce_stolen_by_another_process__new_nonce_once_final(
    sender: TxSender, anvil: Anvil, accounts: dict[str, LocalAccount]
) -> None:
    anvil.rpc("evm_setAutomine", False)
    first = sender.submit("one", COUNT)
    assert first.nonce == 0 and first.tx_hash is not None
    anvil.rpc("anvil_dropTransaction", "0x" + first.tx_hash.hex())
    steal(anvil, accounts["north"], nonce=0)
    anvil.mine()
    sender.tick()
    waiting = sender.get("one")
    assert waiting is not None and waiting.nonce == 0, "the thief could still be reorganised away"
    settle(sender, anvil)
    record = sender.get("one")
    assert record is not None and record.state is TxState.FINAL and record.nonce == 1
    assert count(anvil) == 1


def steal(anvil: Anvil, account: LocalAccount, *, nonce: int) -> str:
    """Another process uses the key; returns the hash."""
    fields: dict[str, Any] = {
        "chainId": anvil.chain_id,
        "nonce": nonce,
        "to": checksum("0x" + "ee" * 20),
        "value": 1,
        "gas": 21_000,
        "maxFeePerGas": 10**12,
        "maxPriorityFeePerGas": 10**10,
    }
    signed = account.sign_transaction(fields)
    return str(anvil.rpc("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex()))


def test_tick__foreign_pending_transaction_vanishes__gap_filled(
    sender: TxSender, anvil: Anvil, accounts: dict[str, LocalAccount]
) -> None:
    anvil.rpc("evm_setAutomine", False)
    foreign = steal(anvil, accounts["north"], nonce=0)
    assert sender.submit("one", COUNT).nonce == 1
    anvil.rpc("anvil_dropTransaction", foreign)
    settle(sender, anvil, rounds=12)
    assert count(anvil) == 1
    assert chain.nonce_at(sender.w3, sender.address, "pending") == 2


def test_submit__depends_on_one_under_way__waits_instead_of_refusing(sender: TxSender, anvil: Anvil) -> None:
    # the second call works only once the first has been mined
    anvil.rpc("evm_setAutomine", False)
    sender.submit("one", COUNT)
    record = sender.submit("two", REFUSED)
    assert record.state is TxState.INTENT and "market: no" in record.reason
    anvil.rpc("anvil_setCode", TARGET, PLAIN_COUNTER)
    settle(sender, anvil)
    assert count(anvil) == 2


@pytest.mark.parametrize(
    "moment", ["before signing", "before broadcast", "after broadcast", "before noting mined"]
)
def test_restart__killed_at_each_state__done_exactly_once(
    moment: str,
    anvil: Anvil,
    accounts: dict[str, LocalAccount],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anvil.rpc("anvil_setCode", TARGET, COUNTER)
    first = make(anvil, accounts["north"], tmp_path)
    crash_at(moment, monkeypatch)
    with pytest.raises(Crash):
        first.submit("one", COUNT)
        first.tick()
    monkeypatch.undo()
    first.close()
    with make(anvil, accounts["north"], tmp_path) as second:
        second.submit("one", COUNT)
        settle(second, anvil)
        record = second.get("one")
        assert record is not None and record.state is TxState.FINAL
    assert count(anvil) == 1
    assert chain.nonce_at(second.w3, second.address, "pending") == 1


def crash_at(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the next step of the sender the process's last."""

    def die(*_: Any, **__: Any) -> Any:
        raise Crash

    def passing(method: str, *, after: bool) -> Callable[..., Any]:
        def wrapped(w3: Any, name: str, *params: Any, **options: Any) -> Any:
            if name == method and not after:
                raise Crash
            result = request(w3, name, *params, **options)
            if name == method:
                raise Crash
            return result

        return wrapped

    if moment == "before signing":
        monkeypatch.setattr(courier, "request", passing("eth_estimateGas", after=False))
    elif moment == "before noting mined":
        monkeypatch.setattr("assay.protocol.outbox.Outbox.mark_mined", die)
    else:
        after = moment == "after broadcast"
        monkeypatch.setattr(courier, "request", passing("eth_sendRawTransaction", after=after))


CHILD = """
import os, sys, signal
from pathlib import Path
from eth_account import Account
from assay.protocol import chain, courier
from assay.protocol.call import Call
from assay.protocol.sender import TxSender
url, key, folder, target = sys.argv[1:]
real = courier.request
def deadly(w3, method, *params, **options):
    result = real(w3, method, *params, **options)
    if method == "eth_sendRawTransaction":
        os.kill(os.getpid(), signal.SIGKILL)
    return result
courier.request = deadly
TxSender(chain.connect(url), Account.from_key(key), Path(folder) / "outbox.db").submit("one", Call(target,
b""))
"""


def test_restart__process_really_killed__lock_free_and_done_once(
    sender: TxSender, anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path
) -> None:
    account, folder = accounts["south"], tmp_path / "child"
    child = subprocess.run(
        [sys.executable, "-c", CHILD, anvil.url, "0x" + account.key.hex(), str(folder), TARGET],
        env={**os.environ, "PYTHONPATH": "worker"},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    with make(anvil, account, folder) as second:
        second.submit("one", COUNT)
        settle(second, anvil)
    assert count(anvil) == 1


def test_sender__second_on_the_same_key__refused_until_closed(
    sender: TxSender, anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path
) -> None:
    with pytest.raises(KeyInUse, match=f"pid {os.getpid()}"):
        make(anvil, accounts["north"], tmp_path / "elsewhere")
    sender.close()
    make(anvil, accounts["north"], tmp_path / "elsewhere").close()


def test_sender__outbox_of_another_account__refused(
    sender: TxSender, anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path
) -> None:
    with pytest.raises(OutboxError, match="belongs to"):
        make(anvil, accounts["south"], tmp_path)
    make(anvil, accounts["south"], tmp_path / "own").close()


def test_sender__outbox_not_a_database__clear_error_and_key_free(
    anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path
) -> None:
    (tmp_path / "outbox.db").write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxError, match="cannot be used"):
        make(anvil, accounts["north"], tmp_path)
    (tmp_path / "outbox.db").unlink()
    make(anvil, accounts["north"], tmp_path).close()


def test_submit__outbox_disk_full__clear_error_and_nothing_sent(sender: TxSender, anvil: Anvil) -> None:
    sender._outbox._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OutboxError, match="cannot be written"):
        for index in range(100):
            sender.submit(f"intent {index}", Call(TARGET, b"", label="x" * 4000))
    before = count(anvil)
    sender._outbox._db.execute("PRAGMA max_page_count = 100000")
    settle(sender, anvil)
    assert count(anvil) == before, "an intent that was not noted was not sent"


def test_submit__node_gone__kept_and_sent_when_it_is_back(
    anvil: Anvil, accounts: dict[str, LocalAccount], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anvil.rpc("anvil_setCode", TARGET, COUNTER)
    with make(anvil, accounts["north"], tmp_path) as sender:

        def gone(*_: Any, **__: Any) -> Any:
            raise NodeUnreachable("The chain does not answer.")

        monkeypatch.setattr(courier, "request", gone)
        record = sender.submit("one", COUNT)
        assert record.state is TxState.INTENT and "does not answer" in record.reason
        monkeypatch.undo()
        settle(sender, anvil)
        assert count(anvil) == 1


def test_address__of_sender__is_checksummed(sender: TxSender, accounts: dict[str, LocalAccount]) -> None:
    assert sender.address == Address(accounts["north"].address)
