"""What the indexer asks a node, with every answer checked for shape. Called by backend.chain.fetch and
backend.chain.sync.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from backend.chain.errors import Inconsistent, NodeError, NodeRefused
from backend.chain.models import POSITION_BITS
from backend.chain.rpc import Call, HttpTransport, Rpc

# eth_getLogs takes a list of addresses; nodes limit its length.
ADDRESSES_PER_CALL = 500
HEADERS_PER_CALL = 250
METHOD_NOT_FOUND = -32601


class Header(NamedTuple):
    """What is used of a block header."""

    number: int
    hash: str
    parent_hash: str
    timestamp: int
    bloom: int


class RawLog(NamedTuple):
    """One log, in the order of the columns of chain.Log; `address` is lower case, `topics` are joined by a comma."""

    position: int
    chain_id: int
    block_number: int
    block_hash: str
    log_index: int
    timestamp: int
    tx_hash: str
    tx_index: int
    address: str
    topics: str
    data: str


class Tip(NamedTuple):
    """The node's newest block and what it calls finalized (0 when it does not know)."""

    head: Header
    finalized: int
    chain_id: int


def header_of(block: Any) -> Header:
    """The header in a block object; NodeError when the node gave null or something else."""
    try:
        return Header(
            int(block["number"], 16),
            block["hash"].lower(),
            block["parentHash"].lower(),
            int(block["timestamp"], 16),
            int(block["logsBloom"], 16),
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise NodeError(f"the node gave no usable block: {str(block)[:120]}") from error


def raw_log_of(log: Any, headers: dict[int, Header], chain_id: int) -> RawLog:
    """A log checked against the header of its block; Inconsistent when it is of another fork."""
    try:
        number = int(log["blockNumber"], 16)
        block_hash = log["blockHash"]
        index = int(log["logIndex"], 16)
        header = headers[number]
        if header.hash != block_hash or log.get("removed"):
            raise Inconsistent(f"a log of block {number} is of another fork than the block's header")
        return RawLog(
            number << POSITION_BITS | index,
            chain_id,
            number,
            block_hash,
            index,
            header.timestamp,
            log["transactionHash"],
            int(log["transactionIndex"], 16),
            log["address"].lower(),
            ",".join(log["topics"]),
            log["data"],
        )
    except KeyError as error:
        if isinstance(error.args[0], int):
            raise Inconsistent(
                f"the node gave a log of block {error.args[0]}, which was not asked for"
            ) from error
        raise NodeError(f"the node gave a log without {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise NodeError(f"the node gave no usable log: {str(log)[:120]}") from error


class Node:
    """Typed reads of one node."""

    def __init__(self, rpc: Rpc) -> None:
        """`rpc` carries the calls."""
        self._rpc = rpc
        self._receipts = True
        self._finalized_tag = True

    @classmethod
    def at(cls, url: str) -> "Node":
        """The node at an http(s) URL."""
        return cls(Rpc(HttpTransport(url)))

    def identity(self) -> tuple[int, str]:
        """(chain id, hash of block 0)."""
        chain_id, genesis = self._rpc.batch([("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False])])
        return _quantity(chain_id), header_of(genesis).hash

    def tip(self) -> Tip:
        """Newest block, finalized block number and chain id, in one request."""
        calls: list[Call] = [("eth_getBlockByNumber", ["latest", False]), ("eth_chainId", [])]
        if self._finalized_tag:
            calls.append(("eth_getBlockByNumber", ["finalized", False]))
        try:
            latest, chain_id, *rest = self._rpc.batch(calls)
        except NodeRefused:
            if len(calls) == 2:
                raise
            self._finalized_tag = False  # the node does not know the tag
            return self.tip()
        finalized = header_of(rest[0]).number if rest and rest[0] is not None else 0
        return Tip(header_of(latest), finalized, _quantity(chain_id))

    def headers(self, first: int, last: int) -> list[Header]:
        """Headers of blocks first..last, in order; NodeError when one is missing."""
        found: list[Header] = []
        for start in range(first, last + 1, HEADERS_PER_CALL):
            numbers = range(start, min(start + HEADERS_PER_CALL, last + 1))
            found += self._headers_in(numbers, self._rpc.batch([_block(n) for n in numbers]))
        return found

    def page(self, first: int, last: int, addresses: Sequence[str]) -> tuple[list[Header], list[Any]]:
        """Headers and raw log objects of first..last, the logs in the same request as the first headers."""
        head = range(first, min(first + HEADERS_PER_CALL, last + 1))
        logs_calls = _logs_calls(first, last, addresses)
        answers = self._rpc.batch([*logs_calls, *(_block(n) for n in head)])
        headers = self._headers_in(head, answers[len(logs_calls) :])
        if head.stop <= last:
            headers += self.headers(head.stop, last)
        return headers, _flat(answers[: len(logs_calls)])

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Any]:
        """Raw log objects of these addresses in first..last."""
        return _flat(self._rpc.batch(_logs_calls(first, last, addresses)))

    def block_logs(self, block_hash: str, addresses: Sequence[str]) -> list[Any]:
        """Raw log objects of these addresses in one block, asked by hash."""
        calls: list[Call] = [
            (
                "eth_getLogs",
                [{"blockHash": block_hash, "address": list(addresses[at : at + ADDRESSES_PER_CALL])}],
            )
            for at in range(0, len(addresses), ADDRESSES_PER_CALL)
        ]
        return _flat(self._rpc.batch(calls))

    def receipt_logs(self, block_hashes: Sequence[str]) -> list[list[Any]] | None:
        """All logs of each block from its receipts; None when this node has no eth_getBlockReceipts."""
        if not self._receipts:
            return None
        found: list[list[Any]] = []
        for start in range(0, len(block_hashes), 50):
            some = block_hashes[start : start + 50]
            try:
                answers = self._rpc.batch([("eth_getBlockReceipts", [block_hash]) for block_hash in some])
            except NodeRefused as error:
                if error.code == METHOD_NOT_FOUND:
                    self._receipts = False
                    return None
                raise
            for block_hash, receipts in zip(some, answers, strict=True):
                if not isinstance(receipts, list):
                    raise Inconsistent(f"the node has no receipts of block {block_hash}")
                try:
                    found.append([log for receipt in receipts for log in receipt["logs"]])
                except (TypeError, KeyError) as error:
                    raise NodeError(f"the node gave no usable receipts of block {block_hash}") from error
        return found

    @staticmethod
    def _headers_in(numbers: Iterable[int], blocks: Sequence[Any]) -> list[Header]:
        headers = [header_of(block) for block in blocks]
        for number, header in zip(numbers, headers, strict=True):
            if header.number != number:
                raise Inconsistent(f"asked for block {number}, the node gave block {header.number}")
        return headers


def _block(number: int) -> Call:
    return "eth_getBlockByNumber", [hex(number), False]


def _logs_calls(first: int, last: int, addresses: Sequence[str]) -> list[Call]:
    return [
        (
            "eth_getLogs",
            [
                {
                    "fromBlock": hex(first),
                    "toBlock": hex(last),
                    "address": list(addresses[start : start + ADDRESSES_PER_CALL]),
                }
            ],
        )
        for start in range(0, len(addresses), ADDRESSES_PER_CALL)
    ]


def _flat(answers: Sequence[Any]) -> list[Any]:
    if any(not isinstance(answer, list) for answer in answers):
        raise NodeError("the node's answer to eth_getLogs is not a list")
    return [log for answer in answers for log in answer]


def _quantity(value: Any) -> int:
    try:
        return int(value, 16)
    except (TypeError, ValueError) as error:
        raise NodeError(f"the node gave {value!r} where a 0x number belongs") from error
