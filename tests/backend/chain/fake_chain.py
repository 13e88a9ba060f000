"""A chain made of random blocks of the toy contracts, and a node that serves it over JSON-RPC, both in this process."""

import hashlib
import random
from typing import Any

import orjson

from backend.chain.bloom import bloom_of
from tests.backend.chain.toy import CHAIN_ID, CREATED, FACTORY, TRANSFER

Block = dict[str, Any]


def word(value: int | str) -> str:
    """A 32-byte word of a number or an address."""
    return "0x" + (f"{value:064x}" if isinstance(value, int) else value[2:].zfill(64))


class FakeChain:
    """Canonical blocks, genesis first. No block more than `depth` below the highest head ever is replaced."""

    def __init__(self, seed: int, depth: int = 12) -> None:
        self.random = random.Random(seed)
        self.depth = depth
        self.blocks: list[Block] = []
        self.highest = 0
        self._salt = seed
        self._append([])

    @property
    def head(self) -> int:
        return len(self.blocks) - 1

    def mine(self, count: int = 1) -> None:
        """Adds random blocks: a third are empty, now and then a token is made and moves in the same block."""
        for _ in range(count):
            self._append(self._random_logs())
        self.highest = max(self.highest, self.head)

    def reorg(self, depth: int | None = None, longer: int = 1) -> None:
        """Replaces up to `depth` blocks by others, `longer` more of them (negative: the chain gets shorter)."""
        room = self.head - max(0, self.highest - self.depth)
        depth = self.random.randint(1, self.depth) if depth is None else depth
        depth = min(depth, room)
        if depth <= 0:
            return
        del self.blocks[len(self.blocks) - depth :]
        self.mine(max(0, depth + longer))

    def rollback(self, depth: int) -> None:
        """Takes blocks away without new ones, as a restart from an older state does."""
        depth = min(depth, self.head - max(0, self.highest - self.depth))
        if depth > 0:
            del self.blocks[len(self.blocks) - depth :]

    def tokens(self) -> list[str]:
        return [
            "0x" + log["topics"][1][26:]
            for b in self.blocks
            for log in b["logs"]
            if log["topics"][0] == CREATED
        ]

    def _random_logs(self) -> list[tuple[str, list[str], str]]:
        if self.random.random() < 0.33:
            return []
        logs: list[tuple[str, list[str], str]] = []
        tokens = self.tokens()
        if not tokens or self.random.random() < 0.1:
            token = "0x" + self.random.randbytes(20).hex()
            logs.append(self._transfer(token))  # before its creation is logged, as a constructor does
            logs.append((FACTORY, [CREATED, word(token)], word(self.random.getrandbits(256))))
            tokens.append(token)
        logs += [self._transfer(self.random.choice(tokens)) for _ in range(self.random.randint(0, 4))]
        return logs

    def _transfer(self, token: str) -> tuple[str, list[str], str]:
        sender, receiver = ("0x" + f"{self.random.randint(1, 9):02x}" * 20 for _ in range(2))
        value = self.random.choice([0, 1, self.random.getrandbits(40), self.random.getrandbits(180)])
        return token, [TRANSFER, word(sender), word(receiver)], word(value)

    def _append(self, logs: list[tuple[str, list[str], str]]) -> None:
        number = len(self.blocks)
        parent = self.blocks[-1]["hash"] if self.blocks else "0x" + "00" * 32
        self._salt += 1
        block_hash = "0x" + hashlib.sha256(f"{parent} {self._salt}".encode()).hexdigest()
        self.blocks.append(
            {
                "number": hex(number),
                "hash": block_hash,
                "parentHash": parent,
                "timestamp": hex(1_700_000_000 + number),
                "logsBloom": f"0x{bloom_of([a for a, _, _ in logs] + [t for _, ts, _ in logs for t in ts]):0512x}",
                "transactions": [],
                "logs": [
                    {
                        "address": address,
                        "topics": topics,
                        "data": data,
                        "blockNumber": hex(number),
                        "blockHash": block_hash,
                        "logIndex": hex(index),
                        "transactionHash": "0x"
                        + hashlib.sha256(f"{block_hash} {index // 2}".encode()).hexdigest(),
                        "transactionIndex": hex(index // 2),
                        "removed": False,
                    }
                    for index, (address, topics, data) in enumerate(logs)
                ],
            }
        )


class FakeNode:
    """Serves a list of blocks; implements backend.chain.rpc.Transport."""

    def __init__(self, chain: FakeChain) -> None:
        self.chain = chain
        self.calls: list[str] = []

    def post(self, body: bytes) -> bytes:
        request = orjson.loads(body)
        many = isinstance(request, list)
        answers = [self.answer(one, self.chain.blocks) for one in (request if many else [request])]
        return orjson.dumps(answers if many else answers[0])

    def answer(self, request: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
        self.calls.append(request["method"])
        try:
            result = getattr(self, request["method"])(blocks, *request["params"])
        except AttributeError:
            error = {"code": -32601, "message": "method not found"}
            return {"jsonrpc": "2.0", "id": request["id"], "error": error}
        return {"jsonrpc": "2.0", "id": request["id"], "result": result}

    def eth_chainId(self, blocks: list[Block]) -> str:
        return hex(CHAIN_ID)

    def eth_getBlockByNumber(self, blocks: list[Block], tag: str, full: bool) -> Block | None:
        head = len(blocks) - 1
        number = {"latest": head, "finalized": max(0, head - 14)}.get(tag)
        number = int(tag, 16) if number is None else number
        return None if number > head else {k: v for k, v in blocks[number].items() if k != "logs"}

    def eth_getLogs(self, blocks: list[Block], query: dict[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in query:
            chosen = [b for b in blocks if b["hash"] == query["blockHash"]]
        else:
            chosen = blocks[int(query["fromBlock"], 16) : int(query["toBlock"], 16) + 1]
        return [dict(log) for b in chosen for log in b["logs"] if log["address"] in query["address"]]

    def eth_getBlockReceipts(self, blocks: list[Block], block_hash: str) -> list[dict[str, Any]] | None:
        for block in blocks:
            if block["hash"] == block_hash:
                return [{"logs": [dict(log)]} for log in block["logs"]]
        return None
