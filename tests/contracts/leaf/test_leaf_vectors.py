"""The contracts give the answers of tests/vectors/leaf.json, which the browser's leaf is held to."""

import json
from pathlib import Path
from typing import Any

import boa
import pytest
from eth_abi.abi import decode

from assay.disputes.leaf import EVIDENCE_TYPE
from tests.contracts.leaf.leaf_world import FUNCTIONS, contract

PATH = Path(__file__).parents[2] / "vectors" / "leaf.json"
CALLS: list[Any] = json.loads(PATH.read_text())


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def answer_to(call: list[Any]) -> list[int] | None:
    """The words of the contract's answer, None where it reverts."""
    function, frame, node, numbers, evidence, _ = call
    leaf = contract(FUNCTIONS.get(function, "RootLeaf"))
    (struct,) = decode([EVIDENCE_TYPE], (32).to_bytes(32, "big") + _bytes(evidence))
    words = (*(_bytes(part) for part in frame[:4]), int(frame[4], 16))
    data = getattr(leaf, function).prepare_calldata(words, node, *(int(n) for n in numbers), struct)
    done = boa.env.execute_code(to_address=leaf.address, data=data)
    if done.is_error:
        return None
    return [int.from_bytes(done.output[at : at + 32], "big") for at in range(0, len(done.output), 32)]


@pytest.mark.parametrize("function", sorted({call[0] for call in CALLS}))
def test_leaves__golden_calls__the_stored_answers(function: str) -> None:
    for number, call in enumerate(CALLS):
        if call[0] != function:
            continue
        stored = None if call[5] is None else [int(word, 16) for word in call[5]]
        found = answer_to(call)
        # behind a code nothing is said
        if found and found[0]:
            assert stored is not None
            assert stored[0] == found[0], number
        else:
            assert found == stored, number
