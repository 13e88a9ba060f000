"""Reading the chain: a Web3 with timeouts, heads, blocks and logs, always at a stated block.

Called by: everybody who talks to a node. A node behind a proxy may lag: reads at a block it does not have
yet are
retried (rpc.py), never taken as an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3 import Web3
from web3.providers.rpc import HTTPProvider

from assay.protocol.errors import AssayError
from assay.protocol.ids import Address, checksum, from_hex
from assay.protocol.rpc import NodeError, NodeLagging, node_url, request

TIMEOUT_SECONDS = 10.0


class WrongChain(AssayError):
    """The node is on another chain than the deployment."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block as readers need it. hash and parent_hash: 32 bytes; timestamp: unix seconds."""

    number: int
    timestamp: int
    hash: bytes
    parent_hash: bytes
    base_fee: int = 0


def connect(
    url: str,
    *,
    chain_id: int | None = None,
    genesis: bytes | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Web3:
    """A Web3 on `url` without web3's formatting middleware; nothing is asked unless chain_id or genesis is
    given.

    Raises WrongChain when the node is on another chain, NodeUnreachable when it does not answer.
    """
    # retries are decided in rpc.py, in one place
    provider = HTTPProvider(
        url, request_kwargs={"timeout": timeout_seconds}, exception_retry_configuration=None
    )
    w3 = Web3(provider, middleware=[])
    if chain_id is not None and (found := chain_id_of(w3)) != chain_id:
        raise WrongChain(
            f"The node at {url} is on chain {found}, the deployment is for chain {chain_id}.",
            "Set ASSAY_RPC_URL or ASSAY_DEPLOYMENT to one and the same chain.",
        )
    if genesis is not None and (first := genesis_hash(w3)) != genesis:
        raise WrongChain(
            f"The chain at {url} begins with 0x{first.hex()}, the deployment with 0x{genesis.hex()}.",
            "The local chain was started anew: deploy again (make reset), or point to the chain you mean.",
        )
    return w3


def chain_id_of(w3: Web3) -> int:
    """The node's chain id."""
    return int(request(w3, "eth_chainId"), 16)


def genesis_hash(w3: Web3) -> bytes:
    """Hash of block 0: tells one local chain from the next, which has the same chain id."""
    return block(w3, 0).hash


def _head_of(raw: dict[str, Any]) -> Head:
    return Head(
        number=int(raw["number"], 16),
        timestamp=int(raw["timestamp"], 16),
        hash=from_hex(raw["hash"]),
        parent_hash=from_hex(raw["parentHash"]),
        base_fee=int(raw.get("baseFeePerGas") or "0x0", 16),
    )


def head(w3: Web3, *, retry_seconds: float = 15.0) -> Head:
    """The latest block."""
    raw = request(w3, "eth_getBlockByNumber", "latest", False, retry_seconds=retry_seconds)
    if raw is None:
        raise NodeLagging(f"The node at {node_url(w3)} has no block yet.")
    return _head_of(raw)


def block_or_none(w3: Web3, number: int) -> Head | None:
    """Block `number`, or None when the node does not have it (yet)."""
    raw = request(w3, "eth_getBlockByNumber", hex(number), False)
    return None if raw is None else _head_of(raw)


def block(w3: Web3, number: int) -> Head:
    """Block `number`. Raises NodeLagging when the node does not have it."""
    found = block_or_none(w3, number)
    if found is None:
        raise NodeLagging(f"The node at {node_url(w3)} does not have block {number}.")
    return found


def finalized_number(w3: Web3, *, depth: int = 64) -> int:
    """The highest block that the node calls finalized; `depth` below the head where it does not know the
    word.
    """
    try:
        raw = request(w3, "eth_getBlockByNumber", "finalized", False)
    except (NodeError, NodeLagging):
        raw = None
    return int(raw["number"], 16) if raw else max(0, head(w3).number - depth)


def code_at(w3: Web3, address: str, block_number: int | None = None) -> bytes:
    """Runtime code of a contract, empty for none."""
    at = "latest" if block_number is None else hex(block_number)
    return bytes.fromhex(request(w3, "eth_getCode", checksum(address), at)[2:])


def balance_at(w3: Web3, address: str, block_number: int | None = None) -> int:
    """Balance in wei of the chain's own coin, which pays gas."""
    at = "latest" if block_number is None else hex(block_number)
    return int(request(w3, "eth_getBalance", checksum(address), at), 16)


def logs_between(
    w3: Web3,
    addresses: Sequence[Address],
    first: int,
    last: int,
    topics: Sequence[bytes] | None = None,
) -> list[dict[str, Any]]:
    """Raw JSON-RPC logs of `addresses` in blocks first..last; topics: accepted values of topic 0."""
    query: dict[str, Any] = {"fromBlock": hex(first), "toBlock": hex(last), "address": list(addresses)}
    if topics:
        query["topics"] = [["0x" + topic.hex() for topic in topics]]
    return list(request(w3, "eth_getLogs", query) or [])


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction. status 1 done, 0 reverted; gas_price in wei; logs: raw JSON-RPC logs."""

    tx_hash: bytes
    block_number: int
    block_hash: bytes
    status: int
    gas_used: int
    gas_price: int
    logs: tuple[dict[str, Any], ...]


def receipt(w3: Web3, tx_hash: bytes) -> Receipt | None:
    """The receipt of a mined transaction, or None."""
    raw = request(w3, "eth_getTransactionReceipt", "0x" + tx_hash.hex())
    if raw is None or raw.get("blockHash") is None:
        return None
    return Receipt(
        tx_hash=tx_hash,
        block_number=int(raw["blockNumber"], 16),
        block_hash=from_hex(raw["blockHash"]),
        status=int(raw["status"], 16),
        gas_used=int(raw["gasUsed"], 16),
        gas_price=int(raw.get("effectiveGasPrice") or "0x0", 16),
        logs=tuple(raw["logs"]),
    )


def nonce_at(w3: Web3, address: str, block: int | str) -> int:
    """Transactions an account has sent, at a block number or "pending"."""
    at = hex(block) if isinstance(block, int) else block
    return int(request(w3, "eth_getTransactionCount", checksum(address), at), 16)
