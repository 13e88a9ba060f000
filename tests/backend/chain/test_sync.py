"""backend.chain.sync, one behaviour at a time; the simulator mixes them all."""

from typing import Any

import orjson
import pytest

from backend.chain.errors import Inconsistent, LeaseTaken, NodeError, ReorgTooDeep, WrongChain
from backend.chain.lease import Lease
from backend.chain.models import Block, Change, Cursor, Undo
from backend.chain.rpc import HttpTransport, Rpc
from tests.backend.chain.conftest import Indexed
from tests.backend.chain.fake_chain import FakeChain, FakeNode
from tests.backend.chain.toy import assert_index_equals

pytestmark = pytest.mark.django_db(transaction=True)


class Spoilt(FakeNode):
    """Changes the answer to one method; counts how often."""

    def __init__(self, chain: FakeChain, method: str, change: Any) -> None:
        super().__init__(chain)
        self.method, self.change, self.times = method, change, 0

    def answer(self, request: dict[str, Any], blocks: Any) -> dict[str, Any]:
        answer = super().answer(request, blocks)
        if request["method"] == self.method and answer.get("result"):
            self.times += 1
            answer["result"] = self.change(answer["result"])
        return answer


def test_step__reorg_inside_the_window__rows_are_those_of_the_new_chain(indexed: Indexed) -> None:
    syncer = indexed.catch_up()
    indexed.chain.reorg(depth=7, longer=3)
    indexed.catch_up()
    assert_index_equals(indexed.chain.blocks)
    assert syncer.cursor.reorgs == 1


def test_step__reorg_and_its_replacement__one_transaction(indexed: Indexed) -> None:
    syncer = indexed.catch_up()
    indexed.chain.reorg(depth=5, longer=0)
    step = syncer.step()
    assert (step.rewound, step.blocks) == (5, 5)
    assert_index_equals(indexed.chain.blocks)


def test_step__reorg_deeper_than_the_window__stops_and_names_the_way_out(indexed: Indexed) -> None:
    syncer = indexed.catch_up()
    stored = Block.objects.count()
    indexed.chain.depth = 30
    indexed.chain.reorg(depth=20, longer=1)
    looks = 0
    with pytest.raises(ReorgTooDeep, match=r"ASSAY_REORG_WINDOW.*reindex --from-chain"):
        for looks in range(5):  # noqa: B007 - read below
            try:
                syncer.step()
            except Inconsistent:
                continue
    assert looks == 2
    assert Block.objects.count() == stored


def test_step__head_goes_back_for_good__blocks_above_are_taken_back(indexed: Indexed) -> None:
    syncer = indexed.catch_up()
    indexed.chain.rollback(4)
    assert syncer.step().rewound == 0  # a late node is no reorg
    indexed.catch_up()
    assert_index_equals(indexed.chain.blocks)


def test_step__node_is_late_for_a_moment__nothing_is_taken_back(indexed: Indexed) -> None:
    syncer = indexed.catch_up()
    blocks = indexed.chain.blocks
    indexed.chain.blocks = blocks[:-3]
    for _ in range(3):
        assert syncer.step().rewound == 0
    indexed.chain.blocks = blocks
    indexed.catch_up()
    assert syncer.cursor.reorgs == 0


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("eth_getLogs", lambda logs: logs[:-1]),
        ("eth_getLogs", lambda logs: [{**log, "data": "0x" + "00" * 32} for log in logs]),
        ("eth_getLogs", lambda logs: [{**log, "blockHash": "0x" + "ee" * 32} for log in logs]),
        ("eth_getLogs", lambda logs: [{**log, "removed": True} for log in logs]),
        ("eth_getLogs", lambda logs: [{k: v for k, v in log.items() if k != "data"} for log in logs]),
        ("eth_getLogs", lambda logs: ["nonsense"]),
        ("eth_getLogs", lambda logs: {"not": "a list"}),
        ("eth_getBlockByNumber", lambda block: {**block, "parentHash": "0x" + "ee" * 32}),
        ("eth_getBlockByNumber", lambda block: {**block, "number": "0xfff"}),
        ("eth_getBlockByNumber", lambda block: {"hash": block["hash"]}),
        ("eth_getBlockReceipts", lambda receipts: None),
        ("eth_getBlockReceipts", lambda receipts: [{}]),
        ("eth_getBlockReceipts", lambda receipts: receipts[1:]),
    ],
)
def test_step__node_contradicts_itself__asked_again_and_nothing_wrong_written(
    indexed: Indexed, method: str, change: Any
) -> None:
    indexed.catch_up()
    indexed.chain.mine(12)
    node = Spoilt(indexed.chain, method, change)
    syncer = indexed.syncer(node)
    refused = 0
    for _ in range(12):
        try:
            syncer.step()
        except NodeError:
            refused += 1
    assert refused > 3 and node.times > 0
    assert Cursor.objects.get().number < indexed.chain.head
    assert_index_equals(
        indexed.chain.blocks[: Cursor.objects.get().number + 1]
    )  # blocks without logs may pass
    node.change = lambda result: result
    indexed.catch_up(syncer)
    assert_index_equals(indexed.chain.blocks)


