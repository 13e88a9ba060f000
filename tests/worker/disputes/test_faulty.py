"""The faulty worker of demonstrations: its lie is one product, and the leaf finds that product."""

import numpy as np
import pytest

from assay.disputes.fast import FastLot
from assay.disputes.faulty import FAULTY_CHAIN, FaultyLot, faulty_lot
from assay.disputes.moves import NameTerm
from assay.disputes.states import State, Verdict
from assay.disputes.words import VERDICTS, in_words
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import Op
from assay.protocol.errors import BadInput
from tests.worker.disputes.programs import everything, inputs
from tests.worker.disputes.referee import BoaLeaf
from tests.worker.disputes.table import Table


@pytest.mark.parametrize("items", [1, 3])
def test_play__one_wrong_product__convicted_by_that_product(items: int) -> None:
    program = everything()
    liar = faulty_lot(program, inputs(), items, 0, chain_id=FAULTY_CHAIN)
    honest = FastLot(program, inputs(), items)
    assert liar.root != honest.root
    assert liar.item_roots[1:] == honest.item_roots[1:]
    table = Table(BoaLeaf(), liar, honest)
    assert table.play() is Verdict.CONVICTED_LEAF
    position, _ = table.history[-1]
    assert position.state is State.TERMS
    assert position.first <= liar.fault.term < position.last
    assert isinstance(table.naming, NameTerm)
    assert position.first + table.naming.index == liar.fault.term
    words = [in_words(position) for position, _ in table.history]
    assert len(set(words)) == len(words)  # each position is told as another thing
    assert words[0].startswith("item") and words[-1].endswith(f"claimed {position.value}")


def test_play__the_faulty_worker_challenges__the_honest_claim_stands() -> None:
    program = everything()
    table = Table(BoaLeaf(), FastLot(program, inputs()), FaultyLot(program, inputs()))
    assert table.play() is Verdict.DEFENDED_CLOCK


def test_faulty_lot__another_chain__refused() -> None:
    with pytest.raises(BadInput, match="chain 31337 only"):
        faulty_lot(everything(), inputs(), 1, 0, chain_id=1)


def test_faulty_lot__a_program_without_dots__refused() -> None:
    main = BodyBuilder()
    spec = TensorSpec(DType.I32, (3,))
    main.returns(main.op(Op.ADD, main.carry(0, spec), main.fill(1, spec)))
    with pytest.raises(BadInput, match="No wrong product"):
        faulty_lot(build(main, 1), [np.zeros(3, np.int32)], 1, 0, chain_id=FAULTY_CHAIN)


def test_verdicts__every_one__has_words() -> None:
    assert set(VERDICTS) == set(Verdict)
