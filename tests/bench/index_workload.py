"""The chain of the indexer's bench: 2,001 blocks on anvil, 100,000 Transfer logs, 50 a transaction, 5,000 accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import vyper

from assay.stack.anvil import Anvil
from backend.chain.rpc import HttpTransport, Rpc

EVENTS = 100_000
PER_TRANSACTION = 50
MINTS = 100  # transactions; 50 accounts each
SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"  # anvil's first unlocked account
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
SOURCE = Path(__file__).parent / "index_peers" / "Transfers.vy"


@dataclass(frozen=True)
class Workload:
    """A running chain that is quiet now."""

    url: str
    token: str  # lower case
    first_block: int
    head: int
    genesis_hash: str


@contextmanager
def workload() -> Iterator[Workload]:
    """Makes the chain (about 20 s) and ends it with the block."""
    compiled = vyper.compile_code(SOURCE.read_text(), output_formats=["bytecode", "method_identifiers"])
    selectors = {name.split("(")[0]: value for name, value in compiled["method_identifiers"].items()}
    with Anvil(extra=["--gas-limit", "30000000"]) as chain:
        rpc = Rpc(HttpTransport(chain.url, timeout=60))
        rpc.call("evm_setAutomine", [False])
        deployed = rpc.call(
            "eth_sendTransaction", [{"from": SENDER, "data": compiled["bytecode"], "gas": "0x1c9c380"}]
        )
        rpc.call("evm_mine", [])
        receipt = rpc.call("eth_getTransactionReceipt", [deployed])
        token = receipt["contractAddress"].lower()
        calls = [selectors["mint"] + f"{50 * k:064x}" for k in range(MINTS)]
        calls += [selectors["move"] + f"{k:064x}" for k in range(EVENTS // PER_TRANSACTION - MINTS)]
        for data in calls:  # a block each
            rpc.call("eth_sendTransaction", [{"from": SENDER, "to": token, "data": data, "gas": "0x7a1200"}])
            rpc.call("evm_mine", [])
        head = int(rpc.call("eth_blockNumber", []), 16)
        genesis = rpc.call("eth_getBlockByNumber", ["0x0", False])["hash"]
        count = len(rpc.call("eth_getLogs", [{"fromBlock": "0x0", "toBlock": hex(head), "address": token}]))
        if count != EVENTS or head != len(calls) + 1:
            raise RuntimeError(
                f"the workload has {count} logs in {head} blocks instead of {EVENTS} in {len(calls) + 1}"
            )
        chain.mine(4)  # one of the peers waits for blocks on top of the last one it was asked for
        yield Workload(chain.url, token, int(receipt["blockNumber"], 16), head, genesis)


def expected_balances(url: str, token: str, head: int) -> dict[int, int]:
    """Balances by account number, from the logs, in a few lines that no contestant shares."""
    rpc = Rpc(HttpTransport(url, timeout=60))
    balances: dict[int, int] = {}
    for log in rpc.call("eth_getLogs", [{"fromBlock": "0x0", "toBlock": hex(head), "address": token}]):
        sender, receiver = (int(topic, 16) for topic in log["topics"][1:])
        value = int(log["data"], 16)
        balances[sender] = balances.get(sender, 0) - value
        balances[receiver] = balances.get(receiver, 0) + value
    balances.pop(0, None)
    return balances


def dumps(workload: Workload) -> str:
    """For the environment of a contestant."""
    return orjson.dumps(workload.__dict__).decode()