def test_step__logs_of_an_old_block_missing__bloom_tells(indexed: Indexed) -> None:
    indexed.chain.mine(300)  # far below the window now
    lost = next(b["number"] for b in indexed.chain.blocks if b["logs"])
    node = Spoilt(indexed.chain, "eth_getLogs", lambda logs: [x for x in logs if x["blockNumber"] != lost])
    with pytest.raises(Inconsistent, match="left out"):
        indexed.syncer(node, prefetch=False).step()


def test_step__page_twice_and_in_no_order__each_log_once(indexed: Indexed) -> None:
    node = Spoilt(indexed.chain, "eth_getLogs", lambda logs: [*reversed(logs), *logs])
    indexed.catch_up(indexed.syncer(node))
    assert_index_equals(indexed.chain.blocks)


def test_step__node_without_receipts__compares_by_block_hash(indexed: Indexed) -> None:
    class Old(FakeNode):
        eth_getBlockReceipts = property()

    node = Old(indexed.chain)
    indexed.catch_up(indexed.syncer(node))
    assert node.calls.count("eth_getBlockReceipts") > 0
    assert_index_equals(indexed.chain.blocks)


def test_step__long_backfill_with_prefetch__pages_fit_together(indexed: Indexed) -> None:
    indexed.chain.mine(1_500)
    syncer = indexed.syncer()
    pages = 0
    while syncer.step().behind:
        pages += 1
    assert pages >= 2
    assert_index_equals(indexed.chain.blocks)
    assert not Undo.objects.filter(block__lte=syncer.cursor.floor).exists()


def test_step__chain_id_changes_under_it__stops_and_names_make_reset(indexed: Indexed) -> None:
    indexed.catch_up()
    node = Spoilt(indexed.chain, "eth_chainId", lambda chain_id: "0x1")
    with pytest.raises(WrongChain, match="make reset"):
        indexed.syncer(node).step()


def test_step__other_genesis__stops_and_names_make_reset(indexed: Indexed) -> None:
    syncer = indexed.catch_up()
    known = indexed.chain.blocks[0]["hash"]
    other = FakeChain(seed=99)
    other.mine(60)
    node = FakeNode(other)
    fresh = indexed.syncer(node)
    with pytest.raises(WrongChain, match="make reset"):
        fresh.step()
    assert known != other.blocks[0]["hash"] and syncer.cursor.number == indexed.chain.head


def test_commit__another_writer_moved_the_cursor__nothing_is_written(indexed: Indexed) -> None:
    first = indexed.catch_up()
    second = indexed.syncer()
    second.start()
    indexed.chain.mine(2)
    first.step()
    count = Block.objects.count()
    indexed.chain.mine(2)
    with pytest.raises(LeaseTaken, match="run only one"):
        second.step()
    assert Block.objects.count() == count


def test_lease__held_by_another__refused_then_free_again() -> None:
    with Lease(), pytest.raises(LeaseTaken, match="another indexer"), Lease():
        pass
    with Lease():
        pass


def test_changes__each_commit__tell_the_head_in_order(indexed: Indexed) -> None:
    indexed.catch_up()
    indexed.chain.mine(2)
    indexed.catch_up()
    heads = Change.objects.filter(topic="head").order_by("seq")
    assert [int(c.ref) for c in heads] == sorted(int(c.ref) for c in heads)
    assert int(heads.reverse()[0].ref) == Cursor.objects.get().number == indexed.chain.head


def test_cursor__finality__never_above_what_is_applied(indexed: Indexed) -> None:
    cursor = indexed.catch_up().cursor
    assert cursor.finalized_number == indexed.chain.head - 14
    assert cursor.floor == indexed.chain.head - 16


@pytest.mark.parametrize(
    "answer",
    [b"", b"[", b"null", b"[]", b'{"jsonrpc":"2.0","id":1}', b'{"id":1,"error":"broken"}', b"\xff\xfe", b"3"],
)
def test_rpc__answer_is_not_one__node_error(answer: bytes) -> None:
    class Broken:
        def post(self, body: bytes) -> bytes:
            return answer

    with pytest.raises(NodeError):
        Rpc(Broken(), sleep=lambda seconds: None).call("eth_chainId", [])


def test_rpc__answers_in_another_order__matched_by_id() -> None:
    class Shuffled:
        def post(self, body: bytes) -> bytes:
            return orjson.dumps(
                [{"id": r["id"], "result": r["method"]} for r in reversed(orjson.loads(body))]
            )

    assert Rpc(Shuffled()).batch([("a", []), ("b", []), ("c", [])]) == ["a", "b", "c"]


def test_http_transport__not_a_url__refused() -> None:
    with pytest.raises(NodeError, match="set ASSAY_RPC_URL"):
        HttpTransport("localhost:8545")
