"""INV-04 and INV-05 by the rules and the real leaves: a lie at any place loses, an honest defender never does."""

import os

import numpy as np
import pytest

from assay.disputes.challenger import Challenger
from assay.disputes.defender import Defender
from assay.disputes.runs import FrameRun, ItemRun, LotRun, Path
from assay.disputes.states import Verdict
from assay.program.ops import Op
from tests.worker.disputes.liars import (
    LoopsLiar,
    Silent,
    StatesLiar,
    TermLiar,
    WrongPadding,
    WrongRoot,
    WrongStart,
    WrongTrace,
    lot_of,
    lying_lot,
)
from tests.worker.disputes.programs import everything, inputs
from tests.worker.disputes.referee import BoaLeaf
from tests.worker.disputes.table import Table

PROGRAM = everything()
INPUTS = inputs()
CONVICTED = (Verdict.CONVICTED_LEAF, Verdict.CONVICTED_CLOCK)


def _loop_in(nodes: tuple[object, ...], trips: int) -> int:
    return next(k for k, node in enumerate(nodes) if node.op is Op.LOOP and node.param("trips") == trips)  # type: ignore[attr-defined]


OUTER = _loop_in(PROGRAM.main.nodes, 20)
OUTER_BODY = PROGRAM.bodies[PROGRAM.main.nodes[OUTER].root("body")]
INNER = _loop_in(OUTER_BODY.nodes, 3)
INNER_BODY = PROGRAM.bodies[OUTER_BODY.nodes[INNER].root("body")]
PLACES = [
    *(((), k) for k in range(len(PROGRAM.main.nodes))),
    *((((OUTER, 7),), k) for k in range(len(OUTER_BODY.nodes))),
    *((((OUTER, 19), (INNER, 1)), k) for k in range(len(INNER_BODY.nodes))),
]
EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3


@pytest.fixture(scope="module")
def honest() -> LotRun:
    """The right lot."""
    return LotRun(PROGRAM, INPUTS)


@pytest.mark.parametrize("place", PLACES[::EVERY], ids=str)
def test_play__a_lie_at_one_node__convicted_and_never_convicts(
    place: tuple[Path, int], honest: LotRun
) -> None:
    liar = lying_lot(PROGRAM, INPUTS, *place)
    if liar.root == honest.root:
        return  # the program does not use what was changed: no lie was told
    table = Table(BoaLeaf(), liar, LotRun(PROGRAM, INPUTS), TermLiar())
    assert table.play() in CONVICTED
    assert table.answers <= 16
    other = Table(BoaLeaf(), LotRun(PROGRAM, INPUTS), lying_lot(PROGRAM, INPUTS, *place))
    assert other.play() is Verdict.DEFENDED_CLOCK


@pytest.mark.parametrize("op", [Op.DOT, Op.SUM, Op.MAX_OF, Op.RANK, Op.SCATTER])
def test_play__a_wrong_partial_value__convicted_by_its_term(op: Op) -> None:
    node = next(k for k, node in enumerate(OUTER_BODY.nodes) if node.op is op)
    liar = lying_lot(
        PROGRAM, INPUTS, ((OUTER, 7),), node, change=lambda value: np.asarray(value) ^ np.int32(1)
    )
    assert Table(BoaLeaf(), liar, LotRun(PROGRAM, INPUTS), TermLiar()).play() is Verdict.CONVICTED_LEAF


@pytest.mark.parametrize("items", [1, 3, 18])
def test_play__lots_of_several_items__the_wrong_item_is_found(items: int) -> None:
    program = everything(trips=3, stride=2)
    liar = lying_lot(program, INPUTS, (), 6, items=items)
    table = Table(BoaLeaf(), liar, LotRun(program, INPUTS, items))
    assert table.play() is Verdict.CONVICTED_LEAF


@pytest.mark.parametrize(
    ("frame", "item", "defender", "ends"),
    [
        (WrongRoot, ItemRun, Defender(), Verdict.CONVICTED_CLOCK),
        (WrongPadding, ItemRun, Defender(), Verdict.CONVICTED_CLOCK),
        (FrameRun, WrongTrace, StatesLiar(), Verdict.CONVICTED_CLOCK),
        (FrameRun, WrongStart, StatesLiar(), Verdict.CONVICTED_LEAF),
        (FrameRun, WrongTrace, Silent(2), Verdict.CONVICTED_CLOCK),
        (FrameRun, WrongTrace, Silent(0), Verdict.CONVICTED_CLOCK),
    ],
    ids=["wrong root", "wrong padding", "wrong state", "wrong start", "withheld", "silent"],
)
def test_play__a_lie_in_what_is_committed__convicted(
    frame: type[FrameRun], item: type[ItemRun], defender: Defender, ends: Verdict
) -> None:
    liar = lot_of(frame, item)(PROGRAM, INPUTS)
    assert Table(BoaLeaf(), liar, LotRun(PROGRAM, INPUTS), defender).play() is ends


@pytest.mark.parametrize("shift", [1, -1])
def test_play__a_state_trace_given_to_another_node__convicted(shift: int) -> None:
    liar = lot_of(FrameRun, WrongTrace)(PROGRAM, INPUTS)
    other = LoopsLiar(lambda loops: (loops[0] + shift, *loops[1:]))
    assert Table(BoaLeaf(), liar, LotRun(PROGRAM, INPUTS), other).play() is Verdict.CONVICTED_LEAF


def test_play__entries_that_leave_a_loop_out__convicted() -> None:
    class Short(ItemRun):
        @property
        def entries(self) -> tuple[bytes, ...]:
            return super().entries[:-1]

    liar = lot_of(FrameRun, Short)(PROGRAM, INPUTS)
    shorter = LoopsLiar(lambda loops: loops[:-1])
    assert Table(BoaLeaf(), liar, LotRun(PROGRAM, INPUTS), shorter).play() is Verdict.CONVICTED_LEAF


def test_play__nothing_differs__the_challenger_loses() -> None:
    table = Table(BoaLeaf(), LotRun(PROGRAM, INPUTS), LotRun(PROGRAM, INPUTS), challenger=Challenger())
    assert table.play() is Verdict.DEFENDED_CLOCK


def test_play__other_inputs__convicted() -> None:
    arrays = [np.array(INPUTS[0]) + 1, *INPUTS[1:]]
    claimed = LotRun(PROGRAM, arrays)
    facts = LotRun(PROGRAM, INPUTS).facts("0xdefender", 1000, 20)

    class Claimed(LotRun):
        def facts(self, *args: object) -> object:  # type: ignore[override]
            from dataclasses import replace

            return replace(facts, lot_root=claimed.root)

    table = Table(BoaLeaf(), Claimed(PROGRAM, arrays), LotRun(PROGRAM, INPUTS))
    assert table.play() in CONVICTED
