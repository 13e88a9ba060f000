"""The demonstration job: real data, weights that know half of it, a program that learns the rest."""

import numpy as np
import pytest

from assay.jobs.exact.assemble import named
from assay.jobs.exact.loading import LIMITS, check_program
from assay.jobs.finetune import digits
from assay.jobs.finetune.digits import SHOWN, TRAINED, score, start_weights, training
from assay.jobs.finetune.training import finetune_program
from assay.program import Program
from assay.program.traced import run_traced


def test_digits__training_and_testing__apart_and_complete() -> None:
    assert len(training().labels) == TRAINED and len(digits.testing().labels) == 1_797 - SHOWN
    assert set(training().labels.tolist()) == set(digits.testing().labels.tolist()) == set(range(10))
    rows = {row.tobytes() for row in training().images}
    assert sum(row.tobytes() in rows for row in digits.testing().images) < 3


def test_start_weights__again__the_same_bits_and_half_the_digits() -> None:
    first, again = start_weights(16), start_weights(16)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert 0.35 < score(first).accuracy < 0.55


def test_finetune_program__a_few_steps__better_and_disputable_and_each_item_its_own() -> None:
    made = finetune_program(steps=30, batch=64, width=8)
    check_program(made.program, 1, 40)
    assert Program.decode(made.program.encode(), LIMITS).root == made.program.root
    items = [run_traced(made.program, made.inputs, item) for item in (0, 1)]
    assert items[0].root != items[1].root and len(items[0].traces) == 1
    weights = named(items[0].outputs, made.outputs)
    before, after = score(start_weights(8)), score(weights)
    assert after.loss < before.loss / 2 and after.accuracy > before.accuracy + 0.1


@pytest.mark.parametrize("sizes", [(0, 64, 8), (1, 0, 8), (1, 1_409, 8), (1, 64, 0), (10**6, 64, 8)])
def test_finetune_program__sizes_that_cannot_be__refused(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        finetune_program(*sizes)
