"""The worker's run with commitments has the roots that the players of a game have."""

from typing import Any

import numpy as np
import pytest

from assay.disputes.runs import LotRun
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.errors import InputMismatch
from assay.program.ops import Op
from assay.program.program import Program
from assay.program.traced import run_traced
from tests.worker.disputes.programs import everything, inputs

SCALAR = TensorSpec(DType.I64, ())


def plain() -> Program:
    """No loop at all."""
    main = BodyBuilder()
    x = main.carry(0, SCALAR)
    main.returns(main.op(Op.ADD, x, main.step()))
    return build(main, 1)


def chain(trips: int, stride: int) -> Program:
    """A strided loop that feeds another one, an input that is returned as it came, and a loop of a constant."""
    main = BodyBuilder()
    x, kept = main.carry(0, SCALAR), main.carry(1, SCALAR)
    for factor in (3, 5):
        body = BodyBuilder()
        c, k = body.carry(0, SCALAR), body.invariant(0, SCALAR)
        grown = body.op(Op.MUL, c, body.fill(factor, SCALAR))
        body.returns(body.op(Op.ADD, body.op(Op.ADD, grown, k), body.step()))
        (x,) = main.loop(body, [x], [kept], trips=trips, stride=stride)
    main.returns(x, kept, main.op(Op.SUB, x, kept))
    return build(main, 2)


NUMBERS = [np.array(7, np.int64), np.array(-2, np.int64)]
CASES: dict[str, tuple[Program, list[Any]]] = {
    "everything": (everything(), inputs()),
    "a stride that does not divide": (everything(trips=11, stride=4), inputs(2)),
    "a stride longer than the loop": (everything(trips=3, stride=9), inputs(3)),
    "no loop": (plain(), NUMBERS[:1]),
    "loop after loop": (chain(10, 3), NUMBERS),
    "every step": (chain(5, 1), NUMBERS),
    "no stride": (chain(5, 0), NUMBERS),
}


@pytest.mark.parametrize("case", list(CASES))
def test_run_traced__items_of_a_lot__roots_of_the_players(case: str) -> None:
    program, arrays = CASES[case]
    lot = LotRun(program, arrays, items=2, first_item=3)
    seen: list[tuple[int, int]] = []
    for item in (3, 4):
        made = run_traced(program, arrays, item, lambda done, total: seen.append((done, total)))
        assert made.root == lot.item(item).root
        assert made.traces == lot.item(item).entries[1:]
        for found, expected in zip(made.outputs, program.run(arrays, item), strict=True):
            assert found.dtype == expected.dtype and np.array_equal(found, expected)
    assert len(made.traces) == len(program.strided_loops)
    assert not seen or seen[-1][0] == seen[-1][1]


def test_run_traced__inputs_of_another_shape__refused() -> None:
    with pytest.raises(InputMismatch, match="Input 0"):
        run_traced(plain(), [np.zeros(3, np.int64)])
