"""The bound on the length of a game, and what is refused before bidding."""

import pytest

from assay.disputes.errors import MoveRefused
from assay.disputes.rounds import check_disputable, rounds_of, split_rounds
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import Op
from assay.program.program import Program
from tests.worker.disputes.programs import everything

SCALAR = TensorSpec(DType.I64, ())


def _loops(number: int) -> Program:
    main = BodyBuilder()
    value = main.carry(0, SCALAR)
    for trips in range(2, 2 + number):
        body = BodyBuilder()
        body.returns(body.op(Op.ADD, body.carry(0, SCALAR), body.fill(1, SCALAR)))
        (value,) = main.loop(body, [value], trips=trips, stride=1)
    main.returns(value)
    return build(main, 1)


@pytest.mark.parametrize(
    ("length", "rounds"), [(1, 0), (2, 1), (32, 1), (33, 2), (1024, 2), (1025, 3), (2**40, 8)]
)
def test_split_rounds__thirty_two_ways(length: int, rounds: int) -> None:
    assert split_rounds(length) == rounds


def test_rounds_of__more_items__more_rounds() -> None:
    program = everything()
    assert rounds_of(program) < rounds_of(program, 2) == rounds_of(program, 16) < rounds_of(program, 17)


def test_check_disputable__fifteen_loops_with_states__sixteen_are_refused() -> None:
    check_disputable(_loops(15), 1, 64)
    with pytest.raises(MoveRefused, match="16 loops; a game can hold 15"):
        check_disputable(_loops(16), 1, 64)


def test_check_disputable__longer_than_a_bond_covers__refused() -> None:
    program = everything()
    check_disputable(program, 1, rounds_of(program))
    with pytest.raises(MoveRefused, match="can take"):
        check_disputable(program, 1, rounds_of(program) - 1)
