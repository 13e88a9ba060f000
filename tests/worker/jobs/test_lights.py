"""The alias table picks each light with its share of the power."""

from __future__ import annotations

import numpy as np
import pytest

from assay.jobs.render.lights import light_table
from assay.jobs.render.nodes import POINT, Punctual


def picked(rows: np.ndarray) -> np.ndarray:
    """The chance of each row under the alias method."""
    chance = np.zeros(len(rows))
    for index, row in enumerate(rows):
        chance[index] += row[13] / len(rows)
        chance[int(row[14])] += (1 - row[13]) / len(rows)
    return chance


def test_light_table__unequal_powers__chances_follow() -> None:
    positions = np.zeros((5, 3, 3), np.float32)
    positions[:, 1, 0] = positions[:, 2, 1] = [1, 2, 3, 4, 5]
    emitted = np.ones((5, 3), np.float32) * np.array([1, 0, 2, 0.5, 8])[:, None].astype(np.float32)
    lamp = Punctual(POINT, np.zeros(3), np.array([0.0, -1.0, 0.0]), np.array([3.0, 3.0, 3.0]), 1.0, 0.5)
    rows, pdf = light_table(positions, emitted, [lamp], 10.0)
    area = np.array([1, 9, 16, 25]) / 2
    power = np.array([*(np.pi * area * [1, 2, 0.5, 8]), 4 * np.pi * 3])
    assert picked(rows) == pytest.approx(power / power.sum(), rel=1e-5)
    assert pdf[[0, 2, 3, 4]] * area == pytest.approx((power / power.sum())[:4], rel=1e-5)
    assert pdf[1] == 0


def test_light_table__no_light__one_dark_row() -> None:
    rows, pdf = light_table(np.ones((3, 3, 3), np.float32), np.zeros((3, 3), np.float32), [], 1.0)
    assert rows.shape == (1, 16)
    assert not rows.any()
    assert not pdf.any()
