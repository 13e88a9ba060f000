"""Reading a real node: right chain, patience with lag and outages, and no patience with refusals."""

import threading

import pytest
from hexbytes import HexBytes

from assay.protocol import chain
from assay.protocol.reverts import Reverted
from assay.protocol.rpc import NodeError, NodeLagging, NodeUnreachable, error_of, request
from assay.stack.anvil import Anvil, free_port


def test_connect__right_chain__head_and_genesis(anvil: Anvil) -> None:
    w3 = chain.connect(anvil.url, chain_id=anvil.chain_id)
    first = chain.block(w3, 0)
    assert chain.genesis_hash(w3) == first.hash and len(first.hash) == 32
    anvil.mine(5)
    head = chain.head(w3)
    assert head.number == 5 and head.timestamp >= first.timestamp
    assert chain.block(w3, 1).parent_hash == first.hash
    assert chain.block_or_none(w3, 6) is None
    assert chain.finalized_number(w3) < 5
    chain.connect(anvil.url, chain_id=anvil.chain_id, genesis=first.hash)


def test_connect__other_chain_or_genesis__refused_with_the_way_out(anvil: Anvil) -> None:
    with pytest.raises(chain.WrongChain, match="is on chain 31337, the deployment is for chain 1"):
        chain.connect(anvil.url, chain_id=1)
    with pytest.raises(chain.WrongChain, match="deploy again"):
        chain.connect(anvil.url, genesis=bytes(32))


def test_request__nobody_listens__unreachable_names_the_url() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NodeUnreachable, match=url):
        request(chain.connect(url), "eth_chainId", retry_seconds=0.2)


def test_request__node_comes_back__answered(anvil: Anvil) -> None:
    port = anvil.port
    anvil.stop()
    w3 = chain.connect(anvil.url)
    later = Anvil(port=port)
    starter = threading.Timer(0.3, later.start)
    starter.start()
    try:
        assert chain.chain_id_of(w3) == 31337
    finally:
        starter.join()
        later.stop()


def test_request__block_the_node_lacks__waits_for_it_then_answers(anvil: Anvil) -> None:
    w3 = chain.connect(anvil.url)
    miner = threading.Timer(0.5, anvil.mine, args=(3,))
    miner.start()
    answer = request(w3, "eth_call", {"to": "0x" + "11" * 20, "data": "0x"}, "0x3")
    miner.join()
    assert answer == "0x"


def test_request__block_that_never_comes__lagging_not_an_answer(anvil: Anvil) -> None:
    w3 = chain.connect(anvil.url)
    with pytest.raises(NodeLagging, match="does not have the block"):
        request(w3, "eth_call", {"to": "0x" + "11" * 20, "data": "0x"}, "0x99", retry_seconds=0.2)
    with pytest.raises(NodeLagging, match="does not have block 99"):
        chain.block(w3, 99)


def test_request__unknown_method__refused_at_once(anvil: Anvil) -> None:
    with pytest.raises(NodeError, match="Method not found"):
        request(chain.connect(anvil.url), "eth_nothing")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": -32000, "message": "header not found"}, NodeLagging),
        ({"code": -32001, "message": "Resource not found"}, NodeLagging),
        ({"code": 429, "message": "Too Many Requests"}, NodeUnreachable),
        ({"code": 3, "message": "execution reverted: market: no", "data": "0x"}, Reverted),
        ({"code": -32015, "message": "VM execution error.", "data": "Reverted 0x"}, Reverted),
        ({"code": -32602, "message": "invalid params"}, NodeError),
        ("just text", NodeError),
        ({}, NodeError),
    ],
)
def test_error_of__what_nodes_say__sorted_into_retry_and_refusal(
    error: object, kind: type[Exception]
) -> None:
    assert type(error_of("eth_call", error)) is kind


def test_receipt_balance_code__of_a_transfer(anvil: Anvil, accounts: dict[str, object]) -> None:
    w3 = chain.connect(anvil.url)
    sender, target = getattr(accounts["north"], "address"), "0x" + "77" * 20  # noqa: B009
    tx = {"from": sender, "to": target, "value": "0x5"}
    anvil.rpc("anvil_autoImpersonateAccount", True)
    tx_hash = bytes.fromhex(anvil.rpc("eth_sendTransaction", tx)[2:])
    w3.eth.wait_for_transaction_receipt(HexBytes(tx_hash), poll_latency=0.02)  # the node mines a moment later
    found = chain.receipt(w3, tx_hash)
    assert found is not None and found.status == 1 and found.gas_used == 21_000 and found.logs == ()
    assert chain.receipt(w3, bytes(32)) is None
    assert chain.balance_at(w3, target) == 5 and chain.balance_at(w3, target, 0) == 0
    assert chain.code_at(w3, target) == b""
    assert chain.nonce_at(w3, sender, "pending") == chain.nonce_at(w3, sender, found.block_number) == 1
