"""Gas of one leaf as a whole transaction: a product of two tensors of 2^24 pages each, in bodies of several sizes.

The tensors exist on paper only: a page and random siblings, from which the roots follow. A byte of a random hash
costs as much as one of a real hash.
"""

import random
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from web3 import Web3

from assay.commitment.row import climb, height_of, leaf_hash
from assay.disputes.rows import list_root_of, row_levels, tensor_root_of
from assay.disputes.sparse import SparseRow
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import body_root
from contracts.scripts.compiler import compiled

DEPTH = 24
PAGE_BYTES = 256
PER_PAGE = PAGE_BYTES // 4  # i32
GOAL = 160_000


def paper_leaf(nodes: int, *, apart: bool, seed: int = 1) -> tuple[list[Any], str]:
    """(arguments of Leaf.element, head of the two operands in hex) for `x * y` in a body of `nodes` nodes.

    apart: the operands stand at both ends of the body, so that their paths share nothing but the top.
    """
    rng = random.Random(seed)
    size = PER_PAGE << DEPTH
    index = nodes - 1
    inputs = (0, index - 1) if apart else (index - 2, index - 1)
    node = Node(Op.MUL, DType.I32, (size,), inputs)
    filler = encode_node(Node(Op.FILL, DType.I32, (size,), (), (7,)))
    descriptors = [filler] * index + [encode_node(node)]
    element = rng.randrange(size)
    head = bytes((DType.I32, 1)) + size.to_bytes(8, "big")
    roots = [rng.randbytes(32) for _ in range(nodes)]
    operands, pages = b"", []
    for id in inputs:
        page = bytes(rng.randrange(1, 256) for _ in range(PAGE_BYTES))
        siblings = [rng.randbytes(32) for _ in range(DEPTH)]
        roots[id] = tensor_root_of(head, climb(leaf_hash(page), element // PER_PAGE, siblings))
        operands += head + len(page).to_bytes(2, "big") + page
        pages += siblings
    trace = SparseRow(nodes, [leaf_hash(root) for root in roots], nodes)
    body = SparseRow(nodes, [leaf_hash(descriptor) for descriptor in descriptors], nodes)
    trace_root = list_root_of(nodes, row_levels(trace.leaves)[-1][0])
    frame = (body_root(descriptors), trace_root, sha256(b"carry").digest(), sha256(b"inv").digest(), 12_345)
    evidence = (
        nodes,
        sum(map(len, descriptors)),
        descriptors[index],
        operands,
        [*body.path(index), *pages, *trace.together(inputs)],
    )
    return [frame, index, element, evidence], head.hex()


def deployed(w3: Web3, name: str, sender: str) -> Any:
    """A leaf contract on the chain."""
    artifact = compiled(name)
    factory = w3.eth.contract(abi=artifact.abi, bytecode=artifact.initcode)
    receipt = w3.eth.wait_for_transaction_receipt(factory.constructor().transact({"from": sender}))
    return w3.eth.contract(address=receipt["contractAddress"], abi=artifact.abi)


def gas_of(w3: Web3, call: Any, sender: str) -> tuple[int, int]:
    """(gas of the whole transaction, the least that its calldata costs since EIP-7623)."""
    sent = call.transact({"from": sender, "gas": 16_000_000})
    receipt = w3.eth.wait_for_transaction_receipt(sent)
    if receipt["status"] != 1:
        raise AssertionError("the leaf reverted")
    data = bytes.fromhex(str(call._encode_transaction_data()).removeprefix("0x"))
    tokens = sum(1 if byte == 0 else 4 for byte in data)
    return int(receipt["gasUsed"]), 21_000 + 10 * tokens


def measure(w3: Web3, sender: str, bodies: Sequence[tuple[int, bool]]) -> list[tuple[int, bool, int, int]]:
    """(nodes, apart, gas, floor) of each body."""
    leaf = deployed(w3, "Leaf", sender)
    found = []
    for nodes, apart in bodies:
        arguments, _ = paper_leaf(nodes, apart=apart)
        code, _ = leaf.functions.element(*arguments).call()
        if code != 0:
            raise AssertionError(f"the leaf answers code {code}")
        gas, floor = gas_of(w3, leaf.functions.element(*arguments), sender)
        found.append((nodes, apart, gas, floor))
    return found


def rows() -> list[dict[str, Any]]:
    """Rows for the table."""
    from assay.stack.anvil import Anvil

    bodies = [(16, False), (64, False), (64, True), (1_024, False), (1_024, True), (65_535, True)]
    with Anvil() as anvil:
        w3 = Web3(Web3.HTTPProvider(anvil.url))
        measured = measure(w3, w3.eth.accounts[0], bodies)
    table = []
    for nodes, apart, gas, floor in measured:
        judged = nodes <= 1_024
        where = "apart" if apart else "neighbours"
        table.append(
            {
                "name": f"leaf, two openings at depth {DEPTH}, body of {nodes:,} nodes (height "
                f"{height_of(nodes)}), operands {where}; calldata floor {floor:,}",
                "value": gas,
                "unit": "gas",
                "goal": f"<= {GOAL:,}" if judged else None,
                "holds": gas <= GOAL if judged else None,
                "command": "python -m tests.bench dispute",
            }
        )
    return table
