"""Tuples, traces, items and lots against list roots written out, and openings of their entries."""

from dataclasses import replace
from hashlib import sha256

import pytest

from assay.commitment import CommitmentError, ProofInvalid, list_root, verify_list_item
from assay.commitment.openings import open_list, verify_list_opening
from assay.commitment.traces import (
    StateTrace,
    Trace,
    item_root,
    least_stride,
    lot_root,
    state_steps,
    tuple_root,
)
from assay.commitment.tree import fold


def roots(count: int) -> tuple[bytes, ...]:
    return tuple(sha256(b"root %d" % index).digest() for index in range(count))


def test_tuple_item_lot__are_list_roots_of_what_they_hold() -> None:
    a, b, c = roots(3)
    assert tuple_root([a, b]) == list_root([a, b])
    assert item_root(a) == list_root([a]) != item_root(a, [b]) == list_root([a, b])
    assert item_root(a, [b, c]) != item_root(a, [c, b])
    assert lot_root([a, b, c]) == list_root([a, b, c])


def test_tuple_and_lot__empty_or_too_many__refused() -> None:
    for count in (0, 65_536):
        with pytest.raises(CommitmentError, match="65535"):
            tuple_root([bytes(32)] * count)
    with pytest.raises(CommitmentError, match="at least one item"):
        lot_root([])
    with pytest.raises(CommitmentError, match="31 bytes"):
        tuple_root([bytes(31)])


@pytest.mark.parametrize(
    "trips, stride, steps",
    [
        (1, 1, [0, 1]),
        (1, 5, [0, 1]),
        (4, 2, [0, 2, 4]),
        (5, 2, [0, 2, 4, 5]),
        (3, 1, [0, 1, 2, 3]),
        (7, 7, [0, 7]),
    ],
)
def test_state_steps__stride_and_last_step__each_once(trips: int, stride: int, steps: list[int]) -> None:
    assert state_steps(trips, stride) == steps
    trace = StateTrace(roots(len(steps)), trips, stride)
    assert [trace.index_of(step) for step in steps] == list(range(len(steps)))
    for step in range(trips):
        before, after = trace.bracket(step)
        assert before <= step < after and before in steps and after in steps
        assert not [s for s in steps if before < s < after]
        if step not in steps:
            with pytest.raises(CommitmentError, match="not committed"):
                trace.index_of(step)
    for step in (-1, trips + 1):
        with pytest.raises(CommitmentError):
            trace.index_of(step)
    with pytest.raises(CommitmentError, match="no step"):
        trace.bracket(trips)


def test_state_steps__more_states_than_a_trace_holds__names_the_stride_that_fits() -> None:
    assert len(state_steps(65_535, 1)) == 65_536
    with pytest.raises(CommitmentError, match="65537 states, the limit of a trace is 65536") as refused:
        state_steps(65_536, 1)
    assert "stride of at least 2" in refused.value.hint
    for trips in (1, 65_535, 65_536, 10**9, 2**64 - 1):
        stride = least_stride(trips)
        assert -(-trips // stride) + 1 <= 65_536
        assert stride == 1 or -(-trips // (stride - 1)) + 1 > 65_536
    for trips, stride in ((0, 1), (1, 0), (-3, 1), (5, -1)):
        with pytest.raises(CommitmentError, match="trips >= 1"):
            state_steps(trips, stride)


def test_state_trace__another_number_of_states__refused() -> None:
    for count in (0, 3, 5):
        with pytest.raises(CommitmentError, match="have 4 states"):
            StateTrace(roots(count), 5, 2)


@pytest.mark.parametrize("count", [1, 2, 5, 16, 33])
def test_trace__each_entry__proven_alone_and_together(count: int) -> None:
    trace = Trace(roots(count))
    assert trace.root == list_root(trace.roots)
    for index in range(count):
        proof = trace.proof(index)
        assert proof.root == trace.root and verify_list_item(proof) == trace.roots[index]
        assert trace.open([index]).siblings == proof.siblings
    chosen = sorted({0, count // 2, count - 1})
    assert verify_list_opening(trace.root, trace.open(chosen)) == {i: trace.roots[i] for i in chosen}
    assert fold(trace.tree.children(trace.tree.height, 0)) == trace.tree.top if count > 1 else True
    for index in (-1, count):
        with pytest.raises(CommitmentError):
            trace.proof(index)
        with pytest.raises(CommitmentError):
            trace.open([index])


def test_verify_list_opening__anything_changed__refused() -> None:
    ids = roots(11)
    root, opening = list_root(ids), open_list(ids, [2, 3, 9])
    cases = [replace(opening, count=count) for count in (0, 10, 12, 16, 65_537, -1)]
    cases += [replace(opening, items=opening.items[:2]), replace(opening, items=())]
    cases += [replace(opening, items=((2, ids[3]), (3, ids[2]), (9, ids[9])))]
    cases += [replace(opening, items=((3, ids[3]), (2, ids[2]), (9, ids[9])))]
    cases += [replace(opening, items=((2, ids[2]), (4, ids[3]), (9, ids[9])))]
    cases += [
        replace(opening, siblings=opening.siblings[::-1]),
        replace(opening, siblings=opening.siblings[1:]),
    ]
    for at, (index, item) in enumerate(opening.items):
        for byte in range(32):
            changed = item[:byte] + bytes([item[byte] ^ 1]) + item[byte + 1 :]
            cases.append(
                replace(opening, items=(*opening.items[:at], (index, changed), *opening.items[at + 1 :]))
            )
    for at, sibling in enumerate(opening.siblings):
        changed = sibling[:-1] + bytes([sibling[-1] ^ 1])
        cases.append(
            replace(opening, siblings=(*opening.siblings[:at], changed, *opening.siblings[at + 1 :]))
        )
    for case in cases:
        with pytest.raises(ProofInvalid):
            verify_list_opening(root, case)
