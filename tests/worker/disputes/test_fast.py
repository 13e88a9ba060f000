"""The JAX re-execution has the bits of the NumPy reference: roots, states and every value that a game can open."""

import random

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from assay.disputes import loops
from assay.disputes.fast import FastFrame, FastLot
from assay.disputes.runs import LotRun
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import Op
from assay.program.program import Program
from tests.worker.disputes.programs import everything, inputs
from tests.worker.program.random_programs import write_program


def test_root__everything__as_the_reference() -> None:
    program = everything()
    fast, slow = FastLot(program, inputs(), 2, 3), LotRun(program, inputs(), 2, 3)
    assert fast.item_roots == slow.item_roots
    assert fast.root == slow.root


@settings(max_examples=12)
@given(st.integers(0, 2**64 - 1), st.integers(1, 14))
def test_root__random_programs__as_the_reference(seed: int, steps: int) -> None:
    program, arrays = write_program(random.Random(seed), steps)
    fast, slow = FastLot(program, arrays, 2, 1), LotRun(program, arrays, 2, 1)
    assert fast.item_roots == slow.item_roots


def test_frames__in_loops_of_loops__as_the_reference() -> None:
    program = everything()
    fast, slow = FastLot(program, inputs()).item(0).main, LotRun(program, inputs()).item(0).main
    outer = next(k for k, node in enumerate(program.main.nodes) if node.op is Op.LOOP)
    quick, right = fast.loop(outer).frame(7), slow.loop(outer).frame(7)
    assert quick.roots == right.roots
    inner = next(k for k, node in enumerate(right.body.nodes) if node.op is Op.LOOP)
    assert quick.loop(inner).frame(1).roots == right.loop(inner).frame(1).roots
    assert fast.roots == slow.roots


def _counting(trips: int, stride: int, width: int) -> Program:
    spec = TensorSpec(DType.I64, (width,))
    body, main = BodyBuilder(), BodyBuilder()
    body.returns(
        body.op(Op.ADD, body.op(Op.MUL, body.carry(0, spec), body.fill(3, spec)), body.fill(1, spec))
    )
    (end,) = main.loop(body, [main.carry(0, spec)], trips=trips, stride=stride)
    main.returns(end)
    return build(main, 1)


@pytest.mark.parametrize(("trips", "stride"), [(1, 1), (7, 3), (200, 1), (200, 64), (1000, 999), (130, 130)])
def test_committed__any_stride__each_step_runs_once(
    trips: int, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _counting(trips, stride, 4)
    slow = LotRun(program, [np.arange(4, dtype=np.int64)])
    steps: list[int] = []
    plain = loops.LoopRun._advance
    monkeypatch.setattr(
        loops.LoopRun,
        "_advance",
        lambda self, carry, first, last: steps.extend(range(first, last)) or plain(self, carry, first, last),
    )
    wanted = slow.root
    assert sorted(steps) == list(range(trips))
    fast = FastLot(program, [np.arange(4, dtype=np.int64)])
    assert fast.root == wanted
    node = slow.item(0).loops[0]
    assert fast.item(0).main.loop(node).committed == slow.item(0).main.loop(node).committed


def test_state__large_states__few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "KEPT_BYTES", 3 * 8 * 100)
    program = _counting(90, 0, 100)
    item = FastLot(program, [np.arange(100, dtype=np.int64)]).item(0)
    node = next(k for k, node in enumerate(program.main.nodes) if node.op is Op.LOOP)
    assert isinstance(item.main, FastFrame)
    loop = item.main.loop(node)
    assert item.main.values
    assert len(loop._kept) == 4  # the start and three more
    reference = LotRun(program, [np.arange(100, dtype=np.int64)]).item(0).main.loop(node)
    assert [loop.state_root(step) for step in (89, 0, 31, 30, 61)] == [
        reference.state_root(step) for step in (89, 0, 31, 30, 61)
    ]


def test_values__a_large_dot__as_the_reference() -> None:
    main = BodyBuilder()
    a, b = (main.carry(k, TensorSpec(DType.I32, (1, 160, 660))) for k in range(2))
    main.returns(main.op(Op.DOT, a, b, dtype=DType.I64, dims=(1, 160, 160), params=(20, 21)))
    program = build(main, 2)
    arrays = [
        np.random.default_rng(k).integers(-(2**31), 2**31, (1, 160, 660)).astype(np.int32) for k in (1, 2)
    ]
    assert FastLot(program, arrays).item(0).main.roots == LotRun(program, arrays).item(0).main.roots
