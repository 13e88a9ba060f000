"""Every way a node, a chain or the machine has been seen to fail, drawn by a seed. Used by the simulator."""

import random
from typing import Any

import orjson

from backend.chain.errors import NodeError
from tests.backend.chain.fake_chain import Block, FakeChain, FakeNode


class Crash(BaseException):
    """The process is killed here."""


class FaultyNode(FakeNode):
    """A FakeNode that lies, fails and changes its mind while `active`; the chain moves between and inside calls."""

    def __init__(self, chain: FakeChain, seed: int, rate: float = 0.12) -> None:
        super().__init__(chain)
        self.random = random.Random(seed ^ 0xFA017)
        self.rate = rate
        self.active = True
        self.range_cap = self.random.choice([3, 10, 40, 10_000])
        self.result_cap = self.random.choice([5, 30, 10_000])
        self.no_receipts = self.random.random() < 0.2
        self.cuts_blocks = True
        self.no_finalized = self.random.random() < 0.2
        self._old: list[list[Block]] = []

    def post(self, body: bytes) -> bytes:
        if not self.active:
            return super().post(body)
        self._move_chain()
        fault = self.random.random()
        if fault < self.rate * 0.2:
            raise NodeError(self.random.choice(["timed out", "refused", "HTTP 429", "HTTP 502"]))
        request = orjson.loads(body)
        many = isinstance(request, list)
        blocks = self._view()
        answers = [self._spoil(one, self.answer(one, blocks)) for one in (request if many else [request])]
        raw = orjson.dumps(answers if many else answers[0])
        if fault < self.rate * 0.3:
            return raw[: self.random.randrange(len(raw))]
        if fault < self.rate * 0.4 and many:
            self.random.shuffle(answers)
            return orjson.dumps(answers[: self.random.randint(0, len(answers))])
        return raw

    def answer(self, request: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
        method, params = request["method"], request["params"]
        refused = None
        if method == "eth_getLogs" and "fromBlock" in params[0]:
            wide = int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) + 1
            if wide > self.range_cap:
                refused = {"code": -32005, "message": f"range limited to {self.range_cap} blocks"}
            elif wide > 1 and len(self.eth_getLogs(blocks, params[0])) > self.result_cap:
                refused = {"code": -32005, "message": f"query returned more than {self.result_cap} results"}
        if method == "eth_getBlockReceipts" and self.no_receipts:
            refused = {"code": -32601, "message": "method not found"}
        if method == "eth_getBlockByNumber" and params[0] == "finalized" and self.no_finalized:
            refused = {"code": -32602, "message": "unknown block tag"}
        if self.active and refused is not None:
            return {"jsonrpc": "2.0", "id": request["id"], "error": refused}
        return super().answer(request, blocks)

    def _move_chain(self) -> None:
        """The chain lives on while the indexer asks: blocks, reorgs, rollbacks."""
        draw = self.random.random()
        if draw < 0.25:
            self._remember()
            self.chain.mine(self.random.choice([1, 1, 2, 5]))
        elif draw < 0.33:
            self._remember()
            self.chain.reorg(longer=self.random.choice([-2, 0, 1, 3]))
        elif draw < 0.35:
            self._remember()
            self.chain.rollback(self.random.randint(1, 4))

    def _remember(self) -> None:
        self._old = [*self._old[-2:], list(self.chain.blocks)]

    def _view(self) -> list[Block]:
        """Behind one address answer several nodes: some late, some on a fork that lost."""
        if self._old and self.random.random() < self.rate:
            return self.random.choice(self._old)
        if self.random.random() < self.rate * 0.5:
            return self.chain.blocks[: max(1, len(self.chain.blocks) - self.random.randint(1, 4))]
        return list(self.chain.blocks)

    def _spoil(self, request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        result, method = answer.get("result"), request["method"]
        if self.random.random() >= self.rate * 0.3:
            return answer
        if method == "eth_getLogs" and result:
            how = self.random.randrange(6 if self.cuts_blocks else 4)
            if how == 0:  # a whole block's logs are missing, silently
                lost = self.random.choice(result)["blockNumber"]
                result = [log for log in result if log["blockNumber"] != lost]
            elif how == 1:  # the page comes twice, in no order
                result = result + result
                self.random.shuffle(result)
            elif how == 2:
                result[self.random.randrange(len(result))]["removed"] = True
            elif how == 3:
                del result[self.random.randrange(len(result))]["topics"]
            elif how == 4:  # one log is missing
                result.pop(self.random.randrange(len(result)))
            else:
                result = result[: len(result) // 2]
        elif method == "eth_chainId":
            result = hex(1)
        elif method in ("eth_getBlockByNumber", "eth_getBlockReceipts"):
            result = None
        elif self.random.random() < 0.5:
            return {
                "jsonrpc": "2.0",
                "id": request["id"],
                "error": {"code": -32000, "message": "internal error"},
            }
        return {**answer, "result": result}
